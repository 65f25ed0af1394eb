"""Places of sessions on the page: a form that is sent twice takes one place."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from jobs.program import Program
from resources import booking, clock
from resources.booked import Allotment, Hold
from resources.booking import TAKEN
from resources.commands import register_resource
from resources.registration import Registration

SignedIn = Callable[[str], TestClient]


@pytest.fixture
def offering(program: Program) -> uuid.UUID:
    """An offering with two places in a week."""
    parts = {
        "resource": {"name": "見本サロン", "kind": "salon", "status": "published"},
        "offering": {},
    }
    with program.database.writing(by="test") as session:
        made = register_resource(
            session,
            registration=Registration.model_validate(parts),
            vocabulary=program.vocabulary,
            by="test",
        )
        day = clock.today() + timedelta(days=7)
        booking.open_places(session, offering_id=made.id, first_on=day, capacity=2, by="test")
    return made.id


def hold_form(client: TestClient, offering: uuid.UUID) -> dict[str, str]:
    """Return what the form that takes a place would send."""
    page = client.get(f"/offerings/{offering}/places").text
    form = re.search(rf'<form[^>]*action="/offerings/{offering}/holds">.*?</form>', page, re.DOTALL)
    assert form, "no place can be taken"
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form.group()))


def taken(program: Program) -> tuple[int, int]:
    """Return how many holds there are, and how many places are counted as held."""
    with program.database.reading() as session:
        holds = session.scalar(select(func.count()).where(Hold.state.in_(TAKEN)))
        held = session.scalar(select(func.sum(Allotment.held)))
    return int(holds or 0), int(held or 0)


def test_the_same_form_twice_takes_one_place_and_another_form_another(
    signed_in: SignedIn, program: Program, offering: uuid.UUID
) -> None:
    client = signed_in("coordinator")
    form = hold_form(client, offering)
    for _ in range(2):
        answer = client.post(f"/offerings/{offering}/holds", data=form)
        assert answer.headers["location"] == f"/offerings/{offering}/places"
    assert taken(program) == (1, 1)
    second = hold_form(client, offering)
    assert second["key"] != form["key"]
    assert client.post(f"/offerings/{offering}/holds", data=second).status_code == 303
    assert taken(program) == (2, 2)


def test_a_form_that_was_refused_can_be_sent_again(
    signed_in: SignedIn, program: Program, offering: uuid.UUID
) -> None:
    client = signed_in("coordinator")
    form = hold_form(client, offering)
    allotment = uuid.UUID(form["allotment"])
    with program.database.writing(by="test") as session:
        holds = [
            booking.hold_place(
                session, allotment_id=allotment, keep=timedelta(days=1), by="test"
            ).id
            for _ in range(2)
        ]
    for _ in range(2):
        refused = client.post(f"/offerings/{offering}/holds", data=form)
        assert refused.status_code == 409
        assert 'role="alert"' in refused.text
    with program.database.writing(by="test") as session:
        booking.cancel(session, hold_id=holds[0], by="test")
    assert client.post(f"/offerings/{offering}/holds", data=form).status_code == 303
    assert taken(program) == (2, 2)


def test_a_form_without_a_key_takes_nothing(
    signed_in: SignedIn, program: Program, offering: uuid.UUID
) -> None:
    client = signed_in("coordinator")
    form = hold_form(client, offering)
    for key in ({}, {"key": "again"}):
        sent = {name: value for name, value in form.items() if name != "key"} | key
        assert client.post(f"/offerings/{offering}/holds", data=sent).status_code == 422
    assert taken(program) == (0, 0)
