"""Hours that adjoin are one, past midnight too: held to a look at each minute of a week."""

import uuid
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.hours import DAY, WEEK, hours_of
from matching.table import Table

Spans = list[tuple[int, int, int]]
ID = uuid.UUID(int=1)
CLOCK = st.integers(0, 8).map(lambda n: n * 180)


@st.composite
def stated(draw: st.DrawFn) -> Spans:
    spans = []
    for _ in range(draw(st.integers(0, 8))):
        one, other = draw(CLOCK), draw(CLOCK)
        if one != other:
            spans.append((draw(st.integers(0, 6)), min(one, other), max(one, other)))
    return spans


@settings(max_examples=300, deadline=None)
@given(stated(), st.integers(0, 6), st.integers(0, 7), st.integers(1, 14))
def test_the_longest_stay_is_that_of_the_minutes(
    spans: Spans, day: int, opens: int, length: int
) -> None:
    start, end = opens * 180, min(opens * 180 + length * 180, 2 * DAY)
    free = {day * DAY + minute for day, a, b in spans for minute in range(a, b)}
    marks = "".join(
        "x" if (day * DAY + minute) % WEEK in free else " " for minute in range(start, end)
    )
    longest = max(len(run) for run in marks.split(" "))
    own, late = hours_of(spans)
    met = [min(end, b) - max(start, a) for weekday, a, b in (*own, *late) if weekday == day]
    assert max([*met, 0]) == longest
    if end <= DAY:
        own_alone = [min(end, b) - max(start, a) for weekday, a, b in own if weekday == day]
        assert max([*own_alone, 0]) == longest, "late hours are for sessions past midnight alone"
    assert {weekday for weekday, _, _ in own} == {weekday for weekday, _, _ in spans}


def _verdict(schedule: str, *windows: tuple[str, str, str], **offering: Any) -> str:
    row = {
        "id": ID,
        "name": "あ",
        "kind": "salon",
        "lon": 139.71,
        "lat": 35.73,
        "schedule": schedule,
        **offering,
    }
    asked = [{"day": day, "from": a, "to": b} for day, a, b in windows]
    table = Table(pd.DataFrame([row]))
    why = table.why({"at": {"lon": 139.71, "lat": 35.73}, "windows": asked}, ID)
    return next(v.verdict for v in why.verdicts if v.rule == "windows")


@pytest.mark.parametrize(
    ("schedule", "windows", "attendance", "verdict"),
    [
        ("金 22:00～翌2:00", [("sat", "00:00", "02:00")], None, "pass"),
        (
            "金 22:00～翌2:00",
            [("fri", "21:00", "24:00"), ("sat", "00:00", "03:00")],
            "whole",
            "pass",
        ),
        (
            "金 22:00～翌2:00",
            [("fri", "21:00", "24:00"), ("sat", "00:00", "01:00")],
            "whole",
            "fail",
        ),
        (
            "日 22:00～翌2:00",
            [("sun", "21:00", "24:00"), ("mon", "00:00", "03:00")],
            "whole",
            "pass",
        ),
        (
            "月 13:00～14:00",
            [("mon", "12:00", "13:30"), ("mon", "13:30", "15:00")],
            "whole",
            "pass",
        ),
        (
            "月 13:00～14:00",
            [("mon", "12:00", "13:20"), ("mon", "13:40", "15:00")],
            "whole",
            "fail",
        ),
        ("金 20:00～22:00", [("sat", "00:00", "02:00")], None, "fail"),
    ],
)
def test_who_can_come_over_midnight_or_in_two_halves_can_come(
    schedule: str, windows: list[tuple[str, str, str]], attendance: str | None, verdict: str
) -> None:
    assert _verdict(schedule, *windows, attendance=attendance) == verdict
