"""Meetings: which there are, a meeting's agenda, what was decided about each case."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import User, Writing, allowed
from api.identity import language_of
from api.pages.case_forms import Code, Day, Line, Words, agency_names, back, to_write
from api.rendering import render
from casework.meetings import (
    KINDS,
    add_meeting,
    agenda,
    decide,
    meeting_of,
    meetings,
    put_on_agenda,
)
from casework.roles import WORKS_WITH_PEOPLE
from resources import clock

router = APIRouter(include_in_schema=False, dependencies=[allowed(*WORKS_WITH_PEOPLE)])

CALLS = ("inclusion_officer", "secretariat")
"""The roles that call meetings."""


@router.get("/meetings")
def listed(request: Request, session: Writing, user: User) -> Response:
    return render(
        request,
        "meetings.html",
        meetings=meetings(session, actor=user),
        kinds=KINDS,
        may_call=user.role in CALLS,
        today=clock.today(),
    )


@router.post("/meetings", dependencies=[allowed(*CALLS)])
def called(session: Writing, user: User, kind: Code, held_on: Day, title: Line) -> Response:
    meeting = add_meeting(session, kind=kind, held_on=held_on, title=title, by=user)
    return RedirectResponse(f"/meetings/{meeting.id}", 303)


@router.get("/meetings/{meeting_id}")
def one(request: Request, session: Writing, user: User, meeting_id: uuid.UUID) -> Response:
    meeting = meeting_of(session, meeting_id, actor=user)
    return render(
        request,
        "meeting.html",
        meeting=meeting,
        agenda=agenda(session, actor=user, meeting=meeting),
        agencies=agency_names(session, language_of(request)),
    )


@router.post("/cases/{case_id}/meetings")
def onto_agenda(
    session: Writing, user: User, case_id: uuid.UUID, meeting: Annotated[uuid.UUID, Form()]
) -> Response:
    opened = to_write(session, user, case_id, "meeting")
    put_on_agenda(session, opened, meeting=meeting_of(session, meeting, actor=user))
    return back(case_id, "meetings")


@router.post("/meetings/{meeting_id}/cases/{case_id}")
def decided(
    session: Writing, user: User, meeting_id: uuid.UUID, case_id: uuid.UUID, decision: Words
) -> Response:
    opened = to_write(session, user, case_id, "meeting")
    decide(
        session,
        opened,
        meeting=meeting_of(session, meeting_id, actor=user),
        decision=decision.strip(),
    )
    return RedirectResponse(f"/meetings/{meeting_id}", 303)
