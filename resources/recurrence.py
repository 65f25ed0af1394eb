"""A schedule as recurrence rules with exceptions, as RFC 5545 and HSDS schedules say them.

A recurrence rule knows no public holidays and no closing that moves. So each is made for a window
of days, and the days that Japan's calendar takes out or adds stand beside it as dates.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from resources.clock import JAPAN
from resources.days import DAYS, bits_of, day_bits
from resources.schedules import Rule, Schedule, slots

DAY_CODES = dict(zip(DAYS, ("MO", "TU", "WE", "TH", "FR", "SA", "SU"), strict=True))
TIMEZONE = "Asia/Tokyo"
UTC_OFFSET_HOURS = 9


@dataclass(frozen=True)
class Recurrence:
    """One recurrence rule with its exceptions; all dates are days in Japan on which it starts.

    freq : None where there is no rule, only `rdates` (public holidays, dates, days it moves to)
    byday : MO … SU, with an nth before it where `freq` is MONTHLY: 2TU, -1FR
    opens_minutes, closes_minutes : from midnight; beyond 1440 = after midnight
    exdates : days of the rule that are left out; rdates : days besides the rule
    uncertain : days held that are public holidays of which the schedule says nothing
    """

    freq: Literal["WEEKLY", "MONTHLY"] | None
    byday: tuple[str, ...]
    bymonthday: tuple[int, ...]
    dtstart: date
    until: date
    opens_minutes: int
    closes_minutes: int
    exdates: tuple[date, ...] = ()
    rdates: tuple[date, ...] = ()
    uncertain: tuple[date, ...] = ()
    interval: int = 1

    def rrule(self) -> str | None:
        """Return the value of RRULE in RFC 5545; UNTIL is in UTC, as its section 3.3.10 asks."""
        if self.freq is None:
            return None
        until = _moment(self.until, self.opens_minutes).astimezone(UTC)
        parts = [f"FREQ={self.freq}", f"INTERVAL={self.interval}"]
        if self.byday:
            parts.append("BYDAY=" + ",".join(self.byday))
        if self.bymonthday:
            parts.append("BYMONTHDAY=" + ",".join(map(str, self.bymonthday)))
        return ";".join([*parts, f"UNTIL={until:%Y%m%dT%H%M%SZ}"])

    def hsds(self) -> list[dict[str, str | int]]:
        """Return the fields of HSDS schedules: one for the rule, one for each day besides it.

        HSDS has no exceptions: what `exdates` and `uncertain` hold must be told in its `notes`.
        """
        hours: dict[str, str | int] = {
            "timezone": UTC_OFFSET_HOURS,
            "opens_at": _clock(self.opens_minutes),
            "closes_at": _clock(self.closes_minutes),
        }
        found: list[dict[str, str | int]] = []
        if self.freq is not None:
            rule: dict[str, str | int] = {"freq": self.freq, "interval": self.interval}
            if self.byday:
                rule["byday"] = ",".join(self.byday)
            if self.bymonthday:
                rule["bymonthday"] = ",".join(map(str, self.bymonthday))
            span = {"dtstart": self.dtstart.isoformat(), "until": self.until.isoformat()}
            found.append({**rule, **span, **hours})
        for day in self.rdates:
            once = {"dtstart": day.isoformat(), "until": day.isoformat()}
            found.append({"freq": "WEEKLY", "interval": 1, "count": 1, **once, **hours})
        return found


def _moment(day: date, minutes: int) -> datetime:
    return datetime.combine(day, time(0), JAPAN) + timedelta(minutes=minutes)


def _clock(minutes: int) -> str:
    """Return HH:MM with Japan's offset; a closing after midnight is earlier than the opening."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}+{UTC_OFFSET_HOURS:02d}:00"


def recurrences(schedule: Schedule, first: date, last: date) -> list[Recurrence]:
    """Return the recurrence rules whose expansion is each session of a window, given once.

    Parameters
    ----------
    schedule : as `schedules.from_json` reads it
    first, last : the days, both included, on which sessions start. A session that runs past
        midnight belongs to the day on which it starts.

    Returns
    -------
    In the order of the rules. A rule without any session in the window gives none, and a session
    that two rules give stands in the first only.

    Examples
    --------
    Every second Tuesday of the month from 10:00 → freq MONTHLY, byday ("2TU",), and as `exdates`
    those second Tuesdays that are closed.
    """
    n_days = (last - first).days + 1
    if n_days < 1:
        return []
    said = [
        (rule, (start, end), *day_bits(selector, first, n_days))
        for rule, (selector, start, end) in zip(schedule.rules, slots(schedule), strict=True)
    ]
    # What one rule says for sure isn't made unsure by another that says nothing.
    sure: dict[tuple[int, int], int] = {}
    for _, hours, held, unsure in said:
        sure[hours] = sure.get(hours, 0) | held & ~unsure
    given: dict[tuple[int, int], int] = {}
    found: list[Recurrence] = []
    for rule, hours, held, _ in said:
        for pattern in _patterns(rule, first, n_days):
            mine = (held if pattern.freq is None else held & pattern.days) & ~given.get(hours, 0)
            given[hours] = given.get(hours, 0) | mine
            if mine:
                found.append(_recurrence(pattern, hours, mine, mine & ~sure[hours], first))
    return found


@dataclass(frozen=True)
class _Pattern:
    """A recurrence rule before the calendar takes anything out; its days as bits of the window."""

    freq: Literal["WEEKLY", "MONTHLY"] | None
    byday: tuple[str, ...]
    bymonthday: tuple[int, ...]
    days: int


def _recurrence(
    pattern: _Pattern, hours: tuple[int, int], held: int, unsure: int, first: date
) -> Recurrence:
    span = _dates(held if pattern.freq is None else pattern.days, first)
    return Recurrence(
        pattern.freq,
        pattern.byday,
        pattern.bymonthday,
        dtstart=span[0],
        until=span[-1],
        opens_minutes=hours[0],
        closes_minutes=hours[1],
        exdates=_dates(pattern.days & ~held, first),
        rdates=_dates(held, first) if pattern.freq is None else (),
        uncertain=_dates(unsure, first),
    )


def _patterns(rule: Rule, first: date, n_days: int) -> Iterator[_Pattern]:
    """Give the recurrence rules that together are the days of a rule."""
    if rule.holidays == "only" or rule.dates:
        yield _Pattern(None, (), (), 0)
        return
    if rule.days or not rule.month_days:
        days = rule.days or DAYS
        codes = [DAY_CODES[d] for d in days]
        raw = _raw({"days": list(days), "nth": list(rule.nth)}, first, n_days)
        if rule.nth:
            codes = [f"{n}{code}" for n in rule.nth for code in codes]
            yield _Pattern("MONTHLY", tuple(codes), (), raw)
        else:
            yield _Pattern("WEEKLY", tuple(codes), (), raw)
    if rule.month_days:
        raw = _raw({"month_days": list(rule.month_days)}, first, n_days)
        yield _Pattern("MONTHLY", (), rule.month_days, raw)
    if rule.if_holiday:
        yield _Pattern(None, (), (), 0)  # the days to which it moves


def _raw(pattern: dict[str, Sequence[str] | Sequence[int]], first: date, n_days: int) -> int:
    """Return the days of a pattern whatever is closed, as bits."""
    said: dict[str, object] = {name: value for name, value in pattern.items() if value}
    return day_bits(json.dumps({**said, "holidays": "open"}, sort_keys=True), first, n_days)[0]


def _dates(mask: int, first: date) -> tuple[date, ...]:
    return tuple(first + timedelta(days=i) for i in bits_of(mask))
