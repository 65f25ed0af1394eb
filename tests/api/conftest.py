"""The whole application around a real database, and staff who sign in through its door."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from demo_ward import DemoWard, loaded
from door import add_staff, browser, make_program, sign_in
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from jobs.program import Program
from resources.database import Database


@pytest.fixture
def program(sqlite_database: Database, tmp_path: Path) -> Program:
    return make_program(sqlite_database, tmp_path / "home")


@pytest.fixture(scope="session")
def demo_ward(tmp_path_factory: pytest.TempPathFactory) -> DemoWard:
    """The demo ward to be copied: loading it takes longer than most tests of it."""
    return loaded(tmp_path_factory.mktemp("demo-ward"))


@pytest.fixture
def demo(demo_ward: DemoWard, tmp_path: Path) -> Iterator[Program]:
    """The demo ward on SQLite."""
    program = demo_ward.copied(tmp_path, demo=True)
    yield program
    program.database.close()


@pytest.fixture
def app(program: Program) -> FastAPI:
    return create_app(program.settings, program)


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return browser(app)


@pytest.fixture
def signed_in(app: FastAPI, program: Program) -> Callable[[str], TestClient]:
    """Return a browser in which somebody of a role is signed in."""

    def make(role: str, agency: str | None = "east") -> TestClient:
        add_staff(program, role, agency)
        client = browser(app)
        sign_in(client, role)
        return client

    return make
