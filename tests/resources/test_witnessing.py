"""What was seen of an offering is kept: who said so, when, and which word counts."""

import io
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from resources import booking, clock
from resources.commands import register_resource
from resources.database import Database
from resources.exchange import export_catalogue, import_catalogue
from resources.models import Base
from resources.registration import Registration
from resources.track_record import track_records
from resources.vocabulary import default_vocabulary
from resources.witnessed import HostAsked, SessionSeen
from resources.witnessing import (
    NoSession,
    ask_host,
    days_to_ask,
    host_answered,
    say_call,
    say_session,
)

TUESDAYS = {"rules": [{"days": ["tue"], "from": "10:00", "to": "12:00"}], "closed": []}
NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # Tuesday, 12:00 in Japan
TUESDAY = date(2026, 11, 24)


@pytest.fixture
def place(database: Database) -> Callable[..., uuid.UUID]:
    def made(**offering: Any) -> uuid.UUID:
        parts = {"resource": {"name": "架空の会", "kind": "salon"}, "offering": offering}
        with database.writing(by="test") as session:
            return register_resource(
                session,
                registration=Registration.model_validate(parts),
                vocabulary=default_vocabulary(),
                by="test",
            ).id

    return made


def _words(database: Database, offering: uuid.UUID) -> tuple[Any, Any]:
    with database.reading() as session:
        return track_records(session, [offering]).get(offering, ((), ()))


def test_who_says_that_a_session_took_place_is_kept_and_the_newest_word_counts(
    database: Database, place: Callable[..., uuid.UUID]
) -> None:
    offering = place(schedule=TUESDAYS)
    assert _words(database, offering) == ((), ()), "what nobody said is not known"
    said = [("field", False, 0), ("host", True, 1), ("field", False, 2), ("staff", True, 3)]
    for said_by, held, minutes in said:
        with database.writing(by="test") as session:
            say_session(
                session, offering_id=offering, on=TUESDAY, held=held, said_by=said_by,
                by=f"user:{said_by}", now=NOON + timedelta(minutes=minutes),
            )  # fmt: skip
        assert _words(database, offering)[0] == ((TUESDAY, held),)
    with database.reading() as session:
        rows = session.scalars(select(SessionSeen).order_by(SessionSeen.said_by)).all()
        assert [(r.said_by, r.held, r.by) for r in rows] == [
            ("field", False, "user:field"), ("host", True, "user:host"),
            ("staff", True, "user:staff"),
        ]  # fmt: skip


def test_only_the_latest_four_sessions_count(
    database: Database, place: Callable[..., uuid.UUID]
) -> None:
    offering = place(schedule=TUESDAYS)
    days = [TUESDAY - timedelta(weeks=n) for n in range(6)]
    with database.writing(by="test") as session:
        for n, on in enumerate(days):
            say_session(
                session, offering_id=offering, on=on, held=n != 1, said_by="host", by="host",
                now=NOON,
            )  # fmt: skip
    assert _words(database, offering)[0] == tuple((on, n != 1) for n, on in enumerate(days[:4]))


@pytest.mark.parametrize(
    "on", [TUESDAY + timedelta(7), TUESDAY - timedelta(1), TUESDAY - timedelta(70)]
)
def test_a_day_without_a_session_that_has_begun_is_refused(
    database: Database, place: Callable[..., uuid.UUID], on: date
) -> None:
    offering = place(schedule=TUESDAYS)
    with pytest.raises(NoSession), database.writing(by="test") as session:
        say_session(
            session, offering_id=offering, on=on, held=True, said_by="host", by="host", now=NOON
        )


def test_what_is_asked_are_the_days_that_have_begun_and_today_where_no_hours_are_known(
    database: Database, place: Callable[..., uuid.UUID]
) -> None:
    from resources.models import Offering

    known, unknown = place(schedule=TUESDAYS), place()
    with database.reading() as session:
        asked = session.get_one(Offering, known)
        assert days_to_ask(asked, NOON)[:2] == [TUESDAY, TUESDAY - timedelta(7)]
        early = NOON - timedelta(hours=3)  # 9:00, an hour before it begins
        assert days_to_ask(asked, early)[0] == TUESDAY - timedelta(7)
        assert days_to_ask(session.get_one(Offering, unknown), NOON) == [TUESDAY]


def test_whoever_attended_shows_that_it_took_place(
    database: Database, place: Callable[..., uuid.UUID]
) -> None:
    offering, today = place(), clock.today()
    with database.writing(by="test") as session:
        allotment = booking.open_places(
            session, offering_id=offering, first_on=today, capacity=2, by="test"
        )
        hold = booking.hold_place(
            session, allotment_id=allotment.id, keep=timedelta(hours=1), by="test"
        )
        booking.confirm(session, hold_id=hold.id, by="test")
        booking.attend(session, hold_id=hold.id, by="test")
    assert _words(database, offering)[0] == ((today, True),)


def test_a_question_without_an_answer_is_silence_from_its_day_on(
    database: Database, place: Callable[..., uuid.UUID]
) -> None:
    offering, today = place(), clock.today()
    later = today + timedelta(8)
    with database.writing(by="test") as session:
        first = ask_host(session, offering_id=offering, way="room", silent_from=later, by="a")
    assert _words(database, offering)[1] == ((later, False),)
    with database.writing(by="test") as session:
        host_answered(session, offering_id=offering, asked_id=first.id, by="host")
    assert _words(database, offering)[1] == ((today, True),)


def test_a_second_call_on_a_day_that_is_answered_makes_the_first_good(
    database: Database, place: Callable[..., uuid.UUID]
) -> None:
    offering, today = place(), clock.today()
    for answered in (False, True, False):
        with database.writing(by="test") as session:
            say_call(session, offering_id=offering, answered=answered, by="user:a")
    assert _words(database, offering)[1] == ((today, True),)
    with database.reading() as session:
        assert len(session.scalars(select(HostAsked)).all()) == 1


def test_the_words_leave_and_come_home_with_the_catalogue(
    database: Database, place: Callable[..., uuid.UUID]
) -> None:
    offering = place(schedule=TUESDAYS)
    with database.writing(by="test") as session:
        say_session(
            session, offering_id=offering, on=TUESDAY, held=True, said_by="host", by="host",
            now=NOON,
        )  # fmt: skip
        say_call(session, offering_id=offering, answered=False, by="user:a")
    before, written = _words(database, offering), io.StringIO()
    with database.reading() as session:
        export_catalogue(session, written)
    Base.metadata.drop_all(database.engine)
    Base.metadata.create_all(database.engine)
    with database.writing(by="import") as session:
        import_catalogue(session, written.getvalue().split("\n"), by="import")
    assert _words(database, offering) == before
    again = io.StringIO()
    with database.reading() as session:
        export_catalogue(session, again)
    assert again.getvalue() == written.getvalue()
