"""Judges a model on later outcomes beside the rules alone: order, chances, and group by group."""

import math
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.learned import OTHERS
from matching.learning import (
    BETTER_BY,
    FEWEST_HELD,
    MOST_OF_A_LIST,
    SMALL_CELL,
    SURELY,
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
    """How many placements were begun for people of a group, and how they went and are judged.

    shown : placements begun; share : of those of all groups that are told, so that from it nothing
        follows of one that isn't
    accepted : share of them in which the person went
    judged : how many later outcomes ndcg_* and brier_* are of, as in `Evaluation`; None where they
        are too few to be told, or where no model could be judged
    """

    name: str
    shown: int
    share: float
    accepted: float
    judged: int | None = None
    ndcg_rules: float | None = None
    ndcg_learned: float | None = None
    brier_share: float | None = None
    brier_learned: float | None = None


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
    model = learn(earlier)
    if model is None or len(later) < FEWEST_HELD or len({o.stayed for o in later}) < 2:
        groups, small = by_group(outcomes)
        return Evaluation(
            len(earlier), len(later), None, None, None, None, False, 0.0, "too_few", (), groups,
            small,
        )  # fmt: skip
    stayed = np.array([bool(o.stayed) for o in later], np.float64)
    chance = model.chance(later)
    share = float(np.mean([bool(o.stayed) for o in earlier]))
    scores = np.array([o.score for o in later])
    # As the engine would: a criterion beside the others, not in their place, with the weight that
    # all outcomes would give it.
    weight = weight_of(len(known))
    together = (scores * OTHERS + chance * weight) / (OTHERS + weight)
    judged = HeldOut(later, scores, together, np.full(len(later), share), chance, stayed)
    ndcg_rules, ndcg_learned, brier_share, brier_learned = judged.figures()
    groups, small = by_group(outcomes, judged)
    better = ndcg_learned >= ndcg_rules + BETTER_BY and judged.chances_are_surely_nearer()
    return Evaluation(
        len(earlier), len(later), ndcg_rules, ndcg_learned, brier_share, brier_learned,
        better, weight if better else 0.0, "better" if better else "not_better",
        calibration(chance, stayed), groups, small,
    )  # fmt: skip


@dataclass(frozen=True)
class HeldOut:
    """Later outcomes (n), and (n,) of each what two orders and two chances go by.

    by_rules, together : scores without and with what was learned
    share, chance : of staying, as it is of all and as it was learned
    stayed : 1 or 0
    """

    later: Sequence[Outcome]
    by_rules: NDArray[np.float64]
    together: NDArray[np.float64]
    share: NDArray[np.float64]
    chance: NDArray[np.float64]
    stayed: NDArray[np.float64]

    def of(self, group: str) -> "HeldOut":
        """Return those of one group."""
        rows = np.array([i for i, o in enumerate(self.later) if o.group == group], np.int64)
        return HeldOut(
            [self.later[i] for i in rows], self.by_rules[rows], self.together[rows],
            self.share[rows], self.chance[rows], self.stayed[rows],
        )  # fmt: skip

    def chances_are_surely_nearer(self) -> bool:
        """Tell whether learned chances are nearer to what happened by more than luck would do.

        By `SURELY` standard errors of the mean difference of squared distances: it is looked at
        anew every week, and a toss-up would be better in one week or another.
        """
        nearer = (self.share - self.stayed) ** 2 - (self.chance - self.stayed) ** 2
        error = float(nearer.std(ddof=1)) / math.sqrt(len(nearer))
        return float(nearer.mean()) > SURELY * error

    def figures(self) -> tuple[float, float, float, float]:
        """Return nDCG by the rules and with what was learned, Brier of the share and of that."""
        return (
            _mean_ndcg(self.later, self.by_rules, self.stayed),
            _mean_ndcg(self.later, self.together, self.stayed),
            float(np.mean((self.share - self.stayed) ** 2)),
            float(np.mean((self.chance - self.stayed) ** 2)),
        )


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


def by_group(
    outcomes: Sequence[Outcome], judged: HeldOut | None = None
) -> tuple[tuple[Group, ...], int]:
    """Return what is told of each group, and how many groups are too small to be told."""
    found: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.group is not None:
            found[outcome.group].append(outcome)
    enough = {name: own for name, own in sorted(found.items()) if len(own) >= SMALL_CELL}
    figures = {} if judged is None else _told_figures(judged, enough)
    whole = sum(map(len, enough.values()))
    told = [
        Group(
            name,
            len(own),
            len(own) / whole,
            sum(o.accepted for o in own) / len(own),
            **figures.get(name, {}),
        )
        for name, own in enough.items()
    ]
    return tuple(told), len(found) - len(told)


def _told_figures(judged: HeldOut, names: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return what is told of groups' later outcomes, of none where it would tell of the rest.

    All later outcomes together are told, too; where those of no group that is told are fewer than a
    small cell, the smallest groups are left out with them, or one could subtract.
    """
    own = {name: judged.of(name) for name in names}
    told = {name: j for name, j in own.items() if len(j.later) >= SMALL_CELL}
    for name in sorted(told, key=lambda name: (len(told[name].later), name)):
        rest = len(judged.later) - sum(len(j.later) for j in told.values())
        if rest == 0 or rest >= SMALL_CELL:
            break
        del told[name]
    return {name: _figures_of(j) for name, j in told.items()}


def _figures_of(judged: HeldOut) -> dict[str, Any]:
    """Return how many later outcomes there are, and their figures."""
    ndcg_rules, ndcg_learned, brier_share, brier_learned = judged.figures()
    # An order without anybody who stayed is neither good nor bad.
    any_stayed = bool(judged.stayed.any())
    return {
        "judged": len(judged.later),
        "ndcg_rules": ndcg_rules if any_stayed else None,
        "ndcg_learned": ndcg_learned if any_stayed else None,
        "brier_share": brier_share,
        "brier_learned": brier_learned,
    }
