"""Turns a demo's short notation of a rhythm into a schedule and the words people write for it.

A rhythm is a pattern, hours to choose from, and what closes it: "nth 10:00-12:00|13:30-15:30 hol"
is the first and third, or second and fourth, of a weekday; closed on public holidays.
"""

import random
from dataclasses import dataclass
from typing import Any

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
JA = dict(zip(DAYS, "月火水木金土日", strict=True))
NTH = ((1, 3), (2, 4), (1, 3), (2, 4), (1,), (2,), (3,), (4,))
RUNS = {"weekdays": (0, 5), "monsat": (0, 6), "tuesat": (1, 6), "all": (0, 7)}


@dataclass(frozen=True)
class Rhythm:
    """When something takes place: as data and as it was written."""

    schedule: dict[str, Any]
    text: str


def drawn(notation: str, r: random.Random) -> Rhythm:
    """Return a rhythm of this notation, its days and hours drawn by chance."""
    pattern, hours, *closing = notation.split()
    days, nth, month_days = _pattern(pattern, r)
    return rhythm(days, r.choice(hours.split("|")), closing, nth=nth, month_days=month_days)


def rhythm(
    days: list[str],
    hours: str,
    closing: list[str],
    *,
    nth: list[int] | None = None,
    month_days: list[int] | None = None,
) -> Rhythm:
    """Return the rhythm of given days and hours ("10:00-12:00").

    closing : hol = on public holidays, ny = at the new year, mon3 = on the third Monday
    """
    start, end = hours.split("-")
    nth, month_days = nth or [], month_days or []
    rule = {
        "days": days if days != list(DAYS) else [],
        "nth": nth,
        "month_days": month_days,
        "from": start.zfill(5),
        "to": end.zfill(5),
        "holidays": "closed" if "hol" in closing else None,
    }
    closed: list[dict[str, Any]] = []
    if "mon3" in closing:
        closed.append({"days": ["mon"], "nth": [3]})
    if "ny" in closing:
        closed.append({"from_day": "12-29", "to_day": "01-03"})
    words = {"mon3": "第3月曜", "hol": "祝日", "ny": "年末年始"}
    shut = "・".join(word for key, word in words.items() if key in closing)
    text = f"{_days_text(days, nth, month_days)} {start}～{end}"
    return Rhythm({"rules": [rule], "closed": closed}, f"{text}（{shut}休み）" if shut else text)


def _pattern(pattern: str, r: random.Random) -> tuple[list[str], list[int], list[int]]:
    if pattern in RUNS:
        first, after = RUNS[pattern]
        return list(DAYS[first:after]), [], []
    if pattern in DAYS:
        return [pattern], [], []
    if pattern == "month":
        return [], [], [r.choice([5, 10, 15, 20, 25])]
    if pattern == "nth":
        return [r.choice(DAYS[:6])], list(r.choice(NTH)), []
    count = int(pattern.removeprefix("weekly"))
    return sorted(r.sample(DAYS[:5] if count > 1 else DAYS[:6], count), key=DAYS.index), [], []


def _days_text(days: list[str], nth: list[int], month_days: list[int]) -> str:
    if month_days:
        return "・".join(f"毎月{day}日" for day in month_days)
    if nth:
        return "・".join(f"第{n}" for n in nth) + "".join(JA[d] for d in days) + "曜"
    if len(days) == 7:
        return "毎日"
    numbers = [DAYS.index(d) for d in days]
    if len(days) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{JA[days[0]]}～{JA[days[-1]]}"
    return "毎週" + "・".join(JA[d] for d in days) + "曜"
