"""Many people, few places: nobody could be placed better, shown beside plain ways to the same sum."""

import itertools
from collections.abc import Iterator

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from matching.allocation import Arcs, Impossible, Room, allocate, arcs_of, room_of
from matching.even_loads import fits_weigh


@st.composite
def small(
    draw: st.DrawFn, fits: int = 10, seats: int = 2
) -> tuple[int, Room, Arcs, list[list[int]]]:
    """At most five people and four places, few hosts, sometimes a household; so many fits differ.

    Few that differ make many ways that are equally good.
    """
    people, places = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    pairs = [(i, j) for i in range(people) for j in range(places) if draw(st.booleans())]
    drawn = [draw(st.integers(0, fits - 1)) * 1000 for _ in pairs]
    free = [draw(st.integers(0, seats)) for _ in range(places)]
    if draw(st.booleans()):
        room = room_of(free, [draw(st.integers(0, 1)) for _ in range(places)],
                       [draw(st.integers(0, seats + 1)) for _ in range(2)])  # fmt: skip
    else:
        room = room_of(free)
    households = [[0, people - 1]] if people > 1 and draw(st.booleans()) else []
    arcs = arcs_of([i for i, _ in pairs], [j for _, j in pairs], drawn)
    return people, room, arcs, households


def every_way(
    people: int, room: Room, arcs: Arcs, households: list[list[int]]
) -> Iterator[tuple[list[int], list[int]]]:
    """Give the fits of everybody placed, for each way of placing people that is allowed.

    Beside them how many each host gets, or each place where there are no hosts.
    """
    fit = {
        (i, j): f
        for i, j, f in zip(
            arcs.person.tolist(), arcs.place.tolist(), arcs.fit.tolist(), strict=True
        )
    }
    choices = [[-1, *(j for j in range(len(room.places)) if (i, j) in fit)] for i in range(people)]
    for way in itertools.product(*choices):
        if any(len({way[i] for i in home}) > 1 for home in households):
            continue
        taken = [way.count(j) for j in range(len(room.places))]
        if any(n > room.places[j] for j, n in enumerate(taken)):
            continue
        loads = taken
        if room.host is not None and room.of_host is not None:
            loads = [0] * len(room.of_host)
            for j, n in enumerate(taken):
                loads[room.host[j]] += n
            if any(n > room.of_host[h] for h, n in enumerate(loads)):
                continue
        yield [fit[i, j] for i, j in enumerate(way) if j >= 0], loads


