"""How far it is on foot over streets: a search from one crossing outwards, cut off at a limit."""

import heapq
import math
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from geodata.bisection import first_at_least
from geodata.compiled import compiled
from geodata.coordinates import LonLat
from geodata.streets import Snapped, StreetGraph

STEP_M = 250.0
"""Limits are rounded up to so many metres, so that nearly equal questions share a search."""

FARTHEST_M = 6_000.0
"""Nobody is sent farther by streets; beyond, distances are straight ones with a detour."""

MOST_KEPT = 3_000_000
"""Distances to crossings that are remembered in all, some 36 MB for each graph."""


@dataclass
class Walks:
    """The walks over one street graph from one position, as far as was searched.

    limit_m : every place on these streets within so many metres is known
    """

    streets: StreetGraph
    at: Snapped
    limit_m: float
    _reached: list[tuple[NDArray[np.int32], NDArray[np.float64]]]

    def metres_to(self, places: Snapped) -> NDArray[np.float64]:
        """Return metres on foot to each place.

        Infinite where it is farther than the limit; NaN where the streets don't say: the place
        isn't on them, or they don't hang together.
        """
        (from_start, m_start), (from_end, m_end) = self._reached
        graph = self.streets
        return _metres(
            int(self.at.edge[0]), float(self.at.along_m[0]), float(self.at.off_m[0]),
            places.edge, places.along_m, places.off_m,
            graph.start, graph.end, graph.length_m, graph.piece,
            from_start, m_start, from_end, m_end, self.limit_m,
        )  # fmt: skip


def walks_from(streets: StreetGraph, origin: LonLat, limit_m: float) -> Walks | None:
    """Search the streets from a position; None where the position is on none of them.

    limit_m : metres on foot; searched a little farther, `FARTHEST_M` at most
    """
    at = streets.snap([origin.lon], [origin.lat])
    edge = int(at.edge[0])
    if edge < 0:
        return None
    # Beyond the limit, never at it: what was not found is then surely too far.
    limit = min(math.floor(limit_m / STEP_M + 1) * STEP_M, FARTHEST_M)
    ends = (int(streets.start[edge]), int(streets.end[edge]))
    return Walks(streets, at, limit, [_remembered(streets, node, limit) for node in ends])


@dataclass
class _Memory:
    """What was searched on one graph, the most recently used last."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    found: "OrderedDict[tuple[int, float], tuple[NDArray[np.int32], NDArray[np.float64]]]" = field(
        default_factory=OrderedDict
    )
    size: int = 0


_memories: WeakKeyDictionary[StreetGraph, _Memory] = WeakKeyDictionary()


def _remembered(
    streets: StreetGraph, node: int, limit_m: float
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    memory = _memories.setdefault(streets, _Memory())
    key = (node, limit_m)
    with memory.lock:
        known = memory.found.get(key)
        if known is not None:
            memory.found.move_to_end(key)
            return known
    fresh = reached_from(streets, node, limit_m)
    with memory.lock:
        if key not in memory.found:
            memory.found[key] = fresh
            memory.size += len(fresh[0])
        while memory.size > MOST_KEPT and len(memory.found) > 1:
            memory.size -= len(memory.found.popitem(last=False)[1][0])
    return fresh


def reached_from(
    streets: StreetGraph, node: int, limit_m: float
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the crossings within a limit of one, rising, and the metres to each.

    Dijkstra's algorithm with a heap (Numerische Mathematik 1, 1959), left as soon as the limit is
    passed.
    """
    pointer, there, metres = streets.neighbours
    # Pages of zeros cost nothing until they are touched: only the neighbourhood's are.
    place_of = np.zeros(streets.crossings, np.int32)
    nodes, found = _search(pointer, there, metres, place_of, node, limit_m)
    order = np.argsort(nodes)
    return nodes[order], found[order]


@compiled
def _search(
    pointer: NDArray[np.int64],
    there: NDArray[np.int32],
    metres: NDArray[np.float64],
    place_of: NDArray[np.int32],
    node: int,
    limit_m: float,
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return what is reached, in no order. place_of: zeros; place of each crossing in it, + 1."""
    nodes, best = np.empty(256, np.int32), np.empty(256, np.float64)
    nodes[0], best[0], n = node, 0.0, 1
    place_of[node] = 1
    heap = [(0.0, np.int64(node))]
    while heap:
        away, here = heapq.heappop(heap)
        if away > best[place_of[here] - 1]:
            continue  # a shorter way was found meanwhile
        for k in range(pointer[here], pointer[here + 1]):
            farther, other = away + metres[k], np.int64(there[k])
            if farther > limit_m:
                continue
            place = place_of[other] - 1
            if place < 0:
                if n == len(nodes):
                    more_nodes, more = np.empty(2 * n, np.int32), np.empty(2 * n, np.float64)
                    more_nodes[:n], more[:n] = nodes, best
                    nodes, best = more_nodes, more
                nodes[n], best[n], place = other, farther, n
                n += 1
                place_of[other] = n
            elif farther < best[place]:
                best[place] = farther
            else:
                continue
            heapq.heappush(heap, (farther, other))
    return nodes[:n], best[:n]


@compiled
def _to_node(nodes: NDArray[np.int32], metres: NDArray[np.float64], node: int) -> float:
    at = first_at_least(nodes, node)
    return float(metres[at]) if at < len(nodes) and nodes[at] == node else np.inf


@compiled
def _metres(
    own_edge: int,
    own_along: float,
    own_off: float,
    edge: NDArray[np.int64],
    along: NDArray[np.float64],
    off: NDArray[np.float64],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    length: NDArray[np.float64],
    piece: NDArray[np.int64],
    from_start: NDArray[np.int32],
    m_start: NDArray[np.float64],
    from_end: NDArray[np.int32],
    m_end: NDArray[np.float64],
    limit_m: float,
) -> NDArray[np.float64]:
    found = np.empty(len(edge), np.float64)
    own_rest = length[own_edge] - own_along
    for i in range(len(edge)):
        e = edge[i]
        if e < 0 or piece[e] != piece[own_edge]:
            found[i] = np.nan
            continue
        rest = length[e] - along[i]
        best = abs(along[i] - own_along) if e == own_edge else np.inf
        best = min(best, own_along + _to_node(from_start, m_start, start[e]) + along[i])
        best = min(best, own_along + _to_node(from_start, m_start, end[e]) + rest)
        best = min(best, own_rest + _to_node(from_end, m_end, start[e]) + along[i])
        best = min(best, own_rest + _to_node(from_end, m_end, end[e]) + rest)
        best += own_off + off[i]
        found[i] = best if best <= limit_m else np.inf
    return found
