"""Tables of what is worked out or counted; nothing of a person, and not in the change log."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from resources.models import Base


class OfferingState(Base):
    """What the refresh job works out of an offering; derived, so not logged, and disposable."""

    __tablename__ = "offering_state"

    offering_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True
    )
    next_start: Mapped[datetime | None]
    next_end: Mapped[datetime | None]
    sessions_in_8_weeks: Mapped[int | None]
    availability: Mapped[str] = mapped_column(String(20))
    places: Mapped[int | None]
    confidence: Mapped[float]
    refreshed_at: Mapped[datetime]


class Suggested(Base):
    """How often an offering was suggested on a day; no person stands in it. Not logged."""

    __tablename__ = "suggested"

    offering_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True
    )
    on: Mapped[date] = mapped_column(primary_key=True)
    times: Mapped[int]


class ListsShown(Base):
    """How many lists staff were shown on a day for people of an age band; no person stands in it.

    lists : all of them; places : how many stood on them together; with_nothing : lists of none
    """

    __tablename__ = "lists_shown"

    on: Mapped[date] = mapped_column(primary_key=True)
    band: Mapped[str] = mapped_column(String(20), primary_key=True)  # "" = no age was told
    lists: Mapped[int]
    places: Mapped[int]
    with_nothing: Mapped[int]


class UnmetNeed(Base):
    """How often a need found nothing in a district at a time of day; no person stands in it."""

    __tablename__ = "unmet_need"

    need: Mapped[str] = mapped_column(String(60), primary_key=True)
    district: Mapped[str] = mapped_column(String(60), primary_key=True)  # "" = none
    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)  # its first day
    times: Mapped[int]
