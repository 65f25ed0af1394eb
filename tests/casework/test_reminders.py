"""Contacts after joining, told to the owner of the case when their day has come."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from casework.access import Actor
from casework.case_models import Notice, Person
from casework.cases import case_of_person
from casework.consents import Given, consents_of, withdraw_consent
from casework.notices import notices_of
from casework.people import add_person
from casework.placement_models import FollowUp
from casework.placements import done_follow_up, start_placement
from casework.reminders import tell_contacts_due, tell_keepers
from resources import clock
from resources.database import Database

SOON = clock.today() + timedelta(days=14)


@pytest.fixture
def east(staff: Callable[..., Actor]) -> Actor:
    return staff("east")


@pytest.fixture
def person(database: Database, east: Actor) -> Person:
    """Somebody whose case is of `east`, with a contact due in two weeks."""
    agreed = Given(("support", "referral"), ["east"], "self", clock.today(), "written")
    with database.writing(by=east.by) as session:
        found = add_person(
            session, label="A", summary="", need={}, agency="east", by=east, consent=agreed
        )
        case = case_of_person(session, actor=east, person_id=found.id, purpose="plan", write=True)
        placement = start_placement(session, case, offering_id=uuid.uuid4(), place="架空サロン")
        session.add(
            FollowUp(case_id=case.case.id, placement_id=placement.id, whom="person", due_on=SOON)
        )
        return found


def told(database: Database, on: date) -> tuple[int, int]:
    with database.writing(by="job:tell_contacts") as session:
        return tell_contacts_due(session, today=on)


def kinds(database: Database, actor: Actor) -> list[str]:
    with database.reading() as session:
        return [n.kind for n in notices_of(session, actor=actor)]


def test_a_contact_is_told_once_on_its_day_and_a_week_later_to_the_manager_who_sees_it(
    database: Database, east: Actor, person: Person, staff: Callable[..., Actor]
) -> None:
    manager = staff("manager", "agency_manager")
    other = staff("other", "agency_manager", "west")
    assert told(database, SOON - timedelta(days=1)) == (0, 0)
    assert told(database, SOON) == (1, 0)
    assert told(database, SOON + timedelta(days=7)) == (0, 0)
    assert told(database, SOON + timedelta(days=8)) == (0, 1)
    assert told(database, SOON + timedelta(days=20)) == (0, 0)
    assert kinds(database, east) == ["follow_up_due"]
    assert kinds(database, manager) == ["follow_up_due_manager"]
    assert kinds(database, other) == []


def test_a_contact_that_was_made_is_not_told(
    database: Database, east: Actor, person: Person
) -> None:
    with database.writing(by=east.by) as session:
        case = case_of_person(
            session, actor=east, person_id=person.id, purpose="follow_up", write=True
        )
        contact = session.scalars(select(FollowUp)).one()
        done_follow_up(session, case, follow_up_id=contact.id, note="元気に通っている")
    assert told(database, SOON + timedelta(days=30)) == (0, 0)


def test_nobody_is_told_of_a_case_that_they_may_no_longer_see(
    database: Database, east: Actor, person: Person
) -> None:
    with database.writing(by=east.by) as session:
        case = case_of_person(session, actor=east, person_id=person.id, purpose="plan", write=True)
        for consent in consents_of(session, case):
            withdraw_consent(session, case, consent_id=consent.id)
    assert told(database, SOON) == (0, 0)
    with database.reading() as session:
        assert session.scalars(select(Notice)).all() == []


def test_what_was_told_of_the_catalogue_and_not_seen_is_replaced(
    database: Database, staff: Callable[..., Actor]
) -> None:
    keeper, worker = staff("keeper", "coordinator"), staff("worker")
    for about in ("12 / 3", "14 / 0"):
        with database.writing(by="job:remind_verifications") as session:
            assert tell_keepers(
                session, roles=("coordinator",), kind="verifications_due", about=about
            ) == 1  # fmt: skip
    with database.reading() as session:
        assert [n.about for n in notices_of(session, actor=keeper)] == ["14 / 0"]
        assert notices_of(session, actor=worker) == []
