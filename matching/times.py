"""Which sessions of some offerings a person can attend in the weeks ahead."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from matching.ask import Ask
from matching.columns import ATTENDANCES, ragged
from matching.index import DAYS_AHEAD, Rows, Slots
from resources.clock import JAPAN

SHORTEST_STAY = 30
"""Minutes of overlap with a person's hours that make a session worth coming to."""

ALL_DAYS = np.uint64(((1 << DAYS_AHEAD) - 1) << 1)
"""Bits 1 … 56: the day asked for and the 55 after it (bit 0 is its eve)."""

FOUR_WEEKS = np.uint64(((1 << 28) - 1) << 1)


@dataclass(frozen=True)
class Times:
    """Sessions of n rows as bits of days; flat arrays are per slot, see `Slots`.

    held : (n,) days with any session at all
    fitting : (n,) days with a session that the person can attend
    """

    ask: Ask
    slots: Slots
    slot_days: NDArray[np.uint64]
    slot_fitting: NDArray[np.uint64]
    held: NDArray[np.uint64]
    fitting: NDArray[np.uint64]

    def only(self, chosen: NDArray[np.int64]) -> "Times":
        """Return the sessions of some of the rows, in that order."""
        pointer = self.slots.pointer
        counts = pointer[chosen + 1] - pointer[chosen]
        flat = ragged(pointer[chosen], counts)
        slots = Slots(
            np.concatenate([[0], np.cumsum(counts)]),
            self.slots.start[flat],
            self.slots.end[flat],
            self.slots.held[flat],
            self.slots.uncertain[flat],
        )
        return Times(
            self.ask,
            slots,
            self.slot_days[flat],
            self.slot_fitting[flat],
            self.held[chosen],
            self.fitting[chosen],
        )

    def next_session(
        self, row: int, *, fitting: bool = True
    ) -> tuple[datetime, datetime, bool] | None:
        """Return start, end and whether it is uncertain (a holiday) of a row's next session."""
        first, after = self.slots.pointer[row : row + 2].tolist()
        slots = slice(first, after)
        days = (self.slot_fitting if fitting else self.slot_days)[slots].tolist()
        hours = zip(
            days,
            self.slots.start[slots].tolist(),
            self.slots.end[slots].tolist(),
            self.slots.uncertain[slots].tolist(),
            strict=True,
        )
        found = [
            (bit := (bits & -bits).bit_length() - 1, start, end, unsure >> bit & 1)
            for bits, start, end, unsure in hours
            if bits
        ]
        if not found:
            return None
        bit, start, end, uncertain = min(found)
        midnight = datetime.combine(self.ask.eve + timedelta(days=bit), time(0), JAPAN)
        return (
            midnight + timedelta(minutes=start),
            midnight + timedelta(minutes=end),
            bool(uncertain),
        )


def _or_by_row(bits: NDArray[np.uint64], slots: Slots) -> NDArray[np.uint64]:
    """Return the union of each row's slots."""
    out = np.zeros(len(slots.pointer) - 1, np.uint64)
    filled = np.flatnonzero(slots.pointer[1:] > slots.pointer[:-1])
    if filled.size:
        out[filled] = np.bitwise_or.reduceat(bits, slots.pointer[:-1][filled])
    return out


def shortest_stay(rows: Rows, slots: Slots) -> NDArray[np.int64]:
    """Return the minutes that one has to stay at least: as stated, or the shortest whole session.

    0 where one may drop in; -1 where it isn't known.
    """
    stated = rows["min_minutes"].astype(np.int64)
    attendance = rows["attendance"]
    shortest = np.full(len(rows), -1, np.int64)
    filled = np.flatnonzero(slots.pointer[1:] > slots.pointer[:-1])
    if filled.size:
        lengths = slots.end - slots.start
        shortest[filled] = np.minimum.reduceat(lengths, slots.pointer[:-1][filled])
    whole = attendance == ATTENDANCES.index("whole")
    drop_in = attendance == ATTENDANCES.index("drop_in")
    return np.where(stated >= 0, stated, np.where(whole, shortest, np.where(drop_in, 0, -1)))


def _weekday_mask(ask: Ask, weekday: int) -> np.uint64:
    """Return the bits of the days that fall on a weekday."""
    first = (weekday - ask.eve.weekday()) % 7
    mask = 0
    for bit in range(first, 64, 7):
        mask |= 1 << bit
    return np.uint64(mask)


def _days_by_hours(ask: Ask) -> dict[tuple[int, int], np.uint64]:
    """Return the days of each pair of hours: many people have the same hours on several days."""
    found: dict[tuple[int, int], np.uint64] = {}
    for weekday, start, end in ask.windows:
        held = found.get((start, end), np.uint64(0))
        found[start, end] = held | _weekday_mask(ask, weekday)
    return found


def times_of(rows: Rows, ask: Ask) -> Times:
    """Work out, for all rows at once, the days with a session that the person can attend.

    A session counts when it overlaps one of the person's windows by `SHORTEST_STAY` minutes (or
    lasts less and lies wholly inside), or wholly where the place expects the whole session.
    """
    slots = rows.slots(ask.eve)
    row_of = np.repeat(np.arange(len(rows)), np.diff(slots.pointer))
    days = slots.held & ALL_DAYS
    if ask.from_minute:
        over = slots.end <= ask.from_minute
        days = np.where(over, days & ~np.uint64(2), days)  # bit 1 is the day itself
    ends = rows["ends_day"]
    if (ends >= 0).any():
        left = np.clip(ends.astype(np.int64) - ask.day_number + 2, 0, 63).astype(np.uint64)
        until = np.where(ends >= 0, (np.uint64(1) << left) - np.uint64(1), ALL_DAYS)
        days = days & until[row_of]
    if not ask.windows:
        fitting = days
    else:
        whole = (rows["attendance"] == ATTENDANCES.index("whole"))[row_of]
        length = slots.end - slots.start
        asked = np.where(whole, length, np.minimum(length, SHORTEST_STAY))
        fitting = np.zeros_like(days)
        for (start, end), mask in _days_by_hours(ask).items():
            overlap = np.minimum(slots.end, end) - np.maximum(slots.start, start)
            fitting |= (days & mask) * (overlap >= asked)
    return Times(ask, slots, days, fitting, _or_by_row(days, slots), _or_by_row(fitting, slots))
