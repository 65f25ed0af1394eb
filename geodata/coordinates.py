"""Positions on the earth: one pair type, one distance, and the checks a position must pass."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the earth in metres (IUGG, R1)."""

JAPAN_LON = (122.9, 154.1)
JAPAN_LAT = (20.2, 45.7)
"""Degrees that hold all of Japan, from Yonaguni to Minamitori and from Okinotori to Etorofu."""


class LonLat(NamedTuple):
    """A position in WGS 84 degrees; longitude first, as in GeoJSON."""

    lon: float
    lat: float


class BadPosition(ValueError):
    """A position that can't be in Japan; `swapped` says that the other order could."""

    def __init__(self, lon: float, lat: float) -> None:
        self.swapped = is_in_japan(lat, lon)
        super().__init__("position is outside Japan")


def is_in_japan(lon: float, lat: float) -> bool:
    """Tell whether a position lies in the rectangle that holds Japan; False for NaN."""
    return JAPAN_LON[0] <= lon <= JAPAN_LON[1] and JAPAN_LAT[0] <= lat <= JAPAN_LAT[1]


def position(lon: float, lat: float) -> LonLat:
    """Return the position, or raise `BadPosition` when it can't be in Japan."""
    if not is_in_japan(lon, lat):
        raise BadPosition(lon, lat)
    return LonLat(lon, lat)


def straight_m(one: LonLat, other: LonLat) -> float:
    """Return the distance between two points in metres, on a sphere (haversine); NaN for NaN."""
    lat1, lat2 = math.radians(one.lat), math.radians(other.lat)
    half_lat = math.sin((lat2 - lat1) / 2.0)
    half_lon = math.sin(math.radians(other.lon - one.lon) / 2.0)
    a = half_lat * half_lat + math.cos(lat1) * math.cos(lat2) * half_lon * half_lon
    return 2.0 * EARTH_RADIUS_M * math.asin(math.sqrt(a))


def great_circle_m(
    origin: LonLat, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the distance from one point to many, on a sphere (haversine).

    lon, lat : (n,) float arrays, degrees, WGS 84; NaN where the position is unknown.
    Returns (n,) float64, metres; NaN where the position is unknown.
    """
    lat1 = math.radians(origin.lat)
    lat2 = np.radians(lat)
    half_lat = np.sin((lat2 - lat1) / 2.0)
    half_lon = np.sin(np.radians(lon - origin.lon) / 2.0)
    a = half_lat * half_lat + math.cos(lat1) * np.cos(lat2) * half_lon * half_lon
    return np.asarray(2.0 * EARTH_RADIUS_M * np.arcsin(np.sqrt(a)), dtype=np.float64)
