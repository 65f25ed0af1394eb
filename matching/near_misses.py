"""Which places nearly fit: they fail a rule or two that can be talked about."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.compiled import compiled
from matching.ask import Ask
from matching.audiences import ages_of_audiences
from matching.codebook import CIRCLES
from matching.columns import NEVER
from matching.order import Order
from matching.rules import Judged
from matching.sight import Sight
from matching.verdicts import FAIL

FEWEST = 3
"""Where fewer fail one rule, those that fail two count as well; the search goes farther out."""

YEARS_OFF = 10
"""A place for people who are older or younger by more years than this is no near miss."""

WEIGHED = 40
"""Of so many near misses, the closest ones, those that would fit best are shown."""


def near_misses(sight: Sight, judged: Judged) -> NDArray[np.int64]:
    """Return the rows that fail one rule, or two where one would leave too few, and no other.

    Safety is never a near miss, and neither is what is closed, no place of participation, set
    aside for good, for people of quite another age, a circle of people who share what the person
    hasn't lived through, or somewhere in another municipality. The condition of gender can be
    talked about where all else fits; besides something else it is no small change.
    """
    age = sight.ask.need.age
    bits = sight.codebook.bits("audience")
    among_others = (*CIRCLES, *_of_other_ages(sight.ask))
    others = np.uint64(sum(1 << bits[code] for code in among_others if code in bits))
    of = (
        judged.fails, judged.beyond_talk, _verdicts(judged, "audience"),
        _verdicts(judged, "gender"), sight.rows.records, sight.looks,
        -1 if age is None else age, others, np.array(sight.codebook.usual_audience, np.uint64),
        sight.ask.home_wished,
    )  # fmt: skip
    one = _failing(1, *of)
    return one if len(one) >= FEWEST else _failing(2, *of)


def _of_other_ages(ask: Ask) -> list[str]:
    """Return the audiences that say an age, where it is more than `YEARS_OFF` away."""
    age = ask.need.age
    if age is None:
        return []
    ages = ages_of_audiences(ask.thresholds).items()
    return [c for c, (low, high) in ages if low - age > YEARS_OFF or age - high > YEARS_OFF]


def _verdicts(judged: Judged, code: str) -> NDArray[np.int8]:
    """Return the verdicts of a rule that is always asked."""
    k = next(k for k, rule in enumerate(judged.rules) if rule.code == code)
    found: NDArray[np.int8] = judged.table[k]
    return found


@compiled
def _of_another_age(p: Any, age: int) -> bool:
    """Tell whether a place is for people whose age is more than `YEARS_OFF` away."""
    if age < 0 or not p["age_known"]:
        return False
    low, high = np.int64(p["age_low"]), np.int64(p["age_high"])
    return bool(low - age > YEARS_OFF or age - high > YEARS_OFF)


def closest(near: NDArray[np.int64], sight: Sight, judged: Judged) -> NDArray[np.int64]:
    """Return the near misses that fail fewest rules and lie closest."""
    if len(near) <= WEIGHED:
        return near
    alike = np.zeros(len(sight.rows), np.int64)
    order = Order(judged.fails, alike, sight.looks, sight.rows.records)
    return order.first(near, WEIGHED)


@compiled
def _failing(
    most: int,
    fails: NDArray[np.int8],
    beyond_talk: NDArray[np.int8],
    audience: NDArray[np.int8],
    gender: NDArray[np.int8],
    records: Any,
    looks: Any,
    age: int,
    others: np.uint64,
    usual: NDArray[np.uint64],
    home: bool,
) -> NDArray[np.int64]:
    """Return the rows here that fail one rule to so many, all of them to be talked about.

    audience, gender : verdicts of these rules
    age : of the person; -1 = not known
    others : the bits of audiences that nobody else is asked into
    usual : (kinds,) whom a kind is for where a place doesn't say
    home : what is joined from home is in reach, wherever it lies
    """
    rows = np.empty(len(fails), np.int64)
    n = 0
    for i in range(len(fails)):
        if not 1 <= fails[i] <= most or beyond_talk[i]:
            continue
        if math.isinf(looks[i]["distance_m"]) and not (home and records[i]["online"] == 1):
            continue
        if looks[i]["set_aside_day"] == NEVER or _of_another_age(records[i], age):
            continue
        if gender[i] == FAIL and fails[i] > 1:
            continue
        if audience[i] == FAIL:
            own, known = np.uint64(records[i]["audience"]), records[i]["audience_known"] > 0
            if (own if known else usual[records[i]["kind"]]) & ~others == 0:
                continue
        rows[n] = i
        n += 1
    return rows[:n]
