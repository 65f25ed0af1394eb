"""What is written about people stands sealed in the database, also what was written before."""

import uuid
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from casework.access import Actor
from casework.accounts import add_account
from casework.case_models import Household, Person
from casework.cases import Opened, case_of_person, rows_of
from casework.consents import Given
from casework.exclusions import break_glass, exclude
from casework.meetings import add_meeting, decide, put_on_agenda
from casework.people import add_person
from casework.pins import pin_place
from casework.placement_models import FollowUp, HandOff, PlacementStep, PlanItem
from casework.placements import done_follow_up, move_placement, start_placement
from casework.plans import add_plan_item, ask_hand_off, move_case, move_hand_off
from casework.record_models import DestructionProposal
from casework.requests import check_identity, more_time, record_request
from casework.requests import decide as decide_request
from casework.sealed_fields import CannotOpen, seal, with_new_key
from casework.sealed_words import RING, NoKeysGiven, any_older, places, seal_again
from jobs.schema import downgrade, upgrade
from resources import clock
from resources.database import Database
from resources.models import Agency, Base

WORDS = "母が入院し、ひとりで暮らしている"


def tell_all(database: Database) -> tuple[Actor, uuid.UUID]:
    """Write into every free text about a person."""
    with database.writing(by="test") as session:
        session.add_all(
            Agency(
                code=c, ja=c, en=c, programmes=[], fields=[], needs=[], meetings=[], invented=True
            )
            for c in ("east", "west")
        )
        session.flush()
        accounts = {
            agency: add_account(
                session, name=agency, password="a long enough password", role="csw",
                agency=agency, display_name=agency, by="test",
            ).id
            for agency in ("east", "west")
        }  # fmt: skip
        east, west = (Actor(accounts[a], a, "csw", a) for a in ("east", "west"))
        both = Given(("support", "referral", "meeting"), ("east", "west"), "self", clock.today(),
                     "written")  # fmt: skip
        person = add_person(
            session, label=WORDS, summary=WORDS, need={"wishes": {"text": WORDS}}, agency="east",
            by=east, consent=both,
        )  # fmt: skip
        house = Household(label=WORDS, created_at=clock.now())
        session.add(house)
        session.flush()
        person.household_id = house.id
        case = case_of_person(session, actor=east, person_id=person.id, purpose="plan", write=True)
        add_plan_item(session, case, what=WORDS, agency="east", due_on=date(2026, 12, 1))
        placement = start_placement(
            session, case, offering_id=uuid.uuid4(), place="見本サロン", note=WORDS
        )
        move_placement(session, case, placement_id=placement.id, version=1, target="joined")
        done_follow_up(
            session, case, follow_up_id=rows_of(session, case, FollowUp)[0].id, note=WORDS
        )
        ask_hand_off(session, case, receiver="west", what=WORDS)
        at_west = case_of_person(
            session, actor=west, person_id=person.id, purpose="plan", write=True
        )
        (hand_off,) = rows_of(session, at_west, HandOff)
        move_hand_off(session, at_west, hand_off_id=hand_off.id, target="returned", answer=WORDS)
        move_hand_off(session, case, hand_off_id=hand_off.id, target="heard", answer=None)
        move_placement(
            session, case, placement_id=placement.id, version=placement.version, target="ended",
            reason="too_far",
        )  # fmt: skip
        meeting = add_meeting(session, kind="juso", held_on=clock.today(), title="t", by=east)
        put_on_agenda(session, case, meeting=meeting)
        decide(session, case, meeting=meeting, decision=WORDS)
        exclude(session, case, reason=WORDS, agency="west")
        break_glass(session, actor=east, reference=case.case.reference, reason=WORDS)
        move_case(session, case, target="closed", outcome="settled", evaluation=WORDS)
        _tell_of_records(session, case)
        return east, person.id


LATER = 5
"""Texts in tables that came after the migration that seals: it takes them down and knows none."""


def _tell_of_records(session: Session, case: Opened) -> None:
    today = clock.today()
    pin_place(
        session, case, offering_id=uuid.uuid4(), place="見本サロン", reason=WORDS, verdicts=()
    )
    row = record_request(
        session, case, kind="disclosure", received_on=today, asked_by="self", wish=WORDS
    )
    check_identity(session, case, row, paper="licence")
    more_time(session, case, row, completing_days=0, extended_days=1, reason=WORDS)
    decide_request(session, case, row, decision="partly", reason=WORDS)
    session.add(
        DestructionProposal(
            case_id=case.case.id, kind="case", due_on=today, proposed_at=clock.now(),
            kept_reason=WORDS,
        )
    )  # fmt: skip


