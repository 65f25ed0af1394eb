"""Taking places: each step as it should go, each that must be refused, and what staff see of it."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from resources import booking, clock
from resources.booked import Allotment, AnsweredOnce, Hold
from resources.commands import NotFound, register_resource, set_availability
from resources.database import Database
from resources.models import Change, Offering
from resources.once import KEPT, KeyUsedForOther, forget_answers, once
from resources.registration import Registration
from resources.vocabulary import default_vocabulary

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def _register(database: Database, name: str = "本の居場所（架空）") -> uuid.UUID:
    registration = Registration.model_validate({"resource": {"name": name, "kind": "salon"}})
    with database.writing(by="test") as session:
        return register_resource(
            session, registration=registration, vocabulary=default_vocabulary(), by="test"
        ).id


def _open(database: Database, offering: uuid.UUID, capacity: int, **options) -> uuid.UUID:
    options = {"first_on": clock.today() + 3 * DAY} | options
    with database.writing(by="test") as session:
        return booking.open_places(
            session, offering_id=offering, capacity=capacity, by="test", **options
        ).id


def _hold(database: Database, allotment: uuid.UUID, **options) -> uuid.UUID:
    options = {"keep": DAY} | options
    with database.writing(by="test") as session:
        return booking.hold_place(session, allotment_id=allotment, by="test", **options).id


def _held(database: Database, allotment: uuid.UUID) -> int:
    with database.reading() as session:
        return session.scalar(select(Allotment.held).where(Allotment.id == allotment))


def _state(database: Database, hold: uuid.UUID) -> str:
    with database.reading() as session:
        return session.scalar(select(Hold.state).where(Hold.id == hold))


def _offering(database: Database, offering: uuid.UUID) -> Offering:
    with database.reading() as session:
        return session.get(Offering, offering)


def test_a_place_is_held_confirmed_and_attended(database: Database) -> None:
    offering = _register(database)
    allotment = _open(database, offering, 2, first_on=clock.today())
    hold = _hold(database, allotment)
    with database.writing(by="test") as session:
        booking.confirm(session, hold_id=hold, by="test")
    with database.writing(by="test") as session:
        booking.attend(session, hold_id=hold, by="test")
    assert _state(database, hold) == "attended"
    assert _held(database, allotment) == 1


def test_the_last_place_goes_once_and_the_offering_is_full(database: Database) -> None:
    offering = _register(database)
    allotment = _open(database, offering, 1)
    assert (_offering(database, offering).availability, _offering(database, offering).places) == (
        "capacity",
        1,
    )
    hold = _hold(database, allotment)
    full = _offering(database, offering)
    assert (full.availability, full.places) == ("none", 0)
    assert (full.availability_said_on, full.availability_said_by) == (clock.today(), "booking")
    with pytest.raises(booking.NoPlaceLeft):
        _hold(database, allotment)
    with database.writing(by="test") as session:
        booking.cancel(session, hold_id=hold, by="test")
    assert _offering(database, offering).availability == "capacity"
    assert _held(database, allotment) == 0


def test_the_next_session_with_a_place_speaks_for_the_offering(database: Database) -> None:
    offering = _register(database)
    first = _open(database, offering, 1)
    _open(database, offering, 4, first_on=clock.today() + 10 * DAY)
    assert _offering(database, offering).places == 1
    _hold(database, first)
    assert (_offering(database, offering).availability, _offering(database, offering).places) == (
        "capacity",
        4,
    )


def test_sessions_of_one_day_have_places_of_their_own(database: Database) -> None:
    offering = _register(database)
    morning = _open(database, offering, 1, starts="10:00")
    afternoon = _open(database, offering, 1, starts="14:00")
    assert morning != afternoon
    _hold(database, morning)
    _hold(database, afternoon)
    assert _offering(database, offering).availability == "none"


def test_the_hosts_own_words_stay(database: Database) -> None:
    offering = _register(database)
    with database.writing(by="test") as session:
        set_availability(
            session, offering_id=offering, status="assess-first", places=None, said_by="host",
            said_on=clock.today(), by="test",
        )  # fmt: skip
    allotment = _open(database, offering, 1)
    _hold(database, allotment)
    kept = _offering(database, offering)
    assert (kept.availability, kept.places) == ("assess-first", 0)


def test_a_hold_that_is_not_confirmed_in_time_is_given_back(database: Database) -> None:
    offering = _register(database)
    allotment = _open(database, offering, 2)
    late, kept = _hold(database, allotment, keep=HOUR), _hold(database, allotment, keep=HOUR)
    with database.writing(by="test") as session:
        booking.confirm(session, hold_id=kept, by="test")
    later = clock.now() + 2 * HOUR
    with database.writing(by="test") as session, pytest.raises(booking.WrongState):
        booking.confirm(session, hold_id=late, by="test", now=later)
    for expected in (1, 0):
        with database.writing(by="test") as session:
            assert booking.expire_holds(session, now=later, by="test") == expected
    assert (_state(database, late), _state(database, kept)) == ("expired", "confirmed")
    assert _held(database, allotment) == 1
    assert _offering(database, offering).places == 1


@pytest.mark.parametrize("step", ["confirm", "attend", "cancel"])
def test_what_was_given_back_goes_no_farther(database: Database, step: str) -> None:
    allotment = _open(database, _register(database), 1, first_on=clock.today())
    hold = _hold(database, allotment)
    with database.writing(by="test") as session:
        booking.cancel(session, hold_id=hold, by="test")
    with database.writing(by="test") as session, pytest.raises(booking.WrongState) as refused:
        getattr(booking, step)(session, hold_id=hold, by="test")
    assert refused.value.state == "cancelled"
    assert _held(database, allotment) == 0


def test_nobody_attends_what_has_not_begun(database: Database) -> None:
    allotment = _open(database, _register(database), 1)
    hold = _hold(database, allotment)
    with database.writing(by="test") as session:
        booking.confirm(session, hold_id=hold, by="test")
    with database.writing(by="test") as session, pytest.raises(booking.NotYet):
        booking.attend(session, hold_id=hold, by="test")


def test_what_is_over_has_no_places(database: Database) -> None:
    allotment = _open(database, _register(database), 1, first_on=clock.today() - DAY)
    with pytest.raises(booking.Over):
        _hold(database, allotment)


def test_what_is_not_there_is_said(database: Database) -> None:
    for step in (booking.confirm, booking.attend, booking.cancel):
        with database.writing(by="test") as session, pytest.raises(NotFound):
            step(session, hold_id=uuid.uuid4(), by="test")
    with pytest.raises(NotFound):
        _hold(database, uuid.uuid4())
    with pytest.raises(NotFound):
        _open(database, uuid.uuid4(), 1)


def test_fewer_places_than_are_taken_are_refused_with_the_holds(database: Database) -> None:
    offering = _register(database)
    allotment = _open(database, offering, 3)
    holds = [_hold(database, allotment) for _ in range(2)]
    with database.writing(by="test") as session, pytest.raises(booking.MoreHeld) as refused:
        booking.change_capacity(session, allotment_id=allotment, capacity=1, by="test")
    assert set(refused.value.holds) == set(holds)
    # Opening the same session again is the same as changing it.
    assert _open(database, offering, 2) == allotment
    assert _offering(database, offering).availability == "none"
    with database.reading() as session:
        edits = session.scalars(select(Change).where(Change.entity == "allotment")).all()
    assert [(c.action, c.after["capacity"]) for c in edits] == [("add", 3), ("edit", 2)]


def test_the_database_itself_refuses_one_too_many(database: Database) -> None:
    allotment = _open(database, _register(database), 1)
    with pytest.raises(IntegrityError), database.writing(by="test") as session:
        session.get(Allotment, allotment).held = 2
        session.flush()


def test_a_period_is_open_until_its_last_day(database: Database) -> None:
    allotment = _open(
        database, _register(database), 1,
        first_on=clock.today() - 30 * DAY, last_on=clock.today(),
    )  # fmt: skip
    assert _hold(database, allotment)


def test_days_must_be_in_order(database: Database) -> None:
    with pytest.raises(IntegrityError):
        _open(database, _register(database), 1, last_on=date(2020, 1, 1))


def test_a_request_with_a_key_is_done_once(database: Database) -> None:
    allotment = _open(database, _register(database), 5)

    def take(asked: dict, key: str = "k1", by: str = "user:a") -> dict:
        with database.writing(by="test") as session:
            return once(
                session, by=by, key=key, asked=asked,
                act=lambda: {"hold": str(
                    booking.hold_place(session, allotment_id=allotment, keep=DAY, by=by).id
                )},
            )  # fmt: skip

    first = take({"allotment": str(allotment)})
    assert take({"allotment": str(allotment)}) == first
    assert _held(database, allotment) == 1
    with pytest.raises(KeyUsedForOther):
        take({"allotment": "another"})
    assert _held(database, allotment) == 1
    assert take({"allotment": str(allotment)}, by="user:b") != first, "a key is its sender's own"
    with database.writing(by="test") as session:
        assert forget_answers(session, now=clock.now()) == 0
        assert forget_answers(session, now=clock.now() + 2 * KEPT) == 2


def test_an_error_leaves_its_key_free(database: Database) -> None:
    def fail() -> dict:
        raise booking.NoPlaceLeft

    with pytest.raises(booking.NoPlaceLeft), database.writing(by="test") as session:
        once(session, by="user:a", key="k", asked={}, act=fail)
    with database.reading() as session:
        assert session.scalars(select(AnsweredOnce)).all() == []
