"""How many people live where: a table of towns, kept as dated releases beside the other layers."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio.errors

from geodata.areas import WGS_84, BadAreas, _in_wgs_84
from geodata.coordinates import is_in_japan
from geodata.releases import current_release, publish

NAME = "population"
MOST_ROWS = 500_000


class BadPopulation(ValueError):
    """A file that can't be read as a table of population; the message says why and what to do."""


class NoPopulation(LookupError):
    """No population has been imported yet."""

    def __init__(self) -> None:
        super().__init__('no population has been imported; run "ibasho import population FILE"')


def read_population(
    path: Path,
    *,
    town_column: str = "town",
    people_column: str = "JINKO",
    lon_column: str = "lng",
    lat_column: str = "lat",
) -> gpd.GeoDataFrame:
    """Read towns with their people: a CSV file with points, or outlines in any coordinate system.

    Returns
    -------
    GeoDataFrame with town (text), people (int) and geometry (WGS 84; a point or an outline), in
    the order of the file.

    Raises
    ------
    BadPopulation
    """
    rows = _rows(path, lon_column, lat_column)
    for column in (town_column, people_column):
        if column not in rows.columns:
            there = ", ".join(str(c) for c in rows.columns if c != "geometry")
            raise BadPopulation(f"{path.name} has no column {column}; choose one of: {there}")
    people = pd.to_numeric(rows[people_column], errors="coerce").to_numpy(np.float64)
    _refuse(path, ~(np.isfinite(people) & (people >= 0)), f"{people_column} is no count of people")
    town = rows[town_column].astype(str).str.strip()
    _refuse(path, (rows[town_column].isna() | town.eq("")).to_numpy(), f"{town_column} is blank")
    return gpd.GeoDataFrame(
        {"town": town, "people": np.rint(people).astype(np.int64)},
        geometry=rows.geometry.to_numpy(),
        crs=WGS_84,
    )


def _rows(path: Path, lon_column: str, lat_column: str) -> gpd.GeoDataFrame:
    name = path.name
    if not path.exists():
        raise BadPopulation(f"{name} isn't there; check the path")
    rows = _points(path, lon_column, lat_column) if path.suffix == ".csv" else _outlines(path)
    if rows.empty:
        raise BadPopulation(f"{name} holds no town; export it again from its source")
    west, south, east, north = rows.total_bounds
    if not (is_in_japan(west, south) and is_in_japan(east, north)):
        raise BadPopulation(f"{name} lies outside Japan; check the columns of its points")
    return rows


def _points(path: Path, lon_column: str, lat_column: str) -> gpd.GeoDataFrame:
    try:
        rows = pd.read_csv(path, encoding="utf-8-sig", nrows=MOST_ROWS)
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError):
        raise BadPopulation(f"{path.name} is no CSV table in UTF-8; save it as one") from None
    for column in (lon_column, lat_column):
        if column not in rows.columns:
            raise BadPopulation(f"{path.name} has no column {column} for the points of its towns")
    lon, lat = (
        pd.to_numeric(rows[c], errors="coerce").to_numpy(np.float64)
        for c in (lon_column, lat_column)
    )
    _refuse(path, ~(np.isfinite(lon) & np.isfinite(lat)), "the point of the town is missing")
    return gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(lon, lat), crs=WGS_84)


def _outlines(path: Path) -> gpd.GeoDataFrame:
    try:
        rows = gpd.read_file(path, engine="pyogrio")
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError):
        raise BadPopulation(
            f"{path.name} can't be read; give CSV, GeoJSON, GeoPackage or a shapefile"
        ) from None
    if not isinstance(rows, gpd.GeoDataFrame) or rows.crs is None:
        raise BadPopulation(f"{path.name} doesn't say where its towns lie; add the .prj file")
    _refuse(path, (rows.geometry.isna() | rows.geometry.is_empty).to_numpy(), "there is no shape")
    try:
        return _in_wgs_84(rows)
    except BadAreas as problem:
        raise BadPopulation(f"{path.name}: {problem}") from None


def _refuse(path: Path, wrong: "np.ndarray[tuple[int], np.dtype[np.bool_]]", problem: str) -> None:
    if wrong.any():
        raise BadPopulation(f"{path.name}, town {int(np.argmax(wrong)) + 1}: {problem}; correct it")


def store_population(folder: Path, towns: gpd.GeoDataFrame) -> Path:
    """Keep the towns as a new release (GeoParquet), put it in force, and return its path."""
    return publish(folder, NAME, towns.to_parquet)


def load_population(folder: Path) -> gpd.GeoDataFrame:
    """Return the towns in force; raise `NoPopulation` where there are none."""
    release = current_release(folder, NAME)
    if release is None:
        raise NoPopulation
    return gpd.read_parquet(release)
