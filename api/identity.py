"""Who sends a request: by the cookie of a signed-in browser, or by another system's token."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from casework import arriving
from casework.arriving import Arriving
from jobs.settings import Settings

LANGUAGE_COOKIE = "ibasho-language"
LANGUAGES = ("ja", "en")


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


Opened = Callable[[], AbstractContextManager[Connection]]
"""Opens a connection to ask by."""


def look(request: Request, settings: Settings, opened: Opened) -> Arriving:
    """Return what is known as a request comes: who sends it, and how far the catalogue has come.

    One that shows nothing is nobody's also where the database can't be reached.
    """
    bearer, cookie = bearer_token(request), session_token(request, settings)
    try:
        with opened() as connection:
            if bearer:
                return arriving.by_token(connection, bearer)
            if cookie:
                return arriving.by_session(connection, cookie)
            return arriving.nobody(connection)
    except SQLAlchemyError:
        if bearer or cookie:
            raise
        return Arriving(None)


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
