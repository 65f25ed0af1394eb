"""Schedules: when an offering takes place, as data; and the days on which it truly does."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from resources.clock import JAPAN
from resources.days import DAYS, bits_of, day_bits

Holidays = Literal["closed", "open", "only"]
Moves = Literal["next_day", "next_weekday"]
LATEST_END = 2 * 1440


@dataclass(frozen=True)
class Rule:
    """One run of days and hours. Without `days`, `month_days` and `dates` it is every day."""

    days: tuple[str, ...] = ()
    nth: tuple[int, ...] = ()  # 1 … 5 of the month, -1 = the last; empty = every week
    month_days: tuple[int, ...] = ()  # 1 … 31
    start: int = 0  # minutes from midnight, 0 … 1439
    end: int = 1440  # minutes from midnight, > start; beyond 1440 = after midnight
    holidays: Holidays | None = None  # None = nothing is said
    dates: tuple[date, ...] = ()  # on these days only, once, holidays or not
    if_holiday: Moves | None = None  # the day that takes the place of one that is a holiday


@dataclass(frozen=True)
class Closed:
    """Days on which nothing takes place, whatever the rules say."""

    days: tuple[str, ...] = ()
    nth: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    from_day: str | None = None  # "12-29": first day of a yearly period
    to_day: str | None = None  # "01-03": its last day
    dates: tuple[date, ...] = ()  # one-off closures
    holidays: bool = False  # public holidays
    if_holiday: Literal["open", "next_day", "next_weekday"] | None = None


@dataclass(frozen=True)
class Schedule:
    rules: tuple[Rule, ...]
    closed: tuple[Closed, ...] = ()


@dataclass(frozen=True)
class SessionTime:
    """One dated occurrence; aware datetimes in Japan's time."""

    start: datetime
    end: datetime
    uncertain: bool = False  # on a public holiday, and nothing is said about holidays


class BadSchedule(ValueError):
    """A schedule that can't be: the message names the part and what it should be."""


def from_json(data: dict[str, Any]) -> Schedule:
    """Read the stored form; raise `BadSchedule`."""
    if not isinstance(data, dict) or not isinstance(data.get("rules"), list):
        raise BadSchedule("a schedule needs a list of rules")
    if set(data) - {"rules", "closed"}:
        raise BadSchedule("a schedule has rules and closed, nothing else")
    closed = data.get("closed") or []
    if not isinstance(closed, list):
        raise BadSchedule("closed must be a list")
    return Schedule(tuple(map(_rule, data["rules"])), tuple(map(_closed, closed)))


def _rule(data: Any) -> Rule:
    known = {"days", "nth", "month_days", "from", "to", "holidays", "dates", "if_holiday"}
    if not isinstance(data, dict) or set(data) - known:
        raise BadSchedule(
            "a rule has days, nth, month_days, from, to, holidays, dates and if_holiday"
        )
    start, end = _minutes(data.get("from")), _minutes(data.get("to"))
    if not (0 <= start < 1440 and start < end <= LATEST_END):
        raise BadSchedule("from must be earlier than to, and to no later than 48:00")
    policy = data.get("holidays")
    if policy not in (None, "closed", "open", "only"):
        raise BadSchedule("holidays must be closed, open, only or null")
    days, dates = _pattern(data), _dates(data)
    if dates and (days[0] or days[2] or policy):
        raise BadSchedule("dates of a rule stand alone, without days, month_days and holidays")
    move = data.get("if_holiday")
    if move not in (None, "next_day", "next_weekday"):
        raise BadSchedule("if_holiday of a rule must be next_day, next_weekday or null")
    if move and (policy != "closed" or not (days[0] or days[2])):
        raise BadSchedule("if_holiday needs days or month_days, and holidays that are closed")
    return Rule(*days, start, end, policy, dates, move)


def _closed(data: Any) -> Closed:
    known = {"days", "nth", "month_days", "from_day", "to_day", "dates", "holidays", "if_holiday"}
    if not isinstance(data, dict) or set(data) - known:
        raise BadSchedule(f"a closing has {', '.join(sorted(known))}")
    first, last = data.get("from_day"), data.get("to_day")
    if (first is None) != (last is None):
        raise BadSchedule("from_day and to_day go together")
    for mark in (first, last):
        if mark is not None and not _is_day_of_year(mark):
            raise BadSchedule("from_day and to_day must be days of the year as MM-DD")
    move = data.get("if_holiday")
    if move not in (None, "open", "next_day", "next_weekday"):
        raise BadSchedule("if_holiday must be open, next_day, next_weekday or null")
    dates = _dates(data)
    on_holidays = data.get("holidays") or False
    if not isinstance(on_holidays, bool):
        raise BadSchedule("holidays of a closing must be true or false")
    days = _pattern(data)
    if move and not (days[0] or days[2]):
        raise BadSchedule("if_holiday needs days or month_days that close")
    if not (days[0] or days[2] or first or dates or on_holidays):
        raise BadSchedule("a closing needs days, month_days, a period, dates or holidays")
    return Closed(*days, first, last, dates, on_holidays, move)


