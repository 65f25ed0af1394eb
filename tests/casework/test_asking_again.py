"""On the day on which a declined place may be proposed again, the owner of the case is told, once."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from casework.access import Actor
from casework.asking_again import LATEST, tell_of_asking_again
from casework.case_models import Notice, Person
from casework.cases import Opened, case_of_person
from casework.consents import Given, consents_of, withdraw_consent
from casework.notices import notices_of
from casework.people import add_person
from casework.placements import move_placement, start_placement
from matching.schemes import default_weighing
from resources import clock
from resources.commands import register_resource, set_status
from resources.database import Database
from resources.models import Offering, Resource
from resources.registration import Registration
from resources.vocabulary import default_vocabulary


def day() -> date:
    """Return when a full place is asked about again, of what was declined now."""
    return clock.today() + timedelta(days=default_weighing().thresholds.again_full_days)


@pytest.fixture
def east(staff: Callable[..., Actor]) -> Actor:
    return staff("east")


@pytest.fixture
def person(database: Database, east: Actor) -> Person:
    agreed = Given(("support", "referral"), ["east"], "self", clock.today(), "written")
    with database.writing(by=east.by) as session:
        return add_person(
            session, label="A", summary="", need={}, agency="east", by=east, consent=agreed
        )


@pytest.fixture
def salon(database: Database) -> uuid.UUID:
    parts = {"resource": {"name": "架空サロン", "kind": "salon"}}
    with database.writing(by="test") as session:
        return register_resource(
            session,
            registration=Registration.model_validate(parts),
            vocabulary=default_vocabulary(),
            by="test",
        ).id


def opened(session, east: Actor, person: Person) -> Opened:
    return case_of_person(session, actor=east, person_id=person.id, purpose="plan", write=True)


def decline(
    database: Database, east: Actor, person: Person, salon: uuid.UUID, reason: str = "full"
) -> None:
    with database.writing(by=east.by) as session:
        case = opened(session, east, person)
        placed = start_placement(session, case, offering_id=salon, place="架空サロン")
        move_placement(
            session, case, placement_id=placed.id, version=1, target="declined", reason=reason
        )


def told(database: Database, on: date) -> int:
    with database.writing(by="job:tell_ask_again") as session:
        return tell_of_asking_again(session, today=on)


def notices(database: Database, actor: Actor) -> list[Notice]:
    with database.reading() as session:
        return notices_of(session, actor=actor)


def test_the_owner_is_told_once_on_the_day_with_the_case_and_without_a_name(
    database: Database, east: Actor, person: Person, salon: uuid.UUID, staff: Callable[..., Actor]
) -> None:
    colleague = staff("colleague")
    decline(database, east, person, salon)
    assert told(database, day() - timedelta(days=1)) == 0
    assert told(database, day()) == 1
    assert told(database, day()) == 0
    assert told(database, day() + timedelta(days=1)) == 0
    (notice,) = notices(database, east)
    assert (notice.kind, notice.about) == ("ask_again", "")
    with database.writing(by=east.by) as session:
        assert notice.case_id == opened(session, east, person).case.id
    assert notices(database, colleague) == []


def test_a_day_that_was_missed_is_told_later_but_not_when_it_is_old_news(
    database: Database, east: Actor, person: Person, salon: uuid.UUID
) -> None:
    decline(database, east, person, salon)
    assert told(database, day() + LATEST) == 0
    assert told(database, day() + LATEST - timedelta(days=1)) == 1


def test_what_is_never_proposed_again_has_no_day(
    database: Database, east: Actor, person: Person, salon: uuid.UUID
) -> None:
    decline(database, east, person, salon, "refused")
    assert told(database, day()) == 0


def test_a_place_that_was_asked_again_meanwhile_is_not_told_of(
    database: Database, east: Actor, person: Person, salon: uuid.UUID
) -> None:
    decline(database, east, person, salon)
    with database.writing(by=east.by) as session:
        case = opened(session, east, person)
        start_placement(session, case, offering_id=salon, place="架空サロン")
    assert told(database, day()) == 0


def test_of_two_declines_on_one_day_one_is_told(
    database: Database, east: Actor, person: Person, salon: uuid.UUID
) -> None:
    decline(database, east, person, salon)
    decline(database, east, person, salon)
    assert told(database, day()) == 1


def test_a_place_that_is_no_longer_open_is_not_told_of(
    database: Database, east: Actor, person: Person, salon: uuid.UUID
) -> None:
    decline(database, east, person, salon)
    with database.writing(by="test") as session:
        resource = session.scalars(
            select(Resource).join(Offering).where(Offering.id == salon)
        ).one()
        set_status(session, resource_id=resource.id, status="closed", reason="閉所", by="test")
    assert told(database, day()) == 0


def test_nobody_is_told_of_a_case_that_they_may_no_longer_see(
    database: Database, east: Actor, person: Person, salon: uuid.UUID
) -> None:
    decline(database, east, person, salon)
    with database.writing(by=east.by) as session:
        case = opened(session, east, person)
        for consent in consents_of(session, case):
            withdraw_consent(session, case, consent_id=consent.id)
    assert told(database, day()) == 0
    with database.reading() as session:
        assert session.scalars(select(Notice)).all() == []
