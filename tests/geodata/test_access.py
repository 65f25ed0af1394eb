"""How much there is for each person, and where a few more places would serve most."""

import itertools

import numpy as np
import pandas as pd
import pytest
from access.fca import two_stage_fca
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.access import Reached, reached_on_foot, two_step
from geodata.siting import best_sites, covered
from geodata.straight import DETOUR


def pairs(table: np.ndarray) -> Reached:
    origin, place = np.nonzero(table)
    return Reached(origin, place, np.zeros(len(origin)))


def test_the_example_of_luo_and_wang() -> None:
    """One physician for eight people, one for four; two people are in both catchments.

    Luo and Wang (2003), with one person a tract: 1/8, 1/4, and 3/8 where the catchments overlap.
    """
    first = np.array([1, 1, 1, 1, 1, 1, 1, 1, 0, 0], bool)
    second = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1, 1], bool)
    found = two_step(np.ones(2), np.ones(10), pairs(np.column_stack([first, second])))
    assert found.tolist() == pytest.approx([1 / 8] * 6 + [3 / 8] * 2 + [1 / 4] * 2)


tables = st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(
    lambda shape: st.tuples(
        st.lists(
            st.lists(st.booleans(), min_size=shape[1], max_size=shape[1]),
            min_size=shape[0],
            max_size=shape[0],
        ),
        st.lists(st.integers(0, 900), min_size=shape[0], max_size=shape[0]),
        st.lists(st.integers(0, 40), min_size=shape[1], max_size=shape[1]),
    )
)


@given(tables)
@settings(max_examples=80, deadline=None)
def test_the_shares_are_those_of_a_plain_walk_and_add_up_to_what_there_is(table) -> None:
    reach, people, supply = np.array(table[0]), np.array(table[1], float), np.array(table[2], float)
    found = two_step(supply, people, pairs(reach))
    for i in range(len(people)):
        plain = 0.0
        for j in range(len(supply)):
            sharing = sum(people[k] for k in range(len(people)) if reach[k, j])
            if reach[i, j] and sharing:
                plain += supply[j] / sharing
        assert found[i] == pytest.approx(plain)
    shared = [s for j, s in enumerate(supply) if people[reach[:, j]].sum() > 0]
    assert (found * people).sum() == pytest.approx(sum(shared))


@given(tables)
@settings(max_examples=25, deadline=None)
def test_the_shares_are_those_of_pysal(table) -> None:
    reach, people, supply = np.array(table[0]), np.array(table[1]) + 1.0, np.array(table[2], float)
    origin, place = np.nonzero(reach)
    if not len(origin):
        return
    theirs = two_stage_fca(
        pd.DataFrame({"geoid": np.arange(len(people)), "demand": people}),
        pd.DataFrame({"supply": supply}, index=pd.Index(np.arange(len(supply)), name="geoid")),
        pd.DataFrame({"origin": origin, "dest": place, "cost": 0.0}),
        max_cost=1,
    )
    found = two_step(supply, people, pairs(reach))
    for i, share in theirs.items():
        assert found[int(i)] == pytest.approx(float(share))


@given(tables, st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_the_chosen_sites_serve_as_many_as_the_best_of_all_choices(table, sites) -> None:
    reach, people = np.array(table[0]), np.array(table[1], float)
    chosen = best_sites(people, pairs(reach), reach.shape[1], sites)
    assert len(chosen) <= sites
    served = people[covered(pairs(reach), chosen, len(people))].sum()
    best = max(
        people[reach[:, list(some)].any(axis=1)].sum()
        for some in itertools.combinations(range(reach.shape[1]), min(sites, reach.shape[1]))
    )
    assert served == best
    for k in chosen:  # none of them for nothing
        rest = chosen[chosen != k]
        assert people[covered(pairs(reach), rest, len(people))].sum() < served


def test_without_streets_ways_are_straight_with_a_detour() -> None:
    lat = np.array([35.0, 35.0 + 600 / 111_195, 35.0 + 900 / 111_195])
    lon = np.full(3, 139.0)
    reached = reached_on_foot((lon[:1], lat[:1]), (lon, lat), 990.0)
    assert reached.place.tolist() == [0, 1]
    assert reached.metres == pytest.approx([0, 600 * DETOUR], abs=0.5)


def test_nobody_and_nothing_are_no_error() -> None:
    none = np.empty(0)
    reached = reached_on_foot((none, none), (none, none), 500.0)
    assert two_step(none, none, reached).tolist() == []
    assert best_sites(none, reached, 0, 3).tolist() == []
