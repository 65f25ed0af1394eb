"""A word that stands in every field of every form, through every route, is found where it belongs only.

Not in a log, not in an error's answer, not in the audit, not in a job, not in a file.
"""

import logging
import re
import tempfile
import uuid
from pathlib import Path
from typing import Any

import pytest
from door import add_staff, browser, make_program, sign_in, token_of
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import text

from api.app import create_app
from casework.access import Actor
from casework.cases import case_of_person
from casework.consents import Given
from casework.people import add_person
from jobs.program import Program
from resources import clock
from resources.database import Database

CANARY = "kanariya7f3a"
TEMPLATES = Path(__file__).parents[2] / "api" / "templates"
LEAVES_ALONE = ("/signout", "/language/{language}")


@pytest.fixture
def home(database: Database, tmp_path: Path) -> Program:
    return make_program(database, tmp_path / "home")


@pytest.fixture
def ids(home: Program) -> dict[str, str]:
    account = add_staff(home, "support_worker", "east")
    owner = Actor(account, "support_worker", "support_worker", "east")
    with home.database.writing(by=owner.by) as session:
        person = add_person(
            session, label=CANARY, summary=CANARY, agency="east", by=owner,
            need={"at": {"lon": 139.7272, "lat": 35.7295}, "wishes": {"text": CANARY}},
            consent=Given(["support", "referral"], ["east"], "self", clock.today(), "written"),
        )  # fmt: skip
        case = case_of_person(session, actor=owner, person_id=person.id, purpose="plan")
        return {"case_id": str(case.case.id), "person_id": str(person.id)}


def _routes(app: FastAPI) -> list[tuple[str, str, APIRoute]]:
    return [
        (method, str(context.path), context.original_route)
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        for method in sorted(context.methods or ())
        if method != "HEAD" and str(context.path) not in LEAVES_ALONE
    ]


def _fields() -> list[str]:
    """Return the name of every field of every form."""
    pages = "\n".join(p.read_text(encoding="utf-8") for p in TEMPLATES.glob("*.html"))
    names = set(re.findall(r'name="([a-z_]+)"', pages))
    return sorted(names - {"csrf"})


def _paths(path: str, ids: dict[str, str]) -> list[str]:
    """Return a path with ids that exist, and with the word itself."""
    known = re.sub(r"{(\w+)[^}]*}", lambda m: ids.get(m[1], str(uuid.UUID(int=1))), path)
    return [known, re.sub(r"{[^}]*}", CANARY, path)] if "{" in path else [known]


def _is_error_page(html: str) -> bool:
    """Tell an error's page from a form that shows again what somebody typed into it."""
    posts = [form for form in re.findall(r"<form[^>]*>", html) if 'method="post"' in form]
    return all('action="/signout"' in form for form in posts)


def _ask(client: TestClient, method: str, path: str, csrf: str) -> list[Any]:
    data = {**dict.fromkeys(_fields(), CANARY), "csrf": csrf}
    headers = {"x-csrf-token": csrf, "accept": "application/json"}
    answers = [client.request(method, path, data=data if method == "POST" else None)]
    body = dict.fromkeys(("at", "name", "resource", "need", "on", CANARY), CANARY)
    if method != "GET":
        answers.append(client.request(method, path, json=body, headers=headers))
    else:
        answers.append(client.get(path, params={"q": CANARY, CANARY: CANARY}, headers=headers))
    return answers


@pytest.mark.parametrize("role", ["support_worker", "administrator"])
def test_the_word_is_found_in_no_log_error_audit_job_or_file(
    home: Program,
    ids: dict[str, str],
    role: str,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    app = create_app(home.settings, home)
    if role != "support_worker":
        add_staff(home, role, None)
    client = browser(app)
    sign_in(client, role)
    csrf = token_of(client.get("/").text)
    caplog.set_level(logging.DEBUG)
    # What the test's own client writes down of its requests is not the program's.
    for name in ("httpx", "httpcore", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    asked = errors = 0
    for method, path, _ in _routes(app):
        for address in _paths(path, ids):
            for answer in _ask(client, method, address, csrf):
                asked += 1
                where = (method, path, answer.status_code)
                # 503: there is no gazetteer in this installation.
                assert answer.status_code < 500 or answer.status_code == 503, where
                if answer.status_code >= 400 and CANARY not in address:
                    errors += 1
                    if "json" in answer.headers.get("content-type", "") or _is_error_page(
                        answer.text
                    ):
                        assert CANARY not in answer.text, where
    assert asked > 200
    assert errors > 100
    figures = client.get("/metrics")  # for who may see them; for others the refusal
    assert CANARY not in figures.text
    with home.database.engine.connect() as connection:
        for table in ("person", "plan_item", "hand_off", "household", "exclusion", "break_glass"):
            rows = connection.execute(text(f"SELECT * FROM {table}")).all()
            assert CANARY not in str(rows), table  # what is kept about people stands sealed
    logged = [r for r in caplog.records if r.name.startswith(("ibasho", "uvicorn", "sqlalchemy"))]
    assert [r.getMessage() for r in logged if CANARY in r.getMessage()] == []
    assert CANARY not in "".join(str(r.exc_info) for r in logged)
    with home.database.reading() as session:
        about_people = session.execute(
            text("SELECT * FROM audit WHERE entity IN ('person', 'case')")
        ).all()
        assert about_people
        jobs = session.execute(text("SELECT * FROM job")).all()
        for row in [*about_people, *jobs]:
            assert CANARY not in str(row)
    for file in [*(tmp_path / "home").rglob("*"), *temporary.rglob("*")]:
        if file.is_file():
            assert CANARY.encode() not in file.read_bytes(), file
            assert CANARY not in file.name
