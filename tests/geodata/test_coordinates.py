"""Positions are in Japan, distances are right, unknown stays unknown."""

import numpy as np
import pyproj
import pytest

from geodata.coordinates import BadPosition, LonLat, great_circle_m, is_in_japan, position


def test_longitude_and_latitude_exchanged_are_noticed() -> None:
    with pytest.raises(BadPosition) as refused:
        position(35.73, 139.71)
    assert refused.value.swapped
    with pytest.raises(BadPosition) as refused:
        position(-0.1, 51.5)
    assert not refused.value.swapped


def test_an_unknown_position_is_not_in_japan_and_has_no_distance() -> None:
    assert not is_in_japan(float("nan"), 35.7)
    assert not is_in_japan(139.7, float("nan"))
    away_m = great_circle_m(LonLat(139.7, 35.7), np.array([np.nan, 139.7]), np.array([35.7, 35.7]))
    assert np.isnan(away_m[0])
    assert away_m[1] == 0


def test_the_corners_of_japan_are_in_japan() -> None:
    for lon, lat in ((122.93, 24.45), (153.98, 24.28), (136.08, 20.42), (148.75, 45.55)):
        assert position(lon, lat) == LonLat(lon, lat)


def test_distances_on_the_sphere_are_within_6_in_1000_of_the_ellipsoid() -> None:
    chance = np.random.default_rng(5)
    geod = pyproj.Geod(ellps="WGS84")
    for _ in range(50):
        origin = LonLat(float(chance.uniform(123, 154)), float(chance.uniform(21, 45)))
        reach = 10.0 ** chance.uniform(-4, 1, 20)  # from some metres to across the country
        lon, lat = origin.lon + reach * chance.normal(size=20), origin.lat + reach / 2
        _, _, exact_m = geod.inv(np.full(20, origin.lon), np.full(20, origin.lat), lon, lat)
        assert great_circle_m(origin, lon, lat) == pytest.approx(exact_m, rel=0.006)
