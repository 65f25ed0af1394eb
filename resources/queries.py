"""Reads of the catalogue. Plain functions, session first."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from resources.merged import MERGED
from resources.models import Location, Offering, Organization, Resource


@dataclass(frozen=True)
class Entry:
    """An offering with all that belongs to it."""

    offering: Offering
    resource: Resource
    location: Location | None
    organization: Organization | None


def _entries(session: Session, *conditions: object, limit: int | None = None) -> list[Entry]:
    statement = (
        select(Offering, Resource, Location, Organization)
        .join(Resource, Offering.resource_id == Resource.id)
        .outerjoin(Location, Offering.location_id == Location.id)
        .outerjoin(Organization, Resource.organization_id == Organization.id)
        .where(*conditions)  # type: ignore[arg-type]
        .order_by(Resource.name, Offering.id)
    )
    if limit is not None:
        statement = statement.limit(limit)
    return [Entry(o, r, p, h) for o, r, p, h in session.execute(statement)]


def entries_by_offering(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Entry]:
    """Return the entries of some offerings, by the offering's id."""
    return {e.offering.id: e for e in _entries(session, Offering.id.in_(ids))}


def entries_of_resource(session: Session, resource_id: uuid.UUID) -> list[Entry]:
    """Return a resource's offerings with all that belongs to them; empty where unknown."""
    return _entries(session, Offering.resource_id == resource_id)


def offering_ids_touched(
    session: Session,
    *,
    organizations: Iterable[uuid.UUID] = (),
    resources: Iterable[uuid.UUID] = (),
    locations: Iterable[uuid.UUID] = (),
) -> set[uuid.UUID]:
    """Return the offerings whose matchable facts lie in any of these rows."""
    found: set[uuid.UUID] = set()
    organizations, resources, locations = list(organizations), list(resources), list(locations)
    if organizations:
        found.update(
            session.scalars(
                select(Offering.id)
                .join(Resource, Offering.resource_id == Resource.id)
                .where(Resource.organization_id.in_(organizations))
            )
        )
    if resources:
        found.update(
            session.scalars(select(Offering.id).where(Offering.resource_id.in_(resources)))
        )
    if locations:
        found.update(
            session.scalars(select(Offering.id).where(Offering.location_id.in_(locations)))
        )
    return found


@dataclass(frozen=True)
class Page:
    """One page of a list, and how many there are in all."""

    entries: list[Entry]
    total: int


def list_resources(
    session: Session,
    *,
    text: str | None = None,
    kind: str | None = None,
    status: str | None = None,
    district: str | None = None,
    offset: int = 0,
    limit: int = 50,
) -> Page:
    """Return offerings by words in name, kana, alias or address, by kind, status and district."""
    conditions = []
    if text:
        words = f"%{text.strip()}%"
        conditions.append(
            or_(
                Resource.name.like(words),
                Resource.name_kana.like(words),
                Resource.alias.like(words),
                Location.address.like(words),
                Organization.name.like(words),
            )
        )
    if kind:
        conditions.append(Resource.kind == kind)
    # What was merged away is found as the entry that it became.
    conditions.append(Resource.status == status if status else Resource.status != MERGED)
    if district:
        conditions.append(Location.district == district)
    joined = (
        select(Offering, Resource, Location, Organization)
        .join(Resource, Offering.resource_id == Resource.id)
        .outerjoin(Location, Offering.location_id == Location.id)
        .outerjoin(Organization, Resource.organization_id == Organization.id)
        .where(*conditions)
    )
    total = session.scalar(joined.with_only_columns(func.count(Offering.id))) or 0
    rows = session.execute(joined.order_by(Resource.name, Offering.id).offset(offset).limit(limit))
    return Page([Entry(o, r, p, h) for o, r, p, h in rows], total)


def count_in_review(session: Session) -> int:
    """Return how many entries wait for somebody to publish them."""
    waiting = select(func.count(Resource.id)).where(Resource.status == "review")
    return session.scalar(waiting) or 0


def organizations_like(session: Session, text: str, limit: int = 10) -> list[Organization]:
    """Return organisations whose name or kana holds the words."""
    words = f"%{text.strip()}%"
    return list(
        session.scalars(
            select(Organization)
            .where(or_(Organization.name.like(words), Organization.name_kana.like(words)))
            .order_by(Organization.name)
            .limit(limit)
        )
    )


def places_like(session: Session, text: str, limit: int = 8) -> list[Location]:
    """Return places whose name, building or address holds the words; hidden ones never."""
    words = f"%{text.strip()}%"
    return list(
        session.scalars(
            select(Location)
            .where(
                Location.visibility != "hidden",
                or_(
                    Location.name.like(words),
                    Location.building.like(words),
                    Location.address.like(words),
                ),
            )
            .order_by(Location.name, Location.address, Location.id)
            .limit(limit)
        )
    )


def municipality(session: Session) -> tuple[str, str] | None:
    """Return the prefecture and city in which most of the catalogue lies; None when unknown."""
    row = session.execute(
        select(Location.prefecture, Location.city)
        .where(Location.prefecture.is_not(None), Location.city.is_not(None))
        .group_by(Location.prefecture, Location.city)
        .order_by(func.count().desc(), Location.prefecture, Location.city)
        .limit(1)
    ).first()
    return None if row is None else (str(row[0]), str(row[1]))
