"""What was learned of who stays, as numbers that can be read: one more criterion of a list.

It weighs what the other criteria give and the kind of place, and nothing else: no age, no gender,
no need enters it but through them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.compiled import compiled
from matching.criteria import CRITERIA, Named
from matching.sentences import Sentence, sentence

FORMAT = 1

LEARNED = Named("learned")
"""The criterion's name among the contributions."""

OTHERS = 100.0
"""What all other criteria weigh together, beside the learned one's weight."""

NOTHING: NDArray[np.float64] = np.empty(0)
"""The numbers of no model: the criterion isn't weighed."""

_BEFORE_CRITERIA = 2  # share and intercept


class BadModel(ValueError):
    """Stored numbers that are no model of this format."""

    def __init__(self) -> None:
        super().__init__("the stored model can't be read; it is learned anew by the next run")


@dataclass(frozen=True)
class Learned:
    """A chance of staying: a logistic function of criteria and kind.

    made_on : when it was learned; outcomes : how many it rests on
    weight : beside `OTHERS`
    criteria, kinds : coefficient of each; one that is absent counts nothing
    """

    made_on: date
    outcomes: int
    weight: float
    intercept: float
    criteria: Mapping[str, float]
    kinds: Mapping[str, float]

    @property
    def share(self) -> float:
        """Return which share of a score it makes, 0 … 1."""
        return self.weight / (OTHERS + self.weight)

    @cached_property
    def words(self) -> Sentence:
        return sentence("learned.used", outcomes=self.outcomes, percent=f"{100 * self.share:.1f}")

    def numbers(self, kinds: Sequence[str]) -> NDArray[np.float64]:
        """Return it as the loop over places takes it: share, intercept, criteria, kinds."""
        criteria = [self.criteria.get(c.code, 0.0) for c in CRITERIA]
        of_kinds = [self.kinds.get(kind, 0.0) for kind in kinds]
        return np.array([self.share, self.intercept, *criteria, *of_kinds], np.float64)

    def as_json(self) -> dict[str, Any]:
        return {"format": FORMAT, **asdict(self), "made_on": self.made_on.isoformat()}


def learned_of(data: Any) -> Learned:
    """Return a model of its JSON. Raises `BadModel`."""
    try:
        if data["format"] != FORMAT:
            raise BadModel
        criteria = {str(k): float(v) for k, v in data["criteria"].items()}
        kinds = {str(k): float(v) for k, v in data["kinds"].items()}
        found = Learned(
            date.fromisoformat(data["made_on"]), int(data["outcomes"]), float(data["weight"]),
            float(data["intercept"]), criteria, kinds,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadModel from None
    finite = all(map(math.isfinite, (found.intercept, *criteria.values(), *kinds.values())))
    known = set(criteria) <= {c.code for c in CRITERIA}
    if not finite or not known or not 0.0 <= found.weight <= OTHERS:
        raise BadModel
    return found


@compiled
def chance(values: Any, kind: int, numbers: Any) -> float:
    """Return the chance of staying of one place, by what each criterion gave and its kind."""
    logit = numbers[1]
    for k in range(len(values)):
        logit += numbers[_BEFORE_CRITERIA + k] * values[k]
    logit += numbers[_BEFORE_CRITERIA + len(values) + kind]
    return float(1.0 / (1.0 + math.exp(-logit)))
