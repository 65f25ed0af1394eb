"""Areas of a municipality (圏域, school districts): read from files, kept, asked for points."""

import re
import threading
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio.errors
import pyproj
import shapely
from numpy.typing import ArrayLike, NDArray

from geodata.coordinates import is_in_japan
from geodata.releases import current_release, publish

WGS_84 = "EPSG:4326"


class BadAreas(ValueError):
    """A file that can't be read as areas; the message says why and what to do."""


class NoLayer(LookupError):
    """No areas have been stored under this name yet."""

    def __init__(self, layer: str) -> None:
        self.layer = layer
        super().__init__(f"there is no layer {layer} yet; import a file of areas for it")


def read_areas(path: Path, *, code_column: str, name_column: str) -> gpd.GeoDataFrame:
    """Read areas from GeoJSON, a shapefile or a GeoPackage, in any coordinate system.

    Rows of one code become one area.

    Returns
    -------
    GeoDataFrame with code, name (text) and geometry (WGS 84), sorted by code.

    Raises
    ------
    BadAreas
    """
    rows = _rows(path)
    for column in (code_column, name_column):
        if column not in rows.columns:
            there = ", ".join(str(c) for c in rows.columns if c != rows.geometry.name)
            raise BadAreas(f"{path.name} has no column {column}; choose one of: {there}")
    for column in (code_column, name_column):
        blank = rows[column].isna() | rows[column].astype(str).str.strip().eq("")
        if blank.any():
            number = int(np.argmax(blank.to_numpy())) + 1
            raise BadAreas(f"{path.name}: {column} of area {number} is blank; fill it in")
    areas = gpd.GeoDataFrame(
        {
            "code": rows[code_column].astype(str).str.strip(),
            "name": rows[name_column].astype(str).str.strip(),
        },
        geometry=shapely.make_valid(rows.geometry.to_numpy()),
        crs=WGS_84,
    )
    return _one_row_for_each_code(path, areas)


def _rows(path: Path) -> gpd.GeoDataFrame:
    name = path.name
    if not path.exists():
        raise BadAreas(f"{name} isn't there; check the path")
    try:
        rows = gpd.read_file(path, engine="pyogrio")
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError):
        raise BadAreas(
            f"{name} can't be read as areas; give GeoJSON, GeoPackage, "
            "or a shapefile with its .dbf, .shx and .prj"
        ) from None
    if not isinstance(rows, gpd.GeoDataFrame) or rows.empty:
        raise BadAreas(f"{name} holds no areas; export it again from its source")
    if rows.crs is None:
        raise BadAreas(f"{name} doesn't say its coordinate system; add the .prj file")
    kinds = rows.geometry.geom_type
    wrong = rows.geometry.is_empty | ~kinds.isin(["Polygon", "MultiPolygon"])
    if wrong.any():
        number = int(np.argmax(wrong.to_numpy())) + 1
        raise BadAreas(f"{name}: row {number} is no area (polygon); leave it out")
    rows = _in_wgs_84(rows)
    west, south, east, north = rows.total_bounds
    if not (is_in_japan(west, south) and is_in_japan(east, north)):
        swapped = is_in_japan(south, west) and is_in_japan(north, east)
        remedy = "longitude comes first" if swapped else "check its coordinate system"
        raise BadAreas(f"{name} lies outside Japan; {remedy}")
    return rows


def _in_wgs_84(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    # "Tokyo" is the datum of before 2002: the same degrees lie 400 m away. Without the right step
    # the shift would silently be nothing.
    try:
        return rows.to_crs(WGS_84)
    except pyproj.exceptions.ProjError:
        raise BadAreas("the coordinate system can't be converted; save it in EPSG:6668") from None


def _one_row_for_each_code(path: Path, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    names = areas.groupby("code")["name"].nunique()
    if (names > 1).any():
        code = names.index[names > 1][0]
        raise BadAreas(f"{path.name}: the code {code} has several names; give each its own code")
    merged = areas.dissolve(by="code", aggfunc="first").reset_index()
    return merged[["code", "name", "geometry"]].sort_values("code", ignore_index=True)


def store_layer(folder: Path, layer: str, areas: gpd.GeoDataFrame) -> Path:
    """Keep the areas as a new release of the layer, put it in force, and return its path."""
    if not re.fullmatch(r"[\w-]+", layer):
        raise BadAreas("a layer's name may have letters, digits, - and _ only")
    return publish(folder, layer, areas.to_parquet)


def load_layer(folder: Path, layer: str) -> gpd.GeoDataFrame:
    """Return the areas of the layer in force, read once for each release; not to be changed.

    Raises
    ------
    NoLayer
    """
    release = current_release(folder, layer)
    if release is None:
        raise NoLayer(layer)
    with _lock:
        if (folder, layer) not in _loaded or _loaded[folder, layer][0] != release:
            _loaded[folder, layer] = (release, gpd.read_parquet(release))
        return _loaded[folder, layer][1]


_lock = threading.Lock()
_loaded: dict[tuple[Path, str], tuple[Path, gpd.GeoDataFrame]] = {}


def district_of(areas: gpd.GeoDataFrame, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.object_]:
    """Return the code of the area that holds each point, None where none does.

    lon, lat : (n,) degrees, WGS 84; NaN where the position is unknown.
    Returns (n,) of codes. A point on a border belongs to the first of its areas by code, so the
    same point always has the same answer.
    """
    lon, lat = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
    codes = np.full(len(lon), None, dtype=object)
    # Sorted, so that an outline meets only the points of its own band of latitude.
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    known = known[np.argsort(lat[known], kind="stable")]
    x, y = lon[known], lat[known]
    # The last by code comes first and is written over by those before it.
    for area in np.argsort(areas["code"].to_numpy().astype(str), kind="stable")[::-1]:
        outline = areas.geometry.iloc[area]
        west, south, east, north = outline.bounds
        band = slice(np.searchsorted(y, south), np.searchsorted(y, north, side="right"))
        near = np.flatnonzero((x[band] >= west) & (x[band] <= east)) + band.start
        if len(near):
            shapely.prepare(outline)
            inside = near[shapely.intersects_xy(outline, x[near], y[near])]
            codes[known[inside]] = areas["code"].iloc[area]
    return codes
