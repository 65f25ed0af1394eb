"""Answers a request that ended in an error: a page, JSON, or the way to the sign-in page.

No answer repeats what was sent, and no log line says more of an unexpected error than its kind and
where in the code it happened: messages and values may be about a person.
"""

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import identity, security
from api.dependencies import MustEnrol, NotSignedIn
from api.identity import language_of
from api.problem import CONFLICT, Problem
from api.problems import problem_of
from api.rendering import render
from casework.guessing import TooManyTries
from jobs.log_lines import fields, where
from matching.need import BadNeed
from resources.booking import MoreHeld
from resources.registration import BadRegistration

log = logging.getLogger("ibasho.api")

# Limits that a validation error may name: they are ours, not what was sent.
OUR_LIMITS = ("ge", "gt", "le", "lt", "min_length", "max_length", "multiple_of")


FOR_PROGRAMS = ("/api/", "/hsds", "/feed/", "/metrics")


def _field_problems(request: Request, error: RequestValidationError) -> list[dict[str, Any]]:
    known = _known_names(request)
    found: list[dict[str, Any]] = []
    for detail in error.errors():
        # The name of a field that nobody knows is something that was sent.
        place = [str(p) if isinstance(p, int) or p in known else "?" for p in detail["loc"]]
        limits = {k: v for k, v in detail.get("ctx", {}).items() if k in OUR_LIMITS}
        found.append({"field": ".".join(place), "problem": detail["type"], **limits})
    return found


def _known_names(request: Request) -> set[str]:
    """Return every name that the API's own description uses for a field or a parameter."""
    names = {"body", "query", "path", "header", "cookie"}
    waiting: list[Any] = [request.app.openapi()]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            names.update(node.get("properties", {}) or {})
            if isinstance(node.get("name"), str):
                names.add(node["name"])
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return names


def wants_json(request: Request) -> bool:
    """Tell whether the answer goes to a program rather than to a page."""
    accept = request.headers.get("accept", "")
    return request.url.path.startswith(FOR_PROGRAMS) or (
        "application/json" in accept and "text/html" not in accept
    )


def answer(request: Request, error: Exception) -> Response:
    """Return the answer to a request that ended in an error."""
    problem = problem_of(error)
    if problem.status >= 500:
        _log(request, error)
    conditional = "if-match" in request.headers
    status = 412 if problem is CONFLICT and conditional else problem.status
    headers = _headers(error)
    if wants_json(request):
        return _json(request, error, problem, status, headers)
    if isinstance(error, NotSignedIn):
        return _to_sign_in(request)
    if isinstance(error, MustEnrol):
        return _to(request, "/second-factor", 403)
    page = _page(request, status, problem.sentence(language_of(request)))
    page.headers.update(headers)
    return page


def _page(request: Request, status: int, sentence: str) -> Response:
    try:
        token = security.csrf_token(request)
        page = render(request, "problem.html", status=status, sentence=sentence, csrf=token)
    except Exception as error:  # the page that tells of an error must not be one itself
        _log(request, error)
        return PlainTextResponse(sentence, status)
    page.status_code = status
    return page


def _headers(error: Exception) -> Mapping[str, str]:
    if isinstance(error, TooManyTries):
        return {"Retry-After": str(error.wait_s)}
    if isinstance(error, NotSignedIn):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, HTTPException):
        return error.headers or {}
    return {}


def _json(
    request: Request, error: Exception, problem: Problem, status: int, headers: Mapping[str, str]
) -> Response:
    content: dict[str, Any] = {
        "status": status,
        "error": problem.sentence(language_of(request)),
    }
    if isinstance(error, RequestValidationError):
        content["fields"] = _field_problems(request, error)
    elif isinstance(error, BadNeed | BadRegistration):
        content["fields"] = [{"field": error.field, "problem": "unusable"}]
    elif isinstance(error, MoreHeld):
        content["holds"] = [str(hold) for hold in error.holds]
    return JSONResponse(content, status, headers)


def _to_sign_in(request: Request) -> Response:
    # The path only: what stands behind the question mark may be about somebody.
    back = f"?next={quote(request.scope['path'])}" if request.method in security.SAFE else ""
    response = _to(request, f"/signin{back}", 401)
    if identity.session_token(request, request.app.state.settings):
        # Its session has ended; the sign-in page then begins with a clean slate.
        identity.drop_cookie(
            response,
            request.app.state.settings,
            identity.cookie_name(request.app.state.settings),
        )
    return response


def _to(request: Request, path: str, status: int) -> Response:
    """Return the way to another page; for a part of a page, to the whole of it."""
    if request.headers.get("hx-request"):
        return Response(status_code=status, headers={"HX-Redirect": path})
    return RedirectResponse(path, 303)


def _log(request: Request, error: Exception) -> None:
    log.error(
        fields(
            "request_failed",
            method=request.method,
            route=getattr(request.scope.get("route"), "path", "?"),
            error=type(error).__name__,
            where=where(error.__traceback__) or "?",
        )
    )


class Answered:
    """Turns every error that reaches it into an answer; nothing beyond it sees an exception."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Exception as error:
            request = Request(scope)
            if started:
                _log(request, error)
                raise ConnectionAbortedError("the answer was cut off") from None
            await answer(request, error)(scope, receive, send)
