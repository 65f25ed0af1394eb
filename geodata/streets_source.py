"""Reads streets from GraphML or from an extract of OpenStreetMap into a table, and keeps it."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pyogrio
import pyogrio.errors
import shapely
from numpy.typing import NDArray

from geodata.areas import WGS_84
from geodata.coordinates import EARTH_RADIUS_M, is_in_japan
from geodata.releases import publish
from geodata.street_tags import walkable
from geodata.streets import NAME, StreetGraph, graph_of, pieces

LEAST_PIECE_M = 1_000.0
"""Pieces that hang together with nothing else and are shorter are left out: mostly paths in parks
that the map doesn't join to a street. A place beside one belongs to the next street."""

_STEP_DEGREES = 1e-7
"""OpenStreetMap keeps positions to seven decimals; ways meet where these are equal."""


class BadStreets(ValueError):
    """A file that can't be read as streets; the message says why and what to do."""


def import_streets(source: Path, folder: Path) -> StreetGraph:
    """Read a file of streets, keep them as a new release (GeoParquet) and put it in force.

    The streets of before are replaced as a whole; where the file can't be used they stay.

    Raises
    ------
    BadStreets
    """
    edges = read_streets(source)
    publish(folder, NAME, lambda path: edges.to_parquet(path, compression="zstd"))
    return graph_of(edges)


def read_streets(path: Path) -> gpd.GeoDataFrame:
    """Read the ways that can be walked, each once, whatever its direction for cars.

    path : .graphml as OSMnx writes it, or .osm.pbf / .osm

    Returns
    -------
    GeoDataFrame with start, end (numbers of crossings, 0 … n − 1), length_m, steps and geometry
    (a line in WGS 84 from start to end).

    Raises
    ------
    BadStreets
    """
    if not path.exists():
        raise BadStreets(f"{path.name} isn't there; check the path")
    if path.name.endswith((".osm.pbf", ".pbf", ".osm")):
        edges = read_osm(path)
    elif path.suffix == ".graphml":
        edges = _read_graphml(path)
    else:
        raise BadStreets(f"{path.name} is neither .osm.pbf nor .graphml; give one of these")
    if edges.empty:
        raise BadStreets(f"{path.name} holds no street that can be walked; choose another extract")
    west, south, east, north = edges.total_bounds
    if not (is_in_japan(west, south) and is_in_japan(east, north)):
        raise BadStreets(f"{path.name} lies outside Japan; choose another extract")
    return edges


def read_osm(path: Path) -> gpd.GeoDataFrame:
    """Read the walkable ways of an OpenStreetMap file, cut where they meet. See `read_streets`."""
    try:
        ways = pyogrio.read_dataframe(
            path, layer="lines", columns=["highway", "other_tags"], where="highway IS NOT NULL"
        )
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, RuntimeError):
        raise BadStreets(f"{path.name} can't be read as OpenStreetMap; download it again") from None
    kept, steps = walkable(ways["highway"].tolist(), ways["other_tags"].fillna("").tolist())
    lines = ways.geometry.to_numpy()[kept]
    return _edges(*_cut_where_they_meet(lines, steps[kept]))


def _cut_where_they_meet(
    lines: NDArray[np.object_], steps: NDArray[np.bool_]
) -> tuple[NDArray[np.object_], NDArray[np.float64], NDArray[np.bool_]]:
    """Return the parts of ways between one crossing or end and the next, with their metres."""
    points, way = shapely.get_coordinates(lines, return_index=True)
    _, number, times = np.unique(_keys(points), return_inverse=True, return_counts=True)
    at_end = np.ones(len(way), bool)
    at_end[1:-1] = (way[1:-1] != way[:-2]) | (way[1:-1] != way[2:])
    breaks = np.flatnonzero(at_end | (times[number] > 1))
    first, last = breaks[:-1], breaks[1:]
    same = way[first] == way[last]
    first, last = first[same], last[same]
    sizes = last - first + 1
    owner = np.repeat(np.arange(len(first)), sizes)
    inside = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes) + first[owner]
    parts = shapely.linestrings(points[inside], indices=owner)
    return parts, line_length_m(parts), steps[way[first]]


