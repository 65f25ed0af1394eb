"""Sources outside: what is read, what fails, what waits for the administrator's word."""

import uuid
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from api.dependencies import Program, Reading, User, Writing, allowed
from api.identity import language_of
from api.pages.home import PROPOSES, REGISTERS
from api.problems import problem_of
from api.rendering import render
from casework import outside
from casework.access import Actor
from jobs.reading_sources import ask_for_source
from resources.commands import NotFound
from resources.outside.addresses import LONGEST_URL, BadSourceUrl
from resources.outside.closures import close_on
from resources.outside.commands import (
    LONGEST_ITEM,
    BadSource,
    HostNotAllowed,
    allowed_origins,
)
from resources.outside.problems import problem_sentence
from resources.outside.seen import allowed_hosts, list_sources
from resources.queries import entries_by_offering, entries_of_resource

router = APIRouter(include_in_schema=False)

LOOKS = ("coordinator", "administrator")


def _page(request: Request, session: Session, user: Actor, error: Exception | None) -> Response:
    language = language_of(request)
    problem = None if error is None else problem_of(error)
    page = render(
        request,
        "sources.html",
        sources=list_sources(session),
        hosts=allowed_hosts(session),
        origins=allowed_origins(session),
        problem_said=lambda code: problem_sentence(code, language),
        decides=user.role == outside.DECIDES,
        error=problem and problem.sentence(language),
    )
    page.status_code = problem.status if problem else 200
    return page


@router.get("/sources", dependencies=[allowed(*LOOKS)])
def sources(request: Request, session: Reading, user: User) -> Response:
    return _page(request, session, user, None)


@router.post("/sources/hosts", dependencies=[allowed(outside.DECIDES)])
def allow_host(
    request: Request,
    program: Program,
    session: Writing,
    user: User,
    origin: Annotated[str, Form(max_length=300)],
) -> Response:
    try:
        outside.allow_host(
            session, origin=origin, by=user, loopback=program.settings.sources_loopback
        )
    except BadSourceUrl as error:
        return _page(request, session, user, error)
    return RedirectResponse("/sources", 303)


@router.post("/sources/hosts/{host_id}/remove", dependencies=[allowed(outside.DECIDES)])
def remove_host(session: Writing, user: User, host_id: uuid.UUID) -> Response:
    outside.remove_host(session, host_id=host_id, by=user)
    return RedirectResponse("/sources", 303)


@router.post("/sources/{source_id}/decide", dependencies=[allowed(outside.DECIDES)])
def decide(
    request: Request,
    session: Writing,
    user: User,
    source_id: uuid.UUID,
    decision: Annotated[str, Form(pattern="^(allow|refuse|stop)$")],
) -> Response:
    try:
        outside.decide_source(session, source_id=source_id, decision=decision, by=user)
    except HostNotAllowed as error:
        return _page(request, session, user, error)
    if decision == "allow":
        ask_for_source(session, source_id)
    return RedirectResponse("/sources", 303)


@router.get("/resources/{resource_id}/source", dependencies=[allowed(*PROPOSES)])
def form(request: Request, session: Reading, resource_id: uuid.UUID) -> Response:
    return _form(request, session, resource_id)


def _form(request: Request, session: Session, resource_id: uuid.UUID, **typed: Any) -> Response:
    entries = entries_of_resource(session, resource_id)
    if not entries:
        raise NotFound("resource")
    return render(
        request,
        "source_new.html",
        entries=entries,
        longest_url=LONGEST_URL,
        longest_item=LONGEST_ITEM,
        **{"error": None, "kind": "hsds", "url": "", "items": {}, **typed},
    )


@router.post("/resources/{resource_id}/source", dependencies=[allowed(*PROPOSES)])
def propose(
    request: Request,
    program: Program,
    session: Writing,
    user: User,
    resource_id: uuid.UUID,
    kind: Annotated[str, Form(max_length=10)],
    url: Annotated[str, Form(max_length=LONGEST_URL)],
    offering: Annotated[list[uuid.UUID], Form()],
    item: Annotated[list[str], Form()],
) -> Response:
    items = dict(zip(offering, item, strict=False))
    try:
        outside.propose_source(
            session,
            resource_id=resource_id,
            kind=kind,
            url=url,
            items=items,
            by=user,
            loopback=program.settings.sources_loopback,
        )
    except (BadSource, BadSourceUrl) as error:
        said = problem_sentence(error.problem, language_of(request))
        page = _form(request, session, resource_id, error=said, kind=kind, url=url, items=items)
        page.status_code = 422
        return page
    return RedirectResponse(f"/resources/{resource_id}?saved=1", 303)


@router.post("/offerings/{offering_id}/closure", dependencies=[allowed(*REGISTERS)])
def closure(
    session: Writing, user: User, offering_id: uuid.UUID, day: Annotated[date, Form()]
) -> Response:
    close_on(session, offering_id=offering_id, day=day, by=user.by)
    entry = entries_by_offering(session, [offering_id])[offering_id]
    return RedirectResponse(f"/resources/{entry.resource.id}?saved=1", 303)
