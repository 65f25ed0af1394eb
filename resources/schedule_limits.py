"""Puts what limits or replaces hours on the days it names, day by day: 水曜は14:00まで.

A cell is one weekday of one week of the month. What is said of days that were not named before, or
would open a place longer, isn't a limit: it is refused.
"""

from resources.days import DAYS
from resources.schedule_reading import Group, Limit, Policy, Span
from resources.schedule_words import Days

WEEKS = (1, 2, 3, 4, 5)
Cell = tuple[str, int]
Held = tuple[tuple[Span, ...], bool, Policy | None]  # hours, 平日, what is said of holidays


class Unclear(ValueError):
    """Something is said of hours that can't be put on the days it names."""


def with_limits(groups: list[Group], limits: list[Limit]) -> list[Group]:
    """Return groups of which no two say different hours for one day; raise `Unclear`."""
    plain = [g for g in groups if not _replaces(g, groups)]
    if len(plain) == len(groups) and not limits:
        return groups
    cells: dict[Cell, Held] = {}
    apart: list[Group] = []
    for group in plain:
        if all(d.only_holidays() for d in group.days) and group.days:
            apart.append(group)
            continue
        if any(d.only_holidays() for d in group.days):
            raise Unclear  # 月~土・祝: is the limit for holidays too?
        for cell in _cells(group.days):
            if cell in cells:
                raise Unclear
            weekday = any(d.weekday for d in group.days)
            cells[cell] = (tuple(group.hours), weekday, group.holidays)
    for group in groups:
        if group not in plain:
            for cell in _cells(group.days):
                cells[cell] = (tuple(group.hours), *cells[cell][1:])
    for group in plain:
        mine = {cells[cell][0] for cell in _cells(group.days)} if group not in apart else set()
        if mine and tuple(group.hours) not in mine:
            raise Unclear  # 月~土9:00~17:00 月~金は8:00~、土は8:00~: when until 17:00?
    for limit in limits:
        _limit(cells, limit)
    return [*_groups(cells), *apart]


def _replaces(group: Group, groups: list[Group]) -> bool:
    """Tell whether a group says hours for days that an earlier one named: 土曜は9:00~12:00."""
    if not group.topic or group is groups[0]:
        return False
    mine = _cells(group.days)
    before = [c for g in groups[: _index(group, groups)] for c in _cells(g.days)]
    shared = mine & set(before)
    if shared and shared != mine:
        raise Unclear
    if shared and any(d.weekday or d.holidays for d in group.days):
        raise Unclear
    return bool(shared) and mine != set(before)


def _index(group: Group, groups: list[Group]) -> int:
    return next(i for i, g in enumerate(groups) if g is group)


def _cells(days: list[Days]) -> set[Cell]:
    """Return the cells of some days; raise `Unclear` for days that aren't days of weeks."""
    found: set[Cell] = set()
    for d in days:
        on_holidays = d.holidays and not d.only_holidays()
        if d.month_days or -1 in d.nth or on_holidays or d.off_school:
            raise Unclear
        names = DAYS if d.every else d.days
        found |= {(day, n) for day in names for n in d.nth or WEEKS}
    if not days:
        found = {(day, n) for day in DAYS for n in WEEKS}
    return found


def days_of(days: list[Days]) -> set[tuple[str, int]]:
    """Return the weekdays of the weeks that are meant, holidays aside; raise `Unclear`."""
    return _cells(
        [Days(d.days, d.nth, d.month_days, every=d.every, off_school=d.off_school) for d in days]
    )


def _limit(cells: dict[Cell, Held], limit: Limit) -> None:
    wanted = _cells(limit.days) if limit.days else set(cells)
    if not wanted <= set(cells):
        raise Unclear
    changed = False
    for cell in wanted:
        hours, *rest = cells[cell]
        new = _limited(hours, limit)
        changed = changed or new != hours
        cells[cell] = (new, *rest)  # type: ignore[assignment]
    if not changed and limit.kind == "except":
        raise Unclear


def _limited(hours: tuple[Span, ...], limit: Limit) -> tuple[Span, ...]:
    """Return the hours that are left; raise `Unclear` if the limit isn't one of these hours."""
    if limit.kind == "morning":
        if hours[-1][1] > 720:
            raise Unclear  # until when isn't said
        return hours
    if limit.kind == "until":
        ((_, end),) = limit.hours
        first, _ = hours[-1]
        if not first < end:
            raise Unclear
        return (*hours[:-1], (first, end))
    if limit.kind == "within":
        inside = all(any(a <= c and d <= b for a, b in hours) for c, d in limit.hours)
        if not inside:
            raise Unclear
        return tuple(limit.hours)
    ((start, end),) = limit.hours
    pieces = [
        piece for a, b in hours
        for piece in ((a, min(b, start)), (max(a, end), b))
        if piece[0] < piece[1]
    ]  # fmt: skip
    if not pieces:
        raise Unclear
    return tuple(dict.fromkeys(pieces))


def _groups(cells: dict[Cell, Held]) -> list[Group]:
    """Return the cells as groups again: days held alike each week, then the nths."""
    weekly: dict[Held, list[str]] = {}
    by_week: dict[tuple[Held, tuple[int, ...]], list[str]] = {}
    for day in DAYS:
        held = {n: cells[day, n] for n in WEEKS if (day, n) in cells}
        if len(held) == len(WEEKS) and len(set(held.values())) == 1:
            weekly.setdefault(held[1], []).append(day)
            continue
        for kept in dict.fromkeys(held.values()):
            weeks = tuple(n for n in WEEKS if held.get(n) == kept)
            by_week.setdefault((kept, weeks), []).append(day)
    return [
        _group(held, Days(tuple(days), weekday=held[1])) for held, days in weekly.items()
    ] + [
        _group(held, Days(tuple(days), weeks, weekday=held[1]))
        for (held, weeks), days in by_week.items()
    ]  # fmt: skip


def _group(held: Held, days: Days) -> Group:
    return Group([days], list(held[0]), held[2])
