"""Staff keep a place first on a person's list: once, with a reason, and never against safety."""

import threading
import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from casework.access import Actor
from casework.case_models import Person
from casework.cases import OnlyToRead, Opened, Unseen, case_of_person, rows_of
from casework.consents import Given
from casework.exclusions import break_glass
from casework.kept import kept_of
from casework.models import AuditRow
from casework.people import add_person
from casework.pins import (
    MOST,
    NoReasonToPin,
    NotSafeToPin,
    TooManyPins,
    pin_place,
    pins_of,
    unpin,
)
from casework.placement_models import Pin
from casework.sealed_words import RING
from matching.answers import Verdict
from matching.sentences import sentence
from resources import clock
from resources.database import Database

PLACE = uuid.uuid4()


def verdict(safety: bool, said: str = "fail") -> Verdict:
    return Verdict("x", sentence("rule.age"), said, "x", None, None, safety)


@pytest.fixture
def east(staff: Callable[..., Actor]) -> Actor:
    return staff("east")


def received(database: Database, by: Actor) -> Person:
    given = Given(("support",), ("east",), "self", clock.today(), "written")
    with database.writing(by=by.by) as session:
        return add_person(
            session, label="A", summary="", need={}, agency="east", by=by, consent=given
        )


@pytest.fixture
def person(database: Database, east: Actor) -> Person:
    return received(database, east)


def opened(session: Session, who: Actor, person: Person) -> Opened:
    return case_of_person(session, actor=who, person_id=person.id, purpose="pin", write=True)


def pin(
    session: Session, case: Opened, place: uuid.UUID = PLACE, reason: str = "落ち着ける"
) -> Pin:
    return pin_place(
        session, case, offering_id=place, place="架空サロン", reason=reason, verdicts=()
    )


def test_a_pin_is_made_once_taken_off_once_and_both_are_in_the_audit(
    database: Database, east: Actor, person: Person
) -> None:
    with database.writing(by=east.by) as session:
        case = opened(session, east, person)
        first = pin(session, case)
        assert pin(session, case, reason="もう一度").id == first.id
        (held,) = pins_of(session, case)
        assert (held.reason, held.made_by, held.place) == ("落ち着ける", east.by, "架空サロン")
        unpin(session, case, pin_id=first.id)
        off_at = first.unpinned_at
        unpin(session, case, pin_id=first.id)
        assert (first.unpinned_by, first.unpinned_at) == (east.by, off_at)
        assert pins_of(session, case) == []
        pin(session, case, reason="やはり")
        assert [p.reason for p in pins_of(session, case)] == ["やはり"]
        assert len(rows_of(session, case, Pin)) == 2  # what was pinned before is kept
        written = [
            r
            for r in session.scalars(select(AuditRow).order_by(AuditRow.id))
            if r.action == "edit" and "pin" in r.fields
        ]
        assert len(written) == 3
        assert {(r.by, r.allowed, r.entity_id) for r in written} == {
            (east.by, True, str(case.case.id))
        }
        assert not any("落ち着ける" in repr(vars(r)) for r in written)


def test_without_a_reason_against_safety_or_past_the_most_nothing_is_pinned(
    database: Database, east: Actor, person: Person
) -> None:
    with database.writing(by=east.by) as session:
        case = opened(session, east, person)
        with pytest.raises(NoReasonToPin):
            pin(session, case, reason=" 　")
        with pytest.raises(NotSafeToPin):
            pin_place(
                session, case, offering_id=PLACE, place="x", reason="x",
                verdicts=[verdict(False, "pass"), verdict(True)],
            )  # fmt: skip
        assert pins_of(session, case) == []
        # Being full, or too far, is no reason not to keep a place in sight.
        pin_place(
            session, case, offering_id=PLACE, place="x", reason="x",
            verdicts=[verdict(False), verdict(True, "pass")],
        )  # fmt: skip
        for _ in range(MOST - 1):
            pin(session, case, uuid.uuid4())
        with pytest.raises(TooManyPins):
            pin(session, case, uuid.uuid4())
        assert len(pins_of(session, case)) == MOST
        assert pin(session, case).offering_id == PLACE  # pinned already: no more than before


def test_only_who_may_write_to_the_case_pins_and_only_its_own_pins_are_taken_off(
    database: Database, east: Actor, person: Person, staff: Callable[..., Actor]
) -> None:
    west, other = staff("west", agency="west"), received(database, east)
    with database.writing(by=east.by) as session:
        made = pin(session, opened(session, east, person))
        with pytest.raises(Unseen):
            unpin(session, opened(session, east, other), pin_id=made.id)
        reference = opened(session, east, person).case.reference
    with database.writing(by=west.by) as session:
        with pytest.raises(Unseen):
            opened(session, west, person)
        break_glass(session, actor=west, reference=reference, reason="命に関わるため")
        with pytest.raises(OnlyToRead):
            opened(session, west, person)


def test_what_is_kept_of_somebody_tells_what_was_pinned_and_why(
    database: Database, east: Actor, person: Person
) -> None:
    with database.writing(by=east.by) as session:
        case = opened(session, east, person)
        made = pin(session, case)
        unpin(session, case, pin_id=made.id)
        (kept,) = [k for k in kept_of(session, case, database.info[RING]()) if k.table == "pin"]
        assert kept.fields == {
            "place": "架空サロン", "reason": "落ち着ける", "made_by": east.by, "made_at": made.made_at,
            "unpinned_by": east.by, "unpinned_at": made.unpinned_at,
        }  # fmt: skip


def test_the_database_itself_holds_no_place_twice(
    database: Database, east: Actor, person: Person
) -> None:
    with database.writing(by=east.by) as session:
        case = opened(session, east, person)
        pin(session, case)
        session.add(
            Pin(
                case_id=case.case.id, offering_id=PLACE, place="x", reason="x", made_by="x",
                made_at=clock.now(),
            )
        )  # fmt: skip
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_two_who_press_at_the_same_moment_pin_once_and_neither_is_told_of_a_conflict(
    database: Database, east: Actor, person: Person
) -> None:
    start, wrong = threading.Barrier(4), []

    def press() -> None:
        try:
            start.wait()
            with database.writing(by=east.by) as session:
                pin(session, opened(session, east, person))
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    with database.writing(by=east.by) as session:
        assert len(rows_of(session, opened(session, east, person), Pin)) == 1
