"""Which sessions of some offerings a person can attend in the weeks ahead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.compiled import compiled
from matching.ask import Ask
from matching.columns import ATTENDANCES, Array
from matching.hours import DAY, Span
from matching.rows import DAYS_AHEAD, Rows, Slots
from resources import clock
from resources.clock import JAPAN

ALL_DAYS = np.uint64(((1 << DAYS_AHEAD) - 1) << 1)
"""Bits 1 … 56: the day asked for and the 55 after it (bit 0 is its eve)."""

_NOT_TODAY = np.uint64(~2 & ((1 << 64) - 1))
_EVERY_DAY = np.uint64((1 << 64) - 1)
_NO_DAY = np.uint64(0)
_ONE = np.uint64(1)
_CLOCK = 1 << 12
"""More than the minutes of two days: a session ends on the day after it began at the latest."""

A_SESSION = 64 * _CLOCK * _CLOCK * 2
"""More than the number of any session, see `packed`."""

_WHOLE = ATTENDANCES.index("whole")
_DROP_IN = ATTENDANCES.index("drop_in")


class SessionAhead(NamedTuple):
    """A session ahead; it is uncertain where a holiday may cancel it.

    day : days after the eve of the day asked for
    start_minute, end_minute : from midnight; beyond 1440 on the next day
    """

    eve: date
    day: int
    start_minute: int
    end_minute: int
    uncertain: bool

    @property
    def start(self) -> datetime:
        return _moment(self.eve, self.day, self.start_minute)

    @property
    def end(self) -> datetime:
        return _moment(self.eve, self.day, self.end_minute)

    def as_json(self) -> dict[str, Any]:
        return {
            "start": _written(self.eve, self.day, self.start_minute),
            "end": _written(self.eve, self.day, self.end_minute),
            "uncertain": self.uncertain,
        }


def _moment(eve: date, day: int, minute: int) -> datetime:
    return datetime.combine(eve, time(0), JAPAN) + timedelta(day, 0, 0, 0, minute)


@lru_cache(maxsize=4096)
def _written(eve: date, day: int, minute: int) -> str:
    return clock.to_the_minute(_moment(eve, day, minute))


@dataclass(frozen=True)
class Sessions:
    """Sessions of n rows as bits of days, flat as in `Slots`.

    days : those of each slot that are still ahead
    fitting : those of them that the person can attend
    wanted : (m,) the days of each pair of hours in which the person can come
    hours : (m, 2) from and to, minutes from midnight
    late_days, late_hours : the same of hours of the day after, for what runs past midnight
    worth_minutes : overlap with the person's hours that makes a session worth coming to
    """

    eve: date
    slots: Slots
    days: NDArray[np.uint64]
    fitting: NDArray[np.uint64]
    wanted: NDArray[np.uint64]
    hours: NDArray[np.int64]
    late_days: NDArray[np.uint64]
    late_hours: NDArray[np.int64]
    worth_minutes: int

    def next_of(self, rows: NDArray[np.int64], *, fitting: bool) -> list[SessionAhead | None]:
        """Return the next session of each of some rows."""
        days = self.fitting if fitting else self.days
        slots = self.slots
        found = _first_of(rows, slots.pointer, days, slots.start, slots.end, slots.uncertain)
        return self.told(found)

    def told(self, numbers: NDArray[np.int64]) -> list[SessionAhead | None]:
        """Return sessions by their numbers, see `packed`; None for −1."""
        eve = self.eve
        return [None if n < 0 else SessionAhead(eve, *_unpacked(n)) for n in numbers.tolist()]


def sessions_of(rows: Rows, ask: Ask, looks: Array) -> Sessions:
    """Work out, for all rows at once, the days with a session that the person can attend.

    A session counts when it overlaps one of the person's windows by the minutes that are worth
    coming for, or by those that the place wants one to stay (or lasts less and lies wholly inside),
    or wholly where the place expects that. Of
    today only what is still ahead counts. Where the place expects whole sessions, and some of them
    are as short as the person can stay, the longer ones don't count.

    looks : (n,) of `LOOK`; `held`, `fitting` and `shortest_stay` are filled in
    """
    slots = rows.slots(ask.eve)
    days = np.empty(len(slots.held), np.uint64)
    fitting = np.empty(len(slots.held), np.uint64)
    (wanted, hours), (late_days, late_hours) = days_of_hours(ask)
    worth = ask.thresholds.shortest_stay_minutes
    _attend(
        rows.records, slots.pointer, slots.start, slots.end, slots.held, wanted, hours,
        late_days, late_hours, ask.from_minute, ask.day_number, worth, ask.limits.minutes or 0,
        days, fitting, looks,
    )  # fmt: skip
    return Sessions(ask.eve, slots, days, fitting, wanted, hours, late_days, late_hours, worth)


DaysOfHours = tuple[NDArray[np.uint64], NDArray[np.int64]]
"""The days of each pair of hours, and the hours: many people have the same on several days."""


def days_of_hours(ask: Ask) -> tuple[DaysOfHours, DaysOfHours]:
    """Return the days of a person's own hours, and of the late ones, see `Hours`."""
    own, late = ask.hours
    return _days_of(own, ask.eve.weekday()), _days_of(late, ask.eve.weekday())


def _days_of(spans: Sequence[Span], eve: int) -> DaysOfHours:
    found: dict[tuple[int, int], int] = {}
    for weekday, start, end in spans:
        found[start, end] = found.get((start, end), 0) | weekday_mask(eve, weekday)
    return (
        np.array(list(found.values()), np.uint64),
        np.array(list(found), np.int64).reshape(len(found), 2),
    )


