"""How far places are on foot: over the streets where they are known, else straight with a detour.

A place whose point isn't known, or is hidden, has no place on a street either: of it no walk tells.
"""

import numpy as np
from numpy.typing import NDArray

from geodata.compiled import compiled
from geodata.straight import DETOUR
from geodata.streets import StreetGraph
from geodata.walking import Walks, walks_from
from matching.ask import Ask
from matching.rows import Rows

SEARCHED_WITHOUT_LIMIT_M = 2_500.0
"""How far streets are searched where the person names no minutes; some 40 minutes."""

NEAR_MISSES_WITHIN = 2.0
"""Multiples of what the person would walk in which the walk to a near miss is measured."""


def walks_for(ask: Ask, streets: StreetGraph | None) -> Walks | None:
    """Return the walks from where a question starts; None where no street leads from there."""
    if streets is None:
        return None
    limit = ask.walk_limit_m
    searched = SEARCHED_WITHOUT_LIMIT_M if limit is None else limit * NEAR_MISSES_WITHIN
    return walks_from(streets.step_free if ask.limits.step_free else streets, ask.origin, searched)


def on_foot(
    rows: Rows, distance_m: NDArray[np.float64], walks: Walks | None
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the metres on foot to each row, in whole metres of its way, and which go by streets.

    distance_m : straight; NaN where it isn't known, infinite where the place lies elsewhere
    """
    if walks is None:
        street_m, limit_m = np.full(len(rows), np.nan), 0.0
    else:
        street_m, limit_m = _street_metres(rows, distance_m, walks), walks.limit_m
    return _walks(distance_m, street_m, limit_m)


def _street_metres(
    rows: Rows, distance_m: NDArray[np.float64], walks: Walks
) -> NDArray[np.float64]:
    found = np.full(len(rows), np.nan)
    # No walk is shorter than the straight way: what lies farther needs no look at the streets.
    near = np.flatnonzero(distance_m <= walks.limit_m)
    found[near] = walks.metres_to(rows.only(near).snapped(walks.streets))
    return found


@compiled
def _walks(
    distance_m: NDArray[np.float64], street_m: NDArray[np.float64], limit_m: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    walk_m, by_streets = np.empty(len(distance_m)), np.zeros(len(distance_m), np.bool_)
    for i in range(len(distance_m)):
        walk_m[i], by_streets[i] = way_m(distance_m[i], street_m[i], limit_m)
    return walk_m, by_streets


@compiled
def way_m(distance_m: float, street_m: float, limit_m: float) -> tuple[float, bool]:
    """Return the metres on foot of one way, and whether they are those of streets.

    distance_m : straight
    street_m : as `Walks.metres_to` tells it
    limit_m : to which the streets were searched
    """
    straight = np.rint(distance_m)
    if np.isfinite(street_m):
        return max(np.rint(street_m), straight), True
    if np.isinf(street_m):  # on the streets, and farther than they were searched
        return max(straight * DETOUR, limit_m), False
    return straight * DETOUR, False