def _read_graphml(path: Path) -> gpd.GeoDataFrame:
    try:
        graph = nx.read_graphml(path, force_multigraph=True)
        lines, lengths, kinds = _lines_of(graph)
    except (ElementTree.ParseError, nx.NetworkXError, UnicodeDecodeError):
        raise BadStreets(f"{path.name} is no GraphML; save it again with OSMnx") from None
    except (KeyError, ValueError, TypeError, shapely.errors.ShapelyError):
        raise BadStreets(
            f"{path.name} lacks x and y of its nodes or length of its edges; "
            "save it again with OSMnx, in longitude and latitude"
        ) from None
    kept, steps = walkable(kinds, [None] * len(kinds))
    return _edges(lines[kept], lengths[kept], steps[kept])


def _lines_of(graph: Any) -> tuple[NDArray[np.object_], NDArray[np.float64], list[str]]:
    at = {node: (float(facts["x"]), float(facts["y"])) for node, facts in graph.nodes(data=True)}
    lines, lengths, kinds = [], [], []
    for one, other, facts in graph.edges(data=True):
        lines.append(_line(at[one], at[other], facts))
        lengths.append(float(facts["length"]))
        kinds.append(str(facts.get("highway", "road")))
    found = np.array(lengths, np.float64)
    if not (np.isfinite(found) & (found >= 0)).all():
        raise ValueError("length")
    return np.array(lines, object), found, kinds


def _line(
    one: tuple[float, float], other: tuple[float, float], facts: Mapping[str, Any]
) -> shapely.LineString:
    shape = facts.get("geometry")
    if shape is None:
        return shapely.LineString([one, other])
    line = shapely.from_wkt(str(shape))
    points = shapely.get_coordinates(line)
    # The ends are the crossings themselves, whatever a file's rounding.
    points[0], points[-1] = one, other
    return shapely.LineString(points)


def _edges(
    lines: NDArray[np.object_], lengths_m: NDArray[np.float64], steps: NDArray[np.bool_]
) -> gpd.GeoDataFrame:
    """Number the crossings from west to east in bands, and leave out doubles and loose pieces."""
    if not len(lines):
        return gpd.GeoDataFrame({"start": [], "length_m": []}, geometry=[], crs=WGS_84)
    ends = np.concatenate(
        [shapely.get_coordinates(shapely.get_point(lines, which)) for which in (0, -1)]
    )
    start, end = _numbers(ends).reshape(2, -1)
    edges = gpd.GeoDataFrame(
        {"start": start, "end": end, "length_m": lengths_m, "steps": steps},
        geometry=lines, crs=WGS_84,
    )  # fmt: skip
    # The two directions of a street are one way on foot.
    low, high = np.minimum(start, end), np.maximum(start, end)
    once = edges.assign(low=low, high=high, metres=np.rint(lengths_m * 10))
    edges = edges[~once.duplicated(["low", "high", "metres", "steps"]).to_numpy()]
    return _renumbered(edges[_in_large_pieces(edges)])


def _keys(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return one number for each position, the same for the same: latitude × 2³² + longitude."""
    lon, lat = np.rint(points / _STEP_DEGREES).astype(np.int64).T
    return np.asarray((lat << 32) + lon, np.int64)


def _numbers(ends: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number positions from 0 in bands of some 500 m, from west to east in each.

    Crossings that lie near each other are then near in memory.
    """
    _, first, which = np.unique(_keys(ends), return_index=True, return_inverse=True)
    lon, lat = ends[first].T
    number = np.empty(len(first), np.int64)
    number[np.lexsort((lat, lon, np.floor(lat / 0.005)))] = np.arange(len(first))
    return number[which]


def _in_large_pieces(edges: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    start, end = edges["start"].to_numpy(), edges["end"].to_numpy()
    piece = pieces(start, end, int(max(start.max(), end.max())) + 1)[start]
    metres = np.bincount(piece, edges["length_m"])
    return np.asarray((metres >= LEAST_PIECE_M)[piece])


def _renumbered(edges: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    both = np.concatenate([edges["start"].to_numpy(), edges["end"].to_numpy()])
    numbers = np.unique(both, return_inverse=True)[1].reshape(2, -1).astype(np.int64)
    return edges.assign(start=numbers[0], end=numbers[1]).reset_index(drop=True)


def line_length_m(lines: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the metres of lines in WGS 84, on a sphere (haversine, as `great_circle_m`)."""
    points, line = shapely.get_coordinates(lines, return_index=True)
    lon, lat = np.radians(points.T)
    half = np.sin(np.diff(lat) / 2) ** 2
    half += np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(np.diff(lon) / 2) ** 2
    metres = 2.0 * EARTH_RADIUS_M * np.arcsin(np.sqrt(half))
    inside = line[1:] == line[:-1]
    found = np.bincount(line[1:][inside], metres[inside], minlength=len(lines))
    return found.astype(np.float64)
