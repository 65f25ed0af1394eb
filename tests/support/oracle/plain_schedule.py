"""A slow reading of a small language of schedules, day by day, written without the parser.

Its language is days, hours and closing days one behind the other. What it can't read gives None.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from oracle.holiday_law import holidays_by_law

WEEK = "月火水木金土日"
FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=i) for i in range(400)]
FREE = {d for year in (2026, 2027, 2028) for d in holidays_by_law(year)}
TOKEN = re.compile(
    r"(?P<nth>(?:第[1-5]|最終)(?:[・、](?:第?[1-5]|最終)|第[1-5]|～第?[1-5])*)(?P<of>[月火水木金土日]+(?:・[月火水木金土日]+)*)曜?日?"
    r"|毎月(?P<date>\d+)日"
    r"|(?:毎週)?(?P<a>[月火水木金土日])曜?～(?P<b>[月火水木金土日])曜?(?:まで)?"
    r"|(?P<weekdays>平日)|(?P<every>毎日)|(?P<ny>年末年始)|(?P<free>祝日|祝)"
    r"|(?:毎週)?(?P<day>[月火水木金土日])(?:曜日?)?"
    r"|(?P<from>(?:午後)?\d+(?::\d\d|時半?)?)～(?P<next>翌)?(?P<to>(?:午後)?\d+(?::\d\d|時半?))(?:まで)?"
    r"|（祝休?日?の?場合は?、?翌(?P<instead>日|平日)(?:休み?)?）"
    r"|(?P<shut>は?休み?|を除く)|(?P<sep>[、・]|（|）)|(?P<topic>は|のみ)"
)
Test = Callable[[date], bool]


def _nth_of(day: date) -> set[str]:
    last = {"最終"} if (day + timedelta(days=7)).month != day.month else set()
    return {str((day.day - 1) // 7 + 1)} | last


def _minutes(text: str) -> int:
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    past = 30 if "半" in text else numbers[1] if len(numbers) > 1 else 0
    return numbers[0] * 60 + past + (720 if text.startswith("午後") else 0)


def _span(a: str, b: str) -> str:
    i, j = WEEK.index(a), WEEK.index(b)
    return WEEK[i : j + 1] if i < j else WEEK[i:] + WEEK[: j + 1]


def _test(m: re.Match[str]) -> Test | None:
    if m["nth"]:
        named = set(re.findall(r"[1-5]|最終", m["nth"]))
        if "～" in m["nth"]:
            low, high = min(named), max(named)
            named = {str(n) for n in range(int(low), int(high) + 1)}
        return lambda d: WEEK[d.weekday()] in m["of"] and bool(_nth_of(d) & named)
    if m["date"]:
        return lambda d: d.day == int(m["date"])
    if m["a"]:
        return lambda d: WEEK[d.weekday()] in _span(m["a"], m["b"])
    if m["weekdays"]:
        return lambda d: d.weekday() < 5 and d not in FREE
    if m["every"]:
        return lambda d: True
    if m["ny"]:
        return lambda d: (d.month, d.day) >= (12, 29) or (d.month, d.day) <= (1, 3)
    if m["free"]:
        return lambda d: d in FREE
    return (lambda d: WEEK[d.weekday()] == m["day"]) if m["day"] else None


def _held_instead(day: date, named: list[Test], instead: str) -> bool:
    """Tell whether one of some days is held on this day: itself, or one that was a holiday."""
    if any(t(day) for t in named) and day not in FREE:
        return True
    before = day - timedelta(days=1)
    if instead == "日":
        return before in FREE and any(t(before) for t in named)
    if day in FREE or day.weekday() > 4:
        return False
    while before in FREE or before.weekday() > 4:
        if before in FREE and any(t(before) for t in named):
            return True
        before -= timedelta(days=1)
    return False


def sessions(text: str) -> set[tuple[date, int, int]] | None:
    """Return (day, first minute, last minute) of two years, or None for what it can't read."""
    tokens = []
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            return None
        tokens.append(match)
        at = match.end()
    open_days: list[tuple[Test, bool]] = []
    groups: list[tuple[list[tuple[Test, bool]], int, int]] = []
    instead: str | None = None
    before: re.Match[str] | None = None
    shut: list[Test] = []
    for m in tokens:
        if test := _test(m):
            open_days.append((test, bool(m["free"])))
        elif m["shut"] and instead is not None and not groups:
            if len(open_days) != 1:
                return None
            shut.append(partial(_held_instead, named=[open_days[0][0]], instead=instead))
            open_days, instead = [], None
        elif m["shut"]:
            shut += [t for t, _ in open_days]
            open_days = []
        elif m["instead"] and before is not None and before["shut"]:
            if len(shut) != 1:
                return None
            shut = [partial(_held_instead, named=shut, instead=m["instead"])]
        elif m["instead"]:
            instead = m["instead"]
        elif m["from"]:
            start, end = _minutes(m["from"]), _minutes(m["to"]) + (1440 if m["next"] else 0)
            groups.append((open_days, start, end))
            open_days = []
        before = m
    if open_days or not groups:
        return None
    own = any(free for days, _, _ in groups for _, free in days)
    if instead is not None:
        if len(groups) > 1:
            return None
        named = [t for t, _ in groups[0][0]]
        moved = partial(_held_instead, named=named, instead=instead)
        groups[0] = ([(moved, False)], *groups[0][1:])
    found = set()
    for day in DAYS:
        if any(t(day) for t in shut):
            continue
        for days, start, end in groups:
            with_free = any(free for _, free in days)
            hit = any(t(day) for t, _ in days) if days else True
            if hit and not (own and day in FREE and not with_free):
                found.add((day, start, end))
    return found
