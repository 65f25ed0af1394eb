"""Words that would be a script stand in every field of every entry, and are text on every page."""

import html
import re
import uuid
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from door import add_staff, browser, make_program, sign_in
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import String, Text, inspect

from api.app import create_app
from jobs.program import Program
from resources import clock
from resources.database import Database
from resources.models import (
    Agency,
    Location,
    Offering,
    Organization,
    Resource,
)

SCRIPT = "<script>alert(1)</script>'\"><img src=x onerror=alert(1)>"
CLOSED = {
    "status", "kind", "visibility", "availability", "availability_said_by", "verified_by",
    "point_level", "point_source", "attendance", "gender", "noise", "conversation",
    "source", "source_key", "postcode", "corporate_number",
}  # fmt: skip
"""Texts that hold codes and numbers, which no form lets anybody type freely."""


def _words(table: type, **given: Any) -> dict[str, Any]:
    """Return a row whose every free text is the script, cut to what its column holds."""
    texts = {
        c.key: SCRIPT[: getattr(c.type, "length", None) or 2000]
        for c in inspect(table).columns
        if isinstance(c.type, String | Text) and c.key not in CLOSED and not c.foreign_keys
    }
    if "url" in texts:
        texts["url"] = "javascript:alert(1)//https://example.org"
    return {**texts, **given}


@pytest.fixture
def hostile(database: Database, tmp_path: Path) -> tuple[Program, FastAPI, dict[str, str]]:
    program = make_program(database, tmp_path / "home")
    now = clock.now()
    stamps = {"created_at": now, "edited_at": now}
    ids = {name: uuid.uuid4() for name in ("organization_id", "location_id", "resource_id", "offering_id")}  # fmt: skip
    with program.database.writing(by=SCRIPT[:50]) as session:
        session.add(
            Agency(
                code="east", ja=SCRIPT, en=SCRIPT, programmes=[], fields=[], needs=[], meetings=[],
                invented=True,
            )
        )  # fmt: skip
        session.add(Organization(**_words(Organization, id=ids["organization_id"], invented=True, **stamps)))  # fmt: skip
        session.add(
            Location(
                **_words(
                    Location,
                    id=ids["location_id"],
                    lon=139.7148,
                    lat=35.729,
                    city="豊島区",
                    **stamps,
                )
            )
        )
        session.flush()
        session.add(
            Resource(
                **_words(
                    Resource, id=ids["resource_id"], organization_id=ids["organization_id"],
                    kind="salon", status="published", gender="any", noise="low",
                    conversation="some", invented=True, **stamps,
                )
            )
        )  # fmt: skip
        session.flush()
        session.add(
            Offering(
                **_words(
                    Offering, id=ids["offering_id"], resource_id=ids["resource_id"],
                    location_id=ids["location_id"], **stamps,
                )
            )
        )  # fmt: skip
    return program, create_app(program.settings, program), {k: str(v) for k, v in ids.items()}


class _Running(HTMLParser):
    """Finds what a browser would run: scripts in the page, handlers in tags, links to scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: (value or "") for name, value in attrs}
        if tag == "script" and not given.get("src", "").startswith("/static/"):
            self.found.append("script")
        self.found += [name for name in given if name.startswith("on")]
        for name in ("href", "src", "action", "formaction"):
            if given.get(name, "").strip().lower().startswith(("javascript:", "data:")):
                self.found.append(f"{name}={given[name]}")


def _run_in(page: str) -> list[str]:
    reader = _Running()
    reader.feed(page)
    return reader.found


def test_what_runs_is_found() -> None:
    assert _run_in(SCRIPT) == ["script", "onerror"]
    assert _run_in('<a href=" JavaScript:alert(1)">') == ["href= JavaScript:alert(1)"]
    assert _run_in(html.escape(SCRIPT)) == []


def _pages(app: FastAPI, ids: dict[str, str]) -> list[str]:
    """Return every page that can be opened, with the ids of the hostile entry in its path."""
    found = []
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute) and "GET" in (context.methods or ()):
            path = str(context.path)
            found.append(
                re.sub(r"{(\w+)[^}]*}", lambda m: ids.get(m[1], str(uuid.UUID(int=1))), path)
            )
    return found


@pytest.mark.parametrize("role", ["coordinator", "administrator", "auditor"])
def test_what_is_written_in_the_catalogue_is_text_on_every_page(
    hostile: tuple[Program, FastAPI, dict[str, str]], role: str
) -> None:
    program, app, ids = hostile
    add_staff(program, role, "east")
    client = browser(app)
    sign_in(client, role)
    shown = 0
    pages = [p for p in _pages(app, ids) if p != "/signout"]
    pages += [f"/resources?q={SCRIPT}", f"/nearby?at={SCRIPT}", f"/agencies?q={SCRIPT}"]
    for page in pages:
        answer = client.get(page)
        assert answer.status_code < 500 or answer.status_code == 503, page
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        assert _run_in(answer.text) == [], page
        shown += "<script>alert" in html.unescape(answer.text)
    assert len(pages) > 60
    assert shown >= (1 if role == "auditor" else 3)
