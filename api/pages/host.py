"""The page behind a host's link: is it still as it stands here? No account is needed."""

import uuid
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from api import host_links, security
from api.dependencies import Program, Reading, Writing, public
from api.identity import language_of
from api.rendering import render, shown_availability
from jobs.program import Program as OpenProgram
from resources import clock
from resources.commands import NotFound, verify_offering
from resources.queries import Entry, entries_by_offering
from resources.reported import LONGEST_NOTE, report_change
from resources.witnessing import days_to_ask, say_session, sessions_seen

router = APIRouter(dependencies=[public], include_in_schema=False)

BY = "host"


def _entry(session: Session, program: OpenProgram, token: str) -> Entry:
    offering_id = host_links.offering_of(token, program.settings)
    entry = entries_by_offering(session, [offering_id]).get(offering_id)
    if entry is None or entry.resource.status == "closed":
        raise NotFound("offering")
    return entry


def _page(
    request: Request,
    program: OpenProgram,
    session: Session,
    entry: Entry,
    token: str,
    said: str | None,
) -> Response:
    csrf, fresh = security.anchor_form(request)
    o = entry.offering
    free = {
        "status": o.availability,
        "places": o.places,
        "said_at": o.availability_said_on and o.availability_said_on.isoformat(),
        "said_by": o.availability_said_by,
    }
    now = clock.now()
    days = days_to_ask(o, now)[:2]
    said_of = sessions_seen(session, [o.id]).get(o.id, {})
    page = render(
        request,
        "host.html",
        days=[(day, said_of.get(day)) for day in days],
        today=now.astimezone(clock.JAPAN).date(),
        e=entry,
        token=token,
        said=said,
        csrf=csrf,
        user=None,
        longest=LONGEST_NOTE,
        room=shown_availability(free, language_of(request), program.vocabulary),
    )
    page.headers["X-Robots-Tag"] = "noindex"
    if fresh:
        security.set_form_cookie(page, program.settings, fresh)
    return page


@router.get("/host/{token}")
def asked(request: Request, program: Program, session: Reading, token: str) -> Response:
    return _page(request, program, session, _entry(session, program, token), token, None)


@router.post("/host/{token}", dependencies=[security.token_checked])
def answered(
    request: Request,
    program: Program,
    session: Writing,
    token: str,
    answer: Annotated[str, Form(pattern="^(same|changed)$")],
    availability: Annotated[str, Form(max_length=20)] = "",
    places: Annotated[str, Form(pattern=r"^\d{0,6}$")] = "",
    note: Annotated[str, Form(max_length=LONGEST_NOTE)] = "",
) -> Response:
    entry = _entry(session, program, token)
    offering_id: uuid.UUID = entry.offering.id
    if answer == "same":
        verify_offering(
            session, offering_id=offering_id, verified_by="host", on=clock.today(), by=BY
        )
    else:
        if availability:
            program.vocabulary.term("availability", availability)
        report_change(
            session,
            offering_id=offering_id,
            note=note.strip() or None,
            availability=availability or None,
            places=int(places) if places and availability == "capacity" else None,
            by=BY,
        )
    return _page(request, program, session, _entry(session, program, token), token, answer)


@router.post("/host/{token}/session", dependencies=[security.token_checked])
def took_place(
    request: Request,
    program: Program,
    session: Writing,
    token: str,
    on: Annotated[date, Form()],
    held: Annotated[bool, Form()],
) -> Response:
    """Store that the host's session took place on a day, or that it didn't."""
    entry = _entry(session, program, token)
    say_session(session, offering_id=entry.offering.id, on=on, held=held, said_by="host", by=BY)
    return _page(request, program, session, entry, token, "session")
