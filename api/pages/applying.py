"""Writes what a form says to a stored entry; everything that is wrong is said at once."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from api.pages.edited import HOST, Said
from api.pages.entry_form import offering_of, place_of
from api.pages.entry_problems import problems_of
from api.pages.forms import BadField, text
from api.pages.placing import placed, says_anything
from api.words import say
from jobs.program import Program
from resources import clock
from resources.commands import verify_offering
from resources.editing import (
    add_location,
    add_offering,
    add_organization,
    edit_location,
    edit_offering,
    edit_organization,
    edit_resource,
    move_offering,
    set_organization,
    with_schedule,
)
from resources.queries import Entry, organizations_like
from resources.registration import BadRegistration, LocationPart, OfferingPart, OrganizationPart

WHERE = ("address", "lon", "lat")


class Unusable(ValueError):
    """What a form says can't be stored; `problems`: field → what to do about it."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__("the form can't be stored")


def apply_edits(
    program: Program,
    session: Session,
    said: list[Said],
    given: FormData,
    *,
    by: str,
    language: str,
) -> None:
    """Write what was typed anew, but where the person took what somebody else wrote.

    Raises `Unusable`; the caller takes back what was written until then.
    """
    problems: dict[str, str] = {}
    for s in said:
        edits = {n: v for n, v in s.edits.items() if text(given, f"take-{s.field(n)}") != "theirs"}
        write = WRITERS[s.entity]
        try:
            write(program, session, s, edits, given, by)
        except (BadRegistration, ValidationError) as error:
            problems |= problems_of(error, language, s.prefix, s.entity)
    if problems:
        raise Unusable(problems)


def _resource(
    program: Program, session: Session, s: Said, edits: dict[str, Any], given: FormData, by: str
) -> None:
    if HOST in edits:
        host = edits.pop(HOST)
        set_organization(
            session,
            resource_id=s.row.id,
            organization_id=None if host is None else _host(session, host, given, by),
            by=by,
        )
    if edits:
        edit_resource(
            session, resource_id=s.row.id, edits=edits, vocabulary=program.vocabulary, by=by
        )


def _host(session: Session, name: str, given: FormData, by: str) -> uuid.UUID:
    known = [o for o in organizations_like(session, name) if o.name == name]
    if known:
        return known[0].id
    # What stands of the host before belongs to that one; of the new one its name is known.
    return add_organization(session, organization=OrganizationPart(name=name), by=by).id


def _organization(
    program: Program, session: Session, s: Said, edits: dict[str, Any], given: FormData, by: str
) -> None:
    if edits:
        edit_organization(session, organization_id=s.row.id, edits=edits, by=by)


def _offering(
    program: Program, session: Session, s: Said, edits: dict[str, Any], given: FormData, by: str
) -> None:
    today = clock.today()
    if text(given, f"{s.prefix}end") and not s.typed["ends_on"]:
        edits["ends_on"] = today
    if edits:
        edit_offering(session, offering_id=s.row.id, edits=edits, by=by)
    if s.row.location_id is None:
        place = place_of(given, s.prefix)
        if says_anything(place):
            made = LocationPart.model_validate(placed(program, session, place))
            where = add_location(session, location=made, by=by)
            move_offering(session, offering_id=s.row.id, location_id=where.id, by=by)
    if text(given, f"{s.prefix}verified"):
        verify_offering(session, offering_id=s.row.id, verified_by="staff", on=today, by=by)


def _location(
    program: Program, session: Session, s: Said, edits: dict[str, Any], given: FormData, by: str
) -> None:
    if not edits:
        return
    if text(given, f"{s.prefix}whose") == "own":
        made = LocationPart.model_validate(placed(program, session, _pinned(s, s.typed, edits)))
        where = add_location(session, location=made, by=by)
        offering = uuid.UUID(str(given[f"{s.prefix}id"]))
        move_offering(session, offering_id=offering, location_id=where.id, by=by)
        return
    if any(name in edits for name in WHERE):
        whole = placed(program, session, _pinned(s, {**s.now, **edits}, edits))
        edits = {**edits, **{n: v for n, v in whole.items() if n not in s.typed or n in WHERE}}
    edit_location(session, location_id=s.row.id, edits=edits, by=by)


def _pinned(s: Said, place: Mapping[str, Any], edits: Mapping[str, Any]) -> dict[str, Any]:
    """Return a place without the pin of the address before."""
    found = dict(place)
    if "address" in edits and "lon" not in edits and "lat" not in edits:
        found |= {"lon": None, "lat": None}
    return found


WRITERS: dict[str, Callable[..., None]] = {
    "resource": _resource,
    "organization": _organization,
    "offering": _offering,
    "location": _location,
}


def applied_offering(
    program: Program,
    session: Session,
    entries: list[Entry],
    given: FormData,
    *,
    by: str,
    language: str,
) -> None:
    """Store another offering of a resource, where the form says or where the first one is.

    Raises `Unusable`.
    """
    resource = entries[0].resource
    try:
        place = place_of(given)
        location_id = None
        if text(given, "place") == "same":
            location_id = next((e.location.id for e in entries if e.location is not None), None)
        elif says_anything(place):
            made = LocationPart.model_validate(placed(program, session, place))
            location_id = add_location(session, location=made, by=by).id
        said = with_schedule(offering_of(given))
        if text(given, "verified"):
            said |= {"verified_on": clock.today(), "verified_by": "staff"}
        add_offering(
            session,
            resource_id=resource.id,
            offering=OfferingPart.model_validate(said),
            location_id=location_id,
            by=by,
        )
    except BadField as error:
        raise Unusable({error.field: say("form.bad.this", language)}) from None
    except (BadRegistration, ValidationError) as error:
        entity = "location" if _is_of_place(error) else "offering"
        raise Unusable(problems_of(error, language, entity=entity)) from None


def _is_of_place(error: BadRegistration | ValidationError) -> bool:
    return isinstance(error, ValidationError) and error.title == LocationPart.__name__
