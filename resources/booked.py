"""Tables of places that can be taken: how many there are, who holds one, what was answered."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from resources.models import Base


class Allotment(Base):
    """The places of an offering for one session, or for a period; never for the whole series.

    first_on, last_on : the same day for a session
    starts : HH:MM where a day has several sessions, else empty
    held : places that are taken; the database itself refuses one too many
    """

    __tablename__ = "allotment"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"))
    first_on: Mapped[date]
    last_on: Mapped[date]
    starts: Mapped[str] = mapped_column(String(5), default="")
    capacity: Mapped[int]
    held: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        Index(None, "offering_id", "first_on", "last_on", "starts", unique=True),
        CheckConstraint("held >= 0 AND held <= capacity", name="held_within_capacity"),
        CheckConstraint("first_on <= last_on", name="days_in_order"),
    )


class Hold(Base):
    """A place that is kept for somebody; for whom stays with the casework.

    state : held → confirmed → attended; or cancelled, or expired
    party : an opaque id that the casework gave, no person's
    expires_at : until when it is kept without being confirmed
    """

    __tablename__ = "hold"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    allotment_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("allotment.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[str] = mapped_column(String(10))
    party: Mapped[uuid.UUID | None]
    expires_at: Mapped[datetime | None]
    made_by: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(100))
    changed_at: Mapped[datetime]

    __table_args__ = (Index(None, "state", "expires_at"),)


class AnsweredOnce(Base):
    """What a request with an idempotency key was answered, kept in the request's transaction."""

    __tablename__ = "answered_once"

    by: Mapped[str] = mapped_column(String(100), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    asked: Mapped[str] = mapped_column(String(64))  # SHA-256 of what was asked
    answer: Mapped[dict[str, Any] | None]
    at: Mapped[datetime] = mapped_column(index=True)
