"""The days on which a rule of a schedule applies, by Japan's calendar and public holidays.

Public holidays are those of the 国民の祝日に関する法律, substitute and citizens' holidays included,
from the `holidays` library.
"""

import calendar
import json
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import holidays

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@lru_cache(maxsize=256)
def holidays_of(year: int) -> frozenset[date]:
    """Return the public holidays of a year, substitute holidays included."""
    return frozenset(holidays.country_holidays("JP", years=year))


def is_holiday(day: date) -> bool:
    """Tell whether a day is a public holiday in Japan."""
    return day in holidays_of(day.year)


def _is_nth(day: date, nth: list[int]) -> bool:
    """Tell whether a day is the nth of its weekday in its month; -1 is the last."""
    if not nth:
        return True
    last = day.day + 7 > calendar.monthrange(day.year, day.month)[1]
    return (day.day - 1) // 7 + 1 in nth or (last and -1 in nth)


def _in_pattern(day: date, pattern: dict[str, Any]) -> bool:
    days, month_days = pattern.get("days"), pattern.get("month_days")
    if month_days and day.day in month_days:
        return True
    if days:
        return DAYS[day.weekday()] in days and _is_nth(day, pattern.get("nth") or [])
    return not month_days


def _in_period(day: date, first: str, last: str) -> bool:
    """Tell whether a day lies in a yearly period, which may run across the new year."""
    mark = f"{day.month:02d}-{day.day:02d}"
    return first <= mark <= last if first <= last else mark >= first or mark <= last


def _is_closed_by(day: date, closed: dict[str, Any]) -> bool:
    if closed.get("from_day") and _in_period(day, closed["from_day"], closed["to_day"]):
        return True
    if day.isoformat() in (closed.get("dates") or ()):
        return True
    if closed.get("holidays") and is_holiday(day):
        return True
    if not (closed.get("days") or closed.get("month_days")):
        return False
    move = closed.get("if_holiday")
    if _in_pattern(day, closed) and not (move and is_holiday(day)):
        return True
    return move in ("next_day", "next_weekday") and _is_moved_to(day, closed, move)


def _is_moved_to(day: date, closed: dict[str, Any], move: str) -> bool:
    """Tell whether a closing day that fell on a holiday was moved to this day."""
    for back in range(1, 15):
        origin = day - timedelta(days=back)
        on_holiday = _in_pattern(origin, closed) and is_holiday(origin)
        if on_holiday and _moved(origin, move) == day:
            return True
    return False


def _moved(origin: date, move: str) -> date:
    """Return the day to which a closing day moves: the next, or the next that is a working day."""
    day = origin + timedelta(days=1)
    if move == "next_weekday":
        while is_holiday(day) or day.weekday() >= 5:
            day += timedelta(days=1)
    return day


def held_on(selector: dict[str, Any], day: date) -> tuple[bool, bool]:
    """Tell whether a rule takes place on a day, and whether that is uncertain.

    It is uncertain on a public holiday of which nothing is said.
    """
    policy, holiday = selector.get("holidays"), is_holiday(day)
    if policy == "only":
        held = holiday
    else:
        held = _in_pattern(day, selector) and not (policy == "closed" and holiday)
    if held and any(_is_closed_by(day, closed) for closed in selector.get("closed") or ()):
        # "open on holidays" is said of the rule, and yields to a closing that is said itself.
        held = False
    return held, held and holiday and policy is None


@lru_cache(maxsize=4096)
def _parsed(selector: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(selector)
    return parsed


@lru_cache(maxsize=65536)
def day_bits(selector: str, first: date, n_days: int) -> tuple[int, int]:
    """Return bit masks over days from `first` (bit 0): days held, and of these the uncertain.

    selector : canonical JSON, as `schedules.slots` makes it
    """
    rule = _parsed(selector)
    held = uncertain = 0
    for i in range(n_days):
        on, unsure = held_on(rule, first + timedelta(days=i))
        held |= on << i
        uncertain |= unsure << i
    return held, uncertain
