"""What a place asks of a person's hours is the smallest change, and so is what is to be loosened."""

import uuid
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.columns import ATTENDANCES, RECORD
from matching.hours import Hours, hours_of
from matching.need import parse_need
from matching.need_values import MOST_WINDOWS
from matching.other_hours import (
    is_another_day,
    minutes_of_change,
    session_of_change,
    smallest_changes,
)
from matching.rows import Slots
from matching.store import IndexStore
from matching.suggest import suggest_placements
from matching.table import Table
from matching.times import ALL_DAYS, Sessions, days_of_hours
from resources.clock import JAPAN
from resources.database import Database
from resources.vocabulary import default_vocabulary

EVE = date(2026, 11, 30)
NOW = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)  # a Tuesday, 9:00 in Japan
AT = {"lon": 139.7148, "lat": 35.7290}

clocks = st.integers(0, 11).map(lambda n: n * 120)
windows = st.tuples(st.integers(0, 6), clocks, st.sampled_from([10, 60, 250])).map(
    lambda w: (w[0], w[1], min(w[1] + w[2], 1440))
)
slots = st.tuples(
    clocks, st.sampled_from([20, 30, 90, 300]), st.integers(0, 2**57 - 1), st.booleans()
)


def slow(opened: list[Any], stated: Hours, whole: bool, worth: int) -> tuple[Any, ...] | None:
    """Go through every day of every session, and every minute at which one could come to it."""
    found = []
    for start, minutes, bits, often in opened:
        stay = minutes if whole else min(minutes, worth)
        spans = stated.own if start + minutes <= 1440 else (*stated.own, *stated.late)
        for bit in range(1, 57):
            if not held(bits, often) >> bit & 1:
                continue
            day = EVE + timedelta(days=bit)
            stretched = [
                max(opens - comes, 0) + max(comes + stay - closes, 0)
                for weekday, opens, closes in spans
                if weekday == day.weekday()
                for comes in range(start, start + minutes - stay + 1)
            ]
            asked = (False, min(stretched)) if stretched else (True, stay)
            found.append((*asked, day, start, start + minutes))
    return min(found, default=None)


