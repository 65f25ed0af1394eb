"""Who sends a request: by the cookie of a signed-in browser, or by another system's token."""

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from casework import sessions
from casework.access import Actor
from jobs.settings import Settings

LANGUAGE_COOKIE = "ibasho-language"
LANGUAGES = ("ja", "en")


@dataclass(frozen=True)
class Identity:
    """Who it is; `scopes` is None for a browser, and what a token may do for a token."""

    actor: Actor
    scopes: frozenset[str] | None


def cookie_name(settings: Settings) -> str:
    """Return the session cookie's name; a browser keeps `__Host-` to this host and https."""
    return "__Host-ibasho" if settings.secure_cookies else "ibasho"


def bearer_token(request: Request) -> str | None:
    """Return the token of the Authorization header; None where there is no such header."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def session_token(request: Request, settings: Settings) -> str | None:
    """Return what the session cookie holds; None where there is none, or a token takes over."""
    if bearer_token(request) is not None:
        return None
    return request.cookies.get(cookie_name(settings)) or None


def identify(session: Session, request: Request, settings: Settings) -> Identity | None:
    """Return who sends the request; None where nobody is signed in."""
    bearer = bearer_token(request)
    if bearer:
        found = sessions.actor_by_token(session, bearer)
        return Identity(*found) if found else None
    cookie = session_token(request, settings)
    if cookie:
        actor = sessions.actor_by_session(session, cookie)
        return Identity(actor, None) if actor else None
    return None


def language_of(request: Request) -> str:
    """Return the reader's language: as switched in this browser, else the account's, else ja."""
    switched = request.cookies.get(LANGUAGE_COOKIE)
    user = getattr(request.state, "user", None)
    language = switched or (user.language if user else "ja")
    return language if language in LANGUAGES else "ja"


def set_cookie(response: Response, settings: Settings, name: str, value: str) -> None:
    """Put a cookie that no script reads and no other site sends along."""
    response.set_cookie(
        name, value, path="/", httponly=True, samesite="lax", secure=settings.secure_cookies
    )


def drop_cookie(response: Response, settings: Settings, name: str) -> None:
    response.delete_cookie(
        name, path="/", httponly=True, samesite="lax", secure=settings.secure_cookies
    )
