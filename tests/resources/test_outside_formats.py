"""What sources outside say, in three formats, is read as it stands there or not believed."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from resources.clock import JAPAN
from resources.outside.calendars import WHOLE, read_calendar
from resources.outside.hsds import read_hsds
from resources.outside.rpde import Item, read_page, sessions_of
from resources.outside.said import Doubt, Unreadable, Word

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)  # a Wednesday noon in Japan
PERSON = {"id": "u", "name": "person"}


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def service(**capacity: Any) -> dict[str, Any]:
    given = {"id": "c", "unit": PERSON, "available": 3, "updated": "2026-11-20T09:00:00+09:00"}
    return {
        "id": "s1",
        "capacities": [given | capacity],
        "service_at_locations": [{"id": "at1", "location": {"id": "p"}}],
    }


def of_service(**capacity: Any) -> Word | Doubt:
    return read_hsds(as_json(service(**capacity)), ["s1"], now=NOW)["s1"]


def test_a_service_says_how_many_places_it_has_and_when_it_said_so() -> None:
    assert of_service(maximum=10) == Word("capacity", 3, date(2026, 11, 20))
    assert of_service(available=0) == Word("none", 0, date(2026, 11, 20))
    # Half past eight in the evening of London is the next day here.
    assert of_service(updated="2026-11-19T20:30:00Z") == Word("capacity", 3, date(2026, 11, 20))


@pytest.mark.parametrize(
    ("capacity", "problem"),
    [
        ({"available": 12, "maximum": 10}, "more_than_maximum"),
        ({"available": -1}, "not_a_count"),
        ({"available": 2.5}, "not_a_count"),
        ({"available": "3"}, "not_a_count"),
        ({"available": True}, "not_a_count"),
        ({"available": None}, "not_a_count"),
        ({"available": 10**30}, "not_a_count"),
        ({"maximum": "ten"}, "not_a_count"),
        ({"updated": None}, "no_date"),
        ({"updated": "yesterday"}, "no_date"),
        ({"updated": "2026-11-20"}, "no_date"),
        ({"updated": "2027-01-01T00:00:00Z"}, "date_ahead"),
        ({"unit": {"id": "u", "name": "Kilogram"}}, "other_unit"),
        ({"unit": None}, "other_unit"),
    ],
)
def test_a_capacity_that_cannot_be_is_not_believed(capacity: dict[str, Any], problem: str) -> None:
    assert of_service(**capacity) == Doubt(problem)


def test_a_number_beyond_all_numbers_is_no_count() -> None:
    body = as_json(service()).replace(b'"available": 3', b'"available": 1e999')
    assert read_hsds(body, ["s1"], now=NOW)["s1"] == Doubt("not_a_count")


def test_the_same_word_is_found_in_each_form_of_a_document() -> None:
    alone = service()
    at_location = {
        "id": "at1",
        "service": {k: v for k, v in alone.items() if k != "service_at_locations"},
    }
    forms = [
        alone,
        {"contents": [{"id": "other"}, alone]},
        {"id": "o", "services": [alone]},
        at_location,
    ]
    for document in forms:
        said = read_hsds(as_json(document), ["at1", "s1", "gone"], now=NOW)
        assert said["at1"] == said["s1"] == Word("capacity", 3, date(2026, 11, 20))
        assert said["gone"] == Doubt("no_such_item")


def test_a_service_that_says_nothing_of_places_is_not_called_full() -> None:
    for capacities in (None, []):
        document = as_json({"id": "s1", "capacities": capacities})
        assert read_hsds(document, ["s1"], now=NOW)["s1"] == Doubt("no_capacity")
    two = service()
    two["capacities"] *= 2
    assert read_hsds(as_json(two), ["s1"], now=NOW)["s1"] == Doubt("several_capacities")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"id": "s1", "capa',
        b"\xff\xfe",
        b'{"id": NaN}',
        b"[" * 100_000,
        b"9" * 5_000,
        b"<html>",
    ],
)
def test_what_is_no_json_is_refused_whole(body: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        read_hsds(body, ["s1"], now=NOW)
    assert caught.value.problem == "not_json"
    with pytest.raises(Unreadable):
        read_page(body, now=NOW)


@pytest.mark.parametrize("document", [[], 1, "x", None, {"contents": {}}])
def test_json_that_is_no_hsds_is_refused_or_holds_nothing(document: Any) -> None:
    with pytest.raises(Unreadable) as caught:
        read_hsds(as_json(document), ["s1"], now=NOW)
    assert caught.value.problem == "not_hsds"


def test_the_standards_own_examples_are_read_and_not_believed(shared_data: Path) -> None:
    """Twelve kilograms of ten: the example itself is such a case."""
    for name in ("service_full", "service_at_location_full", "organization_full"):
        body = (shared_data / "hsds" / "examples" / f"{name}.json").read_bytes()
        service_id = "ac148810-d857-441c-9679-408f346de14b"
        assert read_hsds(body, [service_id], now=NOW)[service_id] == Doubt("other_unit"), name
        body = body.replace(b'"Kilogram"', b'"Bed"')
        assert read_hsds(body, [service_id], now=NOW)[service_id] == Doubt("more_than_maximum")
        body = body.replace(b'"available": 12', b'"available": 8')
        assert read_hsds(body, [service_id], now=NOW)[service_id] == Word(
            "capacity", 8, date(2024, 9, 25)
        )


MODIFIED = int(datetime(2026, 11, 20, 3, 0, tzinfo=UTC).timestamp() * 1000)


def item(own: str, data: dict[str, Any] | None, **given: Any) -> dict[str, Any]:
    state = {"state": "deleted"} if data is None else {"state": "updated", "data": data}
    return {"id": own, "kind": "ScheduledSession", "modified": MODIFIED} | state | given


def page(*items: dict[str, Any], next_url: str = "https://x.example.jp/?after=1") -> bytes:
    return as_json({"next": next_url, "items": list(items), "license": "CC"})


def items_of(*items: dict[str, Any]) -> list[Item]:
    return read_page(page(*items), now=NOW).items


def test_sessions_are_found_by_their_own_name_or_by_that_of_their_series() -> None:
    starts = {"startDate": "2026-12-01T10:00:00+09:00", "endDate": "2026-12-01T12:00:00+09:00"}
    room = {"remainingAttendeeCapacity": 2, "maximumAttendeeCapacity": 8}
    series = "https://x.example.jp/series/7"
    found = items_of(
        item("1", {"superEvent": series, **starts, **room}),
        item("2", {"superEvent": {"@id": series}, **starts, **room}),
        item("3", {"superEvent": "https://x.example.jp/series/8", **starts, **room}),
        item("4", {"facilityUse": series, **starts, "remainingUses": 0, "maximumUses": 1}),
        item(
            "5",
            {"@id": series, "subEvent": [{"@id": "a", **starts, "remainingAttendeeCapacity": 5}]},
        ),
    )
    said = {s.key: s.left for i in found for s in sessions_of(i, series, now=NOW)}
    assert said == {
        "ScheduledSession:1": 2,
        "ScheduledSession:2": 2,
        "ScheduledSession:4": 0,
        "ScheduledSession:5#a": 5,
    }
    [own] = sessions_of(found[2], "3", now=NOW)
    assert own.starts_at == datetime(2026, 12, 1, 10, 0, tzinfo=JAPAN)
    assert own.said_on == date(2026, 11, 20)


def test_a_series_without_times_or_places_says_nothing() -> None:
    [series] = items_of(item("7", {"maximumAttendeeCapacity": 8}))
    assert sessions_of(series, "7", now=NOW) == []


@pytest.mark.parametrize(
    ("room", "problem"),
    [
        ({"remainingAttendeeCapacity": 12, "maximumAttendeeCapacity": 10}, "more_than_maximum"),
        ({"remainingAttendeeCapacity": -1}, "not_a_count"),
        ({"remainingAttendeeCapacity": "many"}, "not_a_count"),
    ],
)
def test_a_session_with_places_that_cannot_be_is_not_believed(room: Any, problem: str) -> None:
    [one] = items_of(item("1", {"startDate": "2026-12-01T10:00:00+09:00", **room}))
    [said] = sessions_of(one, "1", now=NOW)
    assert (said.left, said.problem) == (None, problem)


def test_a_session_that_was_called_off_is_no_session_with_places() -> None:
    data = {"startDate": "2026-12-01T10:00:00Z", "eventStatus": "https://schema.org/EventCancelled"}
    [one] = items_of(item("1", data))
    assert sessions_of(one, "1", now=NOW)[0].cancelled


def test_a_deleted_item_has_no_data_and_no_sessions() -> None:
    [gone] = items_of(item("1", None))
    assert gone.data is None
    assert gone.is_called("1")
    assert sessions_of(gone, "1", now=NOW) == []


def test_a_counter_is_not_taken_for_a_date() -> None:
    """The format lets `modified` be any number that grows."""
    ahead = int((NOW + timedelta(days=3)).timestamp() * 1000)
    for modified in (5, "0x5", 10**18, None, True, ahead):
        [one] = items_of(item("1", {}, modified=modified))
        assert one.said_on is None


def test_items_that_are_none_are_passed_over_and_the_rest_is_read() -> None:
    bad: list[Any] = [
        None, 5, {}, {"id": "1"}, item("1", {}, state="unknown"), item("1", {}, kind=3),
        item("1", {}, id=True), item("1", {}) | {"data": "text"}, item("x" * 400, {}),
    ]  # fmt: skip
    body = as_json({"next": "https://x.example.jp/", "items": [*bad, item("9", {})]})
    assert [i.id for i in read_page(body, now=NOW).items] == ["9"]


@pytest.mark.parametrize(
    "value",
    [{}, {"items": []}, {"next": "x"}, {"next": "", "items": []}, {"next": 1, "items": []}, []],
)
def test_a_page_without_items_or_next_is_no_page(value: Any) -> None:
    with pytest.raises(Unreadable) as caught:
        read_page(as_json(value), now=NOW)
    assert caught.value.problem == "not_rpde"


def test_the_last_page_is_the_one_without_items() -> None:
    assert read_page(page(), now=NOW).is_last
    assert not read_page(page(item("1", {})), now=NOW).is_last


def calendar(*events: str) -> bytes:
    inside = "".join(f"BEGIN:VEVENT\n{e.strip()}\nEND:VEVENT\n" for e in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{inside}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


WEEKLY = """UID:w
DTSTART;TZID=Asia/Tokyo:20261103T100000
DTEND;TZID=Asia/Tokyo:20261103T120000
RRULE:FREQ=WEEKLY;BYDAY=TU
EXDATE;TZID=Asia/Tokyo:20261208T100000"""
CALLED_OFF = """UID:w
RECURRENCE-ID;TZID=Asia/Tokyo:20261201T100000
DTSTART;TZID=Asia/Tokyo:20261201T100000
STATUS:CANCELLED"""
MOVED = """UID:w
RECURRENCE-ID:20261215T010000Z
DTSTART:20261216T010000Z
DTEND:20261216T030000Z"""


def test_a_series_is_read_with_its_exceptions() -> None:
    said = read_calendar(calendar(WEEKLY, CALLED_OFF, MOVED), "w", now=NOW)
    days = [(s.starts_at.date().isoformat(), s.cancelled) for s in said if s.starts_at]
    assert days == [
        ("2026-12-01", True), ("2026-12-16", False), ("2026-12-22", False),
        ("2026-12-29", False), ("2027-01-05", False), ("2027-01-12", False),
        ("2027-01-19", False),
    ]  # fmt: skip
    assert all(s.left is None for s in said)
    assert said[2].ends_at == datetime(2026, 12, 22, 12, 0, tzinfo=JAPAN)


def test_a_whole_calendar_may_be_about_one_offering() -> None:
    once = "UID:o\nDTSTART:20261130T100000\nDURATION:PT90M"
    all_day = "UID:d\nDTSTART;VALUE=DATE:20261205"
    said = read_calendar(calendar(once, all_day), WHOLE, now=NOW)
    times = [(s.starts_at, s.ends_at) for s in said]
    assert times == [
        (datetime(2026, 11, 30, 10, 0, tzinfo=JAPAN), datetime(2026, 11, 30, 11, 30, tzinfo=JAPAN)),
        (datetime(2026, 12, 5, 0, 0, tzinfo=JAPAN), datetime(2026, 12, 6, 0, 0, tzinfo=JAPAN)),
    ]
    with pytest.raises(Unreadable) as caught:
        read_calendar(calendar(once), "gone", now=NOW)
    assert caught.value.problem == "no_such_item"
    assert read_calendar(calendar(), WHOLE, now=NOW) == []


def test_a_count_and_an_end_are_kept_to() -> None:
    for end in ("COUNT=2", "UNTIL=20261127", "UNTIL=20261127T000000Z"):
        event = f"UID:e\nDTSTART;TZID=Asia/Tokyo:20261126T080000\nRRULE:FREQ=DAILY;{end}"
        assert len(read_calendar(calendar(event), "e", now=NOW)) == 2, end


def test_a_series_keeps_its_own_clock_over_a_change_to_summer_time() -> None:
    event = "UID:e\nDTSTART;TZID=Europe/London:20260301T100000\nRRULE:FREQ=WEEKLY"
    said = read_calendar(calendar(event), "e", now=datetime(2026, 3, 20, tzinfo=UTC))
    hours = [s.starts_at.astimezone(UTC).hour for s in said if s.starts_at]
    assert hours[:3] == [10, 9, 9]


@pytest.mark.parametrize(
    ("rule", "start"),
    [
        ("FREQ=SECONDLY", "20261125T000000"),
        ("FREQ=MINUTELY;BYMONTHDAY=30;BYMONTH=2", "20261125T000000"),
        ("FREQ=DAILY;BYHOUR=1,2,3", "20261125T000000"),
        ("FREQ=DAILY;BYMONTHDAY=30;BYMONTH=2", "20261125T000000"),
        ("FREQ=DAILY;INTERVAL=0", "20261125T000000"),
        ("FREQ=DAILY", "10010101T000000"),
        ("FREQ=WEEKLY\nRRULE:FREQ=DAILY", "20261125T000000"),
    ],
)
def test_a_rule_that_is_not_understood_is_refused_rather_than_misread(
    rule: str, start: str
) -> None:
    event = f"UID:e\nDTSTART;TZID=Asia/Tokyo:{start}\nRRULE:{rule}"
    with pytest.raises(Unreadable) as caught:
        read_calendar(calendar(event), "e", now=NOW)
    assert caught.value.problem in ("unread_rule", "not_a_calendar")


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTHDAY=30;BYMONTH=2;COUNT=3",
        "FREQ=DAILY;INTERVAL=7;BYDAY=FR",
    ],
)
def test_a_rule_that_never_comes_about_ends_as_well(rule: str) -> None:
    event = f"UID:e\nDTSTART:20201125T000000Z\nRRULE:{rule}"
    said = read_calendar(calendar(event), "e", now=NOW)
    assert said == []  # its first day lies years back, and no other comes


@pytest.mark.parametrize("body", [b"", b"<html>", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", b"\xff"])
def test_what_is_no_calendar_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        read_calendar(body, WHOLE, now=NOW)
    assert caught.value.problem == "not_a_calendar"


def test_a_flood_of_events_is_refused() -> None:
    with pytest.raises(Unreadable) as caught:
        read_calendar(b"BEGIN:VEVENT\r\n" * 6_000, WHOLE, now=NOW)
    assert caught.value.problem == "too_many_events"
