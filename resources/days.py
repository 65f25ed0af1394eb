"""The days on which a rule of a schedule applies, by Japan's calendar and public holidays.

Public holidays are those of the 国民の祝日に関する法律, substitute and citizens' holidays included,
from the `holidays` library. A set of days is a bit mask: bit 0 is the first day of a window.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import holidays

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_BACK_DAYS = 21
"""A day that moves comes from before the window; no run of days off is as long as this."""


@lru_cache(maxsize=256)
def holidays_of(year: int) -> frozenset[date]:
    """Return the public holidays of a year, substitute holidays included."""
    return frozenset(holidays.country_holidays("JP", years=year))


def is_holiday(day: date) -> bool:
    """Tell whether a day is a public holiday in Japan."""
    return day in holidays_of(day.year)


@dataclass(frozen=True)
class _Calendar:
    """A window of days, and in it the days of each kind as bit masks."""

    first: date
    n_days: int
    every: int
    weekday: dict[str, int]
    nth: dict[int, int]  # 1 … 5 of the month, -1 = the last
    month_day: dict[int, int]
    holiday: int
    working: int  # Monday to Friday, and no public holiday

    def days(self) -> Iterator[date]:
        return (self.first + timedelta(days=i) for i in range(self.n_days))


@lru_cache(maxsize=64)
def _calendar(first: date, n_days: int) -> _Calendar:
    days = [first + timedelta(days=i) for i in range(n_days)]
    weekday = {name: _mask(d.weekday() == i for d in days) for i, name in enumerate(DAYS)}
    nth = {n: _mask((d.day - 1) // 7 + 1 == n for d in days) for n in range(1, 6)}
    nth[-1] = _mask((d + timedelta(days=7)).month != d.month for d in days)
    holiday = _mask(map(is_holiday, days))
    return _Calendar(
        first,
        n_days,
        every=(1 << n_days) - 1,
        weekday=weekday,
        nth=nth,
        month_day={n: _mask(d.day == n for d in days) for n in range(1, 32)},
        holiday=holiday,
        working=_mask(d.weekday() < 5 for d in days) & ~holiday,
    )


def _mask(flags: Iterable[bool]) -> int:
    return sum(1 << i for i, flag in enumerate(flags) if flag)


def bits_of(mask: int) -> Iterator[int]:
    """Give the numbers of the bits that are set, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _pattern(window: _Calendar, pattern: dict[str, Any]) -> int:
    """Return the days of weekdays, nths and days of the month; nothing said is every day."""
    days, month_days = pattern.get("days"), pattern.get("month_days")
    if not days and not month_days:
        return window.every
    found = 0
    for day in days or ():
        found |= window.weekday[day]
    if nth := pattern.get("nth"):
        in_week = 0
        for n in nth:
            in_week |= window.nth[n]
        found &= in_week
    for n in month_days or ():
        found |= window.month_day[n]
    return found


@lru_cache(maxsize=1024)
def _period(first: date, n_days: int, from_day: str, to_day: str) -> int:
    """Return the days of a yearly period, which may run across the new year."""
    marks = (f"{d:%m-%d}" for d in _calendar(first, n_days).days())
    if from_day <= to_day:
        return _mask(from_day <= mark <= to_day for mark in marks)
    return _mask(mark >= from_day or mark <= to_day for mark in marks)


def _dated(window: _Calendar, dates: Iterable[str]) -> int:
    """Return those of some dates that lie in the window."""
    days = ((date.fromisoformat(text) - window.first).days for text in dates)
    return sum(1 << i for i in days if 0 <= i < window.n_days)


def _shut(window: _Calendar, closed: dict[str, Any]) -> tuple[int, int]:
    """Return the days that are closed, and the holidays of which it says that they are not."""
    shut = window.holiday if closed.get("holidays") else 0
    if closed.get("from_day"):
        shut |= _period(window.first, window.n_days, closed["from_day"], closed["to_day"])
    shut |= _dated(window, closed.get("dates") or ())
    if not (closed.get("days") or closed.get("month_days")):
        return shut, 0
    days, move = _pattern(window, closed), closed.get("if_holiday")
    if not move:
        return shut | days, 0
    on_holiday = days & window.holiday
    return shut | days & ~window.holiday | _moved(window, days, move), on_holiday


def _moved(window: _Calendar, days: int, move: str | None) -> int:
    """Return the days that take the place of those that are public holidays."""
    on_holiday = days & window.holiday
    if move == "next_day":
        return on_holiday << 1
    return _next_working_days(window, on_holiday) if move == "next_weekday" else 0


def _next_working_days(window: _Calendar, days: int) -> int:
    """Return for each day the first working day (翌平日) behind it."""
    found = 0
    for i in bits_of(days):
        later = window.working >> (i + 1) << (i + 1)
        found |= later & -later
    return found


@lru_cache(maxsize=4096)
def _parsed(selector: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(selector)
    return parsed


@lru_cache(maxsize=65536)
def day_bits(selector: str, first: date, n_days: int) -> tuple[int, int]:
    """Return bit masks over days from `first` (bit 0): days held, and of these the uncertain.

    A day is uncertain if it is a public holiday of which nothing is said; a date that is named is
    not. That the rule is open on public holidays yields to a closing that is said itself.

    selector : canonical JSON, as `schedules.slots` makes it
    """
    rule = _parsed(selector)
    window = _calendar(first - timedelta(days=LOOK_BACK_DAYS), n_days + LOOK_BACK_DAYS)
    policy = rule.get("holidays")
    dates = rule.get("dates")
    held = window.holiday if policy == "only" else _pattern(window, rule)
    if dates:
        held = _dated(window, dates)
    if policy == "closed":
        held = held & ~window.holiday | _moved(window, held, rule.get("if_holiday"))
    unsaid = window.holiday if policy is None and not dates else 0
    for closed in rule.get("closed") or ():
        shut, open_on = _shut(window, closed)
        held &= ~shut
        unsaid &= ~open_on
    held = (held & window.every) >> LOOK_BACK_DAYS
    return held, held & (unsaid >> LOOK_BACK_DAYS)
