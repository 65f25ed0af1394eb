"""Reads again, from the database, the few offerings that are about to be shown."""

import uuid
from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from matching.answers import PlaceShown
from resources.models import Location, Offering, Organization, Resource

_STATEMENT = (
    select(
        Offering.id,
        Resource.id,
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
        Offering.availability_said_on,
        Offering.availability_said_by,
        Offering.verified_on,
        Resource.fee_yen,
        Resource.invented,
        Resource.status,
        Location.visibility,
    )
    .join(Resource, Offering.resource_id == Resource.id)
    .outerjoin(Location, Offering.location_id == Location.id)
    .outerjoin(Organization, Resource.organization_id == Organization.id)
    .where(Offering.id.in_(bindparam("ids", expanding=True)))
)


def places_to_show(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, PlaceShown]:
    """Return what is shown of each offering that is still open; one that is gone is left out.

    Of a hidden place nothing is shown that tells where it is.
    """
    if not ids:
        return {}
    shown = {}
    for row in session.connection().execute(_STATEMENT, {"ids": list(ids)}):
        status, visibility = row[19], row[20]
        if status != "published":
            continue
        hidden = visibility == "hidden"
        said_on, verified_on = row[14], row[16]
        shown[row[0]] = PlaceShown(
            offering=row[0],
            resource=row[1],
            name=row[2],
            kind=row[3],
            host=row[4],
            description=row[5],
            address=None if hidden else row[6],
            phone=row[7],
            lon=None if hidden else row[8],
            lat=None if hidden else row[9],
            accuracy_m=None if hidden else row[10],
            schedule_text=row[11],
            availability=row[12],
            places=row[13],
            said_at=None if said_on is None else said_on.isoformat(),
            said_by=row[15],
            verified_on=None if verified_on is None else verified_on.isoformat(),
            fee_yen=row[17],
            invented=row[18],
        )
    return shown


def is_full(place: PlaceShown) -> bool:
    """Tell whether what stands in the database now leaves no room."""
    return place.availability == "none" or (place.availability == "capacity" and place.places == 0)
