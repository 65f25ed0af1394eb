"""Signing in by the municipality's own identity provider."""

import hmac
import logging
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from itsdangerous import BadData, URLSafeSerializer

from api import identity, security
from api.dependencies import Program, public
from api.signin import HOME, refused_page, safe_next
from casework import linked, sessions
from casework.linked import NobodyLinked
from jobs.identity_provider import (
    Cancelled,
    NotBelieved,
    OtherBrowser,
    ProviderFailed,
    Started,
    address_of_provider,
    fresh_start,
    who_signed_in,
)
from jobs.log_lines import fields
from jobs.program import Program as OpenProgram
from jobs.settings import Settings, secret_key
from resources import clock
from resources.commands import NotFound

log = logging.getLogger("ibasho.oidc")
router = APIRouter(dependencies=[public], include_in_schema=False)

LASTS_S = 600
Brought = Annotated[str, Query(max_length=4000)]
BACK = "/signin/provider/back"


Refusal = OtherBrowser | Cancelled | ProviderFailed | NotBelieved | NobodyLinked


def _cookie(settings: Settings) -> str:
    return "__Host-ibasho-provider" if settings.secure_cookies else "ibasho-provider"


def _signer(settings: Settings) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key(settings.home), salt="identity provider")


def _seconds() -> int:
    return int(clock.now().timestamp())


def _back(settings: Settings) -> str:
    return settings.public_url.rstrip("/") + BACK


def _refuse(request: Request, program: OpenProgram, error: Refusal) -> Response:
    with program.database.writing(by="nobody") as session:
        linked.refused(session, problem=error.problem)
    log.warning(fields("sign_in_refused", by="identity_provider", problem=error.problem))
    page = refused_page(request, program, error)
    identity.drop_cookie(page, program.settings, _cookie(program.settings))
    return page


@router.get("/signin/provider")
def begin(request: Request, program: Program, next: str = HOME) -> Response:
    settings = program.settings
    if not settings.oidc_issuer:
        raise NotFound("page")
    started = fresh_start()
    try:
        address = address_of_provider(settings, started, _back(settings))
    except ProviderFailed as error:
        return _refuse(request, program, error)
    response = RedirectResponse(address, 303)
    kept = [started.state, started.nonce, started.verifier, safe_next(next), _seconds()]
    identity.set_cookie(response, settings, _cookie(settings), _signer(settings).dumps(kept))
    return response


def _begun(request: Request, settings: Settings, state: str) -> tuple[Started, str]:
    """Return what this browser began with. Raises `OtherBrowser`."""
    try:
        kept = _signer(settings).loads(request.cookies.get(_cookie(settings)) or "")
        began, nonce, verifier, next_path, at = kept
    except (BadData, ValueError, TypeError):
        raise OtherBrowser from None
    if not hmac.compare_digest(began.encode(), state.encode("utf-8", "replace")):
        raise OtherBrowser
    if not 0 <= _seconds() - at <= LASTS_S:
        raise OtherBrowser("too_late")
    return Started(began, nonce, verifier), safe_next(next_path)


@router.get(BACK)
def come_back(
    request: Request, program: Program, state: Brought = "", code: Brought = "", error: Brought = ""
) -> Response:
    settings = program.settings
    if not settings.oidc_issuer:
        raise NotFound("page")
    try:
        started, next_path = _begun(request, settings, state)
        if error or not code:
            raise Cancelled
        somebody = who_signed_in(settings, started, code=code, back=_back(settings))
        with program.database.writing(by="identity provider") as session:
            account_id = linked.account_of(
                session,
                issuer=settings.oidc_issuer,
                subject=somebody.subject,
                name=somebody.name,
            )
            token = sessions.sign_in(
                session,
                account_id=account_id,
                source=request.client.host if request.client else "?",
                hours=settings.session_hours,
                replaces=identity.session_token(request, settings),
            )
    except (OtherBrowser, Cancelled, ProviderFailed, NotBelieved, NobodyLinked) as refusal:
        return _refuse(request, program, refusal)
    response = RedirectResponse(next_path, 303)
    identity.set_cookie(response, settings, identity.cookie_name(settings), token)
    for name in (_cookie(settings), security.form_cookie_name(settings)):
        identity.drop_cookie(response, settings, name)
    return response
