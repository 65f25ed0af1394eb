"""The refresh: what is true of an offering today, and what may still be relied on."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from resources.clock import JAPAN
from resources.database import Database
from resources.derived import OfferingState
from resources.models import Change, Offering
from resources.refresh import Refreshed, pieces_of_all, refresh_offerings
from resources.vocabulary import default_vocabulary

NOW = datetime(2026, 12, 1, 9, tzinfo=JAPAN)  # a Tuesday
TUESDAYS = {"rules": [{"days": ["tue"], "from": "10:00", "to": "12:00"}]}
Register = Callable[..., uuid.UUID]


def refresh(database: Database, now: datetime = NOW, **which: object) -> Refreshed:
    with database.writing(by="job:refresh") as session:
        return refresh_offerings(session, now=now, vocabulary=default_vocabulary(), **which)  # type: ignore[arg-type]


def state(database: Database, offering_id: uuid.UUID) -> OfferingState:
    with database.reading() as session:
        return session.scalars(
            select(OfferingState).where(OfferingState.offering_id == offering_id)
        ).one()


def test_the_next_session_and_those_of_eight_weeks_are_worked_out(
    database: Database, register: Register
) -> None:
    offering = register(offering={"schedule": TUESDAYS})
    refresh(database)
    known = state(database, offering)
    assert known.next_start == datetime(2026, 12, 1, 10, tzinfo=JAPAN)
    assert known.sessions_in_8_weeks == 8


def test_a_session_that_is_over_gives_way_to_the_next(
    database: Database, register: Register
) -> None:
    offering = register(offering={"schedule": TUESDAYS})
    refresh(database)
    refresh(database, NOW + timedelta(hours=3))
    known = state(database, offering)
    assert known.next_start == datetime(2026, 12, 8, 10, tzinfo=JAPAN)


def test_what_nobody_has_said_stays_unknown(database: Database, register: Register) -> None:
    offering = register()
    refresh(database)
    known = state(database, offering)
    assert (known.next_start, known.sessions_in_8_weeks) == (None, None)
    assert (known.availability, known.places) == ("unknown", None)


def test_no_session_is_after_the_last_day(database: Database, register: Register) -> None:
    offering = register(offering={"schedule": TUESDAYS, "ends_on": "2026-12-08"})
    refresh(database)
    assert state(database, offering).sessions_in_8_weeks == 2
    refresh(database, NOW + timedelta(days=8))
    assert state(database, offering).sessions_in_8_weeks == 0


@pytest.mark.parametrize(
    ("days_ago", "relied_on"), [(0, "capacity"), (90, "capacity"), (91, "unknown")]
)
def test_a_word_on_free_places_holds_for_the_term_of_the_kind(
    sqlite_database: Database, tmp_path: object, days_ago: int, relied_on: str
) -> None:
    from resources.commands import register_resource
    from resources.registration import Registration

    said_on = NOW.date() - timedelta(days=days_ago)
    parts = Registration.model_validate(
        {
            "resource": {"name": "見本サロン", "kind": "salon"},  # 90 days
            "offering": {
                "availability": "capacity", "places": 3,
                "availability_said_on": said_on, "availability_said_by": "host",
            },
        }
    )  # fmt: skip
    with sqlite_database.writing(by="test") as session:
        offering = register_resource(
            session, registration=parts, vocabulary=default_vocabulary(), by="test"
        ).id
    refresh(sqlite_database)
    known = state(sqlite_database, offering)
    assert known.availability == relied_on
    assert known.places == (3 if relied_on == "capacity" else None)


def test_a_refresh_never_says_that_anybody_verified_anything(
    database: Database, register: Register
) -> None:
    verified = date(2026, 5, 1)
    offering = register(
        offering={"schedule": TUESDAYS, "verified_on": verified, "verified_by": "host"}
    )
    refresh(database)
    sure_then = state(database, offering).confidence
    refresh(database, NOW + timedelta(days=60))
    with database.reading() as session:
        row = session.get(Offering, offering)
        assert row is not None
        assert (row.verified_on, row.version) == (verified, 1)
        changes = session.scalars(select(Change).where(Change.entity == "offering_state")).all()
    assert list(changes) == []
    assert state(database, offering).confidence < sure_then


def test_a_second_refresh_at_the_same_time_writes_nothing(
    database: Database, register: Register
) -> None:
    for _ in range(5):
        register(offering={"schedule": TUESDAYS})
    assert refresh(database) == Refreshed(looked_at=5, changed=5)
    assert refresh(database) == Refreshed(looked_at=5, changed=0)


def test_only_the_offerings_asked_for_are_looked_at(database: Database, register: Register) -> None:
    first, _second = register(), register()
    assert refresh(database, ids=[first]) == Refreshed(looked_at=1, changed=1)
    assert refresh(database, ids=[uuid.uuid4()]) == Refreshed(looked_at=0, changed=0)


def test_the_pieces_hold_every_offering_once(database: Database, register: Register) -> None:
    offerings = {register() for _ in range(7)}
    with database.reading() as session:
        pieces = pieces_of_all(session, 3)
    assert len(pieces) == 3
    looked_at = sum(refresh(database, between=piece).looked_at for piece in pieces)
    assert looked_at == len(offerings)
    assert refresh(database) == Refreshed(looked_at=7, changed=0)


def test_of_an_empty_catalogue_there_are_no_pieces(database: Database) -> None:
    with database.reading() as session:
        assert pieces_of_all(session, 3) == []
