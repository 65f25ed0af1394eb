"""What staff see of sources outside: how each stands, and which sessions it has called off."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from resources.clock import JAPAN
from resources.models import Offering, Resource
from resources.outside.models import AllowedHost, OutsideItem, OutsideSession, OutsideSource
from resources.outside.problems import HARMLESS
from resources.schedules import BadSchedule, SessionTime, from_json, next_sessions

DAYS_AHEAD = 56

ORDER = {"proposed": 1, "allowed": 2, "stopped": 3, "refused": 4}


@dataclass(frozen=True)
class SourceSeen:
    """A source with its resource and what it is asked.

    is_failing : it couldn't be read the last time, or nothing is believed of what it said
    """

    source: OutsideSource
    resource: Resource
    items: list[OutsideItem]

    @property
    def is_failing(self) -> bool:
        return self.source.state == "allowed" and bool(self.source.failures or self.problems)

    @property
    def problems(self) -> list[str]:
        """What is wrong with what it said, a code for each offering of which something is."""
        return [i.problem for i in self.items if i.problem and i.problem not in HARMLESS]


@dataclass(frozen=True)
class CalledOff:
    """A session that stands in our schedule and that a source says is called off."""

    offering_id: uuid.UUID
    starts_at: datetime


@dataclass(frozen=True)
class Confirmed:
    """How many sessions of our schedule in the next eight weeks stand in a source as well."""

    of_schedule: int
    in_source: int


def source_of_resource(session: Session, resource_id: uuid.UUID) -> SourceSeen | None:
    """Return the source of a resource; None where it has none."""
    found = _seen(session, OutsideSource.resource_id == resource_id)
    return found[0] if found else None


def list_sources(session: Session) -> list[SourceSeen]:
    """Return all sources: the failing ones first, then what waits for a decision."""
    found = _seen(session)
    return sorted(found, key=lambda s: 0 if s.is_failing else ORDER[s.source.state])


def _seen(session: Session, *conditions: object) -> list[SourceSeen]:
    rows = session.execute(
        select(OutsideSource, Resource)
        .join(Resource, OutsideSource.resource_id == Resource.id)
        .where(*conditions)  # type: ignore[arg-type]
        .order_by(OutsideSource.proposed_at, OutsideSource.id)
    ).all()
    items: dict[uuid.UUID, list[OutsideItem]] = {source.id: [] for source, _ in rows}
    for item in session.scalars(
        select(OutsideItem)
        .where(OutsideItem.source_id.in_(items))
        .order_by(OutsideItem.offering_id)
    ):
        items[item.source_id].append(item)
    return [SourceSeen(source, resource, items[source.id]) for source, resource in rows]


def allowed_hosts(session: Session) -> list[AllowedHost]:
    """Return the hosts that may be read, by name."""
    return list(session.scalars(select(AllowedHost).order_by(AllowedHost.origin)))


def count_failing(session: Session) -> tuple[int, int]:
    """Return how many allowed sources are failing, and how many are allowed."""
    allowed = _seen(session, OutsideSource.state == "allowed")
    return sum(s.is_failing for s in allowed), len(allowed)


def called_off(
    session: Session, offerings: Sequence[Offering], *, now: datetime
) -> list[CalledOff]:
    """Return the sessions of our schedules that sources have called off, in order.

    A session counts as the same where it begins on the same day and no other of the source's does.
    """
    found = []
    for offering, ours, theirs in _side_by_side(session, offerings, now):
        held = {_day(s) for s in theirs if not s.cancelled}
        off = {_day(s) for s in theirs if s.cancelled} - held
        found += [CalledOff(offering.id, s.start) for s in ours if s.start.date() in off]
    return sorted(found, key=lambda c: c.starts_at)


def confirmed(
    session: Session, offerings: Sequence[Offering], *, now: datetime
) -> dict[uuid.UUID, Confirmed]:
    """Return by offering how many of its sessions a source has as well; none where it has none."""
    found = {}
    for offering, ours, theirs in _side_by_side(session, offerings, now):
        held = {_day(s) for s in theirs if not s.cancelled}
        if theirs:
            days = [s.start.date() for s in ours]
            found[offering.id] = Confirmed(len(days), sum(day in held for day in days))
    return found


def _day(session: OutsideSession) -> object:
    return session.starts_at and session.starts_at.astimezone(JAPAN).date()


def _side_by_side(
    session: Session, offerings: Sequence[Offering], now: datetime
) -> list[tuple[Offering, list[SessionTime], list[OutsideSession]]]:
    until = now + timedelta(days=DAYS_AHEAD)
    rows = session.scalars(
        select(OutsideSession)
        .join(OutsideSource, OutsideSession.source_id == OutsideSource.id)
        .where(
            OutsideSource.state == "allowed",
            OutsideSession.offering_id.in_([o.id for o in offerings]),
            OutsideSession.starts_at.between(now - timedelta(days=1), until),
        )
        .order_by(OutsideSession.starts_at)
    )
    theirs: dict[uuid.UUID, list[OutsideSession]] = {}
    for row in rows:
        theirs.setdefault(row.offering_id, []).append(row)
    return [(o, _ours(o, now), theirs.get(o.id, [])) for o in offerings]


def _ours(offering: Offering, now: datetime) -> list[SessionTime]:
    if offering.schedule is None:
        return []
    try:
        return next_sessions(from_json(offering.schedule), now, days=DAYS_AHEAD)
    except BadSchedule:
        return []


def count_waiting(session: Session) -> int:
    """Return how many proposals wait for an administrator."""
    statement = select(func.count()).select_from(OutsideSource)
    return session.scalar(statement.where(OutsideSource.state == "proposed")) or 0