def stored(database: Database) -> list[Any]:
    """Return what stands in the columns of texts, as whoever steals the file reads it."""
    there = set(inspect(database.engine).get_table_names())
    with database.engine.connect() as connection:
        return [
            value
            for place in places()
            if place.table.name in there
            for (value,) in connection.execute(
                text(
                    f"SELECT CAST({place.column.name} AS TEXT) FROM {place.table.name} "
                    f"WHERE {place.column.name} IS NOT NULL"
                )
            )
        ]


def readable(database: Database, east: Actor, person_id: uuid.UUID) -> None:
    with database.writing(by="test") as session:
        case = case_of_person(session, actor=east, person_id=person_id, purpose="plan")
        assert (case.person.label, case.person.summary) == (WORDS, WORDS)
        assert case.person.need == {"wishes": {"text": WORDS}}
        assert case.case.evaluation == WORDS
        assert [i.what for i in rows_of(session, case, PlanItem)] == [WORDS]
        assert {s.note for s in rows_of(session, case, PlacementStep)} == {WORDS, None}
        assert WORDS in {f.note for f in rows_of(session, case, FollowUp)}
        assert [(h.what, h.answer) for h in rows_of(session, case, HandOff)] == [(WORDS, WORDS)]


@pytest.fixture
def told(database: Database) -> tuple[Database, Actor, uuid.UUID]:
    Base.metadata.drop_all(database.engine)
    upgrade(database)
    return database, *tell_all(database)


def test_every_free_text_is_sealed_and_its_migration_goes_down_and_up_with_data(
    told: tuple[Database, Actor, uuid.UUID],
) -> None:
    database, east, person_id = told
    sealed = stored(database)
    assert len(sealed) >= len(list(places())) == 13 + LATER
    assert not any(WORDS in value for value in sealed)
    readable(database, east, person_id)
    downgrade(database, "0019")
    assert sum(WORDS in value for value in stored(database)) >= 13
    upgrade(database)
    again = stored(database)
    assert not any(WORDS in value for value in again)
    assert len(again) == len(sealed) - LATER
    readable(database, east, person_id)
    if database.is_sqlite:
        database.close()  # the last to close writes the log of SQLite into the file
        file = Path(str(database.engine.url.database))
        assert WORDS.encode() not in file.read_bytes()  # nor in a page that is free now


def test_a_text_that_was_moved_to_another_row_or_column_does_not_open(
    told: tuple[Database, Actor, uuid.UUID],
) -> None:
    database, _, person_id = told
    with database.writing(by="test") as session:
        person = session.get_one(Person, person_id)
        session.execute(text("UPDATE person SET label = summary"))
        session.refresh(person)
        assert person.summary == WORDS
        with pytest.raises(CannotOpen):
            assert person.label
        session.rollback()


def test_rotation_covers_every_text_and_keeps_what_somebody_writes_meanwhile(
    told: tuple[Database, Actor, uuid.UUID],
) -> None:
    database, east, person_id = told
    ring = with_new_key(database.info[RING]())
    with database.reading() as session:
        assert any_older(session, ring)
    count = len(stored(database))
    with database.writing(by="cli") as session:
        assert seal_again(session, ring) == count
        assert seal_again(session, ring) == 0
        assert not any_older(session, ring)
    assert {value.strip('"')[:2] for value in stored(database)} == {"2:"}
    database.info[RING] = lambda: ring
    readable(database, east, person_id)


def test_a_session_that_read_its_keys_before_a_rotation_reads_what_was_sealed_after(
    told: tuple[Database, Actor, uuid.UUID],
) -> None:
    database, _, person_id = told
    before = database.info[RING]()
    after = with_new_key(before)
    answers = iter([before, after])
    database.info[RING] = lambda: next(answers)
    with database.writing(by="test") as session:
        person = session.get_one(Person, person_id)
        assert person.summary == WORDS
        fresh = seal(after, ("person", "label", person_id.hex), "新しい鍵で")
        person.label_sealed = fresh
        session.flush()
        assert person.label == "新しい鍵で"


def test_a_session_without_keys_neither_stores_nor_shows(
    told: tuple[Database, Actor, uuid.UUID],
) -> None:
    database, _, person_id = told
    del database.info[RING]
    with database.writing(by="test") as session:
        person = session.get_one(Person, person_id)
        with pytest.raises(NoKeysGiven):
            assert person.label
        session.add(Household(label=WORDS, created_at=clock.now()))
        with pytest.raises(NoKeysGiven):
            session.flush()
        session.rollback()


def test_an_unchanged_text_is_not_written_again(
    told: tuple[Database, Actor, uuid.UUID],
) -> None:
    database, _, person_id = told
    with database.writing(by="test") as session:
        person = session.get_one(Person, person_id)
        version = person.version
        person.summary = WORDS
        session.flush()
        assert person.version == version
        person.summary = "別の言葉"
        session.flush()
        assert person.version == version + 1