def loads_of(room: Room, place: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many each host gets, or each place where there are no hosts."""
    taken = place[place >= 0]
    return np.bincount(taken if room.host is None else room.host[taken])


@settings(max_examples=150, deadline=None)
@given(small(), st.booleans())
def test_no_way_of_placing_people_is_better(
    case: tuple[int, Room, Arcs, list[list[int]]], fair: bool
) -> None:
    people, room, arcs, households = case
    found = allocate(people, room, arcs, households=households, fair=fair)
    ways = [fits for fits, _ in every_way(people, room, arcs, households)]
    mine = sorted(found.fit[found.place >= 0].tolist())
    assert mine in [sorted(way) for way in ways]
    most = max(map(len, ways))
    best = [way for way in ways if len(way) == most]
    if fair and most:
        floor = max(min(way) for way in best)
        assert found.floor == floor
        best = [way for way in best if min(way) == floor]
    assert found.placed == most
    assert found.total == max(map(sum, best))


@settings(max_examples=300, deadline=None)
@given(small(fits=2, seats=4), st.booleans())
def test_among_equals_no_way_spreads_the_load_more_evenly(
    case: tuple[int, Room, Arcs, list[list[int]]], fair: bool
) -> None:
    people, room, arcs, households = case
    found = allocate(people, room, arcs, households=households, fair=fair)
    plain = allocate(people, room, arcs, households=households, fair=fair, spread=False)
    assert (found.placed, found.total, found.floor) == (plain.placed, plain.total, plain.floor)
    equals = [
        sum(n * n for n in loads)
        for fits, loads in every_way(people, room, arcs, households)
        if (len(fits), sum(fits)) == (found.placed, found.total)
        and (not fair or min(fits, default=None) == found.floor)
    ]
    assert (loads_of(room, found.place) ** 2).sum() == min(equals)


def test_two_equal_hosts_take_turns_and_no_fit_is_given_up_for_it() -> None:
    person, place = np.repeat(np.arange(6), 2), np.tile([0, 1], 6)
    room = room_of([6, 6], [0, 1], [6, 6])
    alike = allocate(6, room, arcs_of(person, place, np.full(12, 5000)))
    assert sorted(loads_of(room, alike.place)) == [3, 3]
    hair = allocate(6, room, arcs_of(person, place, np.tile([5001, 5000], 6)))
    assert (hair.total, hair.place.tolist()) == (6 * 5001, [0] * 6)
    home = allocate(6, room, arcs_of(person, place, np.full(12, 5000)), households=[[0, 1, 2]])
    assert sorted(loads_of(room, home.place)) == [3, 3]


def test_the_rooms_of_one_host_are_one_load() -> None:
    person, place = np.repeat(np.arange(4), 3), np.tile([0, 1, 2], 4)
    room = room_of([4, 4, 4], [0, 0, 1], [4, 4])
    found = allocate(4, room, arcs_of(person, place, np.full(12, 5000)))
    assert loads_of(room, found.place).tolist() == [2, 2]


def test_numbers_too_large_to_spread_by_still_give_the_optimum() -> None:
    assert fits_weigh(np.array([10**6, 10**6]), 10**6, nodes=10**6) == 1
    r = np.random.default_rng(8)
    people, places = 20_000, 2
    person, place = np.repeat(np.arange(people), places), np.tile(np.arange(places), people)
    arcs = arcs_of(person, place, r.integers(0, 10_000, people * places))
    room = room_of([people, people])
    assert fits_weigh(room.places, people, nodes=people) > 1  # as far as the numbers go
    found = allocate(people, room, arcs, fair=False)
    assert found.total == arcs.fit.reshape(-1, places).max(axis=1).sum()


def test_the_optimum_is_that_of_networkx() -> None:
    r = np.random.default_rng(5)
    people, places = 60, 12
    pairs = [(i, j) for i in range(people) for j in r.choice(places, 4, replace=False)]
    arcs = arcs_of(*zip(*pairs, strict=True), r.integers(1, 10_000, len(pairs)))
    room = room_of(r.integers(1, 6, places))
    found = allocate(people, room, arcs, fair=False)
    graph = nx.DiGraph()
    for i in range(people):
        graph.add_node(f"p{i}", demand=-1)
        graph.add_edge(f"p{i}", "end", capacity=1, weight=0)
    graph.add_node("end", demand=people)
    for i, j, fit in zip(arcs.person, arcs.place, arcs.fit, strict=True):
        graph.add_edge(f"p{i}", f"q{j}", capacity=1, weight=-(10_000_000 + int(fit)))
    for j in range(places):
        graph.add_edge(f"q{j}", "end", capacity=int(room.places[j]), weight=0)
    cost, _ = nx.network_simplex(graph)
    assert -cost == found.placed * 10_000_000 + found.total
    assert found.placed == min(people, int(room.places.sum()))


def test_the_worst_off_come_first_and_without_fairness_the_sum() -> None:
    # Together 9 + 1 or 5 + 4: the larger sum leaves one with hardly anything.
    arcs = arcs_of([0, 0, 1, 1], [0, 1, 0, 1], [9000, 5000, 4000, 1000])
    room = room_of([1, 1])
    assert allocate(2, room, arcs).fit.tolist() == [5000, 4000]
    assert allocate(2, room, arcs, fair=False).fit.tolist() == [9000, 1000]


def test_a_household_goes_to_one_place_or_to_none() -> None:
    arcs = arcs_of([0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 0, 1], [9000, 100, 9000, 100, 9000, 9000])
    alone = allocate(3, room_of([1, 2]), arcs)
    assert sorted(alone.place.tolist()) == [0, 1, 1]
    together = allocate(3, room_of([1, 2]), arcs, households=[[0, 1]])
    assert together.place.tolist() == [1, 1, 0]
    none = allocate(3, room_of([1, 1]), arcs, households=[[0, 1]])
    assert none.place.tolist()[:2] == [-1, -1]


def test_a_host_is_not_asked_for_more_than_it_can_bear() -> None:
    arcs = arcs_of([0, 1, 2], [0, 1, 2], [5000, 6000, 7000])
    found = allocate(3, room_of([5, 5, 5], [0, 0, 1], [1, 1]), arcs)
    assert found.place.tolist() == [-1, 1, 2]


def test_one_more_seat_raises_what_can_be_reached_and_nobody_is_no_problem() -> None:
    arcs = arcs_of([0, 1], [0, 0], [5000, 6000])
    room = room_of([1], [0], [1])
    assert allocate(2, room, arcs).place.tolist() == [-1, 0]
    assert allocate(2, room.with_one_more(0), arcs).placed == 1, "its host can bear no more"
    assert allocate(2, room_of([1], [0], [2]).with_one_more(0), arcs).placed == 2
    assert allocate(0, room_of([]), arcs_of([], [], [])).placed == 0
    assert allocate(2, room_of([1]), arcs_of([], [], [])).place.tolist() == [-1, -1]


@pytest.mark.parametrize(
    ("people", "room", "arcs", "households"),
    [
        (1, room_of([1]), arcs_of([1], [0], [5]), []),
        (1, room_of([1]), arcs_of([0], [1], [5]), []),
        (1, room_of([-1]), arcs_of([0], [0], [5]), []),
        (1, room_of([1], [1], [1]), arcs_of([0], [0], [5]), []),
        (2, room_of([1]), arcs_of([0], [0], [5]), [[0, 1], [1]]),
        (2, room_of([1]), arcs_of([0], [0], [5]), [[0, 2]]),
    ],
)
def test_what_cannot_be_is_refused(people, room, arcs, households) -> None:
    with pytest.raises(Impossible):
        allocate(people, room, arcs, households=households)


def test_a_score_that_is_no_whole_fit_is_refused_and_not_cut_off() -> None:
    arcs = ([0, 0, 1, 1], [0, 1, 0, 1])
    with pytest.raises(Impossible):
        arcs_of(*arcs, [0.9, 0.1, 0.95, 0.9])
    with pytest.raises(Impossible):
        room_of([1.5, 1])
    fits = np.array([0.9, 0.1, 0.95, 0.9]) * 10_000
    assert allocate(2, room_of([1, 1]), arcs_of(*arcs, fits)).place.tolist() == [0, 1]


def test_a_fit_beyond_its_range_and_sequences_that_differ_are_refused() -> None:
    with pytest.raises(Impossible):
        arcs_of([0], [0], [10_001])
    with pytest.raises(Impossible):
        arcs_of([0, 1], [0], [5])
    with pytest.raises(Impossible):
        room_of([1], [0])


def test_a_pair_given_twice_is_refused_and_named() -> None:
    with pytest.raises(Impossible, match=r"person 1 and place 0 .* more than once; give each pair"):
        arcs_of([0, 1, 0, 1], [0, 0, 1, 0], [5, 6, 7, 8])
    assert len(arcs_of([0, 1, 0, 1], [0, 0, 1, 1], [5, 6, 7, 8])) == 4
    assert not len(arcs_of([], [], []))


@pytest.mark.parametrize("beyond", [float("inf"), float("-inf"), float("nan"), 1e30, 2**63])
def test_a_number_that_no_place_can_have_is_refused(beyond: float) -> None:
    with pytest.raises(Impossible, match="no number is above"):
        room_of([1, beyond])
    with pytest.raises(Impossible, match="no number is above"):
        room_of([1], [0], [beyond])
    with pytest.raises(Impossible, match="no number is above"):
        arcs_of([0], [0], [beyond])
