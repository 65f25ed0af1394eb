"""Times the allocation of many people to few places, beside other ways to the same optimum.

All ways get the same arcs, in one process, by turns; the sums they reach are checked equal. The
large case stands beside OR-Tools called bare on the same arcs: what is left over is our own.

    python -m benchmarks.allocation [--people 100000] [--options 30]
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from matching.allocation import Arcs, Room, allocate, arcs_of, room_of

OUT = Path(__file__).parent / "out"
ROUNDS = 5

PLACED = 10_000_000
"""What a placed person counts besides the fit, where one sum must say both."""


def case(people: int, options: int, seats: int, seed: int = 1) -> tuple[Room, Arcs]:
    """Return places with seats for nine in ten, and for each person some that suit."""
    r = np.random.default_rng(seed)
    places = max(people * 9 // (10 * seats), options + 1)
    person = np.repeat(np.arange(people), options)
    base = r.integers(0, places, people)
    step = 1 + r.integers(0, places // options, people)
    place = (base[:, None] + step[:, None] * np.arange(options)) % places
    fit = r.integers(2500, 10_000, people * options)
    return room_of(np.full(places, seats)), arcs_of(person, place.ravel(), fit)


def bare(people: int, room: Room, arcs: Arcs) -> int:
    """Call OR-Tools on the same arcs, and nothing else; return placed × PLACED + sum of fits."""
    places = len(room.places)
    flow = SimpleMinCostFlow()
    ones = np.ones(len(arcs), np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(
        arcs.person, people + arcs.place, ones, -(PLACED + arcs.fit)
    )
    every, place_of, sink = np.arange(people), people + np.arange(places), people + places
    flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([every, place_of]), np.full(people + places, sink),
        np.concatenate([np.ones(people, np.int64), room.places]),
        np.zeros(people + places, np.int64),
    )  # fmt: skip
    flow.set_nodes_supplies(every, np.ones(people, np.int64))
    flow.set_node_supply(sink, -people)
    assert flow.solve() == flow.OPTIMAL
    return -flow.optimal_cost()


def ours(people: int, room: Room, arcs: Arcs, *, fair: bool = False) -> int:
    found = allocate(people, room, arcs, fair=fair)
    return found.placed * PLACED + found.total


def by_networkx(people: int, room: Room, arcs: Arcs) -> int:
    graph = nx.DiGraph()
    sink = people + len(room.places)
    graph.add_node(sink, demand=people)
    for i in range(people):
        graph.add_node(i, demand=-1)
        graph.add_edge(i, sink, capacity=1, weight=0)
    for i, j, fit in zip(arcs.person.tolist(), arcs.place.tolist(), arcs.fit.tolist(), strict=True):
        graph.add_edge(i, people + j, capacity=1, weight=-(PLACED + fit))
    for j, seats in enumerate(room.places.tolist()):
        graph.add_edge(people + j, sink, capacity=seats, weight=0)
    cost, _ = nx.network_simplex(graph)
    return -int(cost)


def by_scipy(people: int, room: Room, arcs: Arcs) -> int:
    """Match people to seats and, where none is left, to a seat of their own that counts nothing."""
    first = np.concatenate([[0], np.cumsum(room.places)])
    counts = room.places[arcs.place]
    seat = np.repeat(first[arcs.place], counts) + _ranges(counts)
    total = int(first[-1])
    rows = np.concatenate([np.repeat(arcs.person, counts), np.arange(people)])
    columns = np.concatenate([seat, total + np.arange(people)])
    # scipy takes a weight of 0 for no edge, so the highest cost stands for "none".
    gain = np.concatenate([np.repeat(PLACED + arcs.fit, counts), np.zeros(people, np.int64)])
    cost = (2 * PLACED - gain).astype(np.float64)
    graph = csr_matrix((cost, (rows, columns)), (people, total + people))
    i, j = min_weight_full_bipartite_matching(graph)
    return int(2 * PLACED * people - np.asarray(graph[i, j]).sum())


def _ranges(counts: np.ndarray) -> np.ndarray:
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


def timed(way: Callable[[], int]) -> tuple[float, int]:
    started = time.perf_counter()
    found = way()
    return time.perf_counter() - started, found


def compared(
    title: str, ways: dict[str, Callable[[], int]], rounds: dict[str, int]
) -> tuple[list[str], bool]:
    """Run the ways by turns; return the rows of the table, and whether all came to one sum."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    sums = set()
    for turn in range(ROUNDS):
        for name, way in ways.items():
            if turn < rounds.get(name, ROUNDS):
                seconds, found = timed(way)
                times[name].append(seconds)
                sums.add(found)
    mine = statistics.median(next(iter(times.values())))
    rows = []
    for name, seconds in times.items():
        median = statistics.median(seconds)
        rows.append(f"| {title} | {name} | {median:.3f} | {mine / median:.4f} |")
    return rows, len(sums) == 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--options", type=int, default=30)
    arguments = parser.parse_args()
    lines = ["| people × places each | way | median s | allocate ÷ it |", "|---|---|---|---|"]
    room, arcs = case(1_000, 20, 4)
    small, same = compared(
        "1,000 × 20",
        {
            "allocate": lambda: ours(1_000, room, arcs),
            "OR-Tools bare": lambda: bare(1_000, room, arcs),
            "networkx network_simplex": lambda: by_networkx(1_000, room, arcs),
            "scipy min_weight_full_bipartite_matching": lambda: by_scipy(1_000, room, arcs),
        },
        {"networkx network_simplex": 1},
    )
    people, options = arguments.people, arguments.options
    many_room, many = case(people, options, 10)
    large, same_too = compared(
        f"{people:,} × {options}",
        {
            "allocate": lambda: ours(people, many_room, many),
            "OR-Tools bare": lambda: bare(people, many_room, many),
        },
        {"allocate": 2, "OR-Tools bare": 2},
    )
    seconds, _ = timed(lambda: ours(people, many_room, many, fair=True))
    lines += [
        *small,
        *large,
        f"| {people:,} × {options} | allocate, worst-off first | {seconds:.3f} | |",
    ]
    lines += ["", f"same optimum: {same and same_too}"]
    text = "\n".join(lines)
    print(text)
    OUT.mkdir(exist_ok=True)
    (OUT / "allocation.md").write_text(text + "\n", encoding="utf-8")
    if not (same and same_too):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
