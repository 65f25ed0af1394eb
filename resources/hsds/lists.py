"""Finds open services, places and organisations for the read API, page by page, and loads them."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from resources.hsds import near
from resources.hsds.filters import Condition, Filters, conditions, split_words
from resources.hsds.objects import At, Service
from resources.models import Location, Offering, Organization, Resource
from resources.open_rows import Opened
from resources.public_entries import is_open, open_entries
from resources.vocabulary import Vocabulary

What = Literal["service", "place", "organization"]

KEYS: dict[What, Any] = {
    "service": Offering.resource_id,
    "place": Offering.id,
    "organization": Resource.organization_id,
}


@dataclass(frozen=True)
class Found:
    """The ids of one page, in order, and how many there are in all."""

    ids: list[uuid.UUID]
    total: int


class Asked:
    """One question to the catalogue: which kind of object, and which of them."""

    def __init__(
        self, session: Session, what: What, filters: Filters, vocabulary: Vocabulary
    ) -> None:
        """Raises `UnknownPostcode`, `TooManySchedules`."""
        self.what = what
        self.filters = filters
        self.conditions: list[Condition] = (
            _of_organizations(session, filters, vocabulary)
            if what == "organization"
            else conditions(session, filters, vocabulary, whole_service=what == "service")
        )

    def page(self, session: Session, *, offset: int, limit: int) -> Found:
        """Return one page."""
        key = KEYS[self.what]
        total = session.scalar(self._all(func.count(key.distinct()))) or 0
        ordered = self._all(key).group_by(key).order_by(*self._order(), key)
        return Found(list(session.scalars(ordered.offset(offset).limit(limit))), total)

    def after(self, session: Session, last: uuid.UUID | None, limit: int) -> list[uuid.UUID]:
        """Return the next ids in the order of ids, whatever the order asked for."""
        key = KEYS[self.what]
        statement = self._all(key).group_by(key).order_by(key).limit(limit)
        if last is not None:
            statement = statement.where(key > last)
        return list(session.scalars(statement))

    def _all(self, column: Any) -> Select[Any]:
        statement = (
            select(column)
            .select_from(Offering)
            .join(Resource, Offering.resource_id == Resource.id)
            .outerjoin(Location, Offering.location_id == Location.id)
            .outerjoin(Organization, Resource.organization_id == Organization.id)
            .where(is_open(), *self.conditions)
        )
        if self.what == "organization":
            statement = statement.where(Resource.organization_id.is_not(None))
        return statement

    def _order(self) -> list[Any]:
        sort = self.filters.sort
        if sort == "name":
            names = Organization.name if self.what == "organization" else Resource.name
            return [func.min(names)]
        if sort == "modified":
            same = (
                Opened.offering_id == Offering.id
                if self.what == "place"
                else Opened.resource_id == Offering.resource_id
            )
            newest = select(func.max(Opened.at)).where(same).correlate(Offering).scalar_subquery()
            return [func.max(newest).desc().nulls_last()]
        if sort == "distance" and self.filters.near is not None:
            return [func.min(near.square_m2(self.filters.near)).asc().nulls_last()]
        return []


def _of_organizations(
    session: Session, filters: Filters, vocabulary: Vocabulary
) -> list[Condition]:
    """Return the conditions for organisations: their own words, and what their services are."""
    found = [
        or_(
            *(
                column.icontains(word, autoescape=True)
                for column in (Organization.name, Organization.name_kana, Organization.description)
            )
        )
        for word in split_words(filters.search)
    ]
    classes = Filters(taxonomy_term_id=filters.taxonomy_term_id, taxonomy_id=filters.taxonomy_id)
    return found + conditions(session, classes, vocabulary, whole_service=True)


def load_services(session: Session, ids: Sequence[uuid.UUID]) -> list[Service]:
    """Return open services with their open places, in the order of the ids."""
    rows = session.execute(
        open_entries().where(Resource.id.in_(ids)).order_by(Resource.id, Offering.id)
    ).all()
    entries: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in rows:
        entries[row[1].id].append(row)
    newest, own = _moments(session, list(entries))
    return [_service(entries[i], newest, own) for i in ids if i in entries]


def _service(
    rows: list[Any], newest: dict[uuid.UUID, datetime], own: dict[uuid.UUID, datetime]
) -> Service:
    _, resource, _, organization = rows[0]
    # Where the log wasn't followed yet, what the row itself says of its last edit.
    places = [At(o, place, own.get(o.id, o.edited_at)) for o, _, place, _ in rows]
    return Service(resource, organization, places, newest.get(resource.id, resource.edited_at))


def _moments(
    session: Session, resources: list[uuid.UUID]
) -> tuple[dict[uuid.UUID, datetime], dict[uuid.UUID, datetime]]:
    """Return when each resource last changed, and each of its offerings."""
    newest: dict[uuid.UUID, datetime] = {}
    own: dict[uuid.UUID, datetime] = {}
    for row in session.scalars(select(Opened).where(Opened.resource_id.in_(resources))):
        own[row.offering_id] = row.at
        newest[row.resource_id] = max(row.at, newest.get(row.resource_id, row.at))
    return newest, own


def load_places(session: Session, ids: Sequence[uuid.UUID]) -> list[tuple[Service, At]]:
    """Return open services at their places, in the order of the offerings' ids given."""
    resources = session.scalars(
        select(Offering.resource_id).where(Offering.id.in_(ids)).distinct()
    ).all()
    found = {
        place.offering.id: (service, place)
        for service in load_services(session, resources)
        for place in service.places
    }
    return [found[i] for i in ids if i in found]


def load_organizations(
    session: Session, ids: Sequence[uuid.UUID], *, with_services: bool
) -> list[tuple[Organization, list[Service]]]:
    """Return organisations that run an open service, in the order of the ids."""
    known = {
        o.id: o
        for o in session.scalars(
            select(Organization).where(
                Organization.id.in_(ids), Organization.id.in_(_that_run_something(ids))
            )
        )
    }
    services: dict[uuid.UUID, list[Service]] = defaultdict(list)
    if with_services:
        run = session.scalars(
            select(Resource.id).where(Resource.organization_id.in_(known)).order_by(Resource.id)
        ).all()
        for service in load_services(session, run):
            services[service.resource.organization_id or uuid.UUID(int=0)].append(service)
    return [(known[i], services[i]) for i in ids if i in known]


def _that_run_something(ids: Sequence[uuid.UUID]) -> Select[uuid.UUID | None]:
    return (
        select(Resource.organization_id)
        .select_from(Offering)
        .join(Resource, Offering.resource_id == Resource.id)
        .outerjoin(Location, Offering.location_id == Location.id)
        .where(is_open(), Resource.organization_id.in_(ids))
    )
