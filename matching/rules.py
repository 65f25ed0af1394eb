"""Rules that a place must pass to be suggested at all: the whole table, and its judgement.

A rule that a need doesn't touch isn't asked. For the safety rules what isn't known counts as FAIL.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.compiled import compiled
from matching import asked_before, attendance, conditions, host, reach, safety, whom
from matching.sight import Sight
from matching.verdicts import FAIL, UNKNOWN, Rule

RULES: tuple[Rule, ...] = (
    *reach.RULES,
    *whom.RULES,
    *attendance.RULES,
    *conditions.RULES,
    *host.RULES,
    *safety.RULES,
    *asked_before.RULES,
)

AT_ONCE = 64
"""So many rows are put to all rules before the next ones: they stay at hand in the processor."""

ACCESS = frozenset(rule.code for rule in RULES if rule.access)


@dataclass(frozen=True)
class Judged:
    """Verdicts of the rules that a need asks, one row of the table a rule.

    table : (rules, n) of PASS / UNKNOWN / FAIL; a safety rule's UNKNOWN stands as FAIL
    unsure_access : (n,) whether some access that the person can't do without isn't known
    """

    rules: tuple[Rule, ...]
    table: NDArray[np.int8]
    fails: NDArray[np.int8]
    unknowns: NDArray[np.int8]
    unsure_access: NDArray[np.bool_]
    removed: NDArray[np.int64]  # (rules,) how many rows each fails


def judge(sight: Sight) -> Judged:
    """Put every rule that the need asks to every row."""
    asked = [k for k, rule in enumerate(RULES) if rule.applies(sight.ask)]
    rules = tuple(RULES[k] for k in asked)
    table = np.empty((len(asked), len(sight.rows)), np.int8)
    fails, unknowns = np.zeros((2, len(sight.rows)), np.int8)
    unsure_access = np.zeros(len(sight.rows), np.bool_)
    removed = np.zeros(len(asked), np.int64)
    access_rules = np.array([rule.access for rule in rules])
    safety_rules = np.array([rule.safety for rule in rules])
    _judge_all(
        np.array(asked), safety_rules, access_rules, sight.rows.records, sight.looks, sight.terms,
        table, fails, unknowns, unsure_access, removed,
    )  # fmt: skip
    return Judged(rules, table, fails, unknowns, unsure_access, removed)


@compiled
def _judge_all(
    asked: NDArray[np.int64],
    for_safety: NDArray[np.bool_],
    for_access: NDArray[np.bool_],
    records: Any,
    looks: Any,
    terms: Any,
    table: NDArray[np.int8],
    fails: NDArray[np.int8],
    unknowns: NDArray[np.int8],
    unsure_access: NDArray[np.bool_],
    removed: NDArray[np.int64],
) -> None:
    for start in range(0, len(records), AT_ONCE):
        end = min(start + AT_ONCE, len(records))
        for row in range(len(asked)):
            for i in range(start, end):
                found = verdict_of(asked[row], records[i], looks[i], terms[0])
                if found == UNKNOWN and for_safety[row]:
                    found = FAIL
                table[row, i] = found
                if found == FAIL:
                    fails[i] += 1
                    removed[row] += 1
                elif found == UNKNOWN:
                    unknowns[i] += 1
                    if for_access[row]:
                        unsure_access[i] = True


@compiled
def verdict_of(k: int, p: Any, look: Any, a: Any) -> int:
    """Return what the rule RULES[k] says of one place, by that rule's own test."""
    if k == 0:
        return reach.published(p, look, a)
    if k == 1:
        return reach.kind(p, look, a)
    if k == 2:
        return reach.reach(p, look, a)
    if k == 3:
        return whom.age(p, look, a)
    if k == 4:
        return whom.audience(p, look, a)
    if k == 5:
        return whom.gender(p, look, a)
    if k == 6:
        return whom.languages(p, look, a)
    if k == 7:
        return attendance.windows(p, look, a)
    if k == 8:
        return attendance.minutes(p, look, a)
    if k == 9:
        return attendance.sessions_per_week(p, look, a)
    if k == 10:
        return attendance.places(p, look, a)
    if k == 11:
        return conditions.step_free(p, look, a)
    if k == 12:
        return conditions.staff_present(p, look, a)
    if k == 13:
        return conditions.fee(p, look, a)
    if k == 14:
        return conditions.pay(p, look, a)
    if k == 15:
        return conditions.noise(p, look, a)
    if k == 16:
        return conditions.group_size(p, look, a)
    if k == 17:
        return conditions.conversation(p, look, a)
    if k == 18:
        return conditions.with_child(p, look, a)
    if k == 19:
        return conditions.requirements(p, look, a)
    if k == 20:
        return conditions.smoking(p, look, a)
    if k == 21:
        return conditions.animals(p, look, a)
    if k == 22:
        return conditions.sober(p, look, a)
    if k == 23:
        return conditions.strain(p, look, a)
    if k == 24:
        return host.step(p, look, a)
    if k == 25:
        return host.host_rest(p, look, a)
    if k == 26:
        return safety.exclude_host(p, look, a)
    if k == 27:
        return safety.exclude_resource(p, look, a)
    if k == 28:
        return safety.exclude_area(p, look, a)
    if k == 29:
        return safety.protected(p, look, a)
    if k == 30:
        return safety.no_children(p, look, a)
    if k == 31:
        return safety.no_alcohol(p, look, a)
    if k == 32:
        return safety.child_safe(p, look, a)
    if k == 33:
        return asked_before.set_aside(p, look, a)
    raise ValueError("no such rule")
