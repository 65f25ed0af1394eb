"""Stations by name, as places where people start from; kept as dated releases."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio.errors
import shapely

from geodata.areas import WGS_84, BadAreas, _in_wgs_84
from geodata.coordinates import LonLat, great_circle_m, is_in_japan
from geodata.releases import current_release, publish

NAME = "stations"

ONE_STATION_M = 1_000.0
"""Points of one name that lie so near each other are one station with several lines."""


class BadStations(ValueError):
    """A file that can't be read as stations; the message says why and what to do."""


def read_stations(path: Path, *, name_column: str) -> gpd.GeoDataFrame:
    """Read stations, as points or as their platforms (国土数値情報 N02), in any coordinate system.

    Returns
    -------
    GeoDataFrame with name (text) and geometry (points, WGS 84), one row a station, by name.

    Raises
    ------
    BadStations
    """
    name = path.name
    if not path.exists():
        raise BadStations(f"{name} isn't there; check the path")
    try:
        rows = gpd.read_file(path, engine="pyogrio")
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError):
        raise BadStations(
            f"{name} can't be read; give GeoJSON, GeoPackage or a shapefile"
        ) from None
    if not isinstance(rows, gpd.GeoDataFrame) or rows.empty or rows.crs is None:
        raise BadStations(f"{name} holds no stations with a place; export it again")
    if name_column not in rows.columns:
        there = ", ".join(str(c) for c in rows.columns if c != rows.geometry.name)
        raise BadStations(f"{name} has no column {name_column}; choose one of: {there}")
    rows = rows[rows[name_column].notna() & ~(rows.geometry.isna() | rows.geometry.is_empty)]
    try:
        rows = _in_wgs_84(rows)
    except BadAreas as problem:
        raise BadStations(f"{name}: {problem}") from None
    west, south, east, north = rows.total_bounds
    if not (is_in_japan(west, south) and is_in_japan(east, north)):
        raise BadStations(f"{name} lies outside Japan; check its coordinate system")
    return _one_row_for_each(rows[name_column].astype(str).str.strip(), rows.geometry)


def _one_row_for_each(names: "pd.Series[str]", shapes: gpd.GeoSeries) -> gpd.GeoDataFrame:
    middle = shapely.centroid(shapes.to_numpy())
    lon, lat = shapely.get_x(middle), shapely.get_y(middle)
    found: list[tuple[str, shapely.Point]] = []
    for name in sorted(set(names)):
        left = np.flatnonzero(names.to_numpy() == name)
        while len(left):
            first = LonLat(float(lon[left[0]]), float(lat[left[0]]))
            near = great_circle_m(first, lon[left], lat[left]) <= ONE_STATION_M
            own = left[near]
            found.append((name, shapely.Point(lon[own].mean(), lat[own].mean())))
            left = left[~near]
    return gpd.GeoDataFrame(
        {"name": [name for name, _ in found]}, geometry=[at for _, at in found], crs=WGS_84
    )


def store_stations(folder: Path, stations: gpd.GeoDataFrame) -> Path:
    """Keep the stations as a new release (GeoParquet), put it in force, and return its path."""
    return publish(folder, NAME, stations.to_parquet)


def load_stations(folder: Path) -> dict[str, LonLat]:
    """Return the stations in force by name; none where none were imported.

    Of two stations of one name, far from each other, the first is given.
    """
    release = current_release(folder, NAME)
    if release is None:
        return {}
    rows = gpd.read_parquet(release)
    found: dict[str, LonLat] = {}
    for name, at in zip(rows["name"], rows.geometry, strict=True):
        found.setdefault(name, LonLat(at.x, at.y))
    return found
