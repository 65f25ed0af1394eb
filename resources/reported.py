"""What hosts and staff in the field say of an entry; it counts once staff have looked at it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from resources import clock
from resources.commands import NotFound, set_availability, verify_offering
from resources.models import Base, Offering
from resources.queries import Entry, entries_by_offering

LONGEST_NOTE = 1_000

MOST_OPEN = 20
"""Reports on one offering that wait at once; a link that went astray can't flood the list."""


DOUBT = "placement"
"""What is said where a placement came to nothing by the entry; the note is a code of why."""


class Report(Base):
    """Somebody's word on an offering, waiting to be looked at or decided.

    said : "wrong" (one tap in the field), "changed" (the host's correction) or `DOUBT`
    note : in the reporter's words; whoever writes it is asked to name nobody
    availability, places : what is said of free places, where anything is
    state : open → taken (it counts now) or declined
    """

    __tablename__ = "report"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    offering_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"))
    said: Mapped[str] = mapped_column(String(10))
    note: Mapped[str | None] = mapped_column(Text)
    availability: Mapped[str | None] = mapped_column(String(20))
    places: Mapped[int | None]
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="open")
    decided_by: Mapped[str | None] = mapped_column(String(100))
    decided_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "offering_id", "state"), Index(None, "state", "at"))


class AlreadyDecided(RuntimeError):
    """Somebody else has looked at the report."""

    def __init__(self) -> None:
        super().__init__("the report is decided already")


class TooManyReports(RuntimeError):
    """So many reports on one offering wait that another would not help."""

    def __init__(self) -> None:
        super().__init__("too many reports wait already")


@dataclass(frozen=True)
class Waiting:
    """A report that waits, with the entry that it is about."""

    report: Report
    entry: Entry


def report_wrong(session: Session, *, offering_id: uuid.UUID, by: str) -> Report:
    """Store that an entry is wrong, as seen in the field; the same word twice is one report.

    Raises `NotFound`, `TooManyReports`.
    """
    entry = _lock(session, offering_id)
    known = session.scalars(
        select(Report).where(
            Report.offering_id == entry, Report.state == "open",
            Report.said == "wrong", Report.by == by,
        )
    ).first()  # fmt: skip
    return known or _add(session, offering_id=entry, said="wrong", by=by)


def report_doubt(session: Session, *, offering_id: uuid.UUID, doubt: str, by: str) -> bool:
    """Store that an entry is to be looked at, because a placement came to nothing by it.

    doubt : a code of why; nothing of whom it was about. The same doubt that waits already, or one
    about an entry that is gone or has enough of them, is no other. Return whether it was stored.
    """
    if session.get(Offering, offering_id) is None:
        return False
    try:
        entry = _lock(session, offering_id)
    except TooManyReports:
        return False
    known = select(Report.id).where(
        Report.offering_id == entry, Report.state == "open",
        Report.said == DOUBT, Report.note == doubt,
    )  # fmt: skip
    if session.scalar(known.limit(1)) is None:
        _add(session, offering_id=entry, said=DOUBT, note=doubt, by=by)
    return True


def report_change(
    session: Session,
    *,
    offering_id: uuid.UUID,
    note: str | None,
    availability: str | None,
    places: int | None,
    by: str,
) -> Report:
    """Store what a host says has changed; nothing of the entry changes yet.

    Raises `NotFound`, `TooManyReports`.
    """
    return _add(
        session,
        offering_id=_lock(session, offering_id),
        said="changed",
        note=(note or "")[:LONGEST_NOTE] or None,
        availability=availability,
        places=places,
        by=by,
    )


def reports_waiting(session: Session, *, limit: int = 50) -> list[Waiting]:
    """Return the reports to be looked at, the oldest first."""
    found = session.scalars(
        select(Report).where(Report.state == "open").order_by(Report.at, Report.id).limit(limit)
    ).all()
    entries = entries_by_offering(session, list({r.offering_id for r in found}))
    return [Waiting(r, entries[r.offering_id]) for r in found if r.offering_id in entries]


def count_waiting(session: Session) -> int:
    """Return how many reports are to be looked at."""
    return session.scalar(select(func.count(Report.id)).where(Report.state == "open")) or 0


def take_over(session: Session, *, report_id: uuid.UUID, by: str) -> Report:
    """Let a report count: what it says of free places is stored as the host's word of its day.

    An entry that was looked at because of its host's report was verified by the host on that day.
    Raises `NotFound`, `AlreadyDecided`.
    """
    report = _decide(session, report_id, "taken", by)
    day = report.at.astimezone(clock.JAPAN).date()
    if report.availability is not None:
        set_availability(
            session,
            offering_id=report.offering_id,
            status=report.availability,
            places=report.places,
            said_by="host",
            said_on=day,
            by=by,
        )
    if report.said == "changed":
        verify_offering(session, offering_id=report.offering_id, verified_by="host", on=day, by=by)
    return report


def decline(session: Session, *, report_id: uuid.UUID, by: str) -> Report:
    """Close a report without effect. Raises `NotFound`, `AlreadyDecided`."""
    return _decide(session, report_id, "declined", by)


def _lock(session: Session, offering_id: uuid.UUID) -> uuid.UUID:
    statement = select(Offering.id).where(Offering.id == offering_id).with_for_update()
    found = session.scalar(statement)
    if found is None:
        raise NotFound("offering")
    waiting = session.scalar(
        select(func.count())
        .select_from(Report)
        .where(Report.offering_id == offering_id, Report.state == "open")
    )
    if (waiting or 0) >= MOST_OPEN:
        raise TooManyReports
    return found


def _add(session: Session, **values: object) -> Report:
    made = Report(id=uuid.uuid4(), state="open", at=clock.now(), **values)
    session.add(made)
    session.flush()
    return made


def _decide(session: Session, report_id: uuid.UUID, state: str, by: str) -> Report:
    report = session.get(Report, report_id, with_for_update=True, populate_existing=True)
    if report is None:
        raise NotFound("report")
    if report.state != "open":
        raise AlreadyDecided
    report.state, report.decided_by, report.decided_at = state, by, clock.now()
    session.flush()
    return report


def said_of(session: Session, offerings: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return how many reports wait on each of some offerings."""
    rows = session.execute(
        select(Report.offering_id, func.count())
        .where(Report.offering_id.in_(offerings), Report.state == "open")
        .group_by(Report.offering_id)
    )
    return {offering: int(n) for offering, n in rows}
