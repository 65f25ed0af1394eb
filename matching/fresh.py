"""Reads again, from the database, the few offerings that are about to be shown."""

import uuid
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Dialect, String, bindparam, or_, select, type_coerce
from sqlalchemy.orm import Session

from matching.answers import PlaceShown
from resources.models import Location, Offering, Organization, Resource

AT_ONCE = 16
"""Places that one statement reads; it is prepared once, and for fewer of them one is repeated."""

_NAMES = tuple(f"id{i}" for i in range(AT_ONCE))


def _as_stored(column: Any) -> Any:
    # Ids and days are taken as the driver gives them: turning each into an object takes longer
    # than reading it.
    return type_coerce(column, String)


_STATEMENT = (
    select(
        _as_stored(Offering.id),
        Resource.status,
        Location.visibility,
        _as_stored(Resource.id),
        Resource.name,
        Resource.kind,
        Organization.name,
        Resource.description,
        Location.address,
        Resource.phone,
        Location.lon,
        Location.lat,
        Location.accuracy_m,
        Offering.schedule_text,
        Offering.availability,
        Offering.places,
        _as_stored(Offering.availability_said_on),
        Offering.availability_said_by,
        _as_stored(Offering.verified_on),
        Resource.fee_yen,
        Resource.invented,
    )
    .join(Resource, Offering.resource_id == Resource.id)
    .outerjoin(Location, Offering.location_id == Location.id)
    .outerjoin(Organization, Resource.organization_id == Organization.id)
    .where(or_(*(Offering.id == bindparam(name) for name in _NAMES)))
)


def places_to_show(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, PlaceShown]:
    """Return what is shown of each offering that is still open; one that is gone is left out.

    Of a hidden place nothing is shown that tells where it is.
    """
    shown = {}
    connection = session.connection()
    is_sqlite = connection.dialect.name == "sqlite"  # it keeps ids as text
    sql = _compiled(connection.dialect)
    for start in range(0, len(ids), AT_ONCE):
        some = list(ids[start : start + AT_ONCE])
        known = {i.hex if is_sqlite else i: i for i in some}
        asked = list(known)
        asked += asked[:1] * (AT_ONCE - len(asked))
        values = tuple(asked) if is_sqlite else dict(zip(_NAMES, asked, strict=True))
        for row in connection.exec_driver_sql(sql, values):
            offering, status, visibility, resource, *rest = row
            if status == "published":
                own = known[offering]
                shown[own] = _shown(own, resource, visibility == "hidden", *rest)
    return shown


@cache
def _compiled(dialect: Dialect) -> str:
    """Return the statement in a database's own words; it is sent many times a second."""
    return str(_STATEMENT.compile(dialect=dialect))


def _shown(
    offering: uuid.UUID,
    resource: uuid.UUID | str,
    hidden: bool,
    name: str,
    kind: str,
    host: str | None,
    description: str | None,
    address: str | None,
    phone: str | None,
    lon: float | None,
    lat: float | None,
    accuracy_m: float | None,
    schedule_text: str | None,
    availability: str,
    places: int | None,
    said_on: date | str | None,
    said_by: str | None,
    verified_on: date | str | None,
    fee_yen: int | None,
    invented: bool,
) -> PlaceShown:
    if hidden:
        address = lon = lat = accuracy_m = None
    return PlaceShown(
        offering,
        resource if isinstance(resource, uuid.UUID) else uuid.UUID(resource),
        name,
        kind,
        host,
        description,
        address,
        phone,
        lon,
        lat,
        accuracy_m,
        schedule_text,
        availability,
        places,
        _day(said_on),
        said_by,
        _day(verified_on),
        fee_yen,
        bool(invented),
    )


def _day(value: date | str | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value


def is_full(place: PlaceShown) -> bool:
    """Tell whether what stands in the database now leaves no room."""
    return place.availability == "none" or (place.availability == "capacity" and place.places == 0)
