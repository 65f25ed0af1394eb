"""A schedule's days are those of the calendar, holidays and turn of the year included."""

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from oracle import holiday_law
from oracle.recurring_days import WEEKDAYS, plain_days

from resources import schedules
from resources.clock import JAPAN
from resources.days import holidays_of

# 国民の祝日に関する法律 第2条・第3条, worked out by hand: 振替休日 and 国民の休日 (2026-09-22) too.
LAW = {
    2026: [
        "01-01", "01-12", "02-11", "02-23", "03-20", "04-29", "05-03", "05-04", "05-05", "05-06",
        "07-20", "08-11", "09-21", "09-22", "09-23", "10-12", "11-03", "11-23",
    ],
    2027: [
        "01-01", "01-11", "02-11", "02-23", "03-21", "03-22", "04-29", "05-03", "05-04", "05-05",
        "07-19", "08-11", "09-20", "09-23", "10-11", "11-03", "11-23",
    ],
    2028: [
        "01-01", "01-10", "02-11", "02-23", "03-20", "04-29", "05-03", "05-04", "05-05",
        "07-17", "08-11", "09-18", "09-22", "10-09", "11-03", "11-23",
    ],
    2029: [
        "01-01", "01-08", "02-11", "02-12", "02-23", "03-20", "04-29", "04-30", "05-03", "05-04",
        "05-05", "07-16", "08-11", "09-17", "09-23", "09-24", "10-08", "11-03", "11-23",
    ],
    2030: [
        "01-01", "01-14", "02-11", "02-23", "03-20", "04-29", "05-03", "05-04", "05-05", "05-06",
        "07-15", "08-11", "08-12", "09-16", "09-23", "10-14", "11-03", "11-04", "11-23",
    ],
}  # fmt: skip


@pytest.mark.parametrize("year", sorted(LAW))
def test_the_public_holidays_are_those_of_the_law(year: int) -> None:
    assert sorted(d.strftime("%m-%d") for d in holidays_of(year)) == LAW[year]


@pytest.mark.parametrize("year", range(2022, 2061))
def test_the_public_holidays_are_those_that_the_law_gives_by_itself(year: int) -> None:
    assert holidays_of(year) == holiday_law.holidays_by_law(year)


def test_the_list_by_the_law_has_the_rare_days() -> None:
    """国民の休日 of 2026 and 2032, and the substitute that lies three days behind its Sunday."""
    assert date(2026, 9, 22) in holiday_law.holidays_by_law(2026)
    assert date(2032, 9, 21) in holiday_law.holidays_by_law(2032)
    assert date(2026, 5, 6) in holiday_law.holidays_by_law(2026)


def random_schedule(r: random.Random) -> dict[str, Any]:
    days = [d for d in WEEKDAYS if r.random() < 0.4]
    rule = {
        "days": days,
        "nth": sorted(r.sample([1, 2, 3, 4, 5], r.choice([0, 0, 1, 2]))) + r.choice([[], [-1]])
        if days and r.random() < 0.5
        else [],
        "month_days": sorted(r.sample(range(1, 32), r.choice([0, 0, 0, 2]))),
        "from": "10:00",
        "to": r.choice(["12:00", "24:00", "26:30"]),
        "holidays": r.choice([None, "closed", "open", "only"]),
    }
    if rule["holidays"] == "closed" and (days or rule["month_days"]) and r.random() < 0.6:
        rule["if_holiday"] = r.choice(["next_day", "next_weekday"])
    if r.random() < 0.2:
        rule.pop("if_holiday", None)
        first = date(2024, 1, 1) + timedelta(days=r.randrange(4 * 365))
        dates = {(first + timedelta(days=r.randrange(120))).isoformat() for _ in range(9)}
        rule |= {"days": [], "nth": [], "month_days": [], "holidays": None, "dates": sorted(dates)}
    closed = [
        c
        for c in (
            {"from_day": "12-29", "to_day": "01-03"},
            {"from_day": "08-13", "to_day": "08-16"},
            {"days": ["mon"], "if_holiday": r.choice(["open", "next_day", "next_weekday"])},
            {"days": ["sun"], "nth": [3]},
            {"month_days": [15]},
            {"dates": ["2026-12-05", "2027-01-09"]},
            {"holidays": True},
        )
        if r.random() < 0.25
    ]
    return {"rules": [rule], "closed": closed}


def test_sessions_are_those_of_dateutil_and_a_list_of_holidays() -> None:
    r = random.Random(11)
    held = 0
    for _ in range(250):
        stored = random_schedule(r)
        first = date(2024, 1, 1) + timedelta(days=r.randrange(4 * 365))
        schedule = schedules.from_json(stored)
        start = datetime.combine(first, datetime.min.time(), JAPAN)
        found = schedules.next_sessions(schedule, start, days=90)
        plain = plain_days(stored["rules"][0], stored["closed"], first - timedelta(days=1), 91)
        late = stored["rules"][0]["to"] == "26:30"
        expected = {d for d in plain if d >= first or late}
        assert {s.start.date() for s in found} == expected, stored
        assert all((s.end - s.start) == timedelta(minutes=_length(stored)) for s in found)
        held += len(found)
        selector, _, _ = schedules.slots(schedule)[0]
        bits, uncertain = schedules.day_bits(selector, first, 64)
        assert {first + timedelta(days=i) for i in range(64) if bits >> i & 1} == {
            d for d in plain if first <= d < first + timedelta(days=64)
        }
        assert not uncertain or stored["rules"][0]["holidays"] is None
    assert held > 3000


