"""A point that its address contradicts is flagged; an island far from its town is not."""

import csv
from pathlib import Path

import pytest

from geodata.addresses import Address, geocode
from geodata.gazetteer import Gazetteer
from geodata.points import address_contradicts_point, distance_to_address_m


def test_a_point_in_another_part_of_the_city_contradicts_its_address(gazetteer: Gazetteer) -> None:
    address = geocode("東京都豊島区南大塚3-41-12", gazetteer)
    assert not address_contradicts_point(address, 139.7285, 35.7290)
    assert address_contradicts_point(address, 139.6900, 35.7400)


def test_a_point_in_another_city_contradicts_an_address_known_to_the_city_only(
    gazetteer: Gazetteer,
) -> None:
    address = geocode("東京都豊島区架空町1", gazetteer)
    assert not address_contradicts_point(address, 139.72, 35.73)
    assert address_contradicts_point(address, 134.05, 34.34)


def test_nothing_is_contradicted_where_either_is_unknown(gazetteer: Gazetteer) -> None:
    known = geocode("東京都豊島区南大塚3-41-12", gazetteer)
    unknown = Address(None, None, None, None, "abc", "unknown", None, None, None)
    assert not address_contradicts_point(unknown, 139.7, 35.7)
    assert not address_contradicts_point(known, float("nan"), 35.7)
    assert distance_to_address_m(unknown, 139.7, 35.7) is None


@pytest.mark.parametrize("name", ["長尾医院", "大島青松園"])
def test_exchanged_points_of_two_clinics_are_flagged_and_the_island_is_not(
    shared_data: Path, national_gazetteer: Gazetteer, name: str
) -> None:
    path = shared_data / "municipal" / "takamatsu" / "hospital.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if name in row["name"]]
    assert len(rows) == (2 if name == "長尾医院" else 1)
    for row in rows:
        address = geocode(row["address"], national_gazetteer)
        lon, lat = float(row["longitude"]), float(row["latitude"])
        assert address_contradicts_point(address, lon, lat) == (name == "長尾医院")


def test_hardly_any_other_clinic_is_flagged(
    shared_data: Path, national_gazetteer: Gazetteer
) -> None:
    path = shared_data / "municipal" / "takamatsu" / "hospital.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["longitude"]]
    flagged = [
        row["name"]
        for row in rows
        if address_contradicts_point(
            geocode(row["address"], national_gazetteer),
            float(row["longitude"]),
            float(row["latitude"]),
        )
    ]
    print(flagged)
    assert len(flagged) <= 0.01 * len(rows)
