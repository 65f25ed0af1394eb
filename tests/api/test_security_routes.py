"""Every route states who may use it, and holds to it: walked, not listed."""

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from door import browser
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from starlette.routing import Mount

from api.answering import FOR_PROGRAMS
from api.dependencies import Allowed, open_to_all
from casework.roles import ROLES

OPEN_LISTS = (
    "services",
    "service_at_locations",
    "organizations",
    "taxonomies",
    "taxonomy_terms",
)
PUBLIC = {
    ("GET", "/signin"),
    ("POST", "/signin"),
    # The way to the municipality's own identity provider and back; 404 where none is set up.
    ("GET", "/signin/provider"),
    ("GET", "/signin/provider/back"),
    ("POST", "/signout"),
    ("GET", "/language/{language}"),  # the sign-in page too is read in one's own language
    # Behind a signed link that expires, about one entry.
    ("GET", "/host/{token}"),
    ("POST", "/host/{token}"),
    ("POST", "/host/{token}/session"),  # whether it took place on a day, by who has the link
    # Behind a signed link for a week: bands of somebody whom nothing names.
    ("GET", "/room/{token}"),
    ("POST", "/room/{token}"),
    # Whoever has an invitation code has no account yet; tries are slowed down.
    ("GET", "/welcome"),
    ("POST", "/welcome"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/api/openapi.json"),
    # Open data: only what is published, verified and at a public place (resources.public_entries).
    ("GET", "/feed/service-at-locations"),
    ("GET", "/hsds"),
    ("GET", "/hsds/"),
    ("GET", "/hsds/profile"),
    *((method, f"/hsds/{name}") for method in ("GET", "POST") for name in OPEN_LISTS),
    *(("GET", f"/hsds/{name}/{{id}}") for name in OPEN_LISTS),
}
"""The whole list of what may be used by whoever isn't signed in; it grows only with a reason."""


def _calls(dependant: Dependant) -> Iterator[Any]:
    for child in dependant.dependencies:
        yield child.call
        yield from _calls(child)


def policies(app: FastAPI) -> list[tuple[str, str, list[Any]]]:
    """Return (method, path, policies) of every route."""
    found = []
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, Mount):
            assert context.path == "/static"
            continue
        assert isinstance(context.original_route, APIRoute), f"{context.path} is no API route"
        stated = [
            call
            for call in _calls(context.dependant)
            if isinstance(call, Allowed) or call is open_to_all
        ]
        found += [(method, str(context.path), stated) for method in sorted(context.methods or ())]
    return found


def _address(path: str) -> str:
    return re.sub(r"\{[^}]*\}", lambda _: str(uuid.UUID(int=0)), path)


def test_every_route_states_who_may_use_it(app: FastAPI) -> None:
    silent = [(method, path) for method, path, stated in policies(app) if not stated]
    assert silent == []


def test_a_route_that_states_nothing_is_found(app: FastAPI) -> None:
    @app.get("/test/silent")
    def silent() -> None: ...

    assert ("GET", "/test/silent", []) in policies(app)


def test_only_the_listed_routes_are_open_to_whoever_is_not_signed_in(app: FastAPI) -> None:
    opened = {(m, path) for m, path, stated in policies(app) if open_to_all in stated}
    assert opened == PUBLIC


def test_whoever_is_not_signed_in_is_sent_to_the_sign_in_page(app: FastAPI) -> None:
    client = browser(app)
    for method, path, _ in policies(app):
        if (method, path) in PUBLIC:
            continue
        answer = client.request(method, _address(path))
        if path.startswith(FOR_PROGRAMS):
            assert answer.status_code == 401, (method, path)
            assert answer.headers["content-type"] == "application/json"
        else:
            assert answer.status_code == 303, (method, path)
            assert answer.headers["location"].startswith("/signin"), (method, path)


def test_the_api_answers_401_as_json_to_whoever_asks_for_json(app: FastAPI) -> None:
    client = browser(app)
    for method, path, _ in policies(app):
        if (method, path) in PUBLIC:
            continue
        answer = client.request(method, _address(path), headers={"accept": "application/json"})
        assert answer.status_code == 401, (method, path)
        assert set(answer.json()) == {"status", "error"}


@pytest.mark.parametrize("role", list(ROLES))
def test_each_role_is_refused_exactly_what_is_not_for_it(
    app: FastAPI, signed_in: Callable[[str], TestClient], role: str
) -> None:
    client = signed_in(role)
    token = client.get("/signin").text.split('name="csrf"')[1].split('value="')[1].split('"')[0]
    for method, path, stated in policies(app):
        if (method, path) in PUBLIC:
            continue
        fits = all(not p.roles or role in p.roles for p in stated if isinstance(p, Allowed))
        answer = client.request(method, _address(path), headers={"x-csrf-token": token})
        assert (answer.status_code == 403) == (not fits), (method, path, answer.status_code)
        assert answer.status_code < 500, (method, path)
