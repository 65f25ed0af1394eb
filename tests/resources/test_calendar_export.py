"""Sessions as an iCalendar file are those that the schedule gives, read back by a library."""

import random
import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from oracle import catalogues
from oracle.recurring_days import plain_sessions

from resources.calendar_export import WEEKS, calendar_of
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


def test_what_takes_place_once_has_just_the_events_of_its_dates(sqlite_database: Database) -> None:
    once = {"rules": [{"dates": ["2026-12-23", "2027-01-11"], "from": "10:00", "to": "12:00"}]}
    found = events(calendar_of(entries(sqlite_database, offering={"schedule": once}), NEW_YEAR))
    assert [e["dtstart"].dt.isoformat() for e in found] == [
        "2026-12-23T10:00:00+09:00",
        "2027-01-11T10:00:00+09:00",
    ]
    assert {str(e["status"]) for e in found} == {"CONFIRMED"}  # 成人の日, but the date is named
    assert not any("rrule" in e for e in found)


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


EDGES = [
    datetime(2026, 4, 20, 9, 0, tzinfo=JAPAN),  # 6 May 2026 is a substitute, three days late
    datetime(2026, 9, 1, 9, 0, tzinfo=JAPAN),  # 22 September 2026 lies between two holidays
    datetime(2027, 3, 1, 9, 0, tzinfo=JAPAN),  # 22 March 2027 is a substitute
    datetime(2027, 12, 27, 1, 30, tzinfo=JAPAN),  # the turn of the year, and of a leap year
]


@pytest.mark.parametrize("after", EDGES)
def test_events_are_those_of_dateutil_and_the_law(
    sqlite_database: Database, after: datetime
) -> None:
    """Over substitute holidays and year ends: what moves, what closes, what runs past midnight."""
    r = random.Random(after.day)
    compared = 0
    for _ in range(8):
        stored = catalogues.schedule(r)
        stored["closed"] += [
            c for c in (
                {"days": ["mon"], "if_holiday": r.choice(["open", "next_day", "next_weekday"])},
                {"holidays": True},
                {"days": ["tue"], "nth": [-1]},
            )
            if r.random() < 0.4
        ]  # fmt: skip
        for rule in stored["rules"]:
            rule["to"] = r.choice([rule["to"], "26:30"])
        place = entries(sqlite_database, offering={"schedule": stored})
        found = events(calendar_of(place, after, weeks=12))
        expected = plain_sessions(stored, after, 84)
        assert {(e["dtstart"].dt, e["dtend"].dt) for e in found} == expected, stored
        assert len(found) == len(expected)
        compared += len(found)
    assert compared > 100


def test_no_calendar_tells_of_days_whose_holidays_are_not_yet_announced() -> None:
    """The equinox days of a year are announced in the February before; later ones are computed."""
    for month in range(1, 13):
        now = date(2026, month, 1)
        last = now + timedelta(weeks=WEEKS, days=31)
        announced = date(now.year + (month > 2), 12, 31)
        assert last <= announced
