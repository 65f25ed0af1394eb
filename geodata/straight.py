"""The straight distance on the earth, for loops that run as machine code."""

import math

from geodata.compiled import compiled
from geodata.coordinates import EARTH_RADIUS_M

DETOUR = 1.3
"""Walking distance over straight distance in built-up areas, used where no streets are known."""


@compiled
def metres_between(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return the distance in metres on a sphere (haversine), as `great_circle_m`; NaN for NaN."""
    lat1, lat2 = math.radians(lat), math.radians(other_lat)
    half_lat = math.sin((lat2 - lat1) / 2.0)
    half_lon = math.sin(math.radians(other_lon - lon) / 2.0)
    a = half_lat * half_lat + math.cos(lat1) * math.cos(lat2) * half_lon * half_lon
    return 2.0 * EARTH_RADIUS_M * math.asin(math.sqrt(a))
