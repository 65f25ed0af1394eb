"""Says whether sessions took place and whether hosts answered; the caller owns the transaction."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from resources import changes, clock
from resources.clock import JAPAN
from resources.commands import NotFound
from resources.models import Offering
from resources.schedules import BadSchedule, from_json, next_sessions
from resources.witnessed import HostAsked, SessionSeen

WITNESSES = ("host", "staff", "field", "booking")
WAYS = ("room", "call")
"""How a host is asked: a question without a name, or a call of the list of places to call."""

LOOKED_BACK_DAYS = 62
"""How long ago a session may be of which somebody says whether it took place."""

SHOWN = 4
"""Of how many of the latest sessions that is asked."""


class NoSession(ValueError):
    """A day on which the offering has no session that has begun, as far as its schedule says."""

    def __init__(self) -> None:
        super().__init__("no session of that day has begun")


def say_session(
    session: Session,
    *,
    offering_id: uuid.UUID,
    on: date,
    held: bool,
    said_by: str,
    by: str,
    now: datetime | None = None,
) -> SessionSeen:
    """Store whether an offering took place on a day; the same witness's newer word replaces it.

    said_by : of `WITNESSES`
    Raises `NotFound`; `NoSession` for a day to come, one too long ago, or one that the schedule
    doesn't hold.
    """
    assert said_by in WITNESSES
    changes.acting(session, by=by)
    moment = now or clock.now()
    offering = session.get(Offering, offering_id, with_for_update=True)
    if offering is None:
        raise NotFound("offering")
    if said_by != "booking" and not _has_begun(offering, on, moment):
        raise NoSession
    known = session.get(SessionSeen, (offering_id, on, said_by))
    if known is None:
        known = SessionSeen(offering_id=offering_id, on=on, said_by=said_by)
        session.add(known)
    known.held, known.by, known.at = held, by, moment
    session.flush()
    return known


def _has_begun(offering: Offering, on: date, now: datetime) -> bool:
    today = now.astimezone(JAPAN).date()
    if not today - timedelta(days=LOOKED_BACK_DAYS) <= on <= today:
        return False
    days = days_begun(offering, now)
    return days is None or on in days


def days_begun(offering: Offering, now: datetime) -> list[date] | None:
    """Return the days of the latest sessions that have begun, the newest first.

    None where the schedule isn't known: then any day may have had one.
    """
    if offering.schedule is None:
        return None
    try:
        schedule = from_json(offering.schedule)
    except BadSchedule:
        return None
    local = now.astimezone(JAPAN)
    first = datetime.combine(local.date() - timedelta(days=LOOKED_BACK_DAYS), time(0), JAPAN)
    sessions = next_sessions(schedule, first, days=LOOKED_BACK_DAYS + 1)
    days = {s.start.date() for s in sessions if s.start <= local and s.start >= first}
    if offering.ends_on is not None:
        days = {day for day in days if day <= offering.ends_on}
    return sorted(days, reverse=True)


def days_to_ask(offering: Offering, now: datetime) -> list[date]:
    """Return the latest days of which one may say whether it took place, the newest first.

    Without a schedule that is today.
    """
    days = days_begun(offering, now)
    return [now.astimezone(JAPAN).date()] if days is None else days[:SHOWN]


def sessions_seen(
    session: Session, offerings: Sequence[uuid.UUID]
) -> dict[uuid.UUID, dict[date, SessionSeen]]:
    """Return of each offering the word that counts for each day: the newest one."""
    rows = session.scalars(
        select(SessionSeen)
        .where(SessionSeen.offering_id.in_(offerings))
        .order_by(SessionSeen.at, SessionSeen.said_by)
    )
    found: dict[uuid.UUID, dict[date, SessionSeen]] = {}
    for row in rows:
        found.setdefault(row.offering_id, {})[row.on] = row
    return found


def ask_host(
    session: Session, *, offering_id: uuid.UUID, way: str, silent_from: date, by: str
) -> HostAsked:
    """Store that a host was asked something. Raises `NotFound`."""
    changes.acting(session, by=by)
    if session.get(Offering, offering_id) is None:
        raise NotFound("offering")
    asked = HostAsked(
        offering_id=offering_id,
        id=uuid.uuid4(),
        way=way,
        asked_on=clock.today(),
        silent_from=silent_from,
        by=by,
    )
    session.add(asked)
    session.flush()
    return asked


def host_answered(
    session: Session, *, offering_id: uuid.UUID, asked_id: uuid.UUID, by: str
) -> None:
    """Store that a question was answered; the first answer's day counts. Raises `NotFound`."""
    changes.acting(session, by=by)
    asked = session.get(HostAsked, (offering_id, asked_id), with_for_update=True)
    if asked is None:
        raise NotFound("question")
    if asked.answered_on is None:
        asked.answered_on = clock.today()
        session.flush()


def say_call(session: Session, *, offering_id: uuid.UUID, answered: bool, by: str) -> HostAsked:
    """Store that a host was called today, and whether it was reached; a day's calls are one.

    Whoever was reached at the second try was reached. Raises `NotFound`.
    """
    changes.acting(session, by=by)
    today = clock.today()
    if session.get(Offering, offering_id, with_for_update=True) is None:
        raise NotFound("offering")
    known = session.scalars(
        select(HostAsked).where(
            HostAsked.offering_id == offering_id, HostAsked.way == "call",
            HostAsked.asked_on == today,
        )
    ).first()  # fmt: skip
    call = known or ask_host(session, offering_id=offering_id, way="call", silent_from=today, by=by)
    if answered and call.answered_on is None:
        call.answered_on, call.by = today, by
        session.flush()
    return call


def not_reached(session: Session, *, on: date) -> set[uuid.UUID]:
    """Return the offerings whose host was called on a day and didn't answer."""
    return set(
        session.scalars(
            select(HostAsked.offering_id).where(
                HostAsked.way == "call", HostAsked.asked_on == on, HostAsked.answered_on.is_(None)
            )
        )
    )
