"""Walks over streets by networkx, with every door built into the streets; and an invented town."""

import itertools
import math
import random
from pathlib import Path
from typing import Any

import networkx as nx

from geodata.coordinates import LonLat
from geodata.streets import Snapped, StreetGraph

METRE = 1 / 111_195  # degrees of latitude


def plain(graph: StreetGraph) -> "nx.MultiGraph[Any]":
    made: nx.MultiGraph[Any] = nx.MultiGraph()
    made.add_nodes_from(range(graph.crossings))
    made.add_weighted_edges_from(
        zip(graph.start.tolist(), graph.end.tolist(), graph.length_m.tolist(), strict=True)
    )
    return made


def door_to_door(graph: StreetGraph, one: Snapped, other: Snapped, k: int) -> float:
    """Cut the streets at both doors, and let networkx walk; infinite where no way leads there."""
    cut = plain(graph)
    doors: dict[int, list[tuple[float, str]]] = {}
    for name, snapped, i in (("from", one, 0), ("to", other, k)):
        doors.setdefault(int(snapped.edge[i]), []).append((float(snapped.along_m[i]), name))
        cut.add_edge(name, f"door {name}", weight=float(snapped.off_m[i]))
    for edge, at in doors.items():
        stops: list[tuple[float, Any]] = [(0.0, int(graph.start[edge])), *sorted(at)]
        stops.append((float(graph.length_m[edge]), int(graph.end[edge])))
        for (a, before), (b, after) in itertools.pairwise(stops):
            cut.add_edge(before, after, weight=b - a)
    try:
        return float(nx.dijkstra_path_length(cut, "door from", "door to"))
    except nx.NetworkXNoPath:
        return math.inf


class Walker:
    """All walks from one position, found once by networkx."""

    def __init__(self, graph: StreetGraph, at: Snapped, limit_m: float) -> None:
        self.graph, self.at, self.limit_m = graph, at, limit_m
        cut = plain(graph)
        edge, along = int(at.edge[0]), float(at.along_m[0])
        cut.add_edge("here", int(graph.start[edge]), weight=along)
        cut.add_edge("here", int(graph.end[edge]), weight=float(graph.length_m[edge]) - along)
        self.known: dict[tuple[float, float], float | None] = {}
        self.metres = nx.single_source_dijkstra_path_length(cut, "here")

    @classmethod
    def starting(
        cls, streets: StreetGraph, origin: LonLat, searched_m: float, wheels: bool
    ) -> "Walker | None":
        graph = streets.step_free if wheels else streets
        at = graph.snap([origin.lon], [origin.lat])
        limit = min((searched_m // 250 + 1) * 250, 6_000)
        return None if at.edge[0] < 0 else cls(graph, at, limit)

    def metres_to(self, lon: float, lat: float) -> float | None:
        """Return metres to a place; None where the streets don't say."""
        if (lon, lat) not in self.known:
            self.known[lon, lat] = self._metres_to(lon, lat)
        return self.known[lon, lat]

    def _metres_to(self, lon: float, lat: float) -> float | None:
        place = self.graph.snap([lon], [lat])
        edge, along = int(place.edge[0]), float(place.along_m[0])
        if edge < 0:
            return None
        start, end = int(self.graph.start[edge]), int(self.graph.end[edge])
        if start not in self.metres:
            return None
        found = min(
            self.metres[start] + along, self.metres[end] + float(self.graph.length_m[edge]) - along
        )
        if edge == self.at.edge[0]:
            found = min(found, abs(along - float(self.at.along_m[0])))
        return float(found + self.at.off_m[0] + place.off_m[0])


def osm(
    ways: list[tuple[list[int], dict[str, str]]],
    at: dict[int, tuple[float, float]],
    corner: LonLat,
) -> str:
    """Write invented streets as OpenStreetMap XML; positions are metres east and north."""
    lines = ['<osm version="0.6">']
    for node, (east, north) in at.items():
        lon, lat = moved(corner, east, north)
        lines.append(f'<node id="{node}" version="1" lon="{lon:.7f}" lat="{lat:.7f}"/>')
    for number, (nodes, tags) in enumerate(ways, 1):
        refs = "".join(f'<nd ref="{n}"/>' for n in nodes)
        said = "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
        lines.append(f'<way id="{number}" version="1">{refs}{said}</way>')
    return "".join([*lines, "</osm>"])


def moved(corner: LonLat, east: float, north: float) -> LonLat:
    stretch = math.cos(math.radians(corner.lat))
    return LonLat(corner.lon + east * METRE / stretch, corner.lat + north * METRE)


def invented_town(r: random.Random, middle: LonLat, path: Path) -> Path:
    """Write a town of crooked blocks around a point: streets missing, others only by steps."""
    side, block = 26, 160.0
    at = {
        i * side + j + 1: (i * block + r.uniform(-40, 40), j * block + r.uniform(-40, 40))
        for i in range(side)
        for j in range(side)
    }
    ways = []
    for i in range(side):
        for j in range(side):
            here = i * side + j + 1
            for there in ([here + side] if i + 1 < side else []) + (
                [here + 1] if j + 1 < side else []
            ):
                if r.random() < 0.8:
                    kind = r.choice(["residential"] * 8 + ["footway", "steps"])
                    ways.append(([here, there], {"highway": kind}))
    corner = moved(middle, -block * side / 2, -block * side / 2)
    path.write_text(osm(ways, at, corner), encoding="utf-8")
    return path
