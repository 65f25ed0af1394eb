"""Schedules: when an offering takes place, as data; and the days on which it truly does."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

Holidays = Literal["closed", "open", "only"]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Rule:
    """One run of days and hours. Empty `days` and `month_days` together mean every day."""

    days: tuple[str, ...] = ()
    nth: tuple[int, ...] = ()  # 1 … 5 of the month, -1 = the last; empty = every week
    month_days: tuple[int, ...] = ()  # 1 … 31
    start: int = 0  # minutes from midnight, 0 … 1439
    end: int = 1440  # minutes from midnight, > start; beyond 1440 = after midnight
    holidays: Holidays | None = None  # None = nothing is said


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


def from_json(data: dict[str, Any]) -> Schedule:
    """Read the stored form; raise `BadSchedule`."""
    raise NotImplementedError


def to_json(schedule: Schedule) -> dict[str, Any]:
    raise NotImplementedError


def slots(schedule: Schedule) -> list[tuple[str, int, int]]:
    """Return (day selector, start minute, end minute) for each rule.

    A day selector is a canonical JSON string of all that decides on which *days* the rule applies
    (days, nth, month_days, holidays, closures); equal strings select equal days.
    """
    raise NotImplementedError


def day_bits(selector: str, first: date, n_days: int) -> tuple[int, int]:
    """Return two bit masks over `n_days` days from `first` (bit 0 = first): days held, and of these
    the uncertain ones (a public holiday, and the rule says nothing about holidays)."""
    raise NotImplementedError


def next_sessions(
    schedule: Schedule, after: datetime, *, days: int = 56, limit: int | None = None
) -> list[SessionTime]:
    """Return the sessions that end after a moment, in order, within so many days."""
    raise NotImplementedError
