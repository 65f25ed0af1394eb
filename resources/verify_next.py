"""Which places to call next, so that half an hour of calls keeps most of what is suggested true."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from resources.derived import Suggested
from resources.models import Offering, Resource
from resources.queries import Entry, entries_by_offering
from resources.upsert import insert_into
from resources.vocabulary import Vocabulary

COUNTED_DAYS = 30
"""Suggestions of so many days count."""

NEVER = 2.0
"""How stale a place is that was never verified, in terms of its kind."""

MOST_STALE = 4.0
"""Beyond so many terms a place isn't called sooner: it may be gone, others are still used."""

HALF_DAYS = 14.0
"""A place whose term ends so many days from now counts half of one whose term is over."""


@dataclass(frozen=True)
class Call:
    """A place to call.

    suggested : how often it was suggested in the last `COUNTED_DAYS` days
    age_days : days since it was verified; None = never
    term_days : how many days a verification of its kind holds
    """

    entry: Entry
    suggested: int
    age_days: int | None
    term_days: int
    priority: float


def count_suggested(session: Session, offerings: Iterable[uuid.UUID], *, on: date) -> None:
    """Count that places were suggested to staff; who they were suggested for is not kept."""
    rows = [{"offering_id": o, "on": on, "times": 1} for o in sorted(set(offerings))]
    if not rows:
        return
    statement = insert_into(session, Suggested)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[Suggested.offering_id, Suggested.on],
            set_={"times": Suggested.times + 1},
        ),
        rows,
    )


def priority(suggested: int, age_days: int | None, term_days: int) -> float:
    """Return how much a call helps: how often it is suggested × how stale × how near its term.

    suggested counts from one, so that what nobody saw yet is called too; staleness is age ÷ term
    (`NEVER` where it was never verified, at most `MOST_STALE`); nearness is 1 once the term is
    over, and before that halves with every `HALF_DAYS` days that are left.
    """
    if age_days is None:
        return (1 + suggested) * NEVER
    stale = min(age_days / max(term_days, 1), MOST_STALE)
    left = max(term_days - age_days, 0)
    return float((1 + suggested) * stale * 2.0 ** (-left / HALF_DAYS))


def calls_to_make(
    session: Session, vocabulary: Vocabulary, *, today: date, limit: int = 8
) -> list[Call]:
    """Return the published places to call, the most helpful call first; each resource once."""
    since = today - timedelta(days=COUNTED_DAYS)
    counts: dict[uuid.UUID, int] = {
        offering: int(times)
        for offering, times in session.execute(
            select(Suggested.offering_id, func.sum(Suggested.times))
            .where(Suggested.on > since)
            .group_by(Suggested.offering_id)
        )
    }
    best: dict[uuid.UUID, tuple[float, uuid.UUID, int, int | None, int]] = {}
    rows = session.execute(
        select(Offering.id, Offering.resource_id, Offering.verified_on, Resource.kind)
        .join(Resource, Offering.resource_id == Resource.id)
        .where(Resource.status == "published")
    )
    for offering, resource, verified_on, kind in rows:
        term = int(vocabulary.term("kind", kind).facts.get("term_days", 90))
        age = None if verified_on is None else max((today - verified_on).days, 0)
        times = counts.get(offering, 0)
        found = (priority(times, age, term), offering, times, age, term)
        known = best.get(resource)
        if known is None or (found[0], known[1].int) > (known[0], offering.int):
            best[resource] = found
    ordered = sorted(best.values(), key=lambda f: (-f[0], f[1].int))[:limit]
    entries = entries_by_offering(session, [f[1] for f in ordered])
    return [
        Call(entries[offering], times, age, term, value)
        for value, offering, times, age, term in ordered
        if value > 0
    ]
