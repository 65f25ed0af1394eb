"""The straight distance on the earth, for loops that run as machine code."""

import math

from geodata.compiled import compiled
from geodata.coordinates import EARTH_RADIUS_M

DETOUR = 1.3
"""Walking distance over straight distance in built-up areas, used where no streets are known."""


SMALL = 0.02
"""Radians up to which the first terms of its series are the sine: the next one is below 1e-21."""


@compiled
def metres_between(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return the distance in metres on a sphere (haversine), as `great_circle_m`; NaN for NaN.

    Among many places most are near, and a question asks this of tens of thousands: the sine is that
    of a small angle, and the cosine of the other latitude follows from what is known already
    (cos(a + d) = cos a cos d - sin a sin d).
    """
    lat1 = math.radians(lat)
    half_lat = _sine((math.radians(other_lat) - lat1) / 2.0)
    half_lon = _sine(math.radians(other_lon - lon) / 2.0)
    square = half_lat * half_lat
    sine = 2.0 * half_lat * math.sqrt(1.0 - square)
    cos1 = math.cos(lat1)
    cos2 = cos1 * (1.0 - 2.0 * square) - math.sin(lat1) * sine
    a = square + cos1 * cos2 * half_lon * half_lon
    return 2.0 * EARTH_RADIUS_M * math.asin(math.sqrt(a))


@compiled
def _sine(x: float) -> float:
    if abs(x) > SMALL:
        return math.sin(x)
    square = x * x
    return x * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0)))
