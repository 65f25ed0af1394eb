"""One's own account: password, language, tokens for other systems."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from api import identity
from api.dependencies import Program, Reading, User, Writing, allowed
from api.identity import language_of
from api.problems import problem_of
from api.rendering import render
from casework import guessing, own_account, passwords, sessions
from casework.access import Actor
from casework.accounts import SCOPES, BadAccount
from jobs.program import Program as OpenProgram

router = APIRouter(include_in_schema=False, dependencies=[allowed(scope="browser")])

Password = Annotated[str, Form(max_length=1000)]
TOKEN_DAYS = (30, 90, 365)
PASSWORD_REFUSALS = (
    passwords.PasswordsDiffer,
    passwords.WeakPassword,
    own_account.WrongPassword,
    guessing.TooManyTries,
)


def own_page(
    request: Request,
    session: Session,
    user: Actor,
    *,
    error: Exception | None = None,
    done: str | None = None,
    token: str | None = None,
) -> Response:
    """Return the page of somebody's own account, with what went wrong or what was just made."""
    problem = problem_of(error) if error else None
    page = render(
        request,
        "account.html",
        account=own_account.account_of(session, user),
        tokens=own_account.own_tokens(session, user),
        scopes=SCOPES,
        days=TOKEN_DAYS,
        shortest=passwords.SHORTEST,
        done=done,
        token=token,
        error=problem and problem.sentence(language_of(request)),
    )
    page.status_code = problem.status if problem else 200
    return page


def check_own_password(request: Request, program: OpenProgram, user: Actor, password: str) -> None:
    """Make sure that whoever sits there knows the account's password, slowly for who guesses.

    Raises `WrongPassword`, `TooManyTries`.
    """
    source = request.client.host if request.client else "?"
    with program.database.writing(by=user.by) as session:
        guessing.count_try(session, name=user.name, source=source)
    with program.database.reading() as session:
        right = sessions.check_password(session, name=user.name, password=password).right
    with program.database.writing(by=user.by) as session:
        if right:
            guessing.forget_tries(session, name=user.name, source=source)
        else:
            sessions.refuse(session, account_id=user.account_id)
    if not right:
        raise own_account.WrongPassword


@router.get("/account")
def account(request: Request, session: Reading, user: User, done: str = "") -> Response:
    return own_page(request, session, user, done=done if done in ("password", "saved") else None)


@router.post("/account/password")
def change_password(
    request: Request, program: Program, user: User, old: Password, password: Password,
    again: Password,
) -> Response:  # fmt: skip
    settings = program.settings
    try:
        passwords.typed_twice(password, again)
        check_own_password(request, program, user, old)
        fresh = passwords.hashed(password)
    except PASSWORD_REFUSALS as error:
        with program.database.reading() as session:
            return own_page(request, session, user, error=error)
    source = request.client.host if request.client else "?"
    with program.database.writing(by=user.by) as session:
        own_account.change_password(session, password_hash=fresh, by=user)
        token = sessions.sign_in(
            session, account_id=user.account_id, source=source, hours=settings.session_hours
        )
    response = RedirectResponse("/account?done=password", 303)
    identity.set_cookie(response, settings, identity.cookie_name(settings), token)
    return response


@router.post("/account/language")
def choose_language(
    program: Program,
    session: Writing,
    user: User,
    language: Annotated[str, Form(pattern="^(ja|en)$")],
) -> Response:
    own_account.choose_language(session, language=language, by=user)
    response = RedirectResponse("/account?done=saved", 303)
    identity.set_cookie(response, program.settings, identity.LANGUAGE_COOKIE, language)
    return response


@router.post("/account/tokens")
def add_token(
    request: Request,
    session: Writing,
    user: User,
    label: Annotated[str, Form(max_length=200)],
    days: Annotated[int, Form(ge=1, le=own_account.LONGEST_TOKEN_DAYS)],
    scope: Annotated[list[str] | None, Form(max_length=10)] = None,
) -> Response:
    try:
        token = own_account.add_own_token(
            session, label=label, scopes=scope or [], days=days, by=user
        )
    except BadAccount as error:
        return own_page(request, session, user, error=error)
    return own_page(request, session, user, token=token)


@router.post("/account/tokens/revoke")
def revoke_token(
    session: Writing, user: User, token: Annotated[str, Form(min_length=64, max_length=64)]
) -> Response:
    own_account.revoke_own_token(session, token_hash=token, by=user)
    return RedirectResponse("/account?done=saved", 303)
