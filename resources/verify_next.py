"""Which places to call next, so that half an hour of calls keeps most of what is suggested true."""

import math
import uuid
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, func, select
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

    Of calls that help alike, that of the place which nobody verified, or longest ago, comes first.
    Read are places that were suggested lately and, of all others, only those that were verified so
    long ago that they can be among the first; the indexes alone tell which these are.
    """
    counts = _suggested_since(session, today - timedelta(days=COUNTED_DAYS))
    first = _First(counts, terms_of(vocabulary), today, limit)
    _look_at_suggested(session, first)
    _look_at_never_verified(session, first)
    # The shortest terms first: they are over soonest, which leaves less to read of the others.
    for term in sorted(first.kinds_by_term):
        _look_at_oldest(session, first, term)
    ordered = first.ordered()
    entries = entries_by_offering(session, [found.offering for found in ordered])
    return [
        Call(entries[f.offering], f.suggested, f.age_days, f.term_days, f.value)
        for f in ordered
        if f.value > 0
    ]


@dataclass(frozen=True)
class _Found:
    offering: uuid.UUID
    suggested: int
    age_days: int | None
    term_days: int
    verified_on: date | None
    value: float

    @property
    def order(self) -> tuple[float, date, int]:
        return -self.value, self.verified_on or date.min, self.offering.int


class _First:
    """The first calls among the places that were looked at, each resource once."""

    def __init__(
        self, counts: dict[uuid.UUID, int], terms: dict[str, int], today: date, limit: int
    ) -> None:
        self.counts, self.today, self.limit = counts, today, limit
        self._terms = terms
        self.kinds_by_term: dict[int, list[str]] = {USUAL_TERM_DAYS: []}
        for kind, term in terms.items():
            self.kinds_by_term.setdefault(term, []).append(kind)
        self._best: dict[uuid.UUID, _Found] = {}

    def add(
        self, offering: uuid.UUID, resource: uuid.UUID, verified_on: date | None, kind: str
    ) -> None:
        term = self._terms.get(kind, USUAL_TERM_DAYS)
        age = None if verified_on is None else max((self.today - verified_on).days, 0)
        times = self.counts.get(offering, 0)
        found = _Found(offering, times, age, term, verified_on, priority(times, age, term))
        known = self._best.get(resource)
        if known is None or found.order < known.order:
            self._best[resource] = found

    def ordered(self) -> list[_Found]:
        return sorted(self._best.values(), key=lambda f: f.order)[: self.limit]

    @property
    def least(self) -> float:
        """How much a call must help to be among the first, as far as is known."""
        ordered = self.ordered()
        return ordered[-1].value if len(ordered) == self.limit else 0.0

    def of_term(self, term: int) -> ColumnElement[bool]:
        """Return the condition of the kinds of a term; those of no list have the usual one."""
        if term != USUAL_TERM_DAYS:
            return Resource.kind.in_(self.kinds_by_term[term])
        others = [k for t, kinds in self.kinds_by_term.items() if t != term for k in kinds]
        return Resource.kind.not_in(others)


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


_Rows = Select[uuid.UUID, uuid.UUID, date | None, str]


_PUBLISHED: _Rows = (
    select(Offering.id, Offering.resource_id, Offering.verified_on, Resource.kind)
    .join(Resource, Offering.resource_id == Resource.id)
    .where(Resource.status == "published")
)


def _look_at_suggested(session: Session, first: _First) -> None:
    by_times = sorted(first.counts, key=lambda o: (-first.counts[o], o.int))
    for start in range(0, len(by_times), BATCH):
        some = by_times[start : start + BATCH]
        if (1 + first.counts[some[0]]) * MOST_STALE < first.least:
            return  # however stale, none of these or of the rest can be among the first
        for row in session.execute(_PUBLISHED.where(Offering.id.in_(some))):
            first.add(*row)


def _look_at_never_verified(session: Session, first: _First) -> None:
    if first.least <= priority(0, None, USUAL_TERM_DAYS):
        never = _PUBLISHED.where(Offering.verified_on.is_(None)).order_by(Offering.id)
        _look_at_first(session, first, never)


def _look_at_oldest(session: Session, first: _First, term: int) -> None:
    least = first.least
    # In whole days; beyond the most stale nothing changes any more.
    ages = range(math.ceil(MOST_STALE * max(term, 1)) + 1)
    enough = bisect_left(ages, least, key=lambda age: priority(0, age, term))
    if enough == len(ages):
        return
    by = first.today - timedelta(days=max(enough, 1))
    oldest = _PUBLISHED.where(first.of_term(term), Offering.verified_on <= by)
    oldest = oldest.order_by(Offering.verified_on, Offering.id)
    _look_at_first(session, first, oldest)


def _look_at_first(session: Session, first: _First, statement: _Rows) -> None:
    """Look at the first rows of a statement, so many that `limit` resources are among them."""
    seen: set[uuid.UUID] = set()
    rows = 2 * first.limit
    offset = 0
    while True:
        some = session.execute(statement.offset(offset).limit(rows)).all()
        for row in some:
            first.add(*row)
            seen.add(row.resource_id)
        if len(some) < rows or len(seen) >= first.limit:
            return
        offset, rows = offset + rows, rows * 4
