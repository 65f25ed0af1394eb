"""What isn't somebody's leaves no trace for them: not in work done, not in meetings, not in places."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from door import add_staff, browser, make_program, sign_in, token_of
from fastapi.testclient import TestClient
from plain_role import serving
from sqlalchemy import event, select

from api.app import create_app
from casework.access import Actor
from casework.case_models import Case, Person
from casework.cases import case_of_person
from casework.consents import PURPOSES, Given
from casework.exclusions import exclude
from casework.identities import identity_of, store_identity
from casework.kept import kept_of
from casework.meetings import add_meeting
from casework.people import add_person, edit_person
from casework.sealed_fields import new_ring
from jobs.program import Program
from resources import clock
from resources.database import Database


@pytest.fixture
def served(database: Database, tmp_path: Path) -> Iterator[Program]:
    opened = serving(database)
    program = make_program(opened, tmp_path / "home")
    database.info |= opened.info  # the same keys
    yield program
    opened.close()


@pytest.fixture
def worker(served: Program) -> Actor:
    return Actor(add_staff(served, "support_worker"), "support_worker", "support_worker", "east")


@pytest.fixture
def stranger(served: Program) -> Actor:
    return Actor(add_staff(served, "csw", "west"), "csw", "csw", "west")


def _received(database: Database, by: Actor, *, consent: bool, address: bool = False) -> Person:
    given = Given(PURPOSES, ["east"], "self", clock.today(), "written") if consent else None
    at = {"lon": 139.714812, "lat": 35.729034, "address": "豊島区見本一丁目"}
    with database.writing(by="test") as session:
        return add_person(
            session, label="Ｂ", summary="", need={"at": at} if address else {}, agency="east",
            by=by, consent=given,
        )  # fmt: skip


def _case_id(database: Database, person: Person) -> uuid.UUID:
    with database.reading() as session:
        return session.scalars(select(Case.id).where(Case.person_id == person.id)).one()


@contextmanager
def _counted(program: Program) -> Iterator[list[str]]:
    """Collect the statements that the application puts to its database."""
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement.split("(")[0][:60])

    event.listen(program.database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(program.database.engine, "before_cursor_execute", note)


def _browser(program: Program, name: str) -> tuple[TestClient, str]:
    client = browser(create_app(program.settings, program))
    sign_in(client, name)
    return client, token_of(client.get("/").text)


def test_what_isnt_yours_takes_the_same_statements_as_what_doesnt_exist(
    database: Database, served: Program, worker: Actor, stranger: Actor
) -> None:
    cases = [_case_id(database, _received(database, worker, consent=c)) for c in (True, False)]
    client, csrf = _browser(served, "csw")
    for path, form in (
        ("/cases/{}", None),
        ("/cases/{}/requests", None),
        ("/cases/{}/looks", None),
        ("/cases/{}/owner", {"csrf": csrf}),
    ):
        asked = []
        for case_id in (*cases, uuid.uuid4()):
            with _counted(served) as statements:
                method = "GET" if form is None else "POST"
                answer = client.request(method, path.format(case_id), data=form)
                assert answer.status_code == 404
            asked.append(list(statements))
        assert asked[0] == asked[1] == asked[2], path
        assert asked[0]


def test_an_emergency_refused_takes_the_same_statements_as_a_reference_that_doesnt_exist(
    database: Database, served: Program, worker: Actor, stranger: Actor
) -> None:
    person = _received(database, worker, consent=True)
    with database.writing(by="test") as session:
        case = case_of_person(session, actor=worker, person_id=person.id, purpose="x", write=True)
        exclude(session, case, reason="親族", account_id=stranger.account_id)
        reference = case.case.reference
    client, csrf = _browser(served, "csw")
    asked = []
    for wanted in ("YYYY-YYYY", reference, "ZZZZ-ZZZZ"):  # the first begins to count tries
        with _counted(served) as statements:
            form = {"reference": wanted, "reason": "緊急のため", "csrf": csrf}
            assert client.post("/break-glass", data=form).status_code == 404
        asked.append(list(statements))
    assert asked[1] == asked[2]


def test_that_a_support_meeting_is_held_is_known_to_its_members_and_who_called_it(
    database: Database, served: Program, worker: Actor, stranger: Actor
) -> None:
    add_staff(served, "secretariat", "east")
    officer = Actor(
        add_staff(served, "inclusion_officer"), "inclusion_officer", "inclusion_officer", "east"
    )
    with database.writing(by="test") as session:
        ids = {
            kind: add_meeting(
                session, kind=kind, held_on=clock.today(), title=f"{kind}の会", by=officer
            ).id
            for kind in ("juso", "shien")
        }
    for name, knows in (
        ("support_worker", False),
        ("csw", False),
        ("secretariat", True),
        ("inclusion_officer", True),
    ):
        client, _ = _browser(served, name)
        listed = client.get("/meetings").text
        assert "jusoの会" in listed
        assert ("shienの会" in listed) == knows, name
        shown, missing = (
            client.get(f"/meetings/{ids['shien']}"),
            client.get(f"/meetings/{uuid.uuid4()}"),
        )
        assert (shown.status_code == 200) == knows
        assert missing.status_code == 404
    _received(database, worker, consent=False)  # the worker is now a named member of one
    client, _ = _browser(served, "support_worker")
    assert "shienの会" in client.get("/meetings").text
    client, _ = _browser(served, "csw")
    assert "shienの会" not in client.get("/meetings").text


def test_who_comes_under_protection_has_no_address_left_anywhere(
    database: Database, worker: Actor
) -> None:
    person, ring = _received(database, worker, consent=True, address=True), new_ring()
    with database.writing(by="test") as session:
        case = case_of_person(session, actor=worker, person_id=person.id, purpose="x", write=True)
        store_identity(
            session, case, ring, {"name": "見本", "address": "見本一丁目", "phone": "03"}
        )
    with database.writing(by="test") as session:
        edit_person(session, person_id=person.id, version=1, by=worker, protected=True)
        case = case_of_person(session, actor=worker, person_id=person.id, purpose="x")
        assert case.person.need["at"] == {"lon": 139.71, "lat": 35.73, "accuracy_m": 1000.0}
        assert set(identity_of(session, case, ring)) == {"name"}
        case.person.protected = False  # nothing was only hidden: it is gone
        session.flush()
        assert set(identity_of(session, case, ring)) == {"name"}
        case.person.protected = True
        needs = [k.fields.get("need") for k in kept_of(session, case, ring)]
        assert not any("at" in need for need in needs if need)
