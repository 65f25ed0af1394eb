"""Helpers of the tests that go through the door: a browser, staff, signing in."""

import re
import uuid
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from casework.access import Actor
from casework.accounts import add_account
from casework.consents import Given
from casework.people import add_person
from jobs.program import Program
from jobs.settings import Settings
from matching.store import IndexStore
from resources import clock
from resources.database import Database
from resources.models import Agency
from resources.vocabulary import default_vocabulary

PASSWORD = "a long enough password"


def make_program(database: Database, home: Path, **settings: object) -> Program:
    home.mkdir(exist_ok=True)
    given = Settings(home=home, **settings)  # type: ignore[arg-type]
    vocabulary = default_vocabulary()
    store = IndexStore(given.index_folder, vocabulary, given.streets_folder)
    return Program(given, database, vocabulary, store)


def browser(app: FastAPI) -> TestClient:
    """A browser that shows each answer instead of following it."""
    return TestClient(app, follow_redirects=False, headers={"accept": "text/html"})


def add_staff(
    program: Program, role: str, agency: str | None = "east", name: str | None = None
) -> uuid.UUID:
    """Make an account whose sign-in name is its role; return its id."""
    with program.database.writing(by="test") as session:
        if agency and session.get(Agency, agency) is None:
            session.add(
                Agency(
                    code=agency,
                    ja=agency,
                    en=agency,
                    programmes=[],
                    fields=[],
                    needs=[],
                    meetings=[],
                    invented=True,
                )
            )
        return add_account(
            session,
            name=name or role,
            password=PASSWORD,
            role=role,
            agency=agency,
            display_name="見本の職員",
            by="test",
        ).id


def receive_person(program: Program, need: dict[str, Any]) -> uuid.UUID:
    """Receive somebody as the staff `worker`, who is made too, with consent; return the id."""
    account = add_staff(program, "support_worker", name="worker")
    worker = Actor(account, "worker", "support_worker", "east")
    agreed = Given(["support", "referral"], ["east"], "self", clock.today(), "written")
    with program.database.writing(by=worker.by) as session:
        return add_person(
            session, label="見本Ａ", summary="", need=need, agency="east", by=worker, consent=agreed
        ).id


def token_of(html: str) -> str:
    """Return the token in the first form of a page."""
    found = re.search(r'name="csrf"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="csrf"', html)
    assert found
    return found.group(1) or found.group(2)


def sign_in(client: TestClient, name: str, password: str = PASSWORD, next: str = "/") -> None:
    page = client.get("/signin")
    answer = client.post(
        "/signin",
        data={"name": name, "password": password, "next": next, "csrf": token_of(page.text)},
    )
    assert answer.status_code == 303, answer.text
