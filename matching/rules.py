"""Rules that a place must pass to be suggested at all: the whole table, and its judgement.

A rule that a need doesn't touch isn't asked. For the safety rules what isn't known counts as FAIL.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching import attendance, conditions, host, reach, safety, whom
from matching.sight import Sight
from matching.verdicts import FAIL, UNKNOWN, Rule

RULES: tuple[Rule, ...] = (
    *reach.RULES,
    *whom.RULES,
    *attendance.RULES,
    *conditions.RULES,
    *host.RULES,
    *safety.RULES,
)


@dataclass(frozen=True)
class Judged:
    """Verdicts of the rules that a need asks, one row of the table a rule.

    table : (rules, n) of PASS / UNKNOWN / FAIL; a safety rule's UNKNOWN stands as FAIL
    """

    rules: tuple[Rule, ...]
    table: NDArray[np.int8]
    fails: NDArray[np.int8]
    unknowns: NDArray[np.int8]

    def only(self, chosen: NDArray[np.int64]) -> "Judged":
        return Judged(self.rules, self.table[:, chosen], self.fails[chosen], self.unknowns[chosen])


def judge(sight: Sight) -> Judged:
    """Put every rule that the need asks to every row."""
    asked = tuple(rule for rule in RULES if rule.applies(sight.ask))
    table = np.empty((len(asked), len(sight.rows)), np.int8)
    for i, rule in enumerate(asked):
        table[i] = rule.judge(sight)
        if rule.safety:
            table[i][table[i] == UNKNOWN] = FAIL
    return Judged(
        asked,
        table,
        (table == FAIL).view(np.int8).sum(axis=0, dtype=np.int8),
        (table == UNKNOWN).view(np.int8).sum(axis=0, dtype=np.int8),
    )
