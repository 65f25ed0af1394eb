"""What leaves the house as open data: one condition for HSDS, the feed and files for maps alike.

An entry is an offering with its resource, host and location. It is open where the resource is
published, somebody has verified the offering, and its location is public. What only the team may
know, or nobody (a shelter), appears nowhere: not in a count, not inside another entry.
"""

import uuid
from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from resources.models import Location, Offering, Organization, Resource
from resources.queries import Entry

PUBLISHED = "published"
PUBLIC = "public"
ROWS_AT_ONCE = 500


def is_open() -> ColumnElement[bool]:
    """Return the condition, for a statement that joins Offering, Resource and (outer) Location.

    An offering without a location (by telephone, online) is open only where no other offering of
    its resource has a location that isn't public: it would tell that the place exists.
    """
    other, elsewhere = aliased(Offering), aliased(Location)
    tied_to_one_that_is_not = exists(
        select(other.id)
        .join(elsewhere, other.location_id == elsewhere.id)
        .where(other.resource_id == Resource.id, elsewhere.visibility != PUBLIC)
        .correlate(Resource)
    )
    return and_(
        # Not by its index: nearly everything is published, which SQLite doesn't know. It would go
        # through all of that for a handful of offerings.
        func.coalesce(Resource.status, "") == PUBLISHED,
        Offering.verified_on.is_not(None),
        or_(
            Location.visibility == PUBLIC,
            and_(Offering.location_id.is_(None), ~tied_to_one_that_is_not),
        ),
    )


def open_entries() -> Select[Offering, Resource, Location, Organization]:
    """Return the statement of all open entries; the caller narrows, orders and bounds it."""
    return (
        select(Offering, Resource, Location, Organization)
        .join(Resource, Offering.resource_id == Resource.id)
        .outerjoin(Location, Offering.location_id == Location.id)
        .outerjoin(Organization, Resource.organization_id == Organization.id)
        .where(is_open())
    )


def open_ids() -> Select[uuid.UUID]:
    """Return the statement of the ids of all open offerings."""
    return (
        select(Offering.id)
        .join(Resource, Offering.resource_id == Resource.id)
        .outerjoin(Location, Offering.location_id == Location.id)
        .where(is_open())
    )


def each_open_entry(session: Session) -> Iterator[Entry]:
    """Give all open entries in the order of the offerings' ids, without holding them all."""
    statement = open_entries().order_by(Offering.id).execution_options(yield_per=ROWS_AT_ONCE)
    for offering, resource, location, organization in session.execute(statement):
        yield Entry(offering, resource, location, organization)


def open_among(session: Session, ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of some offerings are open."""
    return set(session.scalars(open_ids().where(Offering.id.in_(list(ids)))))
