"""Signing in and out."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from api import identity, security
from api.dependencies import Program, Writing, public
from api.identity import language_of
from api.problems import problem_of
from api.rendering import render
from casework import accounts, guessing, recovery_codes, second_factor, sessions
from jobs.program import Program as OpenProgram

router = APIRouter(dependencies=[public], include_in_schema=False)

HOME = "/"


def safe_next(path: str) -> str:
    """Return where to go after signing in: a path of this site, or the first page."""
    fine = (
        path.startswith("/")
        and not path.startswith(("//", "/\\", "/signin", "/signout"))
        and path.isprintable()
        and "\\" not in path
    )
    return path if fine and len(path) <= 2000 else HOME


def _page(
    request: Request, program: OpenProgram, *, next_path: str, error: str | None, status: int = 200
) -> Response:
    token, fresh = security.anchor_form(request)
    with program.database.reading() as session:
        demo = accounts.demo_accounts(session) if program.settings.demo else []
        page = render(
            request,
            "signin.html",
            error=error,
            next=next_path,
            csrf=token,
            accounts=demo,
            user=None,
        )
    page.status_code = status
    if fresh:
        security.set_form_cookie(page, program.settings, fresh)
    return page


def refused_page(request: Request, program: OpenProgram, error: Exception) -> Response:
    """Return the sign-in page with what went wrong elsewhere."""
    problem = problem_of(error)
    return _page(
        request,
        program,
        next_path=HOME,
        error=problem.sentence(language_of(request)),
        status=problem.status,
    )


@router.get("/signin")
def sign_in_page(request: Request, program: Program, next: str = HOME) -> Response:
    return _page(request, program, next_path=safe_next(next), error=None)


@router.post("/signin", dependencies=[security.token_checked])
def sign_in(
    request: Request,
    program: Program,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    code: Annotated[str, Form(max_length=20)] = "",
    next: Annotated[str, Form(max_length=2000)] = HOME,
) -> Response:
    try:
        token = _try(request, program, name, password, code)
    except guessing.TooManyTries as error:
        problem = problem_of(error)
        page = _page(
            request,
            program,
            next_path=safe_next(next),
            error=problem.sentence(language_of(request)),
            status=problem.status,
        )
        page.headers["Retry-After"] = str(error.wait_s)
        return page
    if token is None:
        return _page(request, program, next_path=safe_next(next), error=_wrong(request), status=401)
    response = RedirectResponse(safe_next(next), 303)
    identity.set_cookie(response, program.settings, identity.cookie_name(program.settings), token)
    identity.drop_cookie(response, program.settings, security.form_cookie_name(program.settings))
    return response


def _code_right(
    session: Session, program: OpenProgram, account_id: uuid.UUID, code: str, recovery: str | None
) -> bool:
    """Use a code up; `recovery` is the selector of a code on paper that was found right before."""
    if recovery is not None and second_factor.is_on(session, account_id):
        return recovery_codes.use_code(session, account_id=account_id, selector=recovery)
    ring = program.ring()
    return second_factor.check_code(session, ring, account_id=account_id, code=code)


def _wrong(request: Request) -> str:
    if language_of(request) == "ja":
        return "サインイン名、パスワード、確認コードのどれかが違います。"
    return "The sign-in name, the password or the code is wrong."


def _try(request: Request, program: OpenProgram, name: str, password: str, code: str) -> str | None:
    """Return what the cookie shall hold; None for a wrong name, password or code."""
    database, settings = program.database, program.settings
    source = request.client.host if request.client else "?"
    key = accounts.folded(name)
    with database.writing(by="nobody") as session:
        guessing.count_try(session, name=key, source=source)
    with database.reading() as session:
        check = sessions.check_password(session, name=name, password=password)
        whose = check.account_id if check.right else None
        recovery = recovery_codes.matching(session, account_id=whose, code=code)
    with database.writing(by="nobody") as session:
        if (
            check.right
            and check.account_id is not None
            and _code_right(session, program, check.account_id, code, recovery)
        ):
            return sessions.sign_in(
                session,
                account_id=check.account_id,
                source=source,
                hours=settings.session_hours,
                replaces=identity.session_token(request, settings),
            )
        if check.account_id is not None:
            sessions.refuse(session, account_id=check.account_id)
    return None


@router.post("/signout")
def sign_out(request: Request, program: Program, session: Writing) -> Response:
    token = identity.session_token(request, program.settings)
    if token is not None:
        sessions.sign_out(session, token=token)
    response = RedirectResponse("/signin", 303)
    identity.drop_cookie(response, program.settings, identity.cookie_name(program.settings))
    # What a page kept in the browser (htmx keeps a few for the back button) goes too.
    response.headers["Clear-Site-Data"] = '"storage"'
    return response
