"""Accounts: invitations and closing by the administrator; the welcome of who was invited."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from api import security
from api.dependencies import Program, Reading, User, Writing, allowed, public
from api.identity import language_of
from api.pages.case_forms import Code, Line, agency_names
from api.problems import problem_of
from api.rendering import render
from casework import administration, guessing, invitations, linked
from casework.accounts import BadAccount
from casework.invitations import BadCode, NotToYourself, accounts_listed, invite
from casework.passwords import WeakPassword
from casework.roles import ROLES
from resources.commands import NotFound

router = APIRouter(include_in_schema=False)

ADMINISTERS = [allowed("administrator", scope="browser")]


@router.get("/accounts", dependencies=ADMINISTERS)
def accounts(request: Request, session: Reading) -> Response:
    return _listed(request, session)


def _listed(
    request: Request, session: Session, *, code: str | None = None, error: str | None = None
) -> Response:
    page = render(
        request,
        "accounts.html",
        accounts=accounts_listed(session),
        agencies=agency_names(session, language_of(request)),
        roles=ROLES,
        code=code,
        error=error,
    )
    page.status_code = 422 if error else 200
    return page


@router.post("/accounts", dependencies=ADMINISTERS)
def invited(
    request: Request,
    session: Writing,
    user: User,
    name: Line,
    display_name: Line,
    role: Code,
    agency: Code = "",
) -> Response:
    code, error = None, None
    try:
        code = invite(
            session,
            name=name,
            role=role,
            agency=agency or None,
            display_name=display_name,
            by=user,
        )
    except (BadAccount, NotToYourself) as refused:
        error = problem_of(refused).sentence(language_of(request))
    return _listed(request, session, code=code, error=error)


@router.post("/accounts/{account_id}/close", dependencies=ADMINISTERS)
def closed(session: Writing, user: User, account_id: uuid.UUID) -> Response:
    administration.close(session, account_id=account_id, by=user)
    return RedirectResponse("/accounts", 303)


@router.post("/accounts/{account_id}/second-factor/off", dependencies=ADMINISTERS)
def lost_telephone(session: Writing, user: User, account_id: uuid.UUID) -> Response:
    administration.lift_second_factor(session, account_id=account_id, by=user)
    return RedirectResponse("/accounts", 303)


@router.post("/accounts/{account_id}/reopen", dependencies=ADMINISTERS)
def reopened(session: Writing, user: User, account_id: uuid.UUID) -> Response:
    administration.reopen(session, account_id=account_id, by=user)
    return RedirectResponse("/accounts", 303)


@router.post("/accounts/{account_id}/renew", dependencies=ADMINISTERS)
def renewed(request: Request, session: Writing, user: User, account_id: uuid.UUID) -> Response:
    code = administration.renew(session, account_id=account_id, by=user)
    return _listed(request, session, code=code)


@router.post("/accounts/{account_id}/link", dependencies=ADMINISTERS)
def linked_to(
    program: Program,
    session: Writing,
    user: User,
    account_id: uuid.UUID,
    subject: Annotated[str, Form(max_length=255)] = "",
) -> Response:
    issuer = program.settings.oidc_issuer
    if not issuer:
        raise NotFound("page")
    linked.link(session, account_id=account_id, issuer=issuer, subject=subject, by=user)
    return RedirectResponse("/accounts", 303)


@router.post("/accounts/{account_id}", dependencies=ADMINISTERS)
def changed(
    session: Writing, user: User, account_id: uuid.UUID, role: Code, agency: Code = ""
) -> Response:
    administration.change(session, account_id=account_id, role=role, agency=agency or None, by=user)
    return RedirectResponse("/accounts", 303)


def _welcome(request: Request, error: str | None, status: int) -> Response:
    csrf, fresh = security.anchor_form(request)
    page = render(request, "welcome.html", csrf=csrf, error=error, user=None)
    page.status_code = status
    if fresh:
        security.set_form_cookie(page, request.app.state.settings, fresh)
    return page


@router.get("/welcome", dependencies=[public])
def welcome(request: Request) -> Response:
    return _welcome(request, None, 200)


@router.post("/welcome", dependencies=[public, security.token_checked])
def welcomed(
    request: Request,
    program: Program,
    code: Annotated[str, Form(max_length=60)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    source = request.client.host if request.client else "?"
    try:
        with program.database.writing(by="nobody") as session:
            guessing.count_try(session, name="welcome", source=source)
        with program.database.writing(by="nobody") as session:
            invitations.accept(session, code=code, password=password)
            guessing.forget_tries(session, name="welcome", source=source)
    except (BadCode, WeakPassword, BadAccount, guessing.TooManyTries) as refused:
        problem = problem_of(refused)
        return _welcome(request, problem.sentence(language_of(request)), problem.status)
    return RedirectResponse("/signin", 303)
