"""Places of sessions over the API: opened, taken once, confirmed, given back, refused in words."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.app import create_app
from casework.accounts import add_token
from casework.models import Account
from jobs.program import Program
from resources import clock
from resources.models import Offering

IN_A_WEEK = (clock.today() + timedelta(days=7)).isoformat()


@pytest.fixture
def program(demo: Program) -> Program:
    return demo


@pytest.fixture
def as_role(program: Program) -> Callable[[str], TestClient]:
    app = create_app(program.settings, program)

    def make(name: str) -> TestClient:
        with program.database.writing(by="test") as session:
            account = session.scalars(select(Account).where(Account.name == name)).one()
            token = add_token(
                session, account_id=account.id, label="t", scopes=["read", "write"], by="test"
            )
        return TestClient(app, headers={"authorization": f"Bearer {token}"})

    return make


@pytest.fixture
def offering(program: Program) -> uuid.UUID:
    with program.database.reading() as session:
        return session.scalars(select(Offering.id).order_by(Offering.id).limit(1)).one()


def _open(client: TestClient, offering: uuid.UUID, capacity: int, **more):
    body = {"first_on": IN_A_WEEK, "capacity": capacity} | more
    return client.put(f"/api/v1/offerings/{offering}/allotments", json=body)


def _hold(client: TestClient, allotment: str, key: str, **body):
    headers = {"Idempotency-Key": key}
    return client.post(f"/api/v1/allotments/{allotment}/holds", json=body, headers=headers)


def test_a_place_is_taken_once_for_a_key_and_goes_its_way(as_role, offering) -> None:
    client = as_role("support")
    opened = _open(client, offering, 2)
    assert opened.status_code == 200, opened.text
    allotment = opened.json()["allotment"]
    first = _hold(client, allotment, "key-0001", minutes=60)
    assert first.status_code == 201, first.text
    assert first.json()["state"] == "held"
    assert _hold(client, allotment, "key-0001", minutes=60).json() == first.json()
    assert _hold(client, allotment, "key-0001", minutes=90).status_code == 422
    listed = client.get(f"/api/v1/offerings/{offering}/allotments").json()
    assert [(a["capacity"], a["held"], a["left"]) for a in listed] == [(2, 1, 1)]
    hold = first.json()["hold"]
    confirmed = client.post(f"/api/v1/holds/{hold}/confirm")
    assert (confirmed.json()["state"], confirmed.json()["expires_at"]) == ("confirmed", None)
    assert client.post(f"/api/v1/holds/{hold}/confirm").status_code == 409
    assert client.post(f"/api/v1/holds/{hold}/attend").status_code == 409, "it has not begun"
    assert client.post(f"/api/v1/holds/{hold}/cancel").json()["state"] == "cancelled"


def test_the_last_place_and_the_capacity_below_it_are_refused_with_the_reason(
    as_role, offering
) -> None:
    client = as_role("coordinator")
    allotment = _open(client, offering, 1).json()["allotment"]
    hold = _hold(client, allotment, "key-0001").json()["hold"]
    full = _hold(client, allotment, "key-0002")
    assert full.status_code == 409
    assert full.json()["error"] == "空きがなくなりました。ほかの回を選んでください。"
    cut = _open(client, offering, 0)
    assert (cut.status_code, cut.json()["holds"]) == (409, [hold])
    resource = client.get(f"/api/v1/offerings/{offering}/allotments").json()
    assert resource[0]["capacity"] == 1


@pytest.mark.parametrize(
    "bad",
    [
        {"capacity": -1},
        {"first_on": "2026-02-30"},
        {"starts": "25:00"},
        {"last_on": "2020-01-01"},
        {"name": "A"},
    ],
)
def test_what_cannot_be_opened_is_refused(as_role, offering, bad) -> None:
    assert _open(as_role("coordinator"), offering, **({"capacity": 1} | bad)).status_code == 422


def test_a_place_needs_a_key_and_a_session_that_is_there(as_role, offering) -> None:
    client = as_role("support")
    allotment = _open(client, offering, 1).json()["allotment"]
    assert client.post(f"/api/v1/allotments/{allotment}/holds", json={}).status_code == 422
    assert _hold(client, allotment, "short").status_code == 422
    assert _hold(client, str(uuid.uuid4()), "key-0001").status_code == 404
    for step in ("confirm", "attend", "cancel"):
        assert client.post(f"/api/v1/holds/{uuid.uuid4()}/{step}").status_code == 404


def test_an_auditor_sees_and_takes_nothing(as_role, offering) -> None:
    allotment = _open(as_role("coordinator"), offering, 1).json()["allotment"]
    auditor = as_role("auditor")
    assert auditor.get(f"/api/v1/offerings/{offering}/allotments").status_code == 200
    assert _hold(auditor, allotment, "key-0001").status_code == 403
    assert _open(auditor, offering, 3).status_code == 403
