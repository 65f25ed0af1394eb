"""What is open goes out for maps, each point under its offering's id; what is hidden never does."""

import io
import json
import uuid
from pathlib import Path

import geopandas as gpd
import pytest
from open_catalogue import OPEN, SECRET, add_every_sort

from resources.database import Database
from resources.geo_export import (
    LAYER,
    open_points,
    write_geojson,
    write_geopackage,
    write_geoparquet,
)

WITHOUT_POINT = {"no_place", "no_point"}


@pytest.fixture
def every_sort(database: Database) -> dict[str, uuid.UUID]:
    with database.writing(by="test") as session:
        return {name: o.id for name, o in add_every_sort(session).items()}


def test_geojson_holds_what_is_open_and_has_a_point_and_nothing_else(
    database: Database, every_sort: dict[str, uuid.UUID]
) -> None:
    with database.reading() as session:
        points, without = open_points(session)
    out = io.StringIO()
    write_geojson(points, out)
    collection = json.loads(out.getvalue())
    assert collection["type"] == "FeatureCollection"
    assert "crs" not in collection
    found = {f["id"]: f for f in collection["features"]}
    assert set(found) == {str(every_sort[n]) for n in set(OPEN) - WITHOUT_POINT}
    assert without == len(WITHOUT_POINT)
    assert SECRET not in out.getvalue()
    plain = found[str(every_sort["plain"])]
    assert plain["geometry"] == {"type": "Point", "coordinates": [139.7286, 35.7317]}
    facts = plain["properties"]
    assert facts["offering"] == plain["id"]
    assert (facts["kind"], facts["verified_on"], facts["invented"]) == ("salon", "2026-11-01", True)
    assert facts["fee_yen"] is None
    assert facts["accuracy_m"] is None
    assert found[str(every_sort["full"])]["properties"]["places"] == 0


def test_a_geopackage_holds_the_same_rows(
    database: Database, every_sort: dict[str, uuid.UUID], tmp_path: Path
) -> None:
    with database.reading() as session:
        points, _ = open_points(session)
    path = tmp_path / "map.gpkg"
    write_geopackage(points, path)
    again = gpd.read_file(path, layer=LAYER)
    assert again.crs == "EPSG:4326"
    assert set(again["offering"]) == set(points["offering"])
    assert list(again.columns) == list(points.columns)
    assert SECRET.encode() not in path.read_bytes()


def test_geoparquet_holds_the_same_rows(
    database: Database, every_sort: dict[str, uuid.UUID], tmp_path: Path
) -> None:
    with database.reading() as session:
        points, _ = open_points(session)
    write_geoparquet(points, tmp_path / "map.parquet")
    again = gpd.read_parquet(tmp_path / "map.parquet")
    assert again.crs == "EPSG:4326"
    assert again["offering"].tolist() == points["offering"].tolist()
    assert again.geometry.tolist() == points.geometry.tolist()
    assert SECRET.encode() not in (tmp_path / "map.parquet").read_bytes()


def test_a_catalogue_without_anything_open_is_an_empty_map(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with sqlite_database.reading() as session:
        points, without = open_points(session)
    out = io.StringIO()
    write_geojson(points, out)
    assert json.loads(out.getvalue())["features"] == []
    assert without == 0
    write_geopackage(points, tmp_path / "empty.gpkg")
    assert len(gpd.read_file(tmp_path / "empty.gpkg")) == 0
