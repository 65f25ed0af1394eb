"""A schedule as recurrence rules expands to just its sessions, by dateutil and by the law."""

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from dateutil.rrule import rruleset, rrulestr
from dateutil.tz import gettz
from oracle import catalogues, holiday_law

from resources.clock import JAPAN
from resources.days import DAYS
from resources.recurrence import DAY_CODES, Recurrence, recurrences
from resources.schedules import Schedule, from_json, next_sessions

TOKYO = gettz("Asia/Tokyo")


def expanded(rule: Recurrence) -> list[tuple[datetime, datetime]]:
    """The sessions of a recurrence, by dateutil reading it as a calendar would."""

    def start(day: date) -> datetime:
        return datetime.combine(day, time(0), TOKYO) + timedelta(minutes=rule.opens_minutes)

    found = rruleset()
    if text := rule.rrule():
        found.rrule(rrulestr(text, dtstart=start(rule.dtstart)))
    for day in rule.rdates:
        found.rdate(start(day))
    for day in rule.exdates:
        found.exdate(start(day))
    length = timedelta(minutes=rule.closes_minutes - rule.opens_minutes)
    return [(s.astimezone(JAPAN), s.astimezone(JAPAN) + length) for s in found]


def odd_schedule(r: random.Random) -> dict[str, Any]:
    """A schedule with what makes recurrences hard: fifths, lasts, the 31st, nights, moves."""
    stored = catalogues.schedule(r)
    for rule in stored["rules"]:
        if rule["days"]:
            rule["nth"] = r.choice([rule["nth"], [5], [5, -1], [4, -1]])
        rule["month_days"] = r.choice([rule["month_days"], [29, 31], []])
        rule["to"] = r.choice([rule["to"], "26:30", "29:00"])
    for rule in stored["rules"]:
        if rule["holidays"] and (rule["days"] or rule["month_days"]) and r.random() < 0.3:
            rule |= {"holidays": "closed", "if_holiday": r.choice(["next_day", "next_weekday"])}
    if stored["rules"] and r.random() < 0.2:
        stored["rules"][0].pop("if_holiday", None)
        near = [date(2026, 9, 22), date(2026, 12, 31), date(2027, 1, 1), date(2028, 2, 29)]
        dates = sorted({(d + timedelta(days=r.randrange(9))).isoformat() for d in near})
        stored["rules"][0] |= {
            "days": [],
            "nth": [],
            "month_days": [],
            "holidays": None,
            "dates": dates,
        }
    stored["closed"] += [
        c
        for c in (
            {"days": ["mon"], "if_holiday": r.choice(["open", "next_day", "next_weekday"])},
            {"days": ["tue"], "nth": [-1]},
            {"from_day": "08-13", "to_day": "08-16"},
            {"holidays": True},
        )
        if r.random() < 0.25
    ]
    return stored


def window(r: random.Random) -> tuple[date, date]:
    """A window that often begins or ends at a substitute holiday, a month's end or a new year."""
    near = r.choice(
        [
            date(2026, 5, 6), date(2026, 9, 22), date(2026, 12, 31), date(2027, 1, 1),
            date(2027, 3, 22), date(2028, 2, 29), date(2024, 2, 29), date(2032, 9, 21),
            date(2024, 1, 1) + timedelta(days=r.randrange(2500)),
        ]
    )  # fmt: skip
    first = near - timedelta(days=r.choice([0, 1, 10, 60]))
    return first, first + timedelta(days=r.choice([0, 6, 30, 90, 400]))


def sessions(schedule: Schedule, first: date, last: date) -> dict[tuple[datetime, datetime], bool]:
    found = next_sessions(
        schedule, datetime.combine(first, time(0), JAPAN), days=(last - first).days + 1
    )
    return {(s.start, s.end): s.uncertain for s in found if s.start.date() >= first}


