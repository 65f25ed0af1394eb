"""The menu leads everywhere a role may go, and nowhere else."""

import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from starlette.routing import Mount

from api.menu import GROUPS, menu_of
from casework.roles import ROLES

NO_PAGES = ("/api", "/hsds", "/health", "/map", "/static", "/feed", "/openapi", "/docs", "/metrics",
            "/signin")  # fmt: skip
ELSEWHERE = {"/welcome", "/duplicates/compare", "/second-factor/picture"}
"""Where an invitation leads; what is opened for two entries that the list names; and the picture on
the page that is the answer to setting up a second factor."""


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_the_menu_opens_for_who_sees_it_and_is_marked_as_here(
    signed_in: Callable[[str], TestClient], role: str
) -> None:
    client = signed_in(role)
    home = client.get("/").text
    for group in menu_of(role):
        for item in group.items:
            assert home.count(f'href="{item.href}"') >= 2, "in the menu and as a tile"
            page = client.get(item.href)
            assert page.status_code == 200, item.href
            assert f'<a href="{item.href}" aria-current="page">' in page.text
            assert page.text.count('aria-current="page"') <= 2, "here, and one's own account"
            assert page.text.count("data-within") == 1


@pytest.mark.parametrize("role", ROLES)
def test_what_is_not_in_the_menu_of_a_role_is_not_for_it(
    signed_in: Callable[[str], TestClient], role: str
) -> None:
    client = signed_in(role)
    seen = {item.href for group in menu_of(role) for item in group.items}
    for item in (i for g in GROUPS for i in g.items if i.href not in seen):
        assert client.get(item.href).status_code == 403, item.href


def test_every_list_of_the_house_is_in_the_menu(
    app: FastAPI, signed_in: Callable[[str], TestClient]
) -> None:
    """A page that needs no id is reached from the menu, or by a link of a page that is."""
    hrefs = {item.href for group in GROUPS for item in group.items}
    linked: set[str] = set()
    for role in ROLES:
        client = signed_in(role)
        for href in {i.href for g in menu_of(role) for i in g.items}:
            linked |= set(re.findall(r'(?:href|action)="(/[a-z/.-]*)', client.get(href).text))
    pages = {
        str(context.path)
        for context in iter_route_contexts(app.routes)
        if not isinstance(context.original_route, Mount)
        and "GET" in (context.methods or ())
        and not str(context.path).startswith(NO_PAGES)
        and "{" not in str(context.path)
    }
    assert len(pages) > len(hrefs)
    assert pages - hrefs - linked - ELSEWHERE == set()
