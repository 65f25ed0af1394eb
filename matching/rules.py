"""Rules that a place must pass to be suggested at all: the whole table, and its judgement.

A rule that a need doesn't touch isn't asked. For the safety rules what isn't known counts as FAIL.
"""

from dataclasses import dataclass
from typing import Any

import numba
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


@dataclass(frozen=True)
class Judged:
    """Verdicts of the rules that a need asks, one row of the table a rule.

    table : (rules, n) of PASS / UNKNOWN / FAIL; a safety rule's UNKNOWN stands as FAIL
    beyond_talk : (n,) how many of the rules that a row fails are `Rule.is_beyond_talk`
    unsure_access : (n,) whether some access that the person can't do without isn't known
    """

    rules: tuple[Rule, ...]
    table: NDArray[np.int8]
    fails: NDArray[np.int8]
    unknowns: NDArray[np.int8]
    beyond_talk: NDArray[np.int8]
    unsure_access: NDArray[np.bool_]
    removed: NDArray[np.int64]  # (rules,) how many rows each fails


def judge(sight: Sight) -> Judged:
    """Put every rule that the need asks to every row."""
    asked = [k for k, rule in enumerate(RULES) if rule.applies(sight.ask)]
    rules = tuple(RULES[k] for k in asked)
    table = np.empty((len(asked), len(sight.rows)), np.int8)
    fails, unknowns, beyond_talk = np.zeros((3, len(sight.rows)), np.int8)
    unsure_access = np.zeros(len(sight.rows), np.bool_)
    removed = np.zeros(len(asked), np.int64)
    access_rules = np.array([rule.access(sight.ask) for rule in rules])
    safety_rules = np.array([rule.safety for rule in rules])
    beyond_rules = np.array([rule.is_beyond_talk for rule in rules])
    _judge_all(
        np.array(asked), safety_rules, access_rules, beyond_rules,
        sight.rows.records, sight.looks, sight.terms,
        table, fails, unknowns, beyond_talk, unsure_access, removed,
    )  # fmt: skip
    return Judged(rules, table, fails, unknowns, beyond_talk, unsure_access, removed)


@compiled
def _judge_all(
    asked: NDArray[np.int64],
    for_safety: NDArray[np.bool_],
    for_access: NDArray[np.bool_],
    for_no_talk: NDArray[np.bool_],
    records: Any,
    looks: Any,
    terms: Any,
    table: NDArray[np.int8],
    fails: NDArray[np.int8],
    unknowns: NDArray[np.int8],
    beyond_talk: NDArray[np.int8],
    unsure_access: NDArray[np.bool_],
    removed: NDArray[np.int64],
) -> None:
    for start in range(0, len(records), AT_ONCE):
        end = min(start + AT_ONCE, len(records))
        for row in range(len(asked)):
            found = table[row, start:end]
            put_rule(asked[row], records[start:end], looks[start:end], terms[0], found)
            removed[row] += _counted(
                found, for_safety[row], for_access[row], for_no_talk[row],
                fails[start:end], unknowns[start:end], beyond_talk[start:end],
                unsure_access[start:end],
            )  # fmt: skip


@compiled
def _counted(
    found: NDArray[np.int8],
    for_safety: bool,
    for_access: bool,
    for_no_talk: bool,
    fails: NDArray[np.int8],
    unknowns: NDArray[np.int8],
    beyond_talk: NDArray[np.int8],
    unsure_access: NDArray[np.bool_],
) -> int:
    """Count one rule's verdicts on some rows; return how many fail."""
    removed = 0
    for i in range(len(found)):
        unknown = found[i] == UNKNOWN
        if for_safety and unknown:
            found[i] = FAIL
            unknown = False
        failed = found[i] == FAIL
        fails[i] += failed
        removed += failed
        unknowns[i] += unknown
        beyond_talk[i] += failed and for_no_talk
        if for_access:
            unsure_access[i] |= unknown
    return removed


# Not kept by itself: it is compiled into `put_rule`, once for each test, so that a loop over rows
# is one piece of machine code, without a choice or a call for each row.
@numba.njit(nogil=True)
def _put(test: Any, records: Any, looks: Any, a: Any, found: NDArray[np.int8]) -> None:
    for i in range(len(found)):
        found[i] = test(records[i], looks[i], a)


@compiled
def put_rule(k: int, records: Any, looks: Any, a: Any, found: NDArray[np.int8]) -> None:
    """Fill in what the rule RULES[k] says of some places, by that rule's own test."""
    if k == 0:
        _put(reach.published, records, looks, a, found)
    elif k == 1:
        _put(reach.kind, records, looks, a, found)
    elif k == 2:
        _put(reach.reach, records, looks, a, found)
    elif k == 3:
        _put(reach.at_home, records, looks, a, found)
    elif k == 4:
        _put(whom.age, records, looks, a, found)
    elif k == 5:
        _put(whom.audience, records, looks, a, found)
    elif k == 6:
        _put(whom.gender, records, looks, a, found)
    elif k == 7:
        _put(whom.languages, records, looks, a, found)
    elif k == 8:
        _put(attendance.windows, records, looks, a, found)
    elif k == 9:
        _put(attendance.minutes, records, looks, a, found)
    elif k == 10:
        _put(attendance.sessions_per_week, records, looks, a, found)
    elif k == 11:
        _put(attendance.places, records, looks, a, found)
    elif k == 12:
        _put(conditions.step_free, records, looks, a, found)
    elif k == 13:
        _put(conditions.staff_present, records, looks, a, found)
    elif k == 14:
        _put(conditions.fee, records, looks, a, found)
    elif k == 15:
        _put(conditions.pay, records, looks, a, found)
    elif k == 16:
        _put(conditions.noise, records, looks, a, found)
    elif k == 17:
        _put(conditions.group_size, records, looks, a, found)
    elif k == 18:
        _put(conditions.conversation, records, looks, a, found)
    elif k == 19:
        _put(conditions.with_child, records, looks, a, found)
    elif k == 20:
        _put(conditions.requirements, records, looks, a, found)
    elif k == 21:
        _put(conditions.smoking, records, looks, a, found)
    elif k == 22:
        _put(conditions.animals, records, looks, a, found)
    elif k == 23:
        _put(conditions.sober, records, looks, a, found)
    elif k == 24:
        _put(conditions.strain, records, looks, a, found)
    elif k == 25:
        _put(host.step, records, looks, a, found)
    elif k == 26:
        _put(host.host_rest, records, looks, a, found)
    elif k == 27:
        _put(safety.exclude_host, records, looks, a, found)
    elif k == 28:
        _put(safety.exclude_resource, records, looks, a, found)
    elif k == 29:
        _put(safety.exclude_area, records, looks, a, found)
    elif k == 30:
        _put(safety.protected, records, looks, a, found)
    elif k == 31:
        _put(safety.no_children, records, looks, a, found)
    elif k == 32:
        _put(safety.no_alcohol, records, looks, a, found)
    elif k == 33:
        _put(safety.child_safe, records, looks, a, found)
    elif k == 34:
        _put(asked_before.set_aside, records, looks, a, found)
    else:
        raise ValueError("no such rule")