def _pattern(data: dict[str, Any]) -> tuple[tuple[str, ...], tuple[int, ...], tuple[int, ...]]:
    days, nth, month_days = (data.get(k) or [] for k in ("days", "nth", "month_days"))
    if not isinstance(days, list) or any(not isinstance(d, str) or d not in DAYS for d in days):
        raise BadSchedule(f"days must be of {', '.join(DAYS)}")
    if not _whole_numbers(nth) or any(n not in (1, 2, 3, 4, 5, -1) for n in nth):
        raise BadSchedule("nth must be of 1 … 5 and -1 (the last)")
    if nth and not days:
        raise BadSchedule("nth needs days")
    if not _whole_numbers(month_days) or any(not 1 <= d <= 31 for d in month_days):
        raise BadSchedule("month_days must be of 1 … 31")
    return (
        tuple(sorted(set(days), key=DAYS.index)),
        tuple(sorted(set(nth), key=lambda n: (n < 0, n))),
        tuple(sorted(set(month_days))),
    )


def _dates(data: dict[str, Any]) -> tuple[date, ...]:
    said = data.get("dates") or []
    if not isinstance(said, list) or not all(isinstance(d, str) and len(d) == 10 for d in said):
        raise BadSchedule("dates must be a list of days as YYYY-MM-DD")
    try:
        return tuple(sorted({date.fromisoformat(d) for d in said}))
    except ValueError:
        raise BadSchedule("dates must exist, as YYYY-MM-DD") from None


def _whole_numbers(values: Any) -> bool:
    return isinstance(values, list) and all(type(v) is int for v in values)


def _is_day_of_year(mark: Any) -> bool:
    if not isinstance(mark, str) or not re.fullmatch(r"\d\d-\d\d", mark):
        return False
    try:
        date.fromisoformat(f"2024-{mark}")  # a leap year, so that 02-29 is allowed
    except ValueError:
        return False
    return True


def _minutes(text: Any) -> int:
    if not isinstance(text, str) or not re.fullmatch(r"\d{1,2}:[0-5]\d", text):
        raise BadSchedule("hours must be HH:MM")
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def clock_text(minutes: int) -> str:
    """Return minutes from midnight as HH:MM; 24:00 and later are after midnight."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def to_json(schedule: Schedule) -> dict[str, Any]:
    """Return the stored form; `from_json` reads it back without loss."""
    return {
        "rules": [_rule_json(r) for r in schedule.rules],
        "closed": [closed_json(c) for c in schedule.closed],
    }


def _rule_json(rule: Rule) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "days": list(rule.days),
        "nth": list(rule.nth),
        "month_days": list(rule.month_days),
        "from": clock_text(rule.start),
        "to": clock_text(rule.end),
        "holidays": rule.holidays,
    }
    more = {"dates": [d.isoformat() for d in rule.dates], "if_holiday": rule.if_holiday}
    return facts | {name: value for name, value in more.items() if value}


def closed_json(closed: Closed) -> dict[str, Any]:
    """Return the stored form of one closing: what it says, and nothing else."""
    facts: dict[str, Any] = {
        "days": list(closed.days),
        "nth": list(closed.nth),
        "month_days": list(closed.month_days),
        "from_day": closed.from_day,
        "to_day": closed.to_day,
        "dates": [d.isoformat() for d in closed.dates],
        "holidays": closed.holidays,
        "if_holiday": closed.if_holiday,
    }
    return {name: value for name, value in facts.items() if value}


def slots(schedule: Schedule) -> list[tuple[str, int, int]]:
    """Return (day selector, start minute, end minute) for each rule.

    A day selector is a canonical JSON string of all that decides on which *days* the rule applies
    (days, nth, month_days, dates, holidays, moves, closures); equal strings select equal days.
    """
    closed = [closed_json(c) for c in schedule.closed]
    found = []
    for rule in schedule.rules:
        facts: dict[str, Any] = {
            "days": list(rule.days),
            "nth": list(rule.nth),
            "month_days": list(rule.month_days),
            "holidays": rule.holidays,
            "dates": [d.isoformat() for d in rule.dates],
            "if_holiday": rule.if_holiday,
            "closed": closed,
        }
        facts = {name: value for name, value in facts.items() if value}
        found.append((json.dumps(facts, sort_keys=True), rule.start, rule.end))
    return found


def next_sessions(
    schedule: Schedule, after: datetime, *, days: int = 56, limit: int | None = None
) -> list[SessionTime]:
    """Return the sessions that end after a moment, in order, of so many days from its date.

    after : aware. Sessions of the day before that run past midnight are among them.
    """
    local = after.astimezone(JAPAN)
    first = local.date() - timedelta(days=1)
    unsure: dict[tuple[datetime, datetime], bool] = {}
    for selector, start, end in slots(schedule):
        held, uncertain = day_bits(selector, first, days + 1)
        for i in bits_of(held):
            midnight = datetime.combine(first + timedelta(days=i), time(0), JAPAN)
            times = (midnight + timedelta(minutes=start), midnight + timedelta(minutes=end))
            if times[1] > local:
                # What one rule says for sure isn't made unsure by another that says nothing.
                unsure[times] = unsure.get(times, True) and bool(uncertain >> i & 1)
    return [SessionTime(*times, unsure[times]) for times in sorted(unsure)][:limit]
