"""Staff of two agencies, and a person of one of them."""

import uuid
from collections.abc import Callable

import pytest

from casework.access import Actor
from casework.accounts import add_account
from casework.case_models import Person
from casework.consents import Given
from casework.people import add_person
from resources import clock
from resources.database import Database
from resources.models import Agency

PASSWORD = "a long enough password"


def _agency(code: str) -> Agency:
    return Agency(
        code=code, ja=code, en=code, programmes=[], fields=[], needs=[], meetings=[], invented=True
    )


@pytest.fixture
def agencies(database: Database) -> tuple[str, str]:
    with database.writing(by="test") as session:
        session.add_all([_agency("east"), _agency("west")])
    return "east", "west"


def given(*agencies: str, purposes: tuple[str, ...] = ("support",)) -> Given:
    return Given(purposes, agencies, "self", clock.today(), "written")


@pytest.fixture
def person(database: Database, agencies: tuple[str, str]) -> Person:
    with database.writing(by="test") as session:
        return add_person(
            session,
            label="Aさん",
            summary="ひとりで本を読んで過ごすことが多い",
            need={"at": {"lon": 139.7148, "lat": 35.729}},
            agency="east",
            by="test",
            consent=given("east"),
        )


@pytest.fixture
def actor() -> Callable[..., Actor]:
    def make(role: str = "support_worker", agency: str | None = "east", **facts: object) -> Actor:
        given = {"account_id": uuid.uuid4(), "name": "sato", "role": role, "agency": agency}
        return Actor(**{**given, **facts})  # type: ignore[arg-type]

    return make


@pytest.fixture
def staff(database: Database, agencies: tuple[str, str]) -> Callable[..., Actor]:
    """Make somebody with an account of their own."""

    def make(name: str, role: str = "support_worker", agency: str | None = "east") -> Actor:
        with database.writing(by="test") as session:
            account = add_account(
                session,
                name=name,
                password=PASSWORD,
                role=role,
                agency=agency,
                display_name=name,
                by="test",
            )
        return Actor(account.id, name, role, agency)

    return make
