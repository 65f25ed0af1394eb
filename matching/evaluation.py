"""Judges a model on later outcomes beside the rules alone: order, chances, and group by group."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.learning import (
    BETTER_BY,
    FEWEST_HELD,
    MOST_OF_A_LIST,
    SMALL_CELL,
    Outcome,
    learn,
    split_by_time,
    weight_of,
)

BINS = 5


@dataclass(frozen=True)
class Calibration:
    """Of those with a chance within these bounds, how many there are and how many stayed."""

    low: float
    high: float
    count: int
    expected: float
    stayed: float


@dataclass(frozen=True)
class Group:
    """How often people of a group were shown places, and how often they went."""

    name: str
    shown: int
    share: float
    accepted: float


@dataclass(frozen=True)
class Evaluation:
    """What later outcomes say.

    ndcg_* : order of those who stayed, lists of a day and kind of ten at most; 1 is best
    brier_* : mean squared distance of a chance from what happened; 0 is best
    used : whether the learned criterion counts, with this weight
    reason : why, or why not
    """

    learned_from: int
    judged_by: int
    ndcg_rules: float | None
    ndcg_learned: float | None
    brier_share: float | None
    brier_learned: float | None
    used: bool
    weight: float
    reason: str
    calibration: tuple[Calibration, ...]
    groups: tuple[Group, ...]
    groups_too_small: int

    def as_json(self) -> dict[str, Any]:
        return {
            **{k: v for k, v in vars(self).items() if k not in ("calibration", "groups")},
            "calibration": [vars(c) for c in self.calibration],
            "groups": [vars(g) for g in self.groups],
        }


def evaluate(outcomes: Sequence[Outcome]) -> Evaluation:
    """Learn from earlier outcomes, judge by later ones, and say whether the model may count."""
    known = [o for o in outcomes if o.stayed is not None]
    earlier, later = split_by_time(known)
    groups, small = by_group(outcomes)
    model = learn(earlier)
    if model is None or len(later) < FEWEST_HELD or len({o.stayed for o in later}) < 2:
        return Evaluation(
            len(earlier), len(later), None, None, None, None, False, 0.0, "too_few", (), groups,
            small,
        )  # fmt: skip
    stayed = np.array([bool(o.stayed) for o in later], np.float64)
    chance = model.chance(later)
    share = float(np.mean([bool(o.stayed) for o in earlier]))
    scores = np.array([o.score for o in later])
    weight = weight_of(len(earlier))
    # As the engine would: a criterion beside the others, not in their place.
    together = (scores * 100.0 + chance * weight) / (100.0 + weight)
    ndcg_rules = _mean_ndcg(later, scores, stayed)
    ndcg_learned = _mean_ndcg(later, together, stayed)
    brier_share = float(np.mean((share - stayed) ** 2))
    brier_learned = float(np.mean((chance - stayed) ** 2))
    better = ndcg_learned >= ndcg_rules + BETTER_BY and brier_learned < brier_share
    return Evaluation(
        len(earlier), len(later), ndcg_rules, ndcg_learned, brier_share, brier_learned,
        better, weight if better else 0.0, "better" if better else "not_better",
        calibration(chance, stayed), groups, small,
    )  # fmt: skip


def _mean_ndcg(
    later: Sequence[Outcome], scores: NDArray[np.float64], stayed: NDArray[np.float64]
) -> float:
    """Return the mean nDCG over lists of at most ten placements next to each other in time."""
    order = sorted(range(len(later)), key=lambda i: (later[i].on, i))
    values = []
    for start in range(0, len(order), MOST_OF_A_LIST):
        rows = np.array(order[start : start + MOST_OF_A_LIST])
        if stayed[rows].any():
            values.append(ndcg(scores[rows], stayed[rows]))
    return float(np.mean(values)) if values else 0.0


def ndcg(scores: NDArray[np.float64], gains: NDArray[np.float64]) -> float:
    """Return the discounted gain in the order of the scores over the best there could be."""
    discount = np.array([1.0 / math.log2(i + 2) for i in range(len(scores))])
    best = float((np.sort(gains)[::-1] * discount).sum())
    found = float((gains[np.argsort(-scores, kind="stable")] * discount).sum())
    return found / best if best else 0.0


def calibration(
    chance: NDArray[np.float64], stayed: NDArray[np.float64]
) -> tuple[Calibration, ...]:
    """Return expected and real shares by bins of the chance; small bins are left out."""
    bins = []
    for k in range(BINS):
        low, high = k / BINS, (k + 1) / BINS
        inside = (chance >= low) & ((chance < high) | ((k == BINS - 1) & (chance <= high)))
        if inside.sum() >= SMALL_CELL:
            bins.append(
                Calibration(
                    low, high, int(inside.sum()),
                    float(chance[inside].mean()), float(stayed[inside].mean()),
                )
            )  # fmt: skip
    return tuple(bins)


def by_group(outcomes: Sequence[Outcome]) -> tuple[tuple[Group, ...], int]:
    """Return exposure and acceptance by group, and how many groups are too small to be told."""
    found: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.group is not None:
            found[outcome.group].append(outcome)
    told = [
        Group(name, len(own), len(own) / len(outcomes), sum(o.accepted for o in own) / len(own))
        for name, own in sorted(found.items())
        if len(own) >= SMALL_CELL
    ]
    return tuple(told), len(found) - len(told)
