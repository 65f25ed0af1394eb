"""Stations: one point a name, whatever lines stop there."""

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from geodata.coordinates import LonLat, straight_m
from geodata.stations import BadStations, load_stations, read_stations, store_stations


def written(path: Path, *stations: tuple[str | None, object], crs: str = "EPSG:4326") -> Path:
    rows = gpd.GeoDataFrame(
        {"駅名": [name for name, _ in stations]},
        geometry=[shape for _, shape in stations],
        crs="EPSG:4326",
    )
    rows.to_crs(crs).to_file(path)
    return path


def test_platforms_of_one_station_become_one_point_and_namesakes_stay_apart(tmp_path: Path) -> None:
    line = shapely.LineString([(139.7110, 35.7290), (139.7110, 35.7310)])
    path = written(
        tmp_path / "n02.gpkg",
        ("池袋", line),
        ("池袋", shapely.Point(139.7112, 35.7300)),
        ("府中", shapely.Point(139.4803, 35.6722)),
        ("府中", shapely.Point(133.2367, 34.5683)),
        (None, shapely.Point(139.7, 35.7)),
        crs="EPSG:4301",
    )
    stations = read_stations(path, name_column="駅名")
    assert stations["name"].tolist() == ["府中", "府中", "池袋"]
    store_stations(tmp_path, stations)
    assert straight_m(load_stations(tmp_path)["池袋"], LonLat(139.7111, 35.7300)) < 5


def test_the_real_stations_of_a_ward_are_read(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "toshima" / "stations_N02.geojson"
    stations = read_stations(path, name_column="station_name")
    assert "池袋" in stations["name"].tolist()
    assert stations["name"].is_unique


@pytest.mark.parametrize(
    ("name", "told"), [("x.geojson", "isn't there"), ("a.txt", "can't be read")]
)
def test_what_is_no_file_of_stations_is_refused(tmp_path: Path, name: str, told: str) -> None:
    (tmp_path / "a.txt").write_text("駅", encoding="utf-8")
    with pytest.raises(BadStations, match=told):
        read_stations(tmp_path / name, name_column="駅名")
    good = written(tmp_path / "a.gpkg", ("池袋", shapely.Point(139.7, 35.7)))
    with pytest.raises(BadStations, match="choose one of: 駅名"):
        read_stations(good, name_column="name")