@cache
def weekday_mask(eve_weekday: int, weekday: int) -> int:
    """Return the bits of the days that fall on a weekday; bit 0 is the eve."""
    mask = 0
    for bit in range((weekday - eve_weekday) % 7, 64, 7):
        mask |= 1 << bit
    return mask


@compiled
def _attend(
    records: Any,
    pointer: NDArray[np.int64],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    held: NDArray[np.uint64],
    wanted: NDArray[np.uint64],
    hours: NDArray[np.int64],
    late_days: NDArray[np.uint64],
    late_hours: NDArray[np.int64],
    from_minute: int,
    day_number: int,
    worth_minutes: int,
    most_minutes: int,  # 0 = as long as one likes
    days: NDArray[np.uint64],
    fitting: NDArray[np.uint64],
    looks: Any,
) -> None:
    for i in range(len(records)):
        p, look = records[i], looks[i]
        until = ALL_DAYS
        if p["ends_day"] >= 0:
            left = min(max(p["ends_day"] - day_number + 2, 0), 63)
            until = (_ONE << np.uint64(left)) - _ONE
        whole = p["attendance"] == _WHOLE
        worth = max(worth_minutes, p["min_minutes"])
        some = fit = _NO_DAY
        any_is_short = False
        for s in range(pointer[i], pointer[i + 1]):
            length = end[s] - start[s]
            stay = length if whole else min(length, worth)
            # Of what has begun by now, on the day itself, so much must be left.
            over = from_minute > start[s] and end[s] - from_minute < stay
            days[s] = held[s] & until & ALL_DAYS & (_NOT_TODAY if over else _EVERY_DAY)
            any_is_short |= whole and length <= most_minutes and days[s] != _NO_DAY
        for s in range(pointer[i], pointer[i + 1]):
            length = end[s] - start[s]
            if any_is_short and length > most_minutes:
                days[s] = _NO_DAY
            stay = length if whole else min(length, worth)
            fitting[s] = days[s] if len(wanted) == 0 else _NO_DAY
            for w in range(len(wanted)):
                come = _days_to_come(start[s], end[s], hours[w], stay, from_minute)
                fitting[s] |= days[s] & wanted[w] & come
            if end[s] > DAY:
                for w in range(len(late_days)):
                    come = _days_to_come(start[s], end[s], late_hours[w], stay, from_minute)
                    fitting[s] |= days[s] & late_days[w] & come
            some |= days[s]
            fit |= fitting[s]
        look["held"] = some
        look["fitting"] = fit
        shortest = -1
        for s in range(pointer[i], pointer[i + 1]):
            if fitting[s] if fit else days[s] if some else _EVERY_DAY:
                length = end[s] - start[s]
                shortest = length if shortest < 0 else min(shortest, length)
        look["shortest_stay"] = shortest_stay(p["min_minutes"], p["attendance"], shortest)


@compiled
def _days_to_come(
    start: int, end: int, hours: NDArray[np.int64], stay: int, from_minute: int
) -> np.uint64:
    """Return the days on which a session leaves time enough within some hours: all, none, or later.

    start, end, from_minute : minutes from midnight; from_minute : what is past of the first day
    """
    leaves = min(end, hours[1])
    if leaves - max(start, hours[0]) < stay:
        return _NO_DAY
    if leaves - max(start, hours[0], from_minute) < stay:
        return _NOT_TODAY
    return _EVERY_DAY


@compiled
def shortest_stay(stated: int, attendance: int, shortest: int) -> int:
    """Return the minutes that one has to stay at least: as stated, or a whole session.

    shortest : the shortest session that the person can attend, else of those ahead, else of all;
        -1 = none is known
    0 where one may drop in; -1 where it isn't known.
    """
    if attendance == _WHOLE:
        return max(stated, shortest)
    if stated >= 0:
        return stated
    return 0 if attendance == _DROP_IN else -1


@compiled
def _first_of(
    rows: NDArray[np.int64],
    pointer: NDArray[np.int64],
    days: NDArray[np.uint64],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    uncertain: NDArray[np.uint64],
) -> NDArray[np.int64]:
    """Return each row's next session as one number, see `packed`; −1 where there is none."""
    found = np.empty(len(rows), np.int64)
    for k in range(len(rows)):
        first = -1
        for s in range(pointer[rows[k]], pointer[rows[k] + 1]):
            if days[s] == _NO_DAY:
                continue
            bit = 0
            while not (days[s] >> np.uint64(bit)) & _ONE:
                bit += 1
            doubt = bool((uncertain[s] >> np.uint64(bit)) & _ONE)
            this = packed(bit, start[s], end[s], doubt)
            first = this if first < 0 else min(first, this)
        found[k] = first
    return found


@compiled
def packed(bit: int, start: int, end: int, doubt: bool) -> int:
    """Return a session as one number: day bit, from, to, and whether a holiday may cancel it."""
    return ((bit * _CLOCK + start) * _CLOCK + end) * 2 + (1 if doubt else 0)


def _unpacked(session: int) -> tuple[int, int, int, bool]:
    """Return day bit, start, end and doubt of a session; one that comes sooner is less."""
    rest, doubt = divmod(session, 2)
    rest, end = divmod(rest, _CLOCK)
    bit, start = divmod(rest, _CLOCK)
    return bit, start, end, doubt == 1
