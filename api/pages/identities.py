"""Who a person is: seen and written on a page of its own; and finding one's own cases by a name."""

import uuid

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from api.dependencies import Program, User, Writing, allowed
from api.pages.case_forms import Line, to_write
from api.pages.forms import text
from api.rendering import render
from casework.access import Actor
from casework.cases import case_for
from casework.identities import (
    FIELDS,
    HIDDEN_WHERE_PROTECTED,
    cases_named,
    identity_of,
    store_identity,
)
from casework.roles import WORKS_WITH_PEOPLE
from jobs.program import Program as OpenProgram

router = APIRouter(include_in_schema=False, dependencies=[allowed(*WORKS_WITH_PEOPLE)])

LONGEST = 300


@router.get("/cases/{case_id}/identity")
def identity(
    request: Request, program: Program, session: Writing, user: User, case_id: uuid.UUID
) -> Response:
    opened = case_for(session, actor=user, case_id=case_id, purpose="identity")
    hidden = HIDDEN_WHERE_PROTECTED if opened.person.protected else ()
    return render(
        request,
        "identity.html",
        opened=opened,
        fields=[name for name in FIELDS if name not in hidden],
        known=identity_of(session, opened, program.ring()),
    )


@router.post("/cases/{case_id}/identity")
async def written(
    request: Request, program: Program, session: Writing, user: User, case_id: uuid.UUID
) -> Response:
    form = await request.form()
    return await run_in_threadpool(_write, program, session, user, case_id, form)


def _write(
    program: OpenProgram, session: Session, user: Actor, case_id: uuid.UUID, form: FormData
) -> Response:
    opened = to_write(session, user, case_id, "identity")
    fields = {name: (text(form, name) or "")[:LONGEST] for name in FIELDS if name in form}
    store_identity(session, opened, program.ring(), fields)
    return RedirectResponse(f"/cases/{case_id}", 303)


@router.post("/people/find")
def find(request: Request, program: Program, session: Writing, user: User, name: Line) -> Response:
    """A form, not an address: a name stands in no log and no history."""
    found = cases_named(session, actor=user, ring=program.ring(), name=name)
    return render(request, "people.html", cases=found, searched=True)
