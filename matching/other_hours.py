"""What sessions ask of a person's hours: more minutes on a day that was stated, or another day."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.compiled import compiled
from matching.columns import ATTENDANCES
from matching.hours import DAY
from matching.times import A_SESSION, ALL_DAYS, Sessions, packed

_WHOLE = ATTENDANCES.index("whole")

ANY_CLOSE = 2 * DAY
"""The end of the day after: no session of a day ends later."""

_NOT_STATED = 1 << 30
"""What a day asks that has no stated hours."""

_MINUTES = 1 << 13
"""More than the minutes that any session can ask for."""

_A_WEEKDAY = np.uint64(sum(1 << bit for bit in range(0, 64, 7)))
"""Every seventh day from bit 0."""

_NO_DAY = np.uint64(0)
_ONE = np.uint64(1)


def smallest_changes(
    sessions: Sessions,
    rows: NDArray[np.int64],
    records: Any,
    *,
    among: np.uint64 = ALL_DAYS,
    opens: int = 0,
    closes: int = ANY_CLOSE,
) -> NDArray[np.int64]:
    """Return of some rows the session ahead that asks for the smallest change of a person's hours.

    A session on a day that was stated asks for the minutes by which one of that day's hours must
    become longer, before or after, until it can be attended; that is less than another day,
    whatever the minutes, and of another day the minutes that one must be there count. What runs
    past midnight is on the day after as well: hours that begin there count as stated, too. Of equal
    changes the session that comes first counts.

    Parameters
    ----------
    rows : (n,) numbers of rows; of a session that fits already nothing is asked
    records : (n,) of `columns.RECORD`, of these rows
    among : the days that count, as bits
    opens, closes : minutes from midnight; only what can be attended between them counts

    Returns
    -------
    (n,) changes as numbers, the smaller the less is asked, see `minutes_of_change`,
    `is_another_day` and `session_of_change`; −1 where no session counts.
    """
    slots = sessions.slots
    return _smallest(
        rows, records, slots.pointer, slots.start, slots.end, slots.uncertain,
        sessions.days, among, opens, closes, sessions.wanted, sessions.hours,
        sessions.late_days, sessions.late_hours, sessions.worth_minutes,
    )  # fmt: skip


def session_of_change(changes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of each change's session, see `Sessions.told`; −1 where there is none."""
    return np.where(changes < 0, -1, changes % A_SESSION)


def minutes_of_change(changes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the minutes that each change asks for."""
    return changes // A_SESSION % _MINUTES


def is_another_day(changes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which changes ask for a day that wasn't stated."""
    return changes // A_SESSION >= _MINUTES


@compiled
def _smallest(
    rows: NDArray[np.int64],
    records: Any,
    pointer: NDArray[np.int64],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    uncertain: NDArray[np.uint64],
    days: NDArray[np.uint64],
    among: np.uint64,
    opens: int,
    closes: int,
    wanted: NDArray[np.uint64],
    hours: NDArray[np.int64],
    late_days: NDArray[np.uint64],
    late_hours: NDArray[np.int64],
    worth_minutes: int,
) -> NDArray[np.int64]:
    found = np.empty(len(rows), np.int64)
    for k in range(len(rows)):
        least, whole = -1, records[k]["attendance"] == _WHOLE
        worth = max(worth_minutes, records[k]["min_minutes"])
        for s in range(pointer[rows[k]], pointer[rows[k] + 1]):
            length = end[s] - start[s]
            stay = length if whole else min(length, worth)
            held = days[s] & among
            if held == _NO_DAY or min(end[s], closes) - max(start[s], opens) < stay:
                continue
            for weekday in range(7):  # one asks for the same on each day of a weekday
                if not (held >> np.uint64(weekday)) & _A_WEEKDAY:
                    continue
                bit = weekday
                while not (held >> np.uint64(bit)) & _ONE:
                    bit += 7
                more = _minutes_more(bit, start[s], end[s], stay, wanted, hours)
                if end[s] > DAY:
                    late = _minutes_more(bit, start[s], end[s], stay, late_days, late_hours)
                    more = min(more, late)
                asked = stay + _MINUTES if more == _NOT_STATED else max(more, 0)
                doubt = bool((uncertain[s] >> np.uint64(bit)) & _ONE)
                this = asked * A_SESSION + packed(bit, start[s], end[s], doubt)
                least = this if least < 0 else min(least, this)
        found[k] = least
    return found


@compiled
def _minutes_more(
    bit: int,
    start: int,
    end: int,
    stay: int,
    days: NDArray[np.uint64],
    hours: NDArray[np.int64],
) -> int:
    """Return the fewest minutes by which some hours of a day must become longer for a stay."""
    least = _NOT_STATED
    for w in range(len(days)):
        if (days[w] >> np.uint64(bit)) & _ONE:
            # Hours that end before it overlap by less than nothing: by the gap.
            least = min(least, stay - (min(end, hours[w, 1]) - max(start, hours[w, 0])))
    return least
