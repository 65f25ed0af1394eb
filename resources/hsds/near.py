"""Distance from a point as arithmetic that every database can do in a query."""

import math

from sqlalchemy import ColumnElement, literal

from geodata.coordinates import EARTH_RADIUS_M, LonLat
from resources.models import Location

FARTHEST_M = 100_000


def square_m2(origin: LonLat) -> ColumnElement[float | None]:
    """Return the square of a location's distance from a point; NULL where its point is unknown.

    On the plane that touches the sphere halfway between the two, with the cosine of the latitude
    there as the first terms of its series: up to `FARTHEST_M` the distance differs from the
    great circle's by less than 0.01 %. SQLite has no functions of angles.
    """
    lat0 = math.radians(origin.lat)
    north = (Location.lat - literal(origin.lat)) * literal(math.radians(1.0))
    cosine = (
        literal(math.cos(lat0))
        - literal(math.sin(lat0) / 2.0) * north
        - literal(math.cos(lat0) / 8.0) * north * north
    )
    east = (Location.lon - literal(origin.lon)) * literal(math.radians(1.0)) * cosine
    return (north * north + east * east) * literal(EARTH_RADIUS_M**2)


def within(origin: LonLat, radius_m: float) -> ColumnElement[bool]:
    """Return the condition that a location lies within a distance of a point."""
    return square_m2(origin) <= literal(float(radius_m) ** 2)
