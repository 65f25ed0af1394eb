"""Open entries as points for maps: GeoJSON and GeoPackage, written with geopandas."""

import json
from pathlib import Path
from typing import Any, TextIO

import geopandas as gpd
from sqlalchemy.orm import Session

from resources.public_entries import each_open_entry
from resources.queries import Entry

WGS84 = "EPSG:4326"
LAYER = "offerings"
"""Name of the one layer of a GeoPackage."""

COLUMNS = (
    "offering", "resource", "name", "kind", "host", "address", "schedule_text", "fee_yen",
    "availability", "places", "availability_said_on", "verified_on", "point_level", "accuracy_m",
    "invented",
)  # fmt: skip
NUMBERS = {"fee_yen": "Int64", "places": "Int64", "accuracy_m": "Float64"}
"""Columns of numbers that may be unknown; as plain columns they would become NaN."""


def open_points(session: Session) -> tuple[gpd.GeoDataFrame, int]:
    """Return the open entries that have a point, and how many have none.

    Returns
    -------
    One row an offering in the order of their ids, in WGS 84 (longitude, latitude), with `COLUMNS`;
    None where something isn't known. The number counts open entries whose point isn't known.
    """
    rows: list[dict[str, Any]] = []
    lon: list[float] = []
    lat: list[float] = []
    without = 0
    for entry in each_open_entry(session):
        place = entry.location
        if place is None or place.lon is None or place.lat is None:
            without += 1
            continue
        rows.append(_properties(entry))
        lon.append(place.lon)
        lat.append(place.lat)
    points = gpd.GeoDataFrame(
        rows, columns=COLUMNS, geometry=gpd.points_from_xy(lon, lat), crs=WGS84
    )
    return points.astype(NUMBERS), without


def _properties(entry: Entry) -> dict[str, Any]:
    o, r, p, h = entry.offering, entry.resource, entry.location, entry.organization
    assert p is not None
    said, verified = o.availability_said_on, o.verified_on
    return {
        "offering": str(o.id),
        "resource": str(r.id),
        "name": r.name,
        "kind": r.kind,
        "host": None if h is None else h.name,
        "address": p.address,
        "schedule_text": o.schedule_text,
        "fee_yen": r.fee_yen,
        "availability": o.availability,
        "places": o.places,
        "availability_said_on": None if said is None else said.isoformat(),
        "verified_on": None if verified is None else verified.isoformat(),
        "point_level": p.point_level,
        "accuracy_m": p.accuracy_m,
        "invented": r.invented,
    }


def write_geojson(points: gpd.GeoDataFrame, out: TextIO) -> None:
    """Write points as GeoJSON (RFC 7946): WGS 84 without a `crs`, features named by their offering.

    points : as `open_points` returns them
    """
    named = points.set_index("offering", drop=False)
    collection = named.to_geo_dict(na="null", drop_id=False)
    collection.pop("crs", None)  # RFC 7946, section 4: there is no other
    json.dump(collection, out, ensure_ascii=False, allow_nan=False, default=_plain)
    out.write("\n")


def _plain(value: Any) -> Any:
    """Return a number of numpy as JSON can hold it."""
    return value.item()


def write_geopackage(points: gpd.GeoDataFrame, path: Path) -> None:
    """Write points as a GeoPackage of one layer, `LAYER`; `path` must not exist yet."""
    points.to_file(path, driver="GPKG", layer=LAYER, engine="pyogrio")


def write_geoparquet(points: gpd.GeoDataFrame, path: Path) -> None:
    """Write points as GeoParquet 1.0, which QGIS and DuckDB read; `path` must not exist yet."""
    points.to_parquet(path, index=False, schema_version="1.0.0")
