"""The streets one can walk, as a graph in arrays; kept as dated releases and read once for each."""

import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geodata.coordinates import EARTH_RADIUS_M
from geodata.releases import current_release

if TYPE_CHECKING:
    import geopandas as gpd

NAME = "streets"

FARTHEST_FROM_STREET_M = 200.0
"""A position farther from any street is taken not to be on the map of streets at all."""


class Snapped(NamedTuple):
    """Where positions lie on a street graph.

    edge : (n,) the nearest edge; −1 where none is near
    along_m : (n,) metres from the start of that edge
    off_m : (n,) metres between the position and the street
    """

    edge: NDArray[np.int64]
    along_m: NDArray[np.float64]
    off_m: NDArray[np.float64]

    def only(self, rows: NDArray[np.int64]) -> "Snapped":
        """Return some of them."""
        return Snapped(self.edge[rows], self.along_m[rows], self.off_m[rows])


@dataclass(frozen=True, eq=False)
class StreetGraph:
    """Streets between crossings 0 … n − 1; each may be walked in both directions.

    start, end : (m,) int64, the crossings of each edge
    length_m : (m,) float64
    steps : (m,) bool; not for wheels
    lines : (m,) shapes in WGS 84, from start to end
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    length_m: NDArray[np.float64]
    steps: NDArray[np.bool_]
    lines: NDArray[np.object_]
    crossings: int

    @cached_property
    def step_free(self) -> "StreetGraph":
        """The same streets without steps, for a wheelchair or a pram."""
        if not self.steps.any():
            return self
        flat = ~self.steps
        return StreetGraph(
            self.start[flat],
            self.end[flat],
            self.length_m[flat],
            self.steps[flat],
            self.lines[flat],
            self.crossings,
        )

    @cached_property
    def neighbours(
        self,
    ) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
        """(pointer, crossing, metres): from crossing i to those in pointer[i] … pointer[i + 1]."""
        here = np.concatenate([self.start, self.end])
        there = np.concatenate([self.end, self.start])
        metres = np.concatenate([self.length_m, self.length_m])
        order = np.lexsort((there, here))
        pointer = np.zeros(self.crossings + 1, np.int64)
        np.cumsum(np.bincount(here, minlength=self.crossings), out=pointer[1:])
        return pointer, there[order].astype(np.int32), metres[order]

    @cached_property
    def piece(self) -> NDArray[np.int64]:
        """(m,) the piece of the network that each edge hangs together with."""
        return pieces(self.start, self.end, self.crossings)[self.start]

    def snap(self, lon: ArrayLike, lat: ArrayLike) -> Snapped:
        """Return the nearest place on a street for each position.

        lon, lat : (n,) degrees, WGS 84; NaN where the position is unknown
        """
        lon, lat = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
        found = Snapped(
            np.full(len(lon), -1, np.int64), np.zeros(len(lon)), np.full(len(lon), np.nan)
        )
        known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        if not len(known):
            return found
        points = shapely.points(_on_plane(np.column_stack([lon[known], lat[known]])))
        tree, plane_lines = self._tree
        # Metres on this plane are longer than on the ground, by 1 / cos(latitude) at each place.
        shrink = np.cos(np.radians(lat[known]))
        farthest = FARTHEST_FROM_STREET_M / float(shrink.min())
        near, edge = _nearest(tree, plane_lines, points, farthest)
        lines, near_points = plane_lines[edge], points[near]
        off_m = shapely.distance(lines, near_points) * shrink[near]
        share = shapely.line_locate_point(lines, near_points, normalized=True)
        kept = off_m <= FARTHEST_FROM_STREET_M
        rows = known[near[kept]]
        found.edge[rows] = edge[kept]
        found.along_m[rows] = share[kept] * self.length_m[edge[kept]]
        found.off_m[rows] = off_m[kept]
        return found

    def within(self, west: float, south: float, east: float, north: float) -> NDArray[np.int64]:
        """Return the edges that touch a rectangle; degrees, WGS 84."""
        corners = _on_plane(np.array([[west, south], [east, north]]))
        tree, _ = self._tree
        found = tree.query(shapely.box(*corners.ravel()), predicate="intersects")
        return np.sort(found).astype(np.int64)

    @cached_property
    def _tree(self) -> tuple[shapely.STRtree, NDArray[np.object_]]:
        lines = shapely.transform(self.lines, _on_plane)
        shapely.prepare(lines)
        return shapely.STRtree(lines), lines


AT_HAND_M = 60
"""Nearly everybody stands so near to a street, in metres."""


def _nearest(
    tree: shapely.STRtree, lines: NDArray[np.object_], points: NDArray[np.object_], farthest: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which points have a line within a distance, and the nearest one of each."""
    if len(points) == 1:
        # To look at the few around takes a tenth of the search through the whole tree.
        around = tree.query(points[0], predicate="dwithin", distance=AT_HAND_M)
        if len(around):
            nearest = around[np.argmin(shapely.distance(lines[around], points[0]))]
            return np.zeros(1, np.int64), np.array([nearest], np.int64)
    near, edge = tree.query_nearest(points, max_distance=farthest, all_matches=False)
    return near, edge


def _on_plane(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return positions on Mercator's plane, which keeps angles: what is nearest stays nearest."""
    lon, lat = np.radians(points.T)
    return EARTH_RADIUS_M * np.column_stack([lon, np.arcsinh(np.tan(lat))])


def pieces(start: NDArray[np.int64], end: NDArray[np.int64], crossings: int) -> NDArray[np.int64]:
    """Return for each crossing the number of the piece of the network it hangs together with."""
    links = coo_array((np.ones(len(start), np.int8), (start, end)), (crossings, crossings))
    return np.asarray(connected_components(links, directed=False)[1], np.int64)


def graph_of(edges: "gpd.GeoDataFrame") -> StreetGraph:
    """Return the graph of a table of edges, as `read_streets` gives it."""
    start, end = (edges[name].to_numpy(np.int64) for name in ("start", "end"))
    return StreetGraph(
        start,
        end,
        edges["length_m"].to_numpy(np.float64),
        edges["steps"].to_numpy(bool),
        edges.geometry.to_numpy(),
        int(max(start.max(), end.max())) + 1,
    )


def load_streets(folder: Path) -> StreetGraph | None:
    """Return the streets in force, read once for each release; None where there are none."""
    release = current_release(folder, NAME)
    if release is None:
        return None
    import geopandas as gpd  # here: most questions come before any streets were imported

    with _lock:
        if folder not in _loaded or _loaded[folder][0] != release:
            _loaded[folder] = (release, graph_of(gpd.read_parquet(release)))
        return _loaded[folder][1]


_lock = threading.Lock()
_loaded: dict[Path, tuple[Path, StreetGraph]] = {}
