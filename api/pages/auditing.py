"""Who looked at whom: the auditor's page, and a case's own for who is responsible for it."""

import uuid

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import NotAllowed, User, Writing, allowed
from api.identity import language_of
from api.pages.case_forms import agency_names
from api.rendering import render
from casework.audit import ACTIONS, looks_at, rows_for_auditor
from casework.cases import case_for
from casework.roles import WORKS_WITH_PEOPLE

router = APIRouter(include_in_schema=False)


@router.get("/audit", dependencies=[allowed("auditor")])
def audit(request: Request, session: Writing, user: User, action: str = "") -> Response:
    chosen = action if action in ACTIONS else None
    rows = rows_for_auditor(session, actor=user, action=chosen)
    return render(
        request,
        "audit.html",
        rows=rows,
        actions=ACTIONS,
        chosen=chosen,
        agencies=agency_names(session, language_of(request)),
    )


@router.get("/cases/{case_id}/looks", dependencies=[allowed(*WORKS_WITH_PEOPLE)])
def looks(request: Request, session: Writing, user: User, case_id: uuid.UUID) -> Response:
    opened = case_for(session, actor=user, case_id=case_id, purpose="who_looked")
    if user.account_id != opened.case.owner_id and user.role != "agency_manager":
        raise NotAllowed
    rows = looks_at(session, case_id=case_id, person_id=opened.person.id)
    agencies = agency_names(session, language_of(request))
    return render(request, "looks.html", opened=opened, rows=rows, agencies=agencies)
