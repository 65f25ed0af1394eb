"""In which order rows stand on a list: one comparison, used wherever rows are put in order."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.compiled import compiled


class Order(NamedTuple):
    """What rows are compared by: (n,) each, see `_comes_before`."""

    fails: NDArray[np.int8]
    merit: NDArray[np.int64]
    looks: Any
    records: Any

    def first(self, rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
        """Return in order the first of some row numbers, so many at most."""
        return in_order(rows, *self) if most >= len(rows) else _first(rows, most, *self)


@compiled
def in_order(
    rows: NDArray[np.int64],
    fails: NDArray[np.int8],
    merit: NDArray[np.int64],
    looks: Any,
    records: Any,
) -> NDArray[np.int64]:
    """Return row numbers in order, see `_comes_before`; by merging runs of twice the length."""
    here, there = rows.copy(), np.empty_like(rows)
    length = 1
    while length < len(rows):
        for start in range(0, len(rows), 2 * length):
            middle = min(start + length, len(rows))
            end = min(start + 2 * length, len(rows))
            i, j = start, middle
            for k in range(start, end):
                left = j >= end or (
                    i < middle and not _comes_before(here[j], here[i], fails, merit, looks, records)
                )
                if left:
                    there[k] = here[i]
                    i += 1
                else:
                    there[k] = here[j]
                    j += 1
        here, there = there, here
        length *= 2
    return here


@compiled
def _first(
    rows: NDArray[np.int64],
    most: int,
    fails: NDArray[np.int8],
    merit: NDArray[np.int64],
    looks: Any,
    records: Any,
) -> NDArray[np.int64]:
    """Return the first few of many row numbers in order; most rows are looked at once only."""
    found = np.empty(max(most, 0), np.int64)
    n = 0
    for i in rows:
        if most <= 0:
            break
        if n == most and not _comes_before(i, found[n - 1], fails, merit, looks, records):
            continue
        k = n if n < most else n - 1
        while k and _comes_before(i, found[k - 1], fails, merit, looks, records):
            found[k] = found[k - 1]
            k -= 1
        found[k] = i
        n = min(n + 1, most)
    return found[:n]


@compiled
def _comes_before(
    i: int, j: int, fails: NDArray[np.int8], merit: NDArray[np.int64], looks: Any, records: Any
) -> bool:
    """Tell which row comes first: by fewer failed rules, merit, distance, and then by id."""
    if fails[i] != fails[j]:
        return bool(fails[i] < fails[j])
    if merit[i] != merit[j]:
        return bool(merit[i] > merit[j])
    if looks[i]["metres"] != looks[j]["metres"]:
        return bool(looks[i]["metres"] < looks[j]["metres"])
    if records[i]["id_high"] != records[j]["id_high"]:
        return bool(records[i]["id_high"] < records[j]["id_high"])
    return bool(records[i]["id_low"] < records[j]["id_low"])
