"""When a person can come: stated hours that adjoin or overlap are one, past midnight too."""

from collections.abc import Iterable
from typing import NamedTuple

DAY = 24 * 60
WEEK = 7 * DAY

Span = tuple[int, int, int]
"""A weekday, and from and to in minutes from its midnight; beyond `DAY` = on the day after."""


class Hours(NamedTuple):
    """Hours as sessions meet them, which belong to the day on which they begin.

    own : of each weekday with stated hours
    late : what of them a session meets that began on the day before
    """

    own: tuple[Span, ...]
    late: tuple[Span, ...]


def hours_of(stated: Iterable[Span]) -> Hours:
    """Return stated hours, each within one day, as sessions meet them."""
    spans = sorted(set(stated))
    runs = _runs(spans)
    if runs == [(0, WEEK)]:
        return Hours(tuple((day, 0, 2 * DAY) for day in range(7)), ())
    own, late = [], []
    for day in sorted({day for day, _, _ in spans}):
        own += [(day, start, end) for start, end in _seen_from(day, runs) if start < DAY]
    for begins, ends in runs:
        day, start = divmod(begins, DAY)
        late.append(((day - 1) % 7, start + DAY, min(ends - day * DAY + DAY, 2 * DAY)))
    return Hours(tuple(own), tuple(sorted(late)))


def _runs(spans: list[Span]) -> list[tuple[int, int]]:
    """Return the minutes of a week without a gap; the last may reach into the next week."""
    runs: list[tuple[int, int]] = []
    for day, start, end in spans:
        begins, ends = day * DAY + start, day * DAY + end
        if runs and begins <= runs[-1][1]:
            runs[-1] = runs[-1][0], max(runs[-1][1], ends)
        else:
            runs.append((begins, ends))
    if len(runs) > 1 and runs[0][0] == 0 and runs[-1][1] == WEEK:
        first, last = runs[0], runs.pop()
        runs[0] = last[0], WEEK + first[1]
    return runs


def _seen_from(day: int, runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the runs from a day's midnight on, in minutes, until the end of the day after."""
    midnight = day * DAY
    seen = [
        (max(begins - midnight - before, 0), min(ends - midnight - before, 2 * DAY))
        for begins, ends in runs
        for before in (0, WEEK)
    ]
    return [(start, end) for start, end in seen if start < end]
