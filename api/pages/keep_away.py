"""What a person must be kept away from: hosts, places and areas, named, found and taken back."""

import math
import uuid
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from api.dependencies import Program, User, Writing, allowed
from api.identity import language_of
from api.pages.case_forms import Code
from api.places import at_of, towns
from api.rendering import render
from api.words import say
from casework.access import Actor
from casework.cases import Opened, case_of_person
from casework.kept_away import TooMany, avoided, avoiding_one_more, no_longer_avoiding
from casework.people import edit_person
from casework.roles import WORKS_WITH_PEOPLE
from geodata.coordinates import LonLat, straight_m
from jobs.program import Program as OpenProgram
from resources.models import Organization, Resource
from resources.queries import Entry, list_resources

router = APIRouter(include_in_schema=False, dependencies=[allowed(*WORKS_WITH_PEOPLE)])

NAMED = ("organization", "resource")
"""What is named by an id of the catalogue."""

RADII_M = (300, 500, 1000, 2000, 5000)

Version = Annotated[int, Form(ge=1, le=10**9)]
Words = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True)
class Avoided:
    """One of them, as the page names it; `value` is how the form takes it back."""

    what: str
    value: str
    name: str


@router.get("/people/{person_id}/keep-away")
def page(
    request: Request, program: Program, session: Writing, user: User, person_id: uuid.UUID
) -> Response:
    opened = case_of_person(session, actor=user, person_id=person_id, purpose="assessment")
    return _page(request, program, session, opened)


# By POST though nothing is written: whom somebody avoids must not stand in an address.
@router.post("/people/{person_id}/keep-away/look")
def look(
    request: Request,
    program: Program,
    session: Writing,
    user: User,
    person_id: uuid.UUID,
    words: Words = "",
) -> Response:
    opened = _to_write(session, user, person_id)
    entries = list_resources(session, text=words, limit=30).entries if words.strip() else []
    places = {entry.resource.id: entry for entry in entries}  # one may offer several things
    return _page(request, program, session, opened, words=words, found=list(places.values()))


@router.post("/people/{person_id}/keep-away")
def named(
    request: Request,
    program: Program,
    session: Writing,
    user: User,
    person_id: uuid.UUID,
    version: Version,
    what: Annotated[str, Form(pattern="^(organization|resource|area)$")],
    id: Code = "",
    address: Words = "",
    radius_m: Annotated[int, Form(ge=1, le=20_000)] = 500,
) -> Response:
    opened = _to_write(session, user, person_id)
    language = language_of(request)
    value: Any
    if what == "area":
        value = _area(program, session, address, radius_m)
        if value is None:
            error = say("keep_away.no_address", language)
            return _page(request, program, session, opened, error=error)
    else:
        value = _known(session, what, id)
        if value is None:
            error = say("keep_away.gone", language)
            return _page(request, program, session, opened, error=error)
    try:
        need = avoiding_one_more(opened.person.need, what, value)
    except TooMany:
        error = say("keep_away.too_many", language)
        return _page(request, program, session, opened, error=error)
    edit_person(session, person_id=person_id, version=version, by=user, need=need)
    return _back(person_id)


@router.post("/people/{person_id}/keep-away/remove")
def taken_back(
    session: Writing,
    user: User,
    person_id: uuid.UUID,
    version: Version,
    what: Annotated[str, Form(pattern="^(organization|resource|area)$")],
    value: Code,
) -> Response:
    need = _to_write(session, user, person_id).person.need
    gone = [x for x in avoided(need, what) if _value(what, x) == value]
    for one in gone:
        need = no_longer_avoiding(need, what, one)
    edit_person(session, person_id=person_id, version=version, by=user, need=need)
    return _back(person_id)


def _back(person_id: uuid.UUID) -> Response:
    return RedirectResponse(f"/people/{person_id}/keep-away", 303)


def _to_write(session: Session, user: Actor, person_id: uuid.UUID) -> Opened:
    return case_of_person(
        session, actor=user, person_id=person_id, purpose="assessment", write=True
    )


def _page(
    request: Request,
    program: OpenProgram,
    session: Session,
    opened: Opened,
    *,
    words: str = "",
    found: list[Entry] | None = None,
    error: str | None = None,
) -> Response:
    answer = render(
        request,
        "keep_away.html",
        opened=opened,
        person=opened.person,
        avoided=_avoided(request, program, session, opened.person.need),
        towns=[t.name for t in towns(program, session)],
        radii=RADII_M,
        words=words,
        found=found,
        error=error,
    )
    answer.status_code = 422 if error else 200
    return answer


def _avoided(
    request: Request, program: OpenProgram, session: Session, need: dict[str, Any]
) -> list[Avoided]:
    language = language_of(request)
    gone = say("keep_away.gone_entry", language)
    shown: list[Avoided] = []
    for what in NAMED:
        for value in avoided(need, what):
            row = _entry(session, what, uuid.UUID(str(value)))
            shown.append(Avoided(what, str(value), gone if row is None else row.name))
    around = towns(program, session) if avoided(need, "area") else []
    for area in avoided(need, "area"):
        here = LonLat(area["lon"], area["lat"])
        near = min(around, key=lambda t: straight_m(here, LonLat(t.lon, t.lat)), default=None)
        name = say("keep_away.a_point", language) if near is None else near.name
        words = say("keep_away.around", language, name=name, m=round(area["radius_m"]))
        shown.append(Avoided("area", _value("area", area), words))
    return shown


def _value(what: str, one: Any) -> str:
    """Return by what the form names one of them."""
    return f"{one['lon']} {one['lat']} {one['radius_m']}" if what == "area" else str(one)


def _known(session: Session, what: str, id: str) -> str | None:
    """Return the id of a host or a place that the catalogue has; None for any other."""
    try:
        wanted = uuid.UUID(id)
    except ValueError:
        return None
    return None if _entry(session, what, wanted) is None else str(wanted)


def _entry(session: Session, what: str, wanted: uuid.UUID) -> Organization | Resource | None:
    if what == "organization":
        return session.get(Organization, wanted)
    return session.get(Resource, wanted)


def _area(
    program: OpenProgram, session: Session, address: str, radius_m: int
) -> dict[str, Any] | None:
    """Return the area around an address; as far wider as the address is known less exactly."""
    at = at_of(program, session, address) if address.strip() else None
    if at is None:
        return None
    return {
        "lon": at.lon, "lat": at.lat, "radius_m": math.ceil(radius_m + (at.accuracy_m or 0.0)),
    }  # fmt: skip
