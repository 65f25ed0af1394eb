"""How long records are kept, what waits to be destroyed, and what was."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import User, Writing, allowed
from api.pages.case_forms import Code, Day, Words
from api.rendering import render
from casework import retention
from resources import clock

router = APIRouter(include_in_schema=False)

MAY_LOOK = ("agency_manager", "administrator", "auditor")


@router.get("/retention", dependencies=[allowed(*MAY_LOOK)])
def page(request: Request, session: Writing, user: User) -> Response:
    return render(
        request,
        "retention.html",
        kinds=retention.KINDS,
        terms=retention.terms(session),
        waiting=retention.proposals(session, actor=user, today=clock.today()),
        done=retention.destructions(session, actor=user),
        sets=user.role in retention.SETS_TERMS,
        approves=user.role in retention.APPROVES,
        today=clock.today(),
    )


def _back() -> Response:
    return RedirectResponse("/retention", 303)


@router.post("/retention/terms", dependencies=[allowed(*retention.SETS_TERMS)])
def term(
    session: Writing,
    user: User,
    kind: Code,
    years: Annotated[str, Form(max_length=3)] = "",
    rule: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    if years.strip() and not years.strip().isdecimal():
        raise retention.NoTerm
    number = int(years) if years.strip() else None
    retention.set_term(session, kind=kind, years=number, rule=rule, by=user)
    return _back()


@router.post("/retention/{proposal_id}/destroy", dependencies=[allowed(*retention.APPROVES)])
def destroy(
    session: Writing,
    user: User,
    proposal_id: uuid.UUID,
    sure: Annotated[bool, Form()] = False,
) -> Response:
    if not sure:
        raise retention.NotDue
    retention.destroy(session, proposal_id=proposal_id, by=user)
    return _back()


@router.post("/retention/{proposal_id}/keep", dependencies=[allowed(*retention.APPROVES)])
def keep(
    session: Writing, user: User, proposal_id: uuid.UUID, until: Day, reason: Words
) -> Response:
    retention.keep(session, proposal_id=proposal_id, until=until, reason=reason, by=user)
    return _back()
