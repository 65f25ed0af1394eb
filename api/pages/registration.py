"""The coordinator's form: a new place, in the catalogue and suggestible in the next request."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from api.dependencies import Program, User, Writing, allowed
from api.identity import language_of
from api.pages.applying import Unusable
from api.pages.entry_form import host_of, offering_of, place_of, resource_of
from api.pages.entry_problems import problems_of
from api.pages.forms import BadField, text, texts
from api.pages.home import EDITS, MERGES, PUBLISHES
from api.pages.placing import as_id, placed, says_anything
from api.problems import problem_of
from api.rendering import render
from api.words import say
from casework.access import Actor
from jobs.program import Program as OpenProgram
from resources import clock
from resources.commands import NotFound, register_resource
from resources.duplicates import Proposal, duplicates_of, facts_of
from resources.editing import edit_organization, with_schedule
from resources.lifecycle import NEW, MoveRefused, check_move, moves_from
from resources.merging import say_not_same
from resources.models import Location, Offering
from resources.queries import organizations_like, places_like
from resources.registration import BadRegistration, Registration, check_registration

router = APIRouter(include_in_schema=False, dependencies=[allowed(*EDITS)])

FIRST = ("published", "review", "draft")
"""How a new entry may be saved, the usual way first."""


@router.get("/resources/new")
def form(request: Request, user: User) -> Response:
    return _page(request, user, FormData())


def _page(
    request: Request,
    user: Actor,
    given: FormData,
    problems: Mapping[str, str] | None = None,
    error: str | None = None,
    **more: Any,
) -> Response:
    may = moves_from(NEW, may_publish=user.role in PUBLISHES)
    shown = {"similar": (), "known_places": (), "chosen_place": "", "wanted": "", **more}
    page = render(
        request,
        "resource_new.html",
        given=given,
        problems=problems or {},
        first_problem=next(iter(problems or {}), None),
        error=error,
        ways=[s for s in FIRST if s in may],
        **shown,
    )
    if problems or error:
        page.status_code = 422
    elif shown["similar"]:
        page.status_code = 409
    return page


@router.post("/resources/new")
async def register(request: Request, program: Program, session: Writing, user: User) -> Response:
    given = await request.form()
    return await run_in_threadpool(_register, request, program, session, user, given)


def _register(
    request: Request, program: OpenProgram, session: Session, user: Actor, given: FormData
) -> Response:
    language = language_of(request)
    status = text(given, "status") or moves_from(NEW, may_publish=user.role in PUBLISHES)[-1]
    more = {"wanted": status, **_places_shown(session, given)}
    if more["known_places"] and "location" not in given and not text(given, "address"):
        # Without a script the places that are known are shown by the answer to the form.
        return _page(request, user, given, error=say("form.choose_place", language), **more)
    try:
        check_move(NEW, status, may_publish=user.role in PUBLISHES)
        registration = _registration(program, session, given, status, language)
        similar = duplicates_of(session, facts_of(registration))
        if similar and not text(given, "another"):
            return _page(request, user, given, **{**more, "similar": similar})
        with session.begin_nested():
            offering = _store(session, program, registration, given, user)
            if user.role in MERGES:
                _keep_apart(session, offering, similar, given, user)
    except (Unusable, MoveRefused) as refused:
        if isinstance(refused, Unusable):
            return _page(request, user, given, refused.problems, **more)
        return _page(request, user, given, error=problem_of(refused).sentence(language), **more)
    return RedirectResponse(f"/resources/{offering.resource_id}?saved=1", 303)


def _keep_apart(
    session: Session,
    offering: Offering,
    similar: Sequence[Proposal],
    given: FormData,
    user: Actor,
) -> None:
    """Remember that what was shown beside the form is another place, for who may say so."""
    beside = set(texts(given, "beside"))
    for pair in similar:
        if str(pair.other.resource) in beside:
            say_not_same(session, one=offering.resource_id, other=pair.other.resource, by=user.by)


def _registration(
    program: OpenProgram, session: Session, given: FormData, status: str, language: str
) -> Registration:
    """Return what is registered. Raises `Unusable` with everything that is wrong at once."""
    problems: dict[str, str] = {}
    parts: dict[str, Any] = {"resource": {**resource_of(given), "status": status}}
    host = text(given, "host")
    if host:
        known = [o for o in organizations_like(session, host) if o.name == host]
        parts["organization"] = {"id": known[0].id} if known else host_of(given)
    try:
        place = _place(program, session, given)
        if place:
            parts["location"] = place
    except BadRegistration as error:
        problems |= problems_of(error, language)
    except BadField as error:
        problems[error.field] = say("form.bad.this", language)
    offering = with_schedule(offering_of(given))
    if text(given, "verified"):
        offering |= {"verified_on": clock.today(), "verified_by": "staff"}
    parts["offering"] = offering
    try:
        registration = Registration.model_validate(parts)
        check_registration(registration, program.vocabulary)
    except (ValidationError, BadRegistration) as error:
        problems |= problems_of(error, language)
    if problems:
        raise Unusable(problems)
    return registration


def _place(program: OpenProgram, session: Session, given: FormData) -> dict[str, Any] | None:
    chosen = as_id(text(given, "location"), "location")
    if chosen is not None:
        known = session.get(Location, chosen)
        if known is None or known.visibility == "hidden":
            raise NotFound("location")
        return {"id": chosen}
    place = place_of(given)
    return placed(program, session, place) if says_anything(place) else None


def _store(
    session: Session,
    program: OpenProgram,
    registration: Registration,
    given: FormData,
    user: Actor,
) -> Offering:
    offering = register_resource(
        session, registration=registration, vocabulary=program.vocabulary, by=user.by
    )
    host = registration.organization
    if host is not None and host.id is not None:
        # A host that is known already: what the form says of it besides its name is an edit.
        said = {n: v for n, v in host_of(given).items() if v is not None and n != "name"}
        edit_organization(session, organization_id=host.id, edits=said, by=user.by)
    return offering


def _places_shown(session: Session, given: FormData) -> dict[str, Any]:
    words: str | None = text(given, "place_words")
    found: Sequence[Location] = places_like(session, words) if words else ()
    return {"known_places": found, "chosen_place": text(given, "location") or ""}
