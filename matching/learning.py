"""The chance that somebody stays, learned from outcomes; and whether it beats the rules alone.

It sees what the engine says of a pair (the criteria, the kind of place) and how it went, never
who. A model may count only where, on placements later than those it learned from, it puts those who
stayed before those who didn't better than the rules do, and its chances are nearer to what happened
than the share that stayed.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from matching.criteria import CRITERIA

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

CODES = tuple(criterion.code for criterion in CRITERIA)

FEWEST = 60
"""With fewer outcomes nothing is learned."""

FEWEST_OF_A_KIND = 10
"""Of a kind with fewer nothing is learned by itself: one person would decide for all of it."""

FEWEST_HELD = 20
"""Or with fewer later ones to judge it by."""

KNOWN_AFTER_DAYS = 91
"""After so many days at the earliest it is known whether somebody stayed three months."""

FULL_AT = 400
"""With so many outcomes the learned criterion has its full weight."""

FULL_WEIGHT = 12.0
"""Beside the weights of a scheme, some hundred together."""

SMALL_CELL = 5
"""Groups of fewer people are not told of."""

BETTER_BY = 0.01
"""How much larger its nDCG must be than that of the rules."""

SURELY = 1.645
"""Standard errors by which its chances must be nearer; luck does that one time in twenty."""

MOST_OF_A_LIST = 10


class BadOutcome(ValueError):
    """A line of outcomes that can't be used: its number, and what is wrong with it."""

    def __init__(self, line: int, problem: str) -> None:
        self.line = line
        self.problem = problem
        super().__init__(f"line {line}: {problem}")


@dataclass(frozen=True)
class Outcome:
    """One placement that was suggested, and how it went.

    on : the day it was suggested; kind : of the place
    values : what each criterion gave, 0 … 1; those that the need didn't touch are absent
    score : by the rules and criteria alone, 0 … 1
    group : of the person, as coarse as it is to be reported by ("65+"); None = not told
    shown_at : its place on the list, None = not on it; accepted : whether the person went
    stayed : whether they were there after three months; None = not known yet, or never went
    """

    on: date
    kind: str
    values: dict[str, float]
    score: float
    group: str | None
    shown_at: int | None
    accepted: bool
    stayed: bool | None


def outcome_of(data: Any, line: int) -> Outcome:
    """Return an outcome of its JSON. Raises `BadOutcome`."""
    if not isinstance(data, dict):
        raise BadOutcome(line, "an object is expected")
    try:
        on = date.fromisoformat(data["on"])
        values = {str(k): float(v) for k, v in data["values"].items()}
        score, shown_at = float(data["score"]), data["shown_at"]
        kind, group = data["kind"], data.get("group")
        accepted, stayed = data["accepted"], data.get("stayed")
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadOutcome(
            line, "on, kind, values, score, shown_at and accepted are needed"
        ) from None
    fits = (
        set(values) <= set(CODES)
        and all(0.0 <= v <= 1.0 for v in (*values.values(), score))
        and isinstance(kind, str)
        and (group is None or isinstance(group, str))
        and isinstance(accepted, bool)
        and (stayed is None or isinstance(stayed, bool))
        and (shown_at is None or (type(shown_at) is int and shown_at >= 1))
    )
    if not fits:
        raise BadOutcome(line, "a value is of the wrong kind or out of range")
    if stayed is not None and not accepted:
        raise BadOutcome(line, "only who went (accepted) can have stayed or left")
    return Outcome(on, kind, values, score, group, shown_at, accepted, stayed)


@dataclass(frozen=True)
class Model:
    """A fitted chance of staying."""

    pipeline: "Pipeline"
    kinds: tuple[str, ...]

    def chance(self, outcomes: Sequence[Outcome]) -> NDArray[np.float64]:
        """Return the chance of staying, (n,) 0 … 1."""
        if not outcomes:
            return np.empty(0)
        table = features(outcomes, self.kinds)
        return np.asarray(self.pipeline.predict_proba(table)[:, 1], np.float64)


def features(outcomes: Sequence[Outcome], kinds: Sequence[str]) -> NDArray[np.float64]:
    """Return (n, criteria + kinds); a criterion that wasn't asked stands at one half."""
    table = np.full((len(outcomes), len(CODES) + len(kinds)), 0.5)
    table[:, len(CODES) :] = 0.0
    for row, outcome in enumerate(outcomes):
        for column, code in enumerate(CODES):
            table[row, column] = outcome.values.get(code, 0.5)
        if outcome.kind in kinds:
            table[row, len(CODES) + kinds.index(outcome.kind)] = 1.0
    return table


def learn(outcomes: Sequence[Outcome]) -> Model | None:
    """Fit the chance of staying; None where there are too few, or all went the same way."""
    known = [o for o in outcomes if o.stayed is not None]
    if len(known) < FEWEST or len({o.stayed for o in known}) < 2:
        return None
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    counts = Counter(o.kind for o in known)
    kinds = tuple(sorted(kind for kind, n in counts.items() if n >= FEWEST_OF_A_KIND))
    # A strong prior: a few hundred placements hold little more than which criteria matter.
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=1000))
    pipeline.fit(features(known, kinds), np.array([o.stayed for o in known]))
    return Model(pipeline, kinds)


def split_by_time(
    outcomes: Sequence[Outcome], share: float = 0.3
) -> tuple[list[Outcome], list[Outcome]]:
    """Return the earlier outcomes and the later ones; those of one day stay together.

    Earlier are those that were known when the first of the later ones began: whether somebody
    stays is known after three months, and what began in the months before is left out.
    """
    ordered = sorted(outcomes, key=lambda o: o.on)
    if not ordered:
        return [], []
    first = ordered[min(int(len(ordered) * (1.0 - share)), len(ordered) - 1)].on
    known = first - timedelta(days=KNOWN_AFTER_DAYS)
    return [o for o in ordered if o.on <= known], [o for o in ordered if o.on >= first]


def weight_of(outcomes: int) -> float:
    """Return the weight of the learned criterion: it grows with the outcomes it rests on."""
    return FULL_WEIGHT * min(outcomes / FULL_AT, 1.0) if outcomes >= FEWEST else 0.0
