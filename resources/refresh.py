"""Works out what is true of offerings today: next session, availability, how sure we are.

The state is derived: the offering itself, and so the date it was verified, is never touched. Only
states that differ from the stored ones are written.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from resources.clock import JAPAN
from resources.derived import OfferingState
from resources.models import Location, Offering, Resource
from resources.schedules import BadSchedule, SessionTime, from_json, next_sessions
from resources.upsert import insert_into
from resources.vocabulary import Vocabulary

DAYS_AHEAD = 56
BATCH = 500
USUAL_TERM_DAYS = 180
"""How long a verification holds where the kind of resource doesn't say."""


@dataclass(frozen=True)
class Refreshed:
    looked_at: int
    changed: int


@dataclass(frozen=True)
class _State:
    next_start: datetime | None
    next_end: datetime | None
    sessions_in_8_weeks: int | None
    availability: str
    places: int | None
    confidence: float


_FACTS = (
    select(
        Offering.id,
        Offering.schedule,
        Offering.availability,
        Offering.places,
        Offering.availability_said_on,
        Offering.verified_on,
        Offering.ends_on,
        Resource.kind,
        Resource.status,
        Resource.audience,
        Resource.accepted_audience,
        Resource.fee_yen,
        Resource.noise,
        Resource.requirements,
        Resource.phone,
        Location.lon,
        Location.step_free,
    )
    .join(Resource, Offering.resource_id == Resource.id)
    .outerjoin(Location, Offering.location_id == Location.id)
    .order_by(Offering.id)
)


def refresh_offerings(
    session: Session,
    *,
    now: datetime,
    vocabulary: Vocabulary,
    ids: Sequence[uuid.UUID] | None = None,
    between: tuple[uuid.UUID, uuid.UUID] | None = None,
) -> Refreshed:
    """Bring the states of offerings up to date.

    Parameters
    ----------
    now : aware; sessions that end after it count, for eight weeks.
    ids : the offerings; None = all.
    between : first and last id, both included: a piece of all of them.
    """
    term_days = {
        t.code: int(t.facts.get("term_days", USUAL_TERM_DAYS)) for t in vocabulary.terms("kind")
    }
    looked_at = changed = 0
    for rows in _batches(session, ids, between):
        known = {
            s.offering_id: s
            for s in session.scalars(
                select(OfferingState).where(OfferingState.offering_id.in_([r.id for r in rows]))
            )
        }
        fresh = {r.id: _state_of(r, now, term_days) for r in rows}
        learned = [
            {"offering_id": i, **vars(s), "refreshed_at": now}
            for i, s in fresh.items()
            if i not in known or _differs(known[i], s)
        ]
        if learned:
            _store(session, learned)
        for state in known.values():
            session.expunge(state)
        looked_at += len(rows)
        changed += len(learned)
    return Refreshed(looked_at, changed)


def pieces_of_all(session: Session, size: int) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Return first and last id of runs of offerings, each of `size` at most, all of them once."""
    numbered = select(
        Offering.id, (func.row_number().over(order_by=Offering.id) - 1).label("n")
    ).subquery()
    firsts = list(
        session.scalars(select(numbered.c.id).where(numbered.c.n % size == 0).order_by("id"))
    )
    # Up to just before the next: what is added meanwhile falls into some piece as well.
    lasts = [uuid.UUID(int=f.int - 1) for f in firsts[1:]] + [uuid.UUID(int=(1 << 128) - 1)]
    return list(zip(firsts, lasts, strict=False))


def _batches(
    session: Session,
    ids: Sequence[uuid.UUID] | None,
    between: tuple[uuid.UUID, uuid.UUID] | None,
) -> Iterator[list[Row[Any]]]:
    if ids is not None:
        # In order, so that two refreshes of the same offerings never wait for each other.
        wanted = sorted(set(ids))
        for start in range(0, len(wanted), BATCH):
            some = wanted[start : start + BATCH]
            yield list(session.execute(_FACTS.where(Offering.id.in_(some))))
        return
    statement = _FACTS
    if between is not None:
        statement = statement.where(Offering.id.between(*between))
    after: uuid.UUID | None = None
    while True:
        rest = statement if after is None else statement.where(Offering.id > after)
        rows = list(session.execute(rest.limit(BATCH)))
        if rows:
            yield rows
        if len(rows) < BATCH:
            return
        after = rows[-1].id


def _state_of(row: Row[Any], now: datetime, term_days: Mapping[str, int]) -> _State:
    today = now.astimezone(JAPAN).date()
    term = term_days.get(row.kind, USUAL_TERM_DAYS)
    sessions = _sessions(row, now)
    availability, places = _availability(row, today, term)
    first = sessions[0] if sessions else None
    return _State(
        first.start.astimezone(UTC) if first else None,
        first.end.astimezone(UTC) if first else None,
        None if sessions is None else len(sessions),
        availability,
        places,
        _confidence(row, today, term),
    )


def _sessions(row: Row[Any], now: datetime) -> list[SessionTime] | None:
    """Return the sessions of eight weeks; empty where it has ended, None where it isn't known."""
    if row.status == "closed":
        return []
    if row.ends_on is not None and row.ends_on < now.astimezone(JAPAN).date():
        return []
    if row.schedule is None:
        return None
    try:
        sessions = next_sessions(from_json(row.schedule), now, days=DAYS_AHEAD)
    except BadSchedule:
        return None
    if row.ends_on is None:
        return sessions
    over = datetime.combine(row.ends_on + timedelta(days=1), time(0), JAPAN)
    return [s for s in sessions if s.start < over]


def _availability(row: Row[Any], today: date, term: int) -> tuple[str, int | None]:
    """Return what may still be relied on: a word given longer ago than the term is none."""
    said_on = row.availability_said_on
    if row.availability == "unknown" or said_on is None or (today - said_on).days > term:
        return "unknown", None
    return row.availability, row.places


def _confidence(row: Row[Any], today: date, term: int) -> float:
    """Return 0 … 1: ½ how much is known, ⅓ how fresh the verification, ⅙ the word on places.

    Freshness halves with every term of the kind.
    """
    facts = (
        row.schedule,
        row.accepted_audience if row.accepted_audience is not None else row.audience,
        row.fee_yen,
        row.noise,
        row.requirements,
        row.phone,
        row.lon,
        row.step_free,
    )
    complete = sum(f is not None for f in facts) / len(facts)
    verified = _freshness(row.verified_on, today, term)
    said = 0.0
    if row.availability != "unknown":
        said = _freshness(row.availability_said_on, today, term)
    return round(complete / 2 + verified / 3 + said / 6, 2)


def _freshness(day: date | None, today: date, term: int) -> float:
    return 0.0 if day is None else float(2.0 ** (-max((today - day).days, 0) / max(term, 1)))


def _differs(stored: OfferingState, fresh: _State) -> bool:
    return any(getattr(stored, name) != value for name, value in vars(fresh).items())


def _store(session: Session, states: list[dict[str, Any]]) -> None:
    statement = insert_into(session, OfferingState)
    columns = {name: statement.excluded[name] for name in states[0] if name != "offering_id"}
    session.execute(
        statement.on_conflict_do_update(index_elements=[OfferingState.offering_id], set_=columns),
        states,
    )
