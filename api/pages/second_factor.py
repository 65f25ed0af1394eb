"""One's own second factor: set up by a picture, codes for a lost telephone, set off again."""

import io
from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import Program, User, allowed
from api.identity import language_of
from api.pages.case_forms import Code
from api.pages.own_account import PASSWORD_REFUSALS, check_own_password
from api.problems import problem_of
from api.rendering import render
from casework import own_account, passwords, recovery_codes, second_factor
from casework.access import Actor
from casework.second_factor import MustKeep, NothingOffered, WrongCode
from jobs.program import Program as OpenProgram

router = APIRouter(
    include_in_schema=False, dependencies=[allowed(scope="browser", before_enrolment=True)]
)

Password = Annotated[str, Form(max_length=1000)]


def _must_use(program: OpenProgram, user: Actor) -> bool:
    return user.role in program.settings.second_factor_for


def _page(
    request: Request,
    program: OpenProgram,
    user: Actor,
    *,
    error: Exception | None = None,
    codes: list[str] | None = None,
) -> Response:
    problem = problem_of(error) if error else None
    with program.database.reading() as session:
        account = own_account.account_of(session, user)
        try:
            secret = second_factor.offered(session, program.ring(), account_id=user.account_id)
        except NothingOffered:
            secret = None
        left = recovery_codes.codes_left(session, user.account_id)
    page = render(
        request,
        "second_factor.html",
        account=account,
        has_password=account.password_hash != passwords.NONE,
        must=_must_use(program, user),
        secret=secret if codes is None else None,
        address=secret and second_factor.address_of(secret, user.name),
        left=left,
        codes=codes,
        error=problem and problem.sentence(language_of(request)),
    )
    page.status_code = problem.status if problem else 200
    return page


@router.get("/second-factor")
def own(request: Request, program: Program, user: User) -> Response:
    return _page(request, program, user)


@router.post("/second-factor/begin")
def begun(request: Request, program: Program, user: User, password: Password) -> Response:
    try:
        check_own_password(request, program, user, password)
    except PASSWORD_REFUSALS as error:
        return _page(request, program, user, error=error)
    with program.database.writing(by=user.by) as session:
        second_factor.offer(session, program.ring(), account_id=user.account_id)
    return RedirectResponse("/second-factor", 303)


@router.get("/second-factor/picture")
def picture(program: Program, user: User) -> Response:
    """The secret that waits, to be read by a telephone's camera; kept by no browser (`Guarded`)."""
    ring = program.ring()
    with program.database.reading() as session:
        secret = second_factor.offered(session, ring, account_id=user.account_id)
    drawn = io.BytesIO()
    code = segno.make(second_factor.address_of(secret, user.name), error="m", micro=False)
    code.save(drawn, kind="svg", scale=6, border=4, light="#fff", xmldecl=False)
    return Response(drawn.getvalue(), media_type="image/svg+xml")


@router.post("/second-factor")
def turned_on(request: Request, program: Program, user: User, code: Code) -> Response:
    codes = recovery_codes.new_codes()
    hashes = recovery_codes.hashed(codes)
    try:
        with program.database.writing(by=user.by) as session:
            second_factor.turn_on(session, program.ring(), account_id=user.account_id, code=code)
            recovery_codes.store_codes(session, account_id=user.account_id, hashes=hashes)
    except (WrongCode, NothingOffered) as error:
        return _page(request, program, user, error=error)
    return _page(request, program, user, codes=codes)


@router.post("/second-factor/codes")
def codes_anew(request: Request, program: Program, user: User, password: Password) -> Response:
    try:
        check_own_password(request, program, user, password)
        with program.database.reading() as session:
            if not second_factor.is_on(session, user.account_id):
                raise NothingOffered
    except (*PASSWORD_REFUSALS, NothingOffered) as error:
        return _page(request, program, user, error=error)
    codes = recovery_codes.new_codes()
    hashes = recovery_codes.hashed(codes)
    with program.database.writing(by=user.by) as session:
        recovery_codes.store_codes(session, account_id=user.account_id, hashes=hashes)
    return _page(request, program, user, codes=codes)


@router.post("/second-factor/off")
def turned_off(request: Request, program: Program, user: User, password: Password) -> Response:
    try:
        if _must_use(program, user):
            raise MustKeep
        check_own_password(request, program, user, password)
    except (*PASSWORD_REFUSALS, MustKeep) as error:
        return _page(request, program, user, error=error)
    with program.database.writing(by=user.by) as session:
        second_factor.turn_off(session, account_id=user.account_id, by=user.by)
    return RedirectResponse("/account?done=saved", 303)
