"""Edits of entries that are stored: only what is said changes, and only on the version shown.

An edit is never a verification: `verified_on` moves where the edit itself says that it was asked.
"""

import uuid
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from resources import changes, clock
from resources.commands import EditedMeanwhile, MergedAway, NotFound
from resources.merged import MERGED
from resources.models import Location, Offering, Organization, Resource
from resources.registration import (
    LISTS,
    BadRegistration,
    LocationPart,
    OfferingPart,
    OrganizationPart,
    Part,
    ResourcePart,
    check_codes,
    check_schedule,
)
from resources.schedule_text import parse_schedule
from resources.schedules import to_json
from resources.vocabulary import Vocabulary

Row = Resource | Location | Offering | Organization
T = TypeVar("T", Resource, Location, Offering, Organization)

TOGETHER = {
    "resource": ("age_min", "age_max", "accepted_age_min", "accepted_age_max"),
    "location": ("lon", "lat"),
}
"""Fields that are checked beside each other: one of them is checked with the stored rest."""


def edit_resource(
    session: Session,
    *,
    resource_id: uuid.UUID,
    edits: Mapping[str, Any],
    vocabulary: Vocabulary,
    by: str,
    version: int | None = None,
) -> Resource:
    """Store new values of some fields of a resource; None is "not known".

    edits : field → value, as in a registration; where it stands is moved by `set_status`
    version : the version that was shown to the person who edits; None skips the check.
    Raises `NotFound`, `EditedMeanwhile`, `MergedAway`, `BadRegistration`, pydantic's
    `ValidationError`.
    """
    if {"status", "status_reason"} & edits.keys():
        raise BadRegistration("resource.status", "not_an_edit")
    row = _lock(session, Resource, resource_id, version, by)
    if row.status == MERGED:
        raise MergedAway
    required = {"name": row.name, "kind": row.kind}
    values = _checked(ResourcePart, "resource", row, edits, required)
    stored = {name: getattr(row, name) for name in ("kind", *LISTS)}
    check_codes(values, vocabulary, stored=stored)
    return _store(session, row, values)


def edit_organization(
    session: Session,
    *,
    organization_id: uuid.UUID,
    edits: Mapping[str, Any],
    by: str,
    version: int | None = None,
) -> Organization:
    """Store new values of some fields of who runs a resource. Raises as `edit_resource`."""
    row = _lock(session, Organization, organization_id, version, by)
    if "name" in edits and not edits["name"]:
        raise BadRegistration("organization.name", "needed")
    return _store(session, row, _checked(OrganizationPart, "organization", row, edits, {}))


def edit_location(
    session: Session,
    *,
    location_id: uuid.UUID,
    edits: Mapping[str, Any],
    by: str,
    version: int | None = None,
) -> Location:
    """Store new values of some fields of a place.

    A point of a new address comes with the edit; without it the old point is dropped, since it
    would show where the place is not. The district follows the point (see `placing`).
    Raises as `edit_resource`.
    """
    row = _lock(session, Location, location_id, version, by)
    edits = dict(edits)
    moved = "address" in edits and edits["address"] != row.address
    if moved and "lon" not in edits:
        edits |= dict.fromkeys(
            ("lon", "lat", "accuracy_m", "point_level", "point_source", "prefecture", "city",
             "town", "number")
        ) | {k: v for k, v in edits.items() if k != "address"}  # fmt: skip
    values = _checked(LocationPart, "location", row, edits, {})
    if (values.get("lon", row.lon), values.get("lat", row.lat)) != (row.lon, row.lat):
        row.district = None
    return _store(session, row, values)


def edit_offering(
    session: Session,
    *,
    offering_id: uuid.UUID,
    edits: Mapping[str, Any],
    by: str,
    version: int | None = None,
) -> Offering:
    """Store new values of some fields of an offering.

    Words about when it takes place are read anew; words that can't be read leave it unknown. Who
    said what of free places, and when, is staff and today where the edit doesn't say.
    Raises as `edit_resource`.
    """
    row = _lock(session, Offering, offering_id, version, by)
    edits = with_schedule(edits)
    room = {"availability", "places"} & edits.keys()
    if any(edits[name] != getattr(row, name) for name in room):
        edits.setdefault("availability_said_on", clock.today())
        edits.setdefault("availability_said_by", "staff")
    values = _checked(OfferingPart, "offering", row, edits, {})
    if "schedule" in values:
        check_schedule(values["schedule"])
    return _store(session, row, values)


