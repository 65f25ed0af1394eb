"""The places of an offering as staff see them: session by session, with who holds one."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from resources import clock
from resources.booked import Allotment, Hold
from resources.booking import TAKEN
from resources.models import Offering
from resources.schedules import BadSchedule, from_json, next_sessions

DAYS_AHEAD = 56
MOST = 12
"""Sessions that are shown."""


@dataclass(frozen=True)
class Places:
    """A session or period ahead; `allotment` is None where nobody has said how many places it has.

    ends : HH:MM; None where only the allotment tells of it
    """

    first_on: date
    last_on: date
    starts: str
    ends: str | None
    allotment: Allotment | None
    holds: Sequence[Hold]

    @property
    def left(self) -> int | None:
        return None if self.allotment is None else self.allotment.capacity - self.allotment.held


def places_ahead(session: Session, offering: Offering, *, now: datetime) -> list[Places]:
    """Return the next sessions by the schedule and all allotments ahead, in order."""
    today = now.astimezone(clock.JAPAN).date()
    allotments = session.scalars(
        select(Allotment)
        .where(Allotment.offering_id == offering.id, Allotment.last_on >= today)
        .order_by(Allotment.first_on)
    ).all()
    holds: dict[uuid.UUID, list[Hold]] = {a.id: [] for a in allotments}
    wanted = Hold.allotment_id.in_(holds), Hold.state.in_(TAKEN)
    for hold in session.scalars(select(Hold).where(*wanted).order_by(Hold.made_at, Hold.id)):
        holds[hold.allotment_id].append(hold)
    known = {(a.first_on, a.last_on, a.starts): a for a in allotments}
    ends: dict[tuple[date, date, str], str | None] = dict.fromkeys(known)
    for start, end in _sessions(offering, now):
        # A session may have been opened without its hour, where it is the only one of its day.
        by_day = (start.date(), start.date(), "")
        by_hour = (start.date(), start.date(), f"{start:%H:%M}")
        ends[by_day if by_day in known else by_hour] = f"{end:%H:%M}"
    return [
        Places(
            first_on,
            last_on,
            starts,
            end,
            allotment := known.get((first_on, last_on, starts)),
            holds[allotment.id] if allotment else (),
        )
        for (first_on, last_on, starts), end in sorted(ends.items(), key=lambda item: item[0])
    ]


def _sessions(offering: Offering, now: datetime) -> list[tuple[datetime, datetime]]:
    if offering.schedule is None:
        return []
    try:
        found = next_sessions(from_json(offering.schedule), now, days=DAYS_AHEAD, limit=MOST)
    except BadSchedule:
        return []
    last = offering.ends_on or now.date() + timedelta(days=DAYS_AHEAD)
    return [(s.start, s.end) for s in found if s.start.date() <= last]