def test_the_rules_expand_to_just_the_sessions_each_once() -> None:
    r = random.Random(41)
    held = left_out = unsure = 0
    for _ in range(300):
        stored = odd_schedule(r)
        first, last = window(r)
        schedule = from_json(stored)
        rules = recurrences(schedule, first, last)
        found = [x for rule in rules for x in expanded(rule)]
        said = sessions(schedule, first, last)
        assert sorted(found) == sorted(said), (stored, first, last)
        doubts = {
            (datetime.combine(d, time(0), JAPAN) + timedelta(minutes=rule.opens_minutes), d)
            for rule in rules
            for d in rule.uncertain
        }
        assert {s for s, _ in doubts} <= {s for (s, _), doubt in said.items() if doubt}
        assert sum(len(rule.uncertain) for rule in rules) == sum(said.values())
        held += len(found)
        left_out += sum(len(rule.exdates) for rule in rules)
        unsure += len(doubts)
    assert held > 5000
    assert left_out > 400
    assert unsure > 50


def test_the_days_are_those_of_the_law_worked_out_by_hand() -> None:
    """Every kind of holiday policy against a list of holidays that no library made."""
    first, last = date(2024, 1, 1), date(2032, 12, 31)
    free = {d for y in range(2024, 2033) for d in holiday_law.holidays_by_law(y)}
    window_days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    for policy in ("closed", "only", "open", None):
        rule = {"days": ["mon", "tue"], "from": "10:00", "to": "12:00", "holidays": policy}
        found = recurrences(from_json({"rules": [rule]}), first, last)
        plain = {d for d in window_days if d.weekday() < 2}
        expected = {"closed": plain - free, "only": free, "open": plain, None: plain}[policy]
        assert {s.date() for x in found for s, _ in expanded(x)} == expected
        doubted = {d for x in found for d in x.uncertain}
        assert doubted == (plain & free if policy is None else set())


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"days": ["tue"], "nth": [2, -1]}, ("MONTHLY", ("2TU", "-1TU"), ())),
        ({"days": ["mon", "fri"]}, ("WEEKLY", ("MO", "FR"), ())),
        ({"month_days": [15, 31]}, ("MONTHLY", (), (15, 31))),
        ({}, ("WEEKLY", tuple(DAY_CODES[d] for d in DAYS), ())),
    ],
)
def test_a_rule_is_said_in_the_words_of_the_standard(rule: Any, said: Any) -> None:
    stored = {"rules": [{**rule, "from": "10:00", "to": "12:00", "holidays": "open"}]}
    (found,) = recurrences(from_json(stored), date(2026, 12, 1), date(2027, 11, 30))
    assert (found.freq, found.byday, found.bymonthday) == said
    assert not found.exdates
    assert not found.rdates


def test_the_end_is_in_utc_and_the_hours_in_japans_time() -> None:
    stored = {"rules": [{"days": ["fri"], "from": "08:00", "to": "26:30", "holidays": "open"}]}
    (found,) = recurrences(from_json(stored), date(2026, 12, 1), date(2026, 12, 31))
    assert found.rrule() == "FREQ=WEEKLY;INTERVAL=1;BYDAY=FR;UNTIL=20261224T230000Z"
    assert datetime(2026, 12, 25, 8, tzinfo=JAPAN).astimezone(UTC).hour == 23
    assert found.hsds() == [
        {"freq": "WEEKLY", "interval": 1, "byday": "FR", "dtstart": "2026-12-04",
         "until": "2026-12-25", "timezone": 9, "opens_at": "08:00+09:00",
         "closes_at": "02:30+09:00"}
    ]  # fmt: skip


def test_a_place_that_is_open_on_holidays_only_is_a_list_of_days() -> None:
    stored = {"rules": [{"from": "10:00", "to": "12:00", "holidays": "only"}]}
    (found,) = recurrences(from_json(stored), date(2026, 9, 20), date(2026, 9, 24))
    assert found.rrule() is None
    assert [d.day for d in found.rdates] == [21, 22, 23]  # the 22nd: 国民の休日
    assert [row["dtstart"] for row in found.hsds()] == ["2026-09-21", "2026-09-22", "2026-09-23"]


def test_a_window_without_days_has_no_rules() -> None:
    stored = {"rules": [{"from": "10:00", "to": "12:00"}]}
    assert recurrences(from_json(stored), date(2026, 9, 20), date(2026, 9, 19)) == []