def _length(stored: dict[str, Any]) -> int:
    hours, minutes = stored["rules"][0]["to"].split(":")
    return int(hours) * 60 + int(minutes) - 600


def test_a_stored_schedule_is_read_back_as_it_was() -> None:
    r = random.Random(12)
    for _ in range(200):
        schedule = schedules.from_json(random_schedule(r))
        assert schedules.from_json(schedules.to_json(schedule)) == schedule


def test_at_the_turn_of_the_year_nothing_takes_place() -> None:
    stored = {
        "rules": [{"days": ["tue"], "nth": [], "month_days": [], "from": "10:00", "to": "12:00",
                   "holidays": "closed"}],
        "closed": [{"from_day": "12-29", "to_day": "01-03"}],
    }  # fmt: skip
    start = datetime(2026, 12, 20, tzinfo=JAPAN)
    found = schedules.next_sessions(schedules.from_json(stored), start, limit=2)
    assert [s.start.isoformat() for s in found] == [
        "2026-12-22T10:00:00+09:00",
        "2027-01-05T10:00:00+09:00",
    ]


def test_what_moves_from_a_holiday_is_held_on_the_day_that_is_named() -> None:
    """成人の日 is the second Monday of January, 11 January 2027; 23 November 2026 is a Monday."""
    rule = {"days": ["mon"], "nth": [2, 4], "from": "10:00", "to": "12:00", "holidays": "closed"}
    start = datetime(2026, 11, 1, tzinfo=JAPAN)
    held = {}
    for move in (None, "next_day", "next_weekday"):
        schedule = schedules.from_json({"rules": [rule | {"if_holiday": move}]})
        found = schedules.next_sessions(schedule, start, days=100)
        assert not any(s.uncertain for s in found)
        held[move] = [f"{s.start:%m-%d}" for s in found]
    assert held[None] == ["11-09", "12-14", "12-28", "01-25", "02-08"]
    assert held["next_day"] == ["11-09", "11-24", "12-14", "12-28", "01-12", "01-25", "02-08"]
    assert held["next_weekday"] == held["next_day"]


def test_what_takes_place_once_does_so_on_its_dates_and_no_holiday_makes_it_unsure() -> None:
    stored = {
        "rules": [
            {"dates": ["2026-11-03", "2026-12-30", "2027-01-09"], "from": "10:00", "to": "12:00"}
        ],
        "closed": [{"from_day": "12-29", "to_day": "01-03"}],
    }
    start = datetime(2026, 1, 1, tzinfo=JAPAN)
    found = schedules.next_sessions(schedules.from_json(stored), start, days=1500)
    assert [(s.start.isoformat(), s.uncertain) for s in found] == [
        ("2026-11-03T10:00:00+09:00", False),  # 文化の日
        ("2027-01-09T10:00:00+09:00", False),
    ]


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"rules": "x"},
        {"rules": [{"days": ["day"], "from": "10:00", "to": "12:00"}]},
        {"rules": [{"days": [], "from": "12:00", "to": "10:00"}]},
        {"rules": [{"days": [], "from": "10:70", "to": "12:00"}]},
        {"rules": [{"days": [], "nth": [2], "from": "10:00", "to": "12:00"}]},
        {"rules": [{"days": [], "month_days": [32], "from": "10:00", "to": "12:00"}]},
        {"rules": [], "closed": [{"dates": ["2026-02-30"]}]},
        {"rules": [{"dates": ["2026-02-30"], "from": "10:00", "to": "12:00"}]},
        {"rules": [{"dates": ["20260210"], "from": "10:00", "to": "12:00"}]},
        {"rules": [{"dates": "2026-02-10", "from": "10:00", "to": "12:00"}]},
        {"rules": [{"dates": ["2026-02-10"], "days": ["mon"], "from": "10:00", "to": "12:00"}]},
        {"rules": [{"dates": ["2026-02-10"], "from": "10:00", "to": "12:00", "holidays": "open"}]},
        {"rules": [{"days": ["mon"], "from": "10:00", "to": "12:00", "if_holiday": "next_day"}]},
        {
            "rules": [
                {
                    "days": [],
                    "from": "10:00",
                    "to": "12:00",
                    "holidays": "closed",
                    "if_holiday": "next_day",
                }
            ]
        },
        {
            "rules": [
                {
                    "days": ["mon"],
                    "from": "10:00",
                    "to": "12:00",
                    "holidays": "closed",
                    "if_holiday": "open",
                }
            ]
        },
        {"rules": [{"days": ["mon"], "from": None, "to": "12:00"}]},
        {"rules": [{"days": [], "from": None, "to": "18:30", "from_event": "after_school"}]},
        {"rules": [], "closed": [{"from_day": "13-01", "to_day": "01-03"}]},
        {"rules": [], "closed": [{"from_day": "12-29"}]},
        {"rules": [{"days": [], "from": "10:00", "to": "12:00", "holidays": "maybe"}]},
    ],
)
def test_a_schedule_that_cannot_be_is_refused(bad: Any) -> None:
    with pytest.raises(schedules.BadSchedule):
        schedules.from_json(bad)
