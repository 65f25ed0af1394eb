"""The four large HSDS objects: service, service at location, location, organization."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from resources.hsds import parts
from resources.hsds.extension import NAME, extension_of
from resources.hsds.ids import derived_id
from resources.hsds.parts import Json, without_unknown
from resources.hsds.taxonomies import attributes_of, availability_of
from resources.models import Location, Offering, Organization, Resource
from resources.vocabulary import Vocabulary

ACTIVE = "active"
"""The only status that appears: what is paused or closed isn't open data."""

INVENTED = "架空の見本です。実在しません。 Invented for demonstration; it does not exist."


@dataclass(frozen=True)
class At:
    """An open offering and its place."""

    offering: Offering
    location: Location | None
    modified: datetime


@dataclass(frozen=True)
class Service:
    """A resource with those of its offerings that are open.

    modified : the newest change to any part that can be seen from outside
    """

    resource: Resource
    organization: Organization | None
    places: Sequence[At]
    modified: datetime


@dataclass(frozen=True)
class Words:
    """What the objects are written with: the closed lists, and today in Japan."""

    vocabulary: Vocabulary
    today: date


def moment(at: datetime) -> str:
    """Return a moment as HSDS writes it: in UTC, exact to what the catalogue keeps."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def minimal_service(service: Service) -> Json:
    """Return the id and the date of change, with the two fields that the schema asks for."""
    changed = moment(service.modified)
    return {
        "id": str(service.resource.id),
        "name": parts.shown_name(service.resource),
        "status": ACTIVE,
        "last_modified": changed,
        "modified_date": changed,
    }


def basic_service(service: Service, words: Words) -> Json:
    """Return a service with the fields it has once."""
    r = service.resource
    dates = [p.offering.verified_on for p in service.places if p.offering.verified_on]
    facts: dict[str, Any] = {
        **minimal_service(service),
        "organization_id": str(r.organization_id) if r.organization_id else None,
        "alternate_name": r.alias,
        "description": r.description,
        "url": parts.web(r.url),
        "email": parts.email(r.email),
        "fees_description": parts.fees_in_words(r),
        "eligibility_description": _labels(r.audience, "audience", words),
        "application_process": _labels(r.requirements, "requirement", words),
        "minimum_age": r.age_min,
        "maximum_age": r.age_max,
        # The whole is as sure as its least sure part.
        "assured_date": min(dates).isoformat() if dates else None,
        "alert": INVENTED if r.invented else None,
        "organization": basic_organization(service.organization) if service.organization else None,
        NAME: extension_of(r),
    }
    return without_unknown(facts)


def _contact(organization: Organization) -> Json:
    """Return an organisation with how to reach it, without its places and services."""
    number = organization.corporate_number
    identifier = {
        "id": derived_id(organization.id, "identifier"),
        "organization_id": str(organization.id),
        "identifier_scheme": "JP-JCN",
        "identifier_type": "法人番号",
        "identifier": number,
    }
    facts = {
        **basic_organization(organization),
        "phones": parts.phones(organization, "organization"),
        "organization_identifiers": [identifier] if number else [],
    }
    return without_unknown(facts)


def _labels(codes: list[str] | None, axis: str, words: Words) -> str | None:
    return "、".join(words.vocabulary.label(axis, c) for c in codes) if codes else None


def full_service(service: Service, words: Words) -> Json:
    """Return a service with all that belongs to it."""
    r = service.resource
    places = service.places
    facts = {
        **basic_service(service, words),
        "organization": _contact(service.organization) if service.organization else None,
        "phones": parts.phones(r, "service"),
        "languages": parts.languages(r, words.vocabulary),
        "cost_options": parts.cost_options(r),
        "required_documents": parts.required_documents(r, words.vocabulary),
        "capacities": [
            c for p in places for c in parts.capacities(r, p.offering, words.vocabulary)
        ],
        "attributes": attributes_of(r, words.vocabulary),
        "service_at_locations": [_full_place(r, p, words) for p in places],
    }
    return without_unknown(facts)


def _once(resource: Resource, place: At) -> Json:
    """Return the fields that a service at a location has once.

    `name` and `status` are the profile's: the specification's own description of the route for one
    of them names the schema of a service, which asks for both.
    """
    o = place.offering
    return {
        "id": str(o.id),
        "name": parts.shown_name(resource),
        "status": ACTIVE,
        "service_id": str(o.resource_id),
        "location_id": str(place.location.id) if place.location else None,
        "description": o.label,
        "last_modified": moment(place.modified),
        NAME: extension_of(o),
    }


def basic_place(service: Service, place: At, words: Words) -> Json:
    """Return a service at a location with the fields it has once."""
    facts = {
        **_once(service.resource, place),
        "location": basic_location(place.location) if place.location else None,
        "service": basic_service(service, words),
    }
    return without_unknown(facts)


def _full_place(resource: Resource, place: At, words: Words) -> Json:
    facts = {
        **_once(resource, place),
        "location": full_location(place.location) if place.location else None,
        "schedules": parts.schedules(place.offering, words.today),
        "service_areas": parts.service_areas(resource, place.offering, place.location),
        "attributes": availability_of(place.offering, words.vocabulary),
    }
    return without_unknown(facts)


def full_place(service: Service, place: At, words: Words) -> Json:
    """Return a service at a location with its place, hours and the whole of its service."""
    whole = full_service(service, words)
    whole.pop("service_at_locations", None)
    facts = _full_place(service.resource, place, words)
    return {**facts, "service": whole}


def basic_location(place: Location) -> Json:
    """Return a place with the fields it has once."""
    facts = {
        "id": str(place.id),
        "location_type": "physical",
        "name": place.name,
        "latitude": place.lat,
        "longitude": place.lon,
        NAME: extension_of(place),
    }
    return without_unknown(facts)


def full_location(place: Location) -> Json:
    """Return a place with its address and how one gets in."""
    facts = {
        **basic_location(place),
        "addresses": parts.addresses(place),
        "accessibility": parts.accessibility(place),
    }
    return without_unknown(facts)


def basic_organization(organization: Organization) -> Json:
    """Return an organisation with the fields it has once."""
    facts = {
        "id": str(organization.id),
        "name": parts.shown_name(organization),
        "description": organization.description or "",
        "email": parts.email(organization.email),
        "website": parts.web(organization.url),
        NAME: extension_of(organization),
    }
    return without_unknown(facts)


def full_organization(
    organization: Organization, services: Sequence[Service], words: Words, *, whole: bool
) -> Json:
    """Return an organisation with its open services and their places.

    whole : each service with all that belongs to it, else just what it is
    """
    places = {p.location.id: p.location for s in services for p in s.places if p.location}
    facts = {
        **_contact(organization),
        "locations": [full_location(p) for p in places.values()],
        "services": [full_service(s, words) if whole else minimal_service(s) for s in services],
    }
    return without_unknown(facts)
