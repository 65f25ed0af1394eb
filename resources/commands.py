"""Writes to the catalogue: keyword-only, each says by whom; the caller owns the transaction."""

import uuid
from datetime import date

from sqlalchemy.orm import Session

from resources import changes, clock
from resources.lifecycle import check_move
from resources.merged import MERGED
from resources.models import Location, Offering, Organization, Resource
from resources.registration import Registration, check_registration
from resources.vocabulary import Vocabulary


class NotFound(LookupError):
    """No such entry in the catalogue."""

    def __init__(self, entity: str) -> None:
        self.entity = entity
        super().__init__(f"no such {entity}")


class MergedAway(RuntimeError):
    """An entry that was merged into another; what is written belongs to the one that was kept."""

    def __init__(self) -> None:
        super().__init__("the entry was merged into another")


class EditedMeanwhile(RuntimeError):
    """Somebody else saved a newer version since the one that was shown."""

    def __init__(self, entity: str, shown: int, stored: int) -> None:
        self.entity = entity
        self.shown = shown
        self.stored = stored
        super().__init__(f"{entity} was edited meanwhile")


def _host(session: Session, registration: Registration) -> Organization | None:
    part = registration.organization
    if part is None or (part.id is None and part.name is None):
        return None
    if part.id is not None:
        known = session.get(Organization, part.id)
        if known is None:
            raise NotFound("organization")
        return known
    now = clock.now()
    made = Organization(
        id=uuid.uuid4(), created_at=now, edited_at=now, **part.model_dump(exclude={"id"})
    )
    session.add(made)
    return made


def _place(session: Session, registration: Registration) -> Location | None:
    part = registration.location
    if part is None:
        return None
    if part.id is not None:
        known = session.get(Location, part.id)
        if known is None:
            raise NotFound("location")
        return known
    now = clock.now()
    made = Location(
        id=uuid.uuid4(), created_at=now, edited_at=now, **part.model_dump(exclude={"id"})
    )
    session.add(made)
    return made


def register_resource(
    session: Session, *, registration: Registration, vocabulary: Vocabulary, by: str
) -> Offering:
    """Store a resource with its host, place and schedule; return its offering.

    What was registered by hand today was also verified today, where the registration says by whom.
    Raises `BadRegistration` for an unknown code or schedule, `NotFound` for an unknown id.
    """
    changes.acting(session, by=by)
    check_registration(registration, vocabulary)
    now = clock.now()
    host, place = _host(session, registration), _place(session, registration)
    resource = Resource(
        id=uuid.uuid4(),
        organization_id=host.id if host else None,
        created_at=now,
        edited_at=now,
        **registration.resource.model_dump(),
    )
    session.flush()
    session.add(resource)
    session.flush()
    offering = Offering(
        id=uuid.uuid4(),
        resource_id=resource.id,
        location_id=place.id if place else None,
        created_at=now,
        edited_at=now,
        **registration.offering.model_dump(),
    )
    session.add(offering)
    session.flush()
    return offering


def set_availability(
    session: Session,
    *,
    offering_id: uuid.UUID,
    status: str,
    places: int | None,
    said_by: str,
    said_on: date,
    by: str,
    version: int | None = None,
) -> Offering:
    """Store what was said about free places, by whom and when.

    version : the version that was shown to the person who edits; None skips the check.
    Raises `NotFound`, `EditedMeanwhile`.
    """
    changes.acting(session, by=by)
    offering = session.get(Offering, offering_id, with_for_update=True)
    if offering is None:
        raise NotFound("offering")
    if version is not None and offering.version != version:
        raise EditedMeanwhile("offering", version, offering.version)
    offering.availability = status
    offering.places = places
    offering.availability_said_on = said_on
    offering.availability_said_by = said_by
    offering.edited_at = clock.now()
    session.flush()
    return offering


def verify_offering(
    session: Session, *, offering_id: uuid.UUID, verified_by: str, on: date, by: str
) -> Offering:
    """Store that a person or the host confirmed, on a date, what is known; nothing else changes.

    Raises `NotFound`.
    """
    changes.acting(session, by=by)
    offering = session.get(Offering, offering_id, with_for_update=True)
    if offering is None:
        raise NotFound("offering")
    offering.verified_on = on
    offering.verified_by = verified_by
    session.flush()
    return offering


def set_status(
    session: Session,
    *,
    resource_id: uuid.UUID,
    status: str,
    by: str,
    reason: str | None = None,
    may_publish: bool = True,
    version: int | None = None,
) -> Resource:
    """Move a resource along draft → review → published → paused → closed, and back open.

    reason : why; kept until the next step, needed for closing (see `lifecycle.NEEDS_REASON`)
    version : the version that was shown to the person who decides; None skips the check.
    Raises `NotFound`, `MergedAway`, `EditedMeanwhile`, `lifecycle.MoveRefused` and, for closing
    without a reason, `lifecycle.ReasonMissing`.
    """
    changes.acting(session, by=by)
    resource = session.get(Resource, resource_id, with_for_update=True)
    if resource is None:
        raise NotFound("resource")
    if resource.status == MERGED:
        raise MergedAway
    if version is not None and resource.version != version:
        raise EditedMeanwhile("resource", version, resource.version)
    reason = (reason or "").strip() or None
    check_move(resource.status, status, reason=reason, may_publish=may_publish)
    resource.status = status
    resource.status_reason = reason
    resource.edited_at = clock.now()
    session.flush()
    return resource
