"""Asking a host for room without a name: the link for staff, the page of one tap for the host."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from api import security
from api.dependencies import Program, Reading, User, Writing, allowed, public
from api.pages.case_forms import to_write
from api.rendering import render
from api.room_links import question_of, room_link
from casework.roles import WORKS_WITH_PEOPLE
from casework.room_questions import ANSWERS, LASTS, answer_question, ask_for_room, question_for_host
from jobs.program import Program as OpenProgram
from resources import clock
from resources.commands import NotFound, set_availability
from resources.queries import entries_by_offering

router = APIRouter(include_in_schema=False)

BY = "host"


@router.post("/cases/{case_id}/room-questions", dependencies=[allowed(*WORKS_WITH_PEOPLE)])
def ask(
    request: Request,
    program: Program,
    session: Writing,
    user: User,
    case_id: uuid.UUID,
    offering: Annotated[uuid.UUID, Form()],
) -> Response:
    opened = to_write(session, user, case_id, "room_question")
    entry = entries_by_offering(session, [offering]).get(offering)
    if entry is None:
        raise NotFound("offering")
    name = entry.resource.name
    question = ask_for_room(session, opened, offering_id=offering, place=name)
    base = program.settings.public_url or str(request.base_url)
    return render(
        request,
        "room_link.html",
        opened=opened,
        entry=entry,
        q=question,
        link=room_link(question.id, program.settings, base),
        days=LASTS.days,
    )


def _page(request: Request, program: OpenProgram, session: Session, token: str) -> Response:
    question = question_for_host(session, question_of(token, program.settings))
    entry = entries_by_offering(session, [question.offering_id]).get(question.offering_id)
    if entry is None:
        raise NotFound("offering")
    csrf, fresh = security.anchor_form(request)
    page = render(
        request,
        "room.html",
        q=question,
        name=entry.resource.name,
        invented=entry.resource.invented,
        token=token,
        answers=list(ANSWERS),
        csrf=csrf,
        user=None,
    )
    page.headers["X-Robots-Tag"] = "noindex"
    if fresh:
        security.set_form_cookie(page, program.settings, fresh)
    return page


@router.get("/room/{token}", dependencies=[public])
def asked(request: Request, program: Program, session: Reading, token: str) -> Response:
    return _page(request, program, session, token)


@router.post("/room/{token}", dependencies=[public, security.token_checked])
def answered(
    request: Request,
    program: Program,
    session: Writing,
    token: str,
    answer: Annotated[str, Form(pattern="^(yes|wait|no)$")],
) -> Response:
    question_id = question_of(token, program.settings)
    offering_id = answer_question(session, question_id=question_id, answer=answer)
    set_availability(
        session,
        offering_id=offering_id,
        status=ANSWERS[answer],
        places=None,
        said_by="host",
        said_on=clock.today(),
        by=BY,
    )
    return _page(request, program, session, token)
