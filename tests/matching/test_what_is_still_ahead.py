"""What is over, has begun, or lasts too long isn't suggested; each on the session that it is about."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest

from matching.table import Table

ID = uuid.UUID(int=1)
AT = {"lon": 139.71, "lat": 35.73}
SATURDAY_NOON = datetime(2026, 11, 28, 3, 45, tzinfo=UTC)  # 12:45 in Japan


def _why(need: dict[str, Any] | None = None, **row: Any) -> Any:
    place = {
        "id": ID,
        "name": "架空の場",
        "kind": "open_space",
        "needs": ["isolation"],
        **AT,
        **row,
    }
    asked = {"at": AT, "needs": {"isolation": 3}, **(need or {})}
    return Table(pd.DataFrame([place])).why(asked, ID, now=SATURDAY_NOON)


def _verdicts(told: Any) -> dict[str, Any]:
    return {v.rule: v for v in told.verdicts}


@pytest.mark.parametrize(
    ("ends_on", "on", "expected"),
    [
        (date(2026, 11, 1), None, "fail"),
        (date(2026, 11, 1), "2026-12-01", "fail"),
        (date(2026, 11, 27), None, "fail"),
        (date(2026, 11, 28), None, "unknown"),
        (None, None, "unknown"),
    ],
)
def test_an_event_that_is_over_is_so_whether_its_hours_are_known(
    ends_on: date | None, on: str | None, expected: str
) -> None:
    told = _why({} if on is None else {"on": on}, ends_on=ends_on)
    windows = _verdicts(told)["windows"]
    assert windows.verdict == expected
    assert told.suggestible == (expected != "fail")
    if expected == "fail":
        assert windows.field == "ends_on"


SATURDAYS = {"rules": [{"days": ["sat"], "from": "10:00", "to": "18:00"}], "closed": []}


@pytest.mark.parametrize(
    ("hours", "attendance", "ends_today", "expected"),
    [
        (("10:00", "11:00"), "drop_in", True, "fail"),  # these hours are past, and there is no other day
        (("10:00", "11:00"), "drop_in", False, "pass"),  # next Saturday
        (("12:00", "13:10"), "drop_in", True, "fail"),  # 25 minutes are left
        (("12:00", "13:20"), "drop_in", True, "pass"),
        (None, "drop_in", True, "pass"),
        (None, "whole", True, "fail"),  # it began at ten
        (None, "whole", False, "pass"),
        (("09:00", "19:00"), "whole", True, "fail"),
    ],
)  # fmt: skip
def test_of_today_only_what_is_ahead_counts(
    hours: tuple[str, str] | None, attendance: str, ends_today: bool, expected: str
) -> None:
    windows = [{"day": "sat", "from": hours[0], "to": hours[1]}] if hours else []
    last = date(2026, 11, 28) if ends_today else None
    told = _why({"windows": windows}, schedule=SATURDAYS, attendance=attendance, ends_on=last)
    assert _verdicts(told)["windows"].verdict == expected
    coming = told.suggestion.next_session
    if expected == "pass":
        assert coming.start.date() == (date(2026, 11, 28) if ends_today else date(2026, 12, 5))


LONG_AND_SHORT = {
    "rules": [
        {"days": ["mon"], "from": "10:00", "to": "18:00"},
        {"days": ["tue"], "from": "10:00", "to": "10:30"},
    ],
    "closed": [],
}
MONDAYS = [{"day": "mon", "from": "09:00", "to": "19:00"}]
BOTH_DAYS = [*MONDAYS, {"day": "tue", "from": "09:00", "to": "19:00"}]


@pytest.mark.parametrize(
    ("windows", "minutes", "stated", "expected", "first_day"),
    [
        (MONDAYS, 60, None, "pass", None),  # on Mondays one would stay eight hours: no session
        (MONDAYS, 480, None, "pass", 0),
        (BOTH_DAYS, 60, None, "pass", 1),  # the Tuesday is short enough, so Mondays don't count
        ([], 60, None, "pass", 1),
        ([], None, None, None, 0),
        (MONDAYS, 25, None, "fail", 0),
        (BOTH_DAYS, 25, None, "fail", 0),
        (BOTH_DAYS, 25, 20, "fail", 0),  # 20 minutes were said, but whole sessions are expected
    ],
)
def test_how_long_one_would_stay_is_asked_of_the_sessions_one_can_attend(
    windows: list[dict[str, str]],
    minutes: int | None,
    stated: int | None,
    expected: str | None,
    first_day: int | None,
) -> None:
    need = {"windows": windows, "limits": {"minutes": minutes}}
    told = _why(need, schedule=LONG_AND_SHORT, attendance="whole", min_minutes=stated)
    verdict = _verdicts(told).get("minutes")
    assert (verdict and verdict.verdict) == expected
    coming = told.suggestion.next_session
    windows_pass = _verdicts(told)["windows"].verdict == "pass"
    assert windows_pass == (first_day is not None)
    if first_day is None:
        assert _verdicts(told)["windows"].change.ja == "火曜10:00～10:30に来られれば可"
    else:
        assert coming.start.weekday() == first_day


def test_a_change_of_hours_past_midnight_names_both_days_and_lets_the_place_in() -> None:
    late = {"rules": [{"days": ["sun"], "from": "23:15", "to": "24:15"}], "closed": []}
    stated = [{"day": "mon", "from": "10:00", "to": "12:00"}]
    told = _why({"windows": stated}, schedule=late, attendance="whole")
    change = _verdicts(told)["windows"].change
    assert change.ja == "日曜23:15～月曜00:15に来られれば可"
    more = [
        {"day": "sun", "from": "23:15", "to": "24:00"},
        {"day": "mon", "from": "0:00", "to": "0:15"},
    ]
    told = _why({"windows": [*stated, *more]}, schedule=late, attendance="whole")
    assert _verdicts(told)["windows"].verdict == "pass"


def test_a_way_that_is_too_long_in_both_measures_says_both() -> None:
    far = {"lon": AT["lon"] + 0.0172}  # some 1.55 km
    asked = {"walk_minutes": 10, "radius_m": 300}
    change = _verdicts(_why(asked, **far))["reach"].change
    assert "分長く歩け" in change.ja
    assert "km広げられれば可" in change.ja
    minutes = int(change.ja.removeprefix("あと").partition("分")[0])
    wider = {"walk_minutes": 10 + minutes, "radius_m": 2000}
    assert _verdicts(_why(wider, **far))["reach"].verdict == "pass"
    assert _verdicts(_why({**wider, "radius_m": 300}, **far))["reach"].verdict == "fail"


@pytest.mark.parametrize(
    ("cap", "now", "expected"),
    [(0, None, "fail"), (0, 0, "fail"), (1, None, "unknown"), (1, 0, "pass"), (1, 1, "fail")],
)
def test_a_host_that_accompanies_nobody_has_no_room(
    cap: int, now: int | None, expected: str
) -> None:
    told = _why(accompanied_cap=cap, accompanied_now=now)
    assert _verdicts(told)["host_rest"].verdict == expected
