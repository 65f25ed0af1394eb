"""A person's household: making one, who belongs to it, and what it doesn't join."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import User, Writing, allowed
from api.pages.case_forms import Code, to_write
from api.rendering import render
from casework.cases import case_for, cases_seen, household_of
from casework.households import join, leave
from casework.roles import WORKS_WITH_PEOPLE

router = APIRouter(include_in_schema=False, dependencies=[allowed(*WORKS_WITH_PEOPLE)])


@router.get("/cases/{case_id}/household")
def household(request: Request, session: Writing, user: User, case_id: uuid.UUID) -> Response:
    opened = case_for(session, actor=user, case_id=case_id, purpose="household")
    found = household_of(session, opened)
    members = found[1] if found else []
    there = {opened.case.id, *(o.case.id for o in members)}
    others = [
        o
        for o in cases_seen(session, actor=user, purpose="household")
        if o.case.id not in there and o.may_write and o.case.state != "closed"
    ]
    return render(
        request,
        "household.html",
        opened=opened,
        household=found[0] if found else None,
        members=members,
        others=sorted(others, key=lambda o: (len(o.person.label), o.person.label)),
    )


@router.post("/cases/{case_id}/household")
def joined(
    session: Writing,
    user: User,
    case_id: uuid.UUID,
    other: Annotated[uuid.UUID, Form()],
    label: Code = "",
) -> Response:
    opened = to_write(session, user, case_id, "household")
    join(session, opened, to_write(session, user, other, "household"), label=label)
    return RedirectResponse(f"/cases/{case_id}/household", 303)


@router.post("/cases/{case_id}/household/leave")
def left(session: Writing, user: User, case_id: uuid.UUID) -> Response:
    leave(session, to_write(session, user, case_id, "household"))
    return RedirectResponse(f"/cases/{case_id}/household", 303)
