"""Which places to call next, so that half an hour of calls keeps most of what is suggested true."""

import math
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, case, func, literal, select
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


USUAL_TERM_DAYS = 90
"""How many days a verification holds where the kind of resource doesn't say."""

BATCH = 500


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
    """Return the published places to call, the most helpful call first; each resource once.

    Read are the places that were suggested lately and, of all others, only those of each kind that
    can be among the first: for them a call helps the more, the longer ago they were verified.
    """
    counts = _suggested_since(session, today - timedelta(days=COUNTED_DAYS))
    best: dict[uuid.UUID, tuple[float, uuid.UUID, int, int | None, int]] = {}
    terms = terms_of(vocabulary)
    for offering, resource, verified_on, kind in _candidates(
        session, terms, list(counts), today, limit
    ):
        term = terms.get(kind, USUAL_TERM_DAYS)
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


def _suggested_since(session: Session, day: date) -> dict[uuid.UUID, int]:
    rows = session.execute(
        select(Suggested.offering_id, func.sum(Suggested.times))
        .where(Suggested.on > day)
        .group_by(Suggested.offering_id)
    )
    return {offering: int(times) for offering, times in rows}


def terms_of(vocabulary: Vocabulary) -> dict[str, int]:
    """Return kind → how many days a verification of it holds."""
    return {
        t.code: int(t.facts.get("term_days", USUAL_TERM_DAYS)) for t in vocabulary.terms("kind")
    }


def _candidates(
    session: Session,
    terms: dict[str, int],
    suggested: list[uuid.UUID],
    today: date,
    limit: int,
) -> Iterator[Any]:
    """Yield (offering, resource, verified on, kind) of what may be among the first `limit`."""
    columns = (Offering.id, Offering.resource_id, Offering.verified_on, Resource.kind)
    published = (
        select(*columns)
        .join(Resource, Offering.resource_id == Resource.id)
        .where(Resource.status == "published")
    )
    for start in range(0, len(suggested), BATCH):
        yield from session.execute(
            published.where(Offering.id.in_(suggested[start : start + BATCH]))
        )
    # Within one kind, all that were never verified help alike, and so do all beyond the most stale:
    # of these the first ids count; of the rest, the oldest. Of one resource one is enough.
    group = case(
        (Offering.verified_on.is_(None), 0),
        (Offering.verified_on <= _most_stale_by(terms, today), 1),
        else_=2,
    )
    oldest = case((group == 2, Offering.verified_on), else_=None)
    of_resource = func.row_number().over(
        partition_by=(Offering.resource_id, group), order_by=(oldest, Offering.id)
    )
    once = published.add_columns(
        group.label("in_group"), oldest.label("oldest"), of_resource.label("nth")
    ).subquery()
    rank = func.row_number().over(
        partition_by=(once.c.kind, once.c.in_group), order_by=(once.c.oldest, once.c.id)
    )
    ranked = select(once, rank.label("rank")).where(once.c.nth == 1).subquery()
    r = ranked.c
    yield from session.execute(
        select(r.id, r.resource_id, r.verified_on, r.kind).where(r["rank"] <= limit)
    )


def _most_stale_by(terms: dict[str, int], today: date) -> Any:
    """Return, by the kind of a row, the day by which it must have been verified to be stalest."""
    by_term: dict[int, list[str]] = {}
    for kind, term in terms.items():
        by_term.setdefault(term, []).append(kind)

    def day(term: int) -> ColumnElement[date]:
        return literal(today - timedelta(days=math.ceil(MOST_STALE * max(term, 1))), Date)

    return case(
        *((Resource.kind.in_(kinds), day(term)) for term, kinds in by_term.items()),
        else_=day(USUAL_TERM_DAYS),
    )
