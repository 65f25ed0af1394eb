"""The HSDS 3.1 read API under /hsds, for whoever asks. Only reads; a list may be asked by POST."""

import uuid
from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from api.dependencies import Program
from api.hsds import asked, paged
from api.open_data import OPEN, OpenReading, base_url
from resources import clock
from resources.hsds import objects, taxonomies
from resources.hsds.lists import load_organizations, load_places, load_services
from resources.hsds.objects import Words
from resources.hsds.parts import Json
from resources.merged import kept_instead

router = APIRouter(prefix="/hsds", tags=["open data"], dependencies=OPEN)

VERSION = "3.1"
Handler = TypeVar("Handler", bound=Callable[..., Response])


def listed(path: str, summary: str) -> Callable[[Handler], Handler]:
    """Make a list a route by GET and, as HSDS has it, by POST with the same parameters."""

    def both(handler: Handler) -> Handler:
        for method in (router.get, router.post):
            method(path, summary=summary)(handler)
        return handler

    return both


def _words(program: Program) -> Words:
    return Words(program.vocabulary, clock.today())


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise HTTPException(404) from None


def _one(found: Sequence[Json]) -> Response:
    if not found:
        raise HTTPException(404)
    return JSONResponse(found[0])


@router.get("", summary="Which HSDS this is, and where its profile stands", name="hsds")
@router.get("/", include_in_schema=False)
def about(request: Request) -> dict[str, str]:
    base = base_url(request)
    return {
        "version": VERSION,
        "profile": f"{base}/hsds/profile",
        "openapi_url": f"{base}/api/openapi.json",
    }


@router.get("/profile", summary="What our profile adds to HSDS")
def profile() -> Response:
    text = files("resources.hsds").joinpath("profile.json").read_bytes()
    return Response(text, media_type="application/json")


@listed("/services", "Open services, in pages")
def services(program: Program, session: OpenReading, query: asked.ServicesAsked) -> Response:
    words = _words(program)

    def load(session: Session, ids: Sequence[uuid.UUID]) -> list[Json]:
        found = load_services(session, ids)
        if query.minimal:
            return [objects.minimal_service(s) for s in found]
        if query.full:
            return [objects.full_service(s, words) for s in found]
        return [objects.basic_service(s, words) for s in found]

    return paged.answer(program, session, "service", query, asked.filters_of(query), load)


@router.get("/services/{id}", summary="One service with all that belongs to it")
def service(program: Program, session: OpenReading, id: str) -> Response:
    wanted = _id(id)
    found = load_services(session, [wanted])
    if not found:
        kept = kept_instead(session, wanted)
        if kept is not None and load_services(session, [kept]):
            return RedirectResponse(f"{router.prefix}/services/{kept}", 308)
    return _one([objects.full_service(s, _words(program)) for s in found])


@listed("/service_at_locations", "Open services at their places")
def service_at_locations(
    program: Program, session: OpenReading, query: asked.PlacesAsked
) -> Response:
    words = _words(program)
    write = objects.full_place if query.full else objects.basic_place

    def load(session: Session, ids: Sequence[uuid.UUID]) -> list[Json]:
        return [write(s, place, words) for s, place in load_places(session, ids)]

    return paged.answer(program, session, "place", query, asked.filters_of(query), load)


@router.get("/service_at_locations/{id}", summary="One service at its place, with everything")
def service_at_location(program: Program, session: OpenReading, id: str) -> Response:
    words = _words(program)
    return _one([objects.full_place(s, p, words) for s, p in load_places(session, [_id(id)])])


@listed("/organizations", "Organisations that run an open service")
def organizations(
    program: Program, session: OpenReading, query: asked.OrganizationsAsked
) -> Response:
    words = _words(program)
    full = query.full or query.full_service

    def load(session: Session, ids: Sequence[uuid.UUID]) -> list[Json]:
        found = load_organizations(session, ids, with_services=full)
        if not full:
            return [objects.basic_organization(o) for o, _ in found]
        return [objects.full_organization(o, s, words, whole=query.full_service) for o, s in found]

    filters = asked.filters_of_organizations(query)
    return paged.answer(program, session, "organization", query, filters, load)


@router.get("/organizations/{id}", summary="One organisation with its services and places")
def organization(
    program: Program, session: OpenReading, id: str, full_service: bool = False
) -> Response:
    words = _words(program)
    found = load_organizations(session, [_id(id)], with_services=True)
    return _one([objects.full_organization(o, s, words, whole=full_service) for o, s in found])


@listed("/taxonomies", "The closed lists")
def taxonomy_list(program: Program, query: asked.TaxonomiesAsked) -> Response:
    found = [taxonomies.taxonomy_json(axis) for axis in program.vocabulary.axes]
    return paged.answer_known(query, [t for t in found if paged.found_in(t, query.search)])


@router.get("/taxonomies/{id}", summary="One closed list")
def taxonomy(program: Program, id: str) -> Response:
    axis = taxonomies.axis_of(program.vocabulary, str(_id(id)))
    return _one([] if axis is None else [taxonomies.taxonomy_json(axis)])


@listed("/taxonomy_terms", "The entries of the closed lists")
def taxonomy_terms(program: Program, query: asked.TermsAsked) -> Response:
    found = [
        taxonomies.term_json(term)
        for term in taxonomies.all_terms(program.vocabulary)
        if query.parent_id is None  # the lists have one level: nothing has a parent
    ]
    if query.taxonomy_id is not None:
        found = [t for t in found if t["taxonomy_id"] == str(query.taxonomy_id)]
    return paged.answer_known(query, [t for t in found if paged.found_in(t, query.search)])


@router.get("/taxonomy_terms/{id}", summary="One entry of a closed list")
def taxonomy_term(program: Program, id: str) -> Response:
    term = taxonomies.term_of(program.vocabulary, str(_id(id)))
    return _one([] if term is None else [taxonomies.term_json(term)])
