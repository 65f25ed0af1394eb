"""Gives locations a point from their address, and a district from their point."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.addresses import geocode
from geodata.areas import district_of
from geodata.gazetteer import Gazetteer
from resources import changes, clock
from resources.models import Location

SURE = ("chome", "town")
"""Levels whose point says where a place is; the middle of a city would bring it near to some."""


@dataclass(frozen=True)
class Placed:
    looked_at: int  # addresses without a point
    placed: int  # of these, those that have one now
    districts: int  # locations whose district became known


def place_locations(
    session: Session,
    *,
    gazetteer: Gazetteer | None,
    areas: gpd.GeoDataFrame | None,
    by: str,
    again: bool = False,
    after: uuid.UUID | None = None,
    limit: int = 500,
) -> tuple[Placed, uuid.UUID | None]:
    """Look up addresses that have no point, and the districts of points that have none.

    A point that a file or a person gave is never moved.

    Parameters
    ----------
    gazetteer, areas : what is at hand; None leaves that part as it is.
    again : also addresses that were looked up in vain before (there is a new gazetteer).
    after : the last location of the call before, to go on from.
    limit : locations looked at in one call.

    Returns
    -------
    The counts, and where to go on; None when all were looked at.
    """
    changes.acting(session, by=by)
    places = _unfinished(session, gazetteer is not None, areas is not None, again, after, limit)
    looked_up = []
    if gazetteer is not None:
        looked_up = [p for p in places if p.lon is None and (again or p.point_level is None)]
        for place in looked_up:
            _look_up(place, gazetteer)
    districts = 0 if areas is None else _assign(places, areas)
    session.flush()
    placed = sum(p.lon is not None for p in looked_up)
    going_on = places[-1].id if len(places) == limit else None
    return Placed(len(looked_up), placed, districts), going_on


def _unfinished(
    session: Session,
    points: bool,
    districts: bool,
    again: bool,
    after: uuid.UUID | None,
    limit: int,
) -> Sequence[Location]:
    without_point = Location.lon.is_(None) & Location.address.is_not(None)
    if not again:
        without_point &= Location.point_level.is_(None)
    without_district = Location.lon.is_not(None) & Location.district.is_(None)
    if points and districts:
        wanted = without_point | without_district
    elif points or districts:
        wanted = without_point if points else without_district
    else:
        return []
    statement = select(Location).where(wanted)
    if after is not None:
        statement = statement.where(Location.id > after)
    return session.scalars(statement.order_by(Location.id).limit(limit)).all()


def _look_up(place: Location, gazetteer: Gazetteer) -> None:
    """Store the point with its level and accuracy; that there is none is kept as well."""
    found = geocode(place.address or "", gazetteer, prefecture=place.prefecture, city=place.city)
    # Told apart from "not looked up yet", which is None.
    place.point_level = found.level
    place.point_source = "gazetteer"
    if found.level in SURE:
        place.lon, place.lat, place.accuracy_m = found.lon, found.lat, found.accuracy_m
    for name in ("prefecture", "city", "town", "number"):
        # What a file or a person has said stays as it was said.
        if getattr(place, name) is None:
            setattr(place, name, getattr(found, name))
    place.edited_at = clock.now()


def _assign(places: Sequence[Location], areas: gpd.GeoDataFrame) -> int:
    """Store the district of each point that has none."""
    wanted = [p for p in places if p.lon is not None and p.district is None]
    if not wanted:
        return 0
    lon = np.array([p.lon for p in wanted], float)
    lat = np.array([p.lat for p in wanted], float)
    codes = district_of(areas, lon, lat)
    count = 0
    for place, code in zip(wanted, codes, strict=True):
        if code is not None:
            place.district = code
            place.edited_at = clock.now()
            count += 1
    return count
