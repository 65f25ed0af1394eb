"""Tables of sources outside: allowed hosts, a source for a resource, what it is asked and says.

None of it is the catalogue, so nothing here stands in the change log: what is believed of a source
becomes the offering's availability, and that does.
"""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from resources.models import Base

KINDS = ("hsds", "rpde", "ical")


class AllowedHost(Base):
    """A host that the program may read from, as an origin (https://data.example.jp)."""

    __tablename__ = "allowed_host"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    origin: Mapped[str] = mapped_column(String(300), unique=True)
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]


class OutsideSource(Base):
    """Where a resource's availability is read from, and how the reading goes.

    state : proposed → allowed → stopped; or refused
    problem : why the last try failed, a code; None where it didn't
    etag, last_modified : what the host said of the document, so that it needn't be sent again
    cursor : where a feed goes on
    """

    __tablename__ = "outside_source"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    resource_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), unique=True
    )
    kind: Mapped[str] = mapped_column(String(10))
    url: Mapped[str] = mapped_column(String(2000))
    origin: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    proposed_by: Mapped[str] = mapped_column(String(100))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(String(100))
    decided_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None] = mapped_column(String(40))
    etag: Mapped[str | None] = mapped_column(String(300))
    last_modified: Mapped[str | None] = mapped_column(String(100))
    cursor: Mapped[str | None] = mapped_column(String(2000))

    __table_args__ = (
        CheckConstraint("kind IN ('hsds', 'rpde', 'ical')", name="kind_is_known"),
        CheckConstraint(
            "state IN ('proposed', 'allowed', 'refused', 'stopped')", name="state_is_known"
        ),
        Index(None, "state", "due_at"),
    )


class OutsideItem(Base):
    """Which id in a source answers for which offering, and what came of it.

    item_key : the item of a feed that has this id, once it was seen
    problem : why its last word changed nothing, a code; None where it is as it should be
    after_on : the day of the last word by somebody else that the source's word replaced; an older
        one of the source never comes back over it
    """

    __tablename__ = "outside_item"

    source_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("outside_source.id", ondelete="CASCADE"), primary_key=True
    )
    offering_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True
    )
    item_id: Mapped[str] = mapped_column(String(300))
    item_key: Mapped[str | None] = mapped_column(String(300))
    problem: Mapped[str | None] = mapped_column(String(40))
    after_on: Mapped[date | None]


class OutsideSession(Base):
    """A session that a source has for an offering: when, with how many places, or called off."""

    __tablename__ = "outside_session"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    source_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("outside_source.id", ondelete="CASCADE")
    )
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(300))
    item_key: Mapped[str] = mapped_column(String(300))
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    left: Mapped[int | None]
    cancelled: Mapped[bool]
    said_on: Mapped[date | None]
    problem: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (
        Index(None, "source_id", "offering_id", "key", unique=True),
        Index(None, "offering_id", "starts_at"),
    )
