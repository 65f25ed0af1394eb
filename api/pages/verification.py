"""Which places to call next, and the note that a call was made."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import Program, Reading, User, Writing, allowed
from api.pages.home import REGISTERS
from api.rendering import render
from resources import clock
from resources.commands import verify_offering
from resources.reported import reports_waiting
from resources.verify_next import COUNTED_DAYS, calls_to_make
from resources.witnessing import not_reached, say_call

router = APIRouter(include_in_schema=False, dependencies=[allowed(*REGISTERS)])

CALLS = 8
"""About as many as one makes in half an hour."""


@router.get("/verify")
def calls(request: Request, program: Program, session: Reading, noted: str = "") -> Response:
    today = clock.today()
    # Who didn't answer today is called another day: eight others are left to call.
    later = not_reached(session, on=today)
    found = calls_to_make(session, program.vocabulary, today=today, limit=CALLS + len(later))
    return render(
        request,
        "verify.html",
        calls=[c for c in found if c.entry.offering.id not in later][:CALLS],
        later=len(later),
        days=COUNTED_DAYS,
        noted=noted if noted in ("called", "unanswered", "decided") else "",
        reports=reports_waiting(session),
    )


@router.post("/verify")
def confirmed(session: Writing, user: User, offering: Annotated[uuid.UUID, Form()]) -> Response:
    verify_offering(session, offering_id=offering, verified_by="call", on=clock.today(), by=user.by)
    say_call(session, offering_id=offering, answered=True, by=user.by)
    return RedirectResponse("/verify?noted=called", 303)


@router.post("/verify/unanswered")
def unanswered(session: Writing, user: User, offering: Annotated[uuid.UUID, Form()]) -> Response:
    say_call(session, offering_id=offering, answered=False, by=user.by)
    return RedirectResponse("/verify?noted=unanswered", 303)
