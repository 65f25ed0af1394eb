"""Which places nearly fit: they fail a rule or two that can be talked about."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.compiled import compiled
from matching.columns import NEVER
from matching.order import in_order
from matching.rules import Judged
from matching.sight import Sight
from matching.verdicts import FAIL, Rule

FEWEST = 3
"""Where fewer fail one rule, those that fail two count as well; the search goes farther out."""

YEARS_OFF = 10
"""A place for people who are older or younger by more years than this is no near miss."""

WEIGHED = 20
"""Of so many near misses, the closest ones, those that would fit best are shown."""


def near_misses(sight: Sight, judged: Judged) -> NDArray[np.int64]:
    """Return the rows that fail one rule, or two where one would leave too few, and no other.

    Safety is never a near miss, and neither is what is closed, no place of participation, set
    aside for good, for people of quite another age, or somewhere in another municipality.
    """
    for_talk = np.array([not is_beyond_talk(rule) for rule in judged.rules])
    far_off = _of_another_age(sight)
    one = _failing(1, for_talk, judged.table, judged.fails, sight.looks, far_off)
    if len(one) >= FEWEST:
        return one
    return _failing(2, for_talk, judged.table, judged.fails, sight.looks, far_off)


def _of_another_age(sight: Sight) -> NDArray[np.bool_]:
    """Return (rows,) whether a place is for people whose age is more than `YEARS_OFF` away."""
    age, rows = sight.ask.need.age, sight.rows
    if age is None:
        return np.zeros(len(rows), np.bool_)
    low, high = rows["age_low"].astype(np.int64), rows["age_high"].astype(np.int64)
    off = (low - age > YEARS_OFF) | (age - high > YEARS_OFF)
    return np.asarray(off & (rows["age_known"] > 0), np.bool_)


def is_beyond_talk(rule: Rule) -> bool:
    """Tell whether a rule is one that no change is ever proposed for."""
    return rule.safety or rule.code in ("kind", "published", "sober")


def closest(near: NDArray[np.int64], sight: Sight, judged: Judged) -> NDArray[np.int64]:
    """Return the near misses that fail fewest rules and lie closest."""
    if len(near) <= WEIGHED:
        return near
    alike = np.zeros(len(sight.rows), np.int64)
    return in_order(near, judged.fails, alike, sight.looks, sight.rows.records)[:WEIGHED]


@compiled
def _failing(
    most: int,
    for_talk: NDArray[np.bool_],
    table: NDArray[np.int8],
    fails: NDArray[np.int8],
    looks: Any,
    far_off: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Return the rows here that fail one rule to so many, all of them to be talked about."""
    rows = np.empty(len(fails), np.int64)
    n = 0
    for i in range(len(fails)):
        if not 1 <= fails[i] <= most or math.isinf(looks[i]["distance_m"]):
            continue
        if looks[i]["set_aside_day"] == NEVER or far_off[i]:
            continue
        to_talk = 0
        for row in range(len(for_talk)):
            to_talk += for_talk[row] and table[row, i] == FAIL
        if to_talk == fails[i]:
            rows[n] = i
            n += 1
    return rows[:n]
