"""Whatever a source sends, a reader answers with facts, doubts or one kind of refusal."""

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from resources.outside.calendars import WHOLE, read_calendar
from resources.outside.hsds import read_hsds
from resources.outside.rpde import read_page, sessions_of
from resources.outside.said import Unreadable

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["s1", "2026-11-20T09:00:00Z", "9999-12-31T23:59:59-14:00", "person", ""]),
    lambda inside: st.lists(inside, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            [
                "id", "@id", "service", "services", "contents", "capacities", "unit", "name",
                "available", "maximum", "updated", "service_at_locations", "items", "next", "state",
                "kind", "modified", "data", "superEvent", "subEvent", "startDate", "endDate",
                "eventStatus", "remainingAttendeeCapacity", "maximumAttendeeCapacity",
            ]
        ),
        inside,
        max_size=6,
    ),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_no_hsds_document_breaks_the_reader(value: Any) -> None:
    try:
        said = read_hsds(json.dumps(value).encode(), ["s1", "x"], now=NOW)
    except Unreadable:
        return
    assert set(said) == {"s1", "x"}


@settings(max_examples=150, deadline=None)
@given(VALUES, st.sampled_from(["updated", "deleted"]))
def test_no_item_of_a_feed_breaks_the_reader(data: Any, state: str) -> None:
    item = {"id": "s1", "kind": "Event", "state": state, "modified": 1, "data": data}
    page = read_page(json.dumps({"next": "x", "items": [data, item]}).encode(), now=NOW)
    for one in page.items:
        for session in sessions_of(one, "s1", now=NOW):
            assert session.left is None or session.left >= 0
            assert len(session.key) <= 300


MOMENTS = st.sampled_from(
    ["20261201T100000", "20261201", "99991231T235959Z", "00010101", "20261201T100000Z", "x", "",
     "20261201/P1D"]
)  # fmt: skip
PROPERTIES = st.one_of(
    st.tuples(
        st.sampled_from(["DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"]),
        st.sampled_from(["", ";VALUE=DATE", ";TZID=Asia/Tokyo", ";TZID=No/Where", ";VALUE=PERIOD"]),
        MOMENTS,
    ),
    st.tuples(
        st.just("RRULE"),
        st.just(""),
        st.sampled_from(
            ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=XX", "FREQ=MONTHLY;BYDAY=99MO", "COUNT=1", "",
             "FREQ=DAILY;COUNT=0", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=x",
             "FREQ=DAILY;UNTIL=00010101", "FREQ=YEARLY;BYMONTH=13", "FREQ=MONTHLY;BYSETPOS=0"]
        ),
    ),
    st.tuples(
        st.sampled_from(["DURATION"]),
        st.just(""),
        st.sampled_from(["P9999999D", "-P1D", "PT1H", "x"]),
    ),
    st.tuples(st.just("STATUS"), st.just(""), st.sampled_from(["CANCELLED", "x", ""])),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(PROPERTIES, max_size=5), max_size=3))
def test_no_calendar_breaks_the_reader(events: list[list[tuple[str, str, str]]]) -> None:
    lines = ["BEGIN:VCALENDAR"]
    for event in events:
        written = [f"{name}{how}:{value}" for name, how, value in event]
        lines += ["BEGIN:VEVENT", "UID:a", *written, "END:VEVENT"]
    try:
        said = read_calendar("\r\n".join([*lines, "END:VCALENDAR", ""]).encode(), WHOLE, now=NOW)
    except Unreadable:
        return
    assert all(s.left is None and s.starts_at is not None for s in said)
