"""The first of many rows in order are those that Python's own sort puts first."""

import numpy as np
import pytest
from numpy.typing import NDArray

from geodata.straight import metres_between
from matching import variety
from matching.columns import LOOK, RECORD
from matching.order import Order

SEEDS = range(40)


def _rows(seed: int) -> tuple[NDArray[np.int64], Order]:
    """Some of many rows, most of them alike in all but their ids."""
    r = np.random.default_rng(seed)
    n = int(r.integers(1, 400))
    records, looks = np.zeros(n, RECORD), np.zeros(n, LOOK)
    records["id_high"], records["id_low"] = r.integers(0, 3, n), r.permutation(n)
    looks["metres"] = r.integers(0, 4, n)
    fails, merit = r.integers(0, 3, n).astype(np.int8), r.integers(0, 5, n)
    chosen = np.flatnonzero(r.random(n) < 0.8)
    return chosen, Order(fails, merit, looks, records)


def _sorted(rows: NDArray[np.int64], order: Order) -> list[int]:
    records, metres = order.records, order.looks["metres"]
    return sorted(
        rows.tolist(),
        key=lambda i: (
            order.fails[i], -order.merit[i], metres[i], records["id_high"][i], records["id_low"][i],
        ),
    )  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_the_first_of_many_are_the_first_of_all(seed: int) -> None:
    rows, order = _rows(seed)
    whole = _sorted(rows, order)
    for most in (1, 2, 7, 20, 100, len(rows), 1000):
        assert order.first(rows, most).tolist() == whole[:most]


class _Seen:
    """As much of a sight as picking looks at."""

    def __init__(self, records: NDArray[np.void]) -> None:
        self.rows = self
        self.records = records

    def __len__(self) -> int:
        return len(self.records)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_picked_is_the_same_however_few_are_put_in_order_at_first(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, order = _rows(seed)
    r = np.random.default_rng(seed)
    n = len(order.records)
    order.records["resource"] = r.integers(1, n + 1, n)
    order.records["name"] = r.integers(1, 2 * n + 1, n)
    # So few hosts and kinds that a list is seldom full before many were passed over.
    order.records["host"], order.records["kind"] = r.integers(0, 4, n), r.integers(0, 3, n)
    picked = []
    for likely_enough in (1, 3, n):
        monkeypatch.setattr(variety, "_LIKELY_ENOUGH", likely_enough)
        for limit in (1, 5, 10):
            picked.append(variety._picked(rows, order, _Seen(order.records), limit, 2, 2))  # type: ignore[arg-type]
    assert picked[:3] == picked[3:6] == picked[6:]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_place_is_one_by_its_resource_or_by_name_and_nearness(seed: int) -> None:
    """As a walk tells that compares each row with all places before it."""
    rows, order = _rows(seed)
    r = np.random.default_rng(seed)
    records = order.records
    n = len(records)
    records["resource"], records["name"] = r.integers(1, n + 1, n), r.integers(1, 4, n)
    for axis, start in (("lat", 35.0), ("lon", 139.0)):
        records[axis] = start + r.choice([0.003, 0.03]) * r.random(n)
    records["lat"][r.random(n) < 0.1] = np.nan
    found = variety.places_of(rows, order, _Seen(records))  # type: ignore[arg-type]
    places: dict[int, int] = {}
    met: list[int] = []
    for i in order.first(rows, len(rows)).tolist():
        p = records[i]
        if int(p["resource"]) in places:
            continue
        near = (
            number
            for number, j in enumerate(met)
            if records[j]["name"] == p["name"]
            and metres_between(records[j]["lon"], records[j]["lat"], p["lon"], p["lat"]) <= 300
        )
        places[int(p["resource"])] = number = next(near, len(met))
        if number == len(met):
            met.append(i)
    assert found.tolist() == [places[int(records[i]["resource"])] for i in rows]
    assert len(met) < len(places) or n < 30
