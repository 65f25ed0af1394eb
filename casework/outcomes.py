"""What became of placements: joined, stayed, left and why, and how it goes for the host.

A derived view: nothing is typed in twice. What leaves this module for learning is what the engine
said of a pair and how it went, with an age in three bands for the report by group; never who.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from casework import audit
from casework.access import SUPPORT
from casework.audit import Attempt
from casework.case_models import Case, Consent, Person
from casework.placement_models import FollowUp, Placement, PlacementStep
from matching.answers import Suggestion
from matching.learned import LEARNED
from matching.learning import SMALL_CELL, Outcome
from matching.schemes import UNIT, Scheme
from resources.clock import JAPAN

VIEWS = ("good", "mixed", "hard")
"""How it goes, as the person or the host sees it."""

MONTHS: Mapping[int, int] = MappingProxyType({1: 30, 3: 91, 6: 182})
"""After how many days somebody has stayed so many months."""

WENT = ("visit", "trial", "joined", "settled")
BANDS = (("-39", 0, 39), ("40-64", 40, 64), ("65-", 65, 200))


@dataclass(frozen=True)
class Went:
    """How one placement went; None = not known yet, or it never came to it.

    went : whether the person went there at all
    stayed : months → whether they were still there
    host_view, person_view : what was said last, of `VIEWS`
    """

    offering_id: uuid.UUID
    state: str
    started_on: date
    went: bool
    joined_on: date | None
    over_on: date | None
    reason: str | None
    stayed: Mapping[int, bool | None]
    host_view: str | None
    person_view: str | None


def suggested_facts(
    suggestion: Suggestion, scheme: Scheme, *, shown_at: int | None, learned_share: float = 0.0
) -> dict[str, Any]:
    """Return what the engine said of a pair, as it is kept: what each criterion gave, the score.

    The learned criterion, which made `learned_share` of the score, is left out: what is learned
    next must not learn from itself.
    """
    parts = {k: v for k, v in suggestion.contributions.items() if k != LEARNED.code}
    whole = sum(scheme.weights[code] for code in parts)
    share = 1.0 - learned_share
    values = {
        code: min(1.0, part / UNIT / (scheme.weights[code] / whole * share))
        for code, part in parts.items()
    }
    return {
        "kind": suggestion.place.kind,
        "scheme": scheme.code,
        "values": {code: round(value, 4) for code, value in values.items()},
        "score": round(sum(v * scheme.weights[c] / whole for c, v in values.items()), 4),
        "shown_at": shown_at,
    }


def how_it_went(
    placement: Placement,
    steps: Iterable[PlacementStep],
    contacts: Iterable[FollowUp],
    today: date,
) -> Went:
    """Return how a placement went, from its steps and from what was said when people were asked."""
    days = {s.target: s.at.astimezone(JAPAN).date() for s in steps}
    joined_on, over_on = days.get("joined"), days.get("ended") or days.get("declined")
    said = sorted((c for c in contacts if c.done_on and c.view), key=lambda c: c.done_on or today)
    return Went(
        placement.offering_id,
        placement.state,
        placement.started_on,
        any(target in days for target in WENT),
        joined_on,
        over_on,
        placement.reason,
        {months: _stayed(joined_on, over_on, today, n) for months, n in MONTHS.items()},
        next((c.view for c in reversed(said) if c.whom == "host"), None),
        next((c.view for c in reversed(said) if c.whom == "person"), None),
    )


def _stayed(joined_on: date | None, over_on: date | None, today: date, days: int) -> bool | None:
    """Tell whether somebody stayed so many days; None until those days are over.

    Who left early is counted with those who came when they did, no sooner: otherwise the latest
    would all have left.
    """
    if joined_on is None or today < (until := joined_on + timedelta(days=days)):
        return None
    return over_on is None or over_on >= until


@dataclass(frozen=True)
class Recorded:
    """All that is recorded of placements: how they went, and what of them can be learned from."""

    went: Sequence[Went]
    outcomes: Sequence[Outcome]


def recorded(session: Session, *, today: date, by: str) -> Recorded:
    """Return how the placements of all cases went whose consent still stands; the look is recorded.

    by : the job or command
    """
    audit.record(
        session, Attempt(by, None, "list", "outcomes", "all", ("placement", "age"), "learning")
    )
    stands = exists().where(
        Consent.case_id == Case.id, Consent.purpose == SUPPORT, Consent.withdrawn_at.is_(None)
    )
    pairs = session.execute(
        select(Placement, Person)
        .join(Case, Placement.case_id == Case.id)
        .join(Person, Case.person_id == Person.id)
        .where(Case.ground == "consent", stands)
        .order_by(Placement.started_on, Placement.id)
    ).all()
    ids = [placement.id for placement, _ in pairs]
    steps = _by_placement(session, PlacementStep, ids)
    contacts = _by_placement(session, FollowUp, ids)
    went, outcomes = [], []
    for placement, person in pairs:
        how = how_it_went(placement, steps[placement.id], contacts[placement.id], today)
        went.append(how)
        if placement.suggested is not None and how.state != "asked":
            outcomes.append(_outcome(placement.suggested, how, person.need.get("age")))
    return Recorded(went, outcomes)


def _by_placement(
    session: Session, table: Any, ids: Sequence[uuid.UUID]
) -> defaultdict[uuid.UUID, list[Any]]:
    found: defaultdict[uuid.UUID, list[Any]] = defaultdict(list)
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        for row in session.scalars(select(table).where(table.placement_id.in_(some))):
            found[row.placement_id].append(row)
    return found


def band_of(age: int | None) -> str | None:
    """Return the band in which an age is reported; None where it isn't told."""
    return next((name for name, low, high in BANDS if age is not None and low <= age <= high), None)


def _outcome(facts: Mapping[str, Any], how: Went, age: int | None) -> Outcome:
    return Outcome(
        how.started_on, facts["kind"], facts["values"], facts["score"], band_of(age),
        facts["shown_at"],
        how.went, how.stayed[3],
    )  # fmt: skip


def counts(went: Sequence[Went]) -> dict[str, Any]:
    """Return how many joined, stayed and left, and why; None for counts of one to four."""
    joined = [w for w in went if w.joined_on is not None]
    told = {
        "placements": len(went),
        "joined": len(joined),
        **{f"known_{m}": sum(w.stayed[m] is not None for w in joined) for m in MONTHS},
        **{f"stayed_{m}": sum(w.stayed[m] is True for w in joined) for m in MONTHS},
    }
    reasons = Counter(w.reason for w in went if w.reason)
    views = Counter(w.host_view for w in went if w.host_view)
    return {
        **{name: _told(n) for name, n in told.items()},
        "reasons": {code: _told(n) for code, n in sorted(reasons.items())},
        "host_views": {view: _told(views[view]) for view in VIEWS},
    }


def _told(n: int) -> int | None:
    return None if 0 < n < SMALL_CELL else n
