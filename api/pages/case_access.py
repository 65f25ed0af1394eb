"""Consent, team, named members, exclusions; and opening a case in an emergency."""

import uuid

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import Program, User, Writing, allowed
from api.pages.case_forms import Code, Codes, Day, Line, Words, back, given, to_write
from api.rendering import render
from casework import audit, guessing
from casework.accounts import account_named
from casework.cases import Unseen
from casework.consents import leave_team, record_consent, withdraw_consent
from casework.exclusions import break_glass, exclude, name_member
from casework.roles import WORKS_WITH_PEOPLE
from casework.row_security import as_actor

router = APIRouter(include_in_schema=False, dependencies=[allowed(*WORKS_WITH_PEOPLE)])


@router.post("/cases/{case_id}/consents")
def consent(
    session: Writing,
    user: User,
    case_id: uuid.UUID,
    given_by: Code,
    given_on: Day,
    form: Code,
    purposes: Codes = [],  # noqa: B006 - read by FastAPI, changed by nobody
    agencies: Codes = [],  # noqa: B006
) -> Response:
    opened = to_write(session, user, case_id, "consent")
    record_consent(session, opened, given(purposes, agencies, given_by, given_on, form))
    return back(case_id, "consent")


@router.post("/cases/{case_id}/consents/{consent_id}/withdraw")
def withdraw(session: Writing, user: User, case_id: uuid.UUID, consent_id: uuid.UUID) -> Response:
    withdraw_consent(session, to_write(session, user, case_id, "consent"), consent_id=consent_id)
    return back(case_id, "consent")


@router.post("/cases/{case_id}/team/leave")
def leave(session: Writing, user: User, case_id: uuid.UUID, agency: Code) -> Response:
    leave_team(session, to_write(session, user, case_id, "team"), agency=agency)
    return back(case_id, "consent")


@router.post("/cases/{case_id}/members")
def member(
    session: Writing, user: User, case_id: uuid.UUID, name: Line, pledged_on: Day
) -> Response:
    opened = to_write(session, user, case_id, "member")
    account = account_named(session, name)
    name_member(session, opened, account_id=account.id, pledged_on=pledged_on)
    return back(case_id, "consent")


@router.post("/cases/{case_id}/exclusions")
def exclusion(
    session: Writing,
    user: User,
    case_id: uuid.UUID,
    reason: Words,
    name: Code = "",
    agency: Code = "",
) -> Response:
    opened = to_write(session, user, case_id, "exclusion")
    account = account_named(session, name) if name else None
    exclude(
        session,
        opened,
        reason=reason,
        account_id=account.id if account else None,
        agency=None if account else agency or None,
    )
    return back(case_id, "consent")


@router.get("/break-glass")
def emergency(request: Request, user: User) -> Response:
    return render(request, "break_glass.html")


@router.post("/break-glass")
def opened_in_emergency(program: Program, user: User, reference: Line, reason: Words) -> Response:
    database = program.database
    with database.writing(by=user.by) as session:  # counted whether it succeeds or not
        guessing.count_try(session, name=f"break glass {user.name}", source="")
    try:
        with database.writing(by=user.by, said=as_actor(user)) as session:
            case_id = break_glass(session, actor=user, reference=reference, reason=reason)
    except Unseen as refused:
        with database.writing(by=user.by) as session:
            audit.record(session, refused.attempt)
        raise
    return back(case_id)
