"""What an expression says of a schedule, which may be less than a schedule: unknown stays unknown.

第1・3・5土 names days and no hours, 放課後～18:30 no start that a clock knows, 8月16日 no year.
Such a reading has a form of its own, is shown and printed back, and never becomes sessions.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from resources.schedules import Closed, Holidays, Moves, Rule, Schedule, clock_text, closed_json

OffSchool = Literal["school_holidays", "long_vacations"]
Undated = Literal["new_year", "obon", "summer", "temporary", "irregular", "events"]


@dataclass(frozen=True)
class Hours:
    """Hours as they are said; None = not said. Minutes from midnight, as in `Rule`.

    from_event : what they begin with where that isn't a clock; school ends at no one time
    """

    start: int | None = None
    end: int | None = None
    from_event: Literal["after_school"] | None = None

    def complete(self) -> bool:
        return self.start is not None and self.end is not None


UNSTATED = Hours()


@dataclass(frozen=True)
class DayOfYear:
    """A date whose year isn't said: month and day as MM-DD, and the weekday if it's written."""

    mark: str
    weekday: str | None = None


@dataclass(frozen=True)
class SaidRule:
    """One run of days and hours, as far as they are said.

    Where the hours aren't complete, empty `days`, `month_days` and dates mean that no day is said.
    """

    days: tuple[str, ...] = ()
    nth: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    hours: Hours = UNSTATED
    holidays: Holidays | None = None
    dates: tuple[date, ...] = ()
    days_of_year: tuple[DayOfYear, ...] = ()
    on: OffSchool | None = None
    if_holiday: Moves | None = None

    def rule(self) -> Rule | None:
        """Return the rule of a schedule; None where something of it isn't said."""
        start, end = self.hours.start, self.hours.end
        if start is None or end is None or self.days_of_year or self.on:
            return None
        which = (self.days, self.nth, self.month_days)
        return Rule(*which, start, end, self.holidays, self.dates, self.if_holiday)


@dataclass(frozen=True)
class UndatedClosing(Closed):
    """A closing that is said without its days: お盆, 夏季休暇, 臨時休業, 不定休."""

    undated: Undated = "irregular"


@dataclass(frozen=True)
class Move:
    """What is said alone of closing days that fall on a holiday; without `days`, of all."""

    if_holiday: Moves | Literal["open"]
    days: tuple[str, ...] = ()
    nth: tuple[int, ...] = ()


@dataclass(frozen=True)
class Said:
    """All that an expression says."""

    rules: tuple[SaidRule, ...]
    closed: tuple[Closed, ...] = ()
    moved: tuple[Move, ...] = ()

    def schedule(self) -> Schedule | None:
        """Return the schedule, or None where any part of it isn't said: no session is guessed."""
        rules = tuple(r for said in self.rules if (r := said.rule()) is not None)
        undated = any(isinstance(c, UndatedClosing) for c in self.closed)
        if not rules or len(rules) < len(self.rules) or undated or self.moved:
            return None
        return Schedule(rules, self.closed)


MISSING = (
    "opening",
    "days",
    "hours",
    "school_end",
    "start",
    "end",
    "year",
    "off_school",
    "closing",
)
"""What may be missing for a schedule, in the order in which it is told."""


def missing(said: Said) -> list[str]:
    """Return codes of what isn't said and a schedule would need; none where it is whole.

    opening : when it is open at all; days, hours, start, end : of some rule; school_end : when
    school ends; year : of a date; off_school : when the days off school are; closing : the days of
    a closing
    """
    found = set() if said.rules else {"opening"}
    for rule in said.rules:
        hours = rule.hours
        if hours.from_event:
            found.add("school_end")
        elif hours == UNSTATED:
            found.add("hours")
        elif not hours.complete():
            found.add("start" if hours.start is None else "end")
        named = rule.days or rule.month_days or rule.dates or rule.days_of_year or rule.on
        if not (named or rule.holidays or hours.complete()):
            found.add("days")
        if rule.days_of_year:
            found.add("year")
        if rule.on:
            found.add("off_school")
    if any(isinstance(c, UndatedClosing) for c in said.closed):
        found.add("closing")
    return [code for code in MISSING if code in found]


def said_of_schedule(schedule: Schedule) -> Said:
    """Return a schedule as what is said: all of it."""
    rules = tuple(
        SaidRule(
            r.days, r.nth, r.month_days, Hours(r.start, r.end), r.holidays, r.dates,
            if_holiday=r.if_holiday,
        )
        for r in schedule.rules
    )  # fmt: skip
    return Said(rules, schedule.closed)


def said_json(said: Said) -> dict[str, Any]:
    """Return the form that the command line prints; for what is complete, the stored form.

    `from_event`, `dates`, `dates_without_year`, `on`, `if_holiday`, `undated` and `moved` stand
    only where they say something.
    """
    found: dict[str, Any] = {
        "rules": [_rule_json(r) for r in said.rules],
        "closed": [_closed_json(c) for c in said.closed],
    }
    if said.moved:
        found["moved"] = [
            {"days": list(m.days), "nth": list(m.nth), "if_holiday": m.if_holiday}
            for m in said.moved
        ]
    return found


def _rule_json(rule: SaidRule) -> dict[str, Any]:
    start, end = rule.hours.start, rule.hours.end
    facts: dict[str, Any] = {
        "days": list(rule.days),
        "nth": list(rule.nth),
        "month_days": list(rule.month_days),
        "from": None if start is None else clock_text(start),
        "to": None if end is None else clock_text(end),
        "holidays": rule.holidays,
    }
    more: dict[str, Any] = {
        "from_event": rule.hours.from_event,
        "dates": [d.isoformat() for d in rule.dates],
        "dates_without_year": [
            {"month_day": d.mark, "weekday": d.weekday} for d in rule.days_of_year
        ],
        "on": rule.on,
        "if_holiday": rule.if_holiday,
    }
    return facts | {name: value for name, value in more.items() if value}


def _closed_json(closed: Closed) -> dict[str, Any]:
    if isinstance(closed, UndatedClosing):
        return {"undated": closed.undated}
    return closed_json(closed)
