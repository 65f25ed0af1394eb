"""Japan's public holidays, worked out from the law by itself: a reference for the library's.

国民の祝日に関する法律 第2条 (the days), 第3条2項 (振替休日), 第3条3項 (国民の休日), as they stand for
2022 and later. The equinox days are announced by the Cabinet in the February before; until then the
usual approximation of the National Astronomical Observatory's days holds for 1980 to 2099.
"""

from datetime import date, timedelta
from math import floor

FIXED = [(1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23)]
MONDAYS = [(1, 2), (7, 3), (9, 3), (10, 2)]  # month, which Monday


def equinox(year: int, base: float) -> int:
    return floor(base + 0.242194 * (year - 1980)) - (year - 1980) // 4


def national(year: int) -> set[date]:
    """The days that article 2 names."""
    days = {date(year, m, d) for m, d in FIXED}
    for month, nth in MONDAYS:
        first = date(year, month, 1)
        days.add(first + timedelta(days=(0 - first.weekday()) % 7 + 7 * (nth - 1)))
    days.add(date(year, 3, equinox(year, 20.8431)))
    days.add(date(year, 9, equinox(year, 23.2488)))
    return days


def holidays_by_law(year: int) -> set[date]:
    named = national(year)
    substitutes = set()
    for day in named:
        if day.weekday() == 6:
            later = day + timedelta(days=1)
            while later in named:
                later += timedelta(days=1)
            substitutes.add(later)
    days = (date(year, 1, 1) + timedelta(days=i) for i in range(366))
    between = {
        d for d in days
        if d not in named
        and d - timedelta(days=1) in named
        and d + timedelta(days=1) in named
    }  # fmt: skip
    return {d for d in named | substitutes | between if d.year == year}