def held(bits: int, often: bool) -> int:
    """Return the days of a session: many or, as most have, one in the week or so."""
    return bits if often else bits & (bits >> 3) & (bits >> 11)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(slots, max_size=4),
    st.lists(windows, min_size=1, max_size=4),
    st.booleans(),
    st.sampled_from([-1, 20, 75]),
)
def test_no_session_ahead_asks_for_less(opened: Any, stated: Any, whole: bool, stay: int) -> None:
    days = np.array([held(bits, often) for *_, bits, often in opened], np.uint64) & ALL_DAYS
    start = np.array([s for s, *_ in opened], np.int64)
    end = start + np.array([m for _, m, *_ in opened], np.int64)
    none = np.zeros(len(opened), np.uint64)
    flat = Slots(np.array([0, len(opened)]), start, end, days, none)
    asked: Any = SimpleNamespace(eve=EVE, hours=hours_of(stated))
    own, late = days_of_hours(asked)
    sessions = Sessions(EVE, flat, days, none, *own, *late, 30)
    records = np.zeros(1, RECORD)
    records["attendance"], records["min_minutes"] = ATTENDANCES.index("drop_in"), stay
    if whole:
        records["attendance"] = ATTENDANCES.index("whole")
    found = smallest_changes(sessions, np.array([0]), records)
    (session,) = sessions.told(session_of_change(found))
    least = slow(opened, asked.hours, whole, max(stay, 30))
    if session is None:
        assert least is None
        return
    midnight = datetime.combine(session.start.date(), datetime.min.time(), JAPAN)
    hours = [(t - midnight) // timedelta(minutes=1) for t in (session.start, session.end)]
    told = (bool(is_another_day(found)[0]), int(minutes_of_change(found)[0]))
    assert (*told, session.start.date(), *hours) == least


def week(*opened: tuple[str, str, str]) -> dict[str, Any]:
    rules = [
        {"days": [day], "nth": [], "month_days": [], "from": start, "to": end, "holidays": "open"}
        for day, start, end in opened
    ]
    return {"rules": rules, "closed": []}


@pytest.mark.parametrize(
    ("hours", "opened", "change", "loosened"),
    [
        # The next session is on Tuesday, but Monday evening follows on the stated afternoon.
        (("mon", "13:00", "17:00"), [("mon", "17:00", "19:00"), ("tue", "09:00", "10:00")],
         "月曜17:00～19:00のうち30分来られれば可", ("mon", "17:00", "20:00")),
        # Monday is the first of the weekdays, but Wednesday is the one that was stated.
        (("wed", "13:00", "17:00"), [("wed", "17:00", "19:00"), ("mon", "13:00", "15:00")],
         "水曜17:00～19:00のうち30分来られれば可", ("wed", "17:00", "20:00")),
        # Before the hours that were stated, or a longer while after them.
        (("fri", "13:00", "17:00"), [("fri", "18:00", "20:00"), ("fri", "10:30", "13:10")],
         "金曜10:30～13:10のうち30分来られれば可", ("fri", "09:00", "12:00")),
        # Monday's night runs on into the hours of Tuesday, which would have to begin earlier.
        (("tue", "00:45", "03:00"), [("tue", "05:00", "07:00"), ("mon", "22:00", "25:00")],
         "月曜22:00～火曜01:00のうち30分来られれば可", ("mon", "20:00", "24:00")),
        # On none of the days: what comes first.
        (("sun", "13:00", "17:00"), [("mon", "13:00", "15:00"), ("wed", "13:00", "15:00")],
         "水曜13:00～15:00のうち30分来られれば可", ("wed", "12:00", "17:00")),
    ],
)  # fmt: skip
def test_the_change_that_is_named_lies_nearest_to_the_hours_and_loosening_says_the_same(
    database: Database, store: IndexStore, register: Any, hours: Any, opened: Any, change: str,
    loosened: Any,
) -> None:  # fmt: skip
    register(
        organization={"name": "架空の会"},
        resource={"name": "架空の場", "kind": "salon", "needs": ["isolation"]},
        location={**AT, "address": "豊島区"},
        offering={"schedule": week(*opened), "attendance": "drop_in", "availability": "waitlist"},
    )
    day, begins, ends = hours
    asked = {"at": AT, "needs": {"isolation": 2},
             "windows": [{"day": day, "from": begins, "to": ends}]}  # fmt: skip
    need = parse_need(asked, default_vocabulary())
    with database.reading() as session:
        answer = suggest_placements(session, store, need, now=NOW)
    (miss,) = answer.nearest_misses
    assert [(f.rule, f.change and f.change.ja) for f in miss.failed] == [("windows", change)]
    assert answer.relaxation is not None
    assert answer.relaxation.patch is not None
    day, begins, ends = loosened
    assert answer.relaxation.patch["windows"][-1] == {"day": day, "from": begins, "to": ends}


def test_what_runs_from_one_part_of_a_day_into_the_next_asks_for_all_of_it() -> None:
    row = {"name": "架空の食堂", "kind": "salon", "lon": 139.71, "lat": 35.73, "needs": ["isolation"],
           "attendance": "whole"}  # fmt: skip
    meals = [("sat", "11:00", "14:00"), ("sun", "11:30", "13:30"), ("sun", "16:00", "18:00")]
    rows = [
        {**row, "id": uuid.UUID(int=n + 1), "name": f"架空の食堂{n}",
         "schedule": {"rules": [{"days": [day], "from": a, "to": b}], "closed": []}}
        for n, (day, a, b) in enumerate(meals[:2])
    ]  # fmt: skip
    asked = {"at": {"lon": 139.71, "lat": 35.73}, "needs": {"isolation": 3},
             "windows": [{"day": "wed", "from": "10:00", "to": "11:00"}]}  # fmt: skip
    table = Table(pd.DataFrame(rows))
    told = table.suggest(asked, now=NOW).relaxation
    assert told is not None
    assert told.change is not None
    assert (told.count, told.change_count) == (2, 1)
    assert told.change.ja == "日曜に一日空けられれば"  # shorter than Saturday's
    assert told.patch is not None
    assert told.patch["windows"][-1] == {"day": "sun", "from": "00:00", "to": "24:00"}
    assert table.suggest({**asked, **told.patch}, now=NOW).fitting == 1


def test_a_place_counts_once_with_all_its_days() -> None:
    """Two days of one salon, the same from another file, and one salon more: two places."""
    row = {"name": "架空の茶話会", "kind": "salon", "lon": 139.71, "lat": 35.73,
           "needs": ["isolation"], "min_minutes": 90, "resource_id": uuid.UUID(int=90)}  # fmt: skip
    other = {"resource_id": uuid.UUID(int=91), "min_minutes": 120}
    asked = {"at": {"lon": 139.71, "lat": 35.73}, "needs": {"isolation": 3},
             "limits": {"minutes": 60}}  # fmt: skip
    rows = [
        {**row, "id": uuid.UUID(int=1)},
        {**row, "id": uuid.UUID(int=2), "min_minutes": 100},
        {**row, "id": uuid.UUID(int=3), **other, "lat": 35.7301},
        {**row, "id": uuid.UUID(int=4), **other, "name": "架空の別の会"},
    ]
    told = Table(pd.DataFrame(rows)).suggest(asked, now=NOW).relaxation
    assert told is not None
    assert told.change is not None
    assert (told.rule, told.count, told.change_count) == ("minutes", 2, 1)
    assert told.change.ja == "1回 90 分いられれば可"


def test_a_loosening_of_hours_is_one_that_can_be_asked() -> None:
    """Where as many hours are stated as may be, none more is proposed."""
    own = uuid.UUID(int=1)
    rule = {"days": ["sun"], "from": "10:00", "to": "12:00"}
    row = {"id": own, "name": "架空の場", "kind": "salon", "lon": 139.71, "lat": 35.73,
           "needs": ["isolation"], "schedule": {"rules": [rule], "closed": []}}  # fmt: skip
    table = Table(pd.DataFrame([row]))
    for n in (MOST_WINDOWS - 1, MOST_WINDOWS):
        windows = [{"day": "mon", "from": f"05:{m:02d}", "to": "06:00"} for m in range(n)]
        asked = {"at": {"lon": 139.71, "lat": 35.73}, "needs": {"isolation": 3}, "windows": windows}
        told = table.suggest(asked).relaxation
        assert told is not None
        assert told.rule == "windows"
        assert (told.patch is None) == (n == MOST_WINDOWS)
        if told.patch is not None:
            assert table.suggest({**asked, **told.patch}).suggestions
