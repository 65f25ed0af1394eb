"""From an order to a list: each place once, few of one host or kind, what a place is."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.compiled import compiled
from geodata.coordinates import EARTH_RADIUS_M
from geodata.straight import metres_between
from matching.order import Order
from matching.schemes import Scheme
from matching.sight import Sight

SAME_PLACE_M = 300.0
"""Entries of one name so close together are one place, listed by more than one file."""

SAME_LAT = 1.01 * math.degrees(SAME_PLACE_M / EARTH_RADIUS_M)

_LIKELY_ENOUGH = 10
"""Of so many times what is picked, all are put in order only where the first don't suffice."""

_NO_LIMIT = 1 << 30


def first_of_each(rows: NDArray[np.int64], order: Order, sight: Sight, limit: int) -> list[int]:
    """Return the first of some row numbers in order, each place once.

    A place is met again as another offering of the same resource, or as the entry of another
    source: one with the same name within `SAME_PLACE_M`.
    """
    return _picked(rows, order, sight, limit, _NO_LIMIT, _NO_LIMIT)


def diverse(
    rows: NDArray[np.int64], order: Order, sight: Sight, scheme: Scheme, limit: int
) -> list[int]:
    """Pick at most `limit` of some rows in order: each place once, few of one host or kind.

    Those that were passed over for their host or kind fill the list up where it would stay short.
    """
    return _picked(rows, order, sight, limit, scheme.per_host, scheme.per_kind)


def offerings_of(rows: NDArray[np.int64], order: Order, sight: Sight, limit: int) -> list[int]:
    """Return the first of some row numbers in order, for whom seats are shared.

    Every offering of a resource has seats of its own; only the entry of another source of a place
    that was met is left out.
    """
    ordered = order.first(rows, len(rows))
    return [int(i) for i in _pick_all(ordered, sight.rows.records, limit)]


def _picked(
    rows: NDArray[np.int64], order: Order, sight: Sight, limit: int, per_host: int, per_kind: int
) -> list[int]:
    picked, over = np.empty((2, limit), np.int64)
    for most in (_LIKELY_ENOUGH * limit, len(rows)):
        ordered = order.first(rows, most)
        n, passed = _pick(ordered, sight.rows.records, per_host, per_kind, picked, over)
        if n == limit or most >= len(rows):
            break
    return [*picked[:n].tolist(), *over[: min(passed, limit - n)].tolist()]


def places_of(rows: NDArray[np.int64], order: Order, sight: Sight) -> NDArray[np.int64]:
    """Return the number of each row's place, as `first_of_each` tells places apart."""
    ordered = order.first(rows, len(rows))
    _, first, resource = np.unique(
        sight.rows.records["resource"][ordered], return_index=True, return_inverse=True
    )
    in_turn = np.argsort(first)
    firsts = sight.rows.records[ordered[first[in_turn]]]
    of_resource = np.empty(len(first), np.int64)
    of_resource[in_turn] = _places_of(firsts, np.lexsort((firsts["lat"], firsts["name"])))
    found = np.empty(len(sight.rows), np.int64)
    found[ordered] = of_resource[resource]
    numbers: NDArray[np.int64] = found[rows]
    return numbers


@compiled
def _places_of(firsts: Any, by_name: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the places of rows of different resources: those of another source are met again.

    firsts : records in the order of a list
    by_name : their numbers by name, and those of a name from south to north
    """
    found, at = np.empty((2, len(firsts)), np.int64)
    met = np.zeros(len(firsts), np.bool_)
    for k in range(len(by_name)):
        at[by_name[k]] = k
    places = 0
    for i in range(len(firsts)):
        p, place = firsts[i], -1
        for step in (-1, 1):
            k = at[i] + step
            while 0 <= k < len(by_name):
                other = firsts[by_name[k]]
                if other["name"] != p["name"] or not abs(other["lat"] - p["lat"]) < SAME_LAT:
                    break
                away = metres_between(p["lon"], p["lat"], other["lon"], other["lat"])
                if met[by_name[k]] and away <= SAME_PLACE_M:
                    this = found[by_name[k]]
                    place = this if place < 0 else min(place, this)
                k += step
        if place < 0:
            place, met[i] = places, True
            places += 1
        found[i] = place
    return found


@compiled
def _pick(
    ordered: NDArray[np.int64],
    records: Any,
    per_host: int,
    per_kind: int,
    picked: NDArray[np.int64],
    passed_over: NDArray[np.int64],
) -> tuple[int, int]:
    """Fill in the rows that are picked, and the first that are passed over; return how many."""
    n = over = 0
    met = np.empty(len(ordered), np.int64)
    places = 0
    resources, names = set(ordered[:0].astype(np.uint64)), set(ordered[:0].astype(np.uint64))
    for i in ordered:
        if n == len(picked):
            break
        p = records[i]
        if p["resource"] in resources:
            continue
        resources.add(p["resource"])
        if p["name"] in names and _is_met(p, records, met[:places], True):
            continue
        names.add(p["name"])
        met[places] = i
        places += 1
        of_host = of_kind = 0
        for other in picked[:n]:
            of_host += p["host"] != 0 and records[other]["host"] == p["host"]
            of_kind += records[other]["kind"] == p["kind"]
        if of_host < per_host and of_kind < per_kind:
            picked[n] = i
            n += 1
        elif over < len(passed_over):
            passed_over[over] = i
            over += 1
    return n, over


@compiled
def _pick_all(ordered: NDArray[np.int64], records: Any, limit: int) -> NDArray[np.int64]:
    picked = np.empty(min(limit, len(ordered)), np.int64)
    n = 0
    names = set(ordered[:0].astype(np.uint64))
    for i in ordered:
        if n == len(picked):
            break
        p = records[i]
        if p["name"] in names and _is_met(p, records, picked[:n], False):
            continue
        names.add(p["name"])
        picked[n] = i
        n += 1
    return picked[:n]


@compiled
def _is_met(p: Any, records: Any, met: NDArray[np.int64], own_too: bool) -> bool:
    """Tell whether one of the places met has the same name and lies as good as there.

    own_too : other offerings of the same resource count as well
    """
    for i in met:
        other = records[i]
        if not own_too and other["resource"] == p["resource"]:
            continue
        # Most of one name lie far apart, which a glance at the latitudes tells.
        if other["name"] != p["name"] or not abs(other["lat"] - p["lat"]) < SAME_LAT:
            continue
        if metres_between(p["lon"], p["lat"], other["lon"], other["lat"]) <= SAME_PLACE_M:
            return True
    return False
