"""What hosts and the field say counts only once staff have looked at it."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from resources import clock, reported
from resources.commands import NotFound, register_resource
from resources.database import Database
from resources.models import Offering
from resources.registration import Registration
from resources.reported import Report
from resources.vocabulary import default_vocabulary

BEFORE = clock.today() - timedelta(days=200)


@pytest.fixture
def offering(database: Database) -> uuid.UUID:
    registration = Registration.model_validate(
        {
            "resource": {"name": "架空のサロン", "kind": "salon"},
            "offering": {
                "availability": "capacity", "places": 3, "availability_said_on": str(BEFORE),
                "availability_said_by": "staff", "verified_on": str(BEFORE),
            },
        }
    )  # fmt: skip
    with database.writing(by="test") as session:
        return register_resource(
            session, registration=registration, vocabulary=default_vocabulary(), by="test"
        ).id


def _change(database: Database, offering: uuid.UUID, **said) -> uuid.UUID:
    said = {"note": None, "availability": None, "places": None} | said
    with database.writing(by="host") as session:
        return reported.report_change(session, offering_id=offering, by="host", **said).id


def _now(database: Database, offering: uuid.UUID) -> Offering:
    with database.reading() as session:
        return session.get(Offering, offering)


def test_a_correction_waits_until_staff_take_it_over(database, offering) -> None:
    report = _change(database, offering, availability="none", note="八月は休みます")
    before = _now(database, offering)
    assert (before.availability, before.places, before.verified_on) == ("capacity", 3, BEFORE)
    with database.reading() as session:
        (waiting,) = reported.reports_waiting(session)
        assert (waiting.entry.offering.id, waiting.report.note) == (offering, "八月は休みます")
    with database.writing(by="user:c") as session:
        reported.take_over(session, report_id=report, by="user:c")
    now = _now(database, offering)
    assert (now.availability, now.places) == ("none", None)
    assert (now.availability_said_by, now.availability_said_on) == ("host", clock.today())
    assert (now.verified_by, now.verified_on) == ("host", clock.today())
    with database.reading() as session:
        assert reported.reports_waiting(session) == []
        assert reported.said_of(session, [offering]) == {}


def test_what_is_declined_changes_nothing(database, offering) -> None:
    report = _change(database, offering, availability="none")
    with database.writing(by="user:c") as session:
        reported.decline(session, report_id=report, by="user:c")
    now = _now(database, offering)
    assert (now.availability, now.verified_on) == ("capacity", BEFORE)
    for decide in (reported.take_over, reported.decline):
        with database.writing(by="user:d") as session, pytest.raises(reported.AlreadyDecided):
            decide(session, report_id=report, by="user:d")
    with database.reading() as session:
        assert session.get(Report, report).decided_by == "user:c"


def test_one_tap_twice_is_one_report_and_verifies_nothing(database, offering) -> None:
    ids = set()
    for _ in range(2):
        with database.writing(by="user:a") as session:
            ids.add(reported.report_wrong(session, offering_id=offering, by="user:a").id)
    assert len(ids) == 1
    with database.writing(by="user:c") as session:
        reported.take_over(session, report_id=ids.pop(), by="user:c")
    assert _now(database, offering).verified_on == BEFORE, "nobody has confirmed anything"


def test_a_link_gone_astray_cannot_flood_the_list(database, offering) -> None:
    for _ in range(reported.MOST_OPEN):
        _change(database, offering)
    with pytest.raises(reported.TooManyReports):
        _change(database, offering)
    with database.reading() as session:
        assert reported.said_of(session, [offering]) == {offering: reported.MOST_OPEN}


def test_what_is_not_there_is_said(database) -> None:
    with pytest.raises(NotFound):
        _change(database, uuid.uuid4())
    with database.writing(by="test") as session, pytest.raises(NotFound):
        reported.decline(session, report_id=uuid.uuid4(), by="test")
    with database.reading() as session:
        assert session.scalars(select(Report)).all() == []
