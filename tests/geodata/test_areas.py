"""Areas come in from any coordinate system, are kept as releases, and are asked for points."""

import csv
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geodata.areas import BadAreas, NoLayer, district_of, load_layer, read_areas, store_layer
from geodata.releases import activate, releases


def _two_areas(crs: str = "EPSG:4326") -> gpd.GeoDataFrame:
    west, east = (
        shapely.box(139.70, 35.72, 139.72, 35.74),
        shapely.box(139.72, 35.72, 139.74, 35.74),
    )
    return gpd.GeoDataFrame(
        {"番号": ["2", "1"], "名称": ["東圏域", "西圏域"]}, geometry=[east, west], crs="EPSG:4326"
    ).to_crs(crs)


def _read(path: Path) -> gpd.GeoDataFrame:
    return read_areas(path, code_column="番号", name_column="名称")


def _written(areas: gpd.GeoDataFrame, path: Path) -> Path:
    options = {"encoding": "utf-8"} if path.suffix == ".shp" else {}
    areas.to_file(path, engine="pyogrio", **options)
    return path


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.shp"])
def test_areas_come_from_each_format(tmp_path: Path, name: str) -> None:
    areas = _read(_written(_two_areas(), tmp_path / name))
    assert areas.crs == "EPSG:4326"
    assert list(areas.columns) == ["code", "name", "geometry"]
    assert list(areas["code"]) == ["1", "2"]
    assert list(areas["name"]) == ["西圏域", "東圏域"]


@pytest.mark.parametrize(
    "crs",
    [
        "EPSG:4301",
        "EPSG:30169",  # 日本測地系: degrees, and 平面直角座標系 IX
        "EPSG:4612",
        "EPSG:2451",  # JGD2000
        "EPSG:6668",
        "EPSG:6677",  # JGD2011
        "EPSG:3857",
    ],
)
def test_old_and_new_japanese_datums_land_on_the_same_ground(tmp_path: Path, crs: str) -> None:
    written = _two_areas(crs)
    if crs == "EPSG:4301":
        # The old degrees of the same place differ by some 11 seconds; else nothing was shifted.
        assert abs(written.total_bounds[1] - 35.72) > 0.003
    areas = _read(_written(written, tmp_path / "districts.shp"))
    assert areas.total_bounds == pytest.approx([139.70, 35.72, 139.74, 35.74], abs=2e-5)


def test_rows_of_one_code_become_one_area(tmp_path: Path) -> None:
    areas = _two_areas().assign(番号="7", 名称="全域")
    read = _read(_written(areas, tmp_path / "a.geojson"))
    assert list(read["code"]) == ["7"]
    assert list(district_of(read, [139.71, 139.73], [35.73, 35.73])) == ["7", "7"]


def test_a_file_that_is_no_layer_of_areas_is_refused_in_one_sentence(tmp_path: Path) -> None:
    points = gpd.GeoDataFrame(
        {"番号": ["1"], "名称": ["点"]}, geometry=[shapely.Point(139.7, 35.7)], crs="EPSG:4326"
    )
    homeless = _written(_two_areas(), tmp_path / "no_crs.shp")
    homeless.with_suffix(".prj").unlink()
    turned = _two_areas()
    turned.geometry = shapely.transform(turned.geometry, lambda xy: xy[:, ::-1])
    text = tmp_path / "text.geojson"
    text.write_text("これは地図ではない", encoding="utf-8")
    blank = _two_areas().assign(名称=["東圏域", None])
    two_names = _two_areas().assign(番号="1")
    wrong = {
        "no area": _written(points, tmp_path / "points.geojson"),
        "no column 番号": _written(_two_areas().rename(columns={"番号": "x"}), tmp_path / "c.gpkg"),
        "holds no areas": _written(_two_areas().iloc[:0], tmp_path / "empty.gpkg"),
        "coordinate system": homeless,
        "longitude comes first": _written(turned, tmp_path / "turned.geojson"),
        "can't be read": text,
        "blank": _written(blank, tmp_path / "blank.geojson"),
        "several names": _written(two_names, tmp_path / "names.geojson"),
        "isn't there": tmp_path / "nowhere.geojson",
    }
    for problem, path in wrong.items():
        with pytest.raises(BadAreas, match=problem) as refused:
            _read(path)
        assert "\n" not in str(refused.value)


def test_a_layer_is_kept_as_releases_and_an_old_one_can_be_put_back(tmp_path: Path) -> None:
    with pytest.raises(NoLayer, match="districts"):
        load_layer(tmp_path, "districts")
    areas = _read(_written(_two_areas(), tmp_path / "a.geojson"))
    first = store_layer(tmp_path, "districts", areas)
    second = store_layer(tmp_path, "districts", areas.iloc[:1])
    assert releases(tmp_path, "districts") == [first, second]
    assert len(load_layer(tmp_path, "districts")) == 1
    assert load_layer(tmp_path, "districts") is load_layer(tmp_path, "districts")
    activate(tmp_path, "districts", first)
    assert len(load_layer(tmp_path, "districts")) == 2
    with pytest.raises(BadAreas):
        store_layer(tmp_path, "../elsewhere", areas)


def test_points_find_their_area_or_none(tmp_path: Path) -> None:
    areas = _read(_written(_two_areas(), tmp_path / "a.geojson"))
    lon = np.array([139.71, 139.73, 139.72, 139.80, np.nan])
    lat = np.array([35.73, 35.73, 35.73, 35.73, 35.73])
    # On the border between the two, the first by code.
    assert list(district_of(areas, lon, lat)) == ["1", "2", "1", None, None]
    assert len(district_of(areas, [], [])) == 0


def test_many_points_agree_with_asking_each_area_one_by_one(tmp_path: Path) -> None:
    areas = _read(_written(_two_areas(), tmp_path / "a.geojson"))
    chance = np.random.default_rng(3)
    lon, lat = chance.uniform(139.69, 139.75, 500), chance.uniform(35.71, 35.75, 500)
    slow = [
        next((code for code, area in zip(areas["code"], areas.geometry, strict=True)
              if area.intersects(shapely.Point(x, y))), None)
        for x, y in zip(lon, lat, strict=True)
    ]  # fmt: skip
    assert list(district_of(areas, lon, lat)) == slow


def test_each_chome_of_toshima_lies_in_one_school_district(shared_data: Path) -> None:
    schools = read_areas(
        shared_data / "boundaries" / "toshima_middle_school_districts_A32.geojson",
        code_column="A32_003",
        name_column="A32_003",
    )
    ward = read_areas(
        shared_data / "boundaries" / "toshima_13116_ward.geojson",
        code_column="city_code",
        name_column="name",
    )
    path = shared_data / "gazetteer" / "toshima_13116_towns.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    lon = np.array([float(row["lng"]) for row in rows])
    lat = np.array([float(row["lat"]) for row in rows])
    assert len(rows) == 83
    assert len(schools) == 8
    inside = district_of(ward, lon, lat) == "13116"
    found = district_of(schools, lon, lat)
    assert inside.sum() >= 82
    assert all(code is not None for code in found[inside])
    holding = [
        schools.geometry.contains(shapely.Point(x, y)).sum() for x, y in zip(lon, lat, strict=True)
    ]
    assert max(holding) == 1