def add_offering(
    session: Session,
    *,
    resource_id: uuid.UUID,
    offering: OfferingPart,
    by: str,
    location_id: uuid.UUID | None = None,
) -> Offering:
    """Store another offering of a resource, at a place that is known or at none yet.

    Raises `NotFound`, `BadRegistration`.
    """
    changes.acting(session, by=by)
    if session.get(Resource, resource_id) is None:
        raise NotFound("resource")
    if location_id is not None and session.get(Location, location_id) is None:
        raise NotFound("location")
    check_schedule(offering.schedule)
    now = clock.now()
    made = Offering(
        id=uuid.uuid4(), resource_id=resource_id, location_id=location_id,
        created_at=now, edited_at=now, **offering.model_dump(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def add_location(session: Session, *, location: LocationPart, by: str) -> Location:
    """Store a place of its own. The caller says which offering takes place there."""
    changes.acting(session, by=by)
    now = clock.now()
    made = Location(
        id=uuid.uuid4(), created_at=now, edited_at=now, **location.model_dump(exclude={"id"})
    )
    session.add(made)
    session.flush()
    return made


def add_organization(session: Session, *, organization: OrganizationPart, by: str) -> Organization:
    """Store who runs a resource. Raises `BadRegistration` where it has no name."""
    changes.acting(session, by=by)
    if not organization.name:
        raise BadRegistration("organization.name", "needed")
    now = clock.now()
    made = Organization(
        id=uuid.uuid4(), created_at=now, edited_at=now, **organization.model_dump(exclude={"id"})
    )
    session.add(made)
    session.flush()
    return made


def set_organization(
    session: Session, *, resource_id: uuid.UUID, organization_id: uuid.UUID | None, by: str
) -> Resource:
    """Store who runs a resource; None where it isn't known. Raises `NotFound`."""
    row = _lock(session, Resource, resource_id, None, by)
    if organization_id is not None and session.get(Organization, organization_id) is None:
        raise NotFound("organization")
    return _store(session, row, {"organization_id": organization_id})


def move_offering(
    session: Session, *, offering_id: uuid.UUID, location_id: uuid.UUID, by: str
) -> Offering:
    """Store that an offering takes place elsewhere from now on. Raises `NotFound`."""
    row = _lock(session, Offering, offering_id, None, by)
    if session.get(Location, location_id) is None:
        raise NotFound("location")
    return _store(session, row, {"location_id": location_id})


def others_at(session: Session, location_id: uuid.UUID, *, besides: Collection[uuid.UUID]) -> int:
    """Return how many other offerings take place at a location: an edit of it changes them too."""
    count = select(func.count()).select_from(Offering).where(
        Offering.location_id == location_id, Offering.id.not_in(besides)
    )  # fmt: skip
    return session.scalar(count) or 0


def with_schedule(edits: Mapping[str, Any]) -> dict[str, Any]:
    """Return edits of an offering with what its words about time mean, where they are new."""
    found = dict(edits)
    if "schedule_text" in found and "schedule" not in found:
        text = found["schedule_text"]
        parsed = parse_schedule(text).schedule if text else None
        found["schedule"] = None if parsed is None else to_json(parsed)
    return found


def ended(last_day: date | None, today: date) -> bool:
    """Tell whether the last day of an offering is over."""
    return last_day is not None and last_day < today


def _lock(session: Session, table: type[T], row_id: uuid.UUID, version: int | None, by: str) -> T:
    changes.acting(session, by=by)
    row = session.get(table, row_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(table.__tablename__)
    if version is not None and row.version != version:
        raise EditedMeanwhile(table.__tablename__, version, row.version)
    return row


def _checked(
    part: type[Part], entity: str, row: Row, edits: Mapping[str, Any], required: dict[str, Any]
) -> dict[str, Any]:
    """Return the edits as their columns take them; what is stored besides isn't looked at."""
    beside = {
        name: getattr(row, name)
        for name in TOGETHER.get(entity, ())
        if any(n in edits for n in TOGETHER[entity])
    }
    checked = part.model_validate({**required, **beside, **edits})
    return {name: getattr(checked, name) for name in edits if name != "id"}


def _store(session: Session, row: T, values: Mapping[str, Any]) -> T:
    differing = {n: v for n, v in values.items() if getattr(row, n) != v}
    for name, value in differing.items():
        setattr(row, name, value)
    if session.is_modified(row):
        row.edited_at = clock.now()
        session.flush()
    return row
