"""Sessions as an iCalendar file are those that the schedule gives, read back by a library."""

import random
import uuid
from datetime import date, datetime
from typing import Any

import pytest
from icalendar import Calendar
from oracle import catalogues

from resources.calendar_export import calendar_of
from resources.clock import JAPAN
from resources.commands import register_resource
from resources.database import Database
from resources.queries import Entry, entries_of_resource
from resources.registration import Registration
from resources.schedules import from_json, next_sessions

NEW_YEAR = datetime(2026, 12, 20, 9, 0, tzinfo=JAPAN)


def entries(database: Database, **parts: Any) -> list[Entry]:
    with database.writing(by="test") as session:
        offering = register_resource(
            session,
            registration=Registration.model_validate(
                {
                    "resource": {"name": "架空サロン", "kind": "salon", "status": "published"},
                    **parts,
                }
            ),
            vocabulary=catalogues.VOCABULARY,
            by="test",
        )
        resource = offering.resource_id
    with database.reading() as session:
        return entries_of_resource(session, resource)


def events(written: bytes) -> list[Any]:
    return list(Calendar.from_ical(written).walk("VEVENT"))


MONDAYS = {
    "rules": [{"days": ["mon"], "from": "10:00", "to": "12:00", "holidays": "closed"}],
    "closed": [{"from_day": "12-29", "to_day": "01-03"}],
}


def test_holidays_and_the_turn_of_the_year_have_no_events(sqlite_database: Database) -> None:
    place = entries(sqlite_database, offering={"schedule": MONDAYS, "schedule_text": "毎週月曜"})
    found = events(calendar_of(place, NEW_YEAR, weeks=5))
    # 11 January 2027 is 成人の日; 28 December is no holiday, 4 January neither.
    assert [e["dtstart"].dt.date().isoformat() for e in found] == [
        "2026-12-21", "2026-12-28", "2027-01-04", "2027-01-18",
    ]  # fmt: skip
    assert found[0]["dtstart"].dt == datetime(2026, 12, 21, 10, 0, tzinfo=JAPAN)
    assert found[0]["dtstart"].params["TZID"] == "Asia/Tokyo"
    assert found[0]["description"] == "毎週月曜"
    assert str(found[0]["dtstamp"].to_ical(), "ascii").endswith("Z")  # RFC 5545: in UTC


def test_the_same_export_twice_has_the_same_bytes(sqlite_database: Database) -> None:
    place = entries(sqlite_database, offering={"schedule": MONDAYS})
    assert calendar_of(place, NEW_YEAR) == calendar_of(place, NEW_YEAR)


@pytest.mark.parametrize("visibility", ["team", "hidden"])
def test_where_a_place_is_that_is_not_public_is_not_told(
    sqlite_database: Database, visibility: str
) -> None:
    where = {"address": "南大塚三丁目41-12", "visibility": visibility}
    place = entries(sqlite_database, offering={"schedule": MONDAYS}, location=where)
    written = calendar_of(place, NEW_YEAR)
    assert events(written)
    assert "南大塚" not in written.decode()


def test_what_is_paused_or_has_no_known_schedule_has_no_events(sqlite_database: Database) -> None:
    paused = {"name": "架空サロン", "kind": "salon", "status": "paused"}
    assert not events(calendar_of(entries(sqlite_database), NEW_YEAR))
    asleep = entries(sqlite_database, resource=paused, offering={"schedule": MONDAYS})
    assert not events(calendar_of(asleep, NEW_YEAR))


@pytest.mark.parametrize("seed", range(30))
def test_events_read_back_are_the_sessions_of_the_schedule(
    sqlite_database: Database, seed: int
) -> None:
    r = random.Random(seed)
    schedule = catalogues.schedule(r)
    ends_on = date(2027, 1, 20) if r.random() < 0.3 else None
    place = entries(sqlite_database, offering={"schedule": schedule, "ends_on": ends_on})
    found = events(calendar_of(place, NEW_YEAR, weeks=20))
    sessions = [
        s
        for s in next_sessions(from_json(place[0].offering.schedule), NEW_YEAR, days=140)
        if ends_on is None or s.start.date() <= ends_on
    ]
    assert [(e["dtstart"].dt, e["dtend"].dt, e["status"]) for e in found] == [
        (s.start, s.end, "TENTATIVE" if s.uncertain else "CONFIRMED") for s in sessions
    ]
    assert len({str(e["uid"]) for e in found}) == len(found)
    assert all(uuid.UUID(str(e["uid"])[:36]) == place[0].offering.id for e in found)
