"""Reads what takes place on dates that are named: 2026年8月16日(日) 11:00～12:00, 8月16日 18:30～.

A year that isn't written isn't guessed: the date is kept as a day of some year. A weekday or 祝
that is written must be that of the date.
"""

import re
from dataclasses import dataclass, replace
from datetime import date

from resources.days import DAYS, is_holiday
from resources.schedule_said import DayOfYear, Said, SaidRule
from resources.schedule_words import KANJI, NotUnderstood

REIWA_BEFORE = 2018
_SIGNS = r"(?:\((?P<weekday>[月火水木金土日])(?:曜日?)?(?P<holiday>・?祝)?\))?"
_FIRST = re.compile(
    r"(?:(?:(?P<year>\d{4})年|令和(?P<reiwa>\d{1,2}|元)年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日"
    r"|(?P<slashed>\d{1,2})/(?P<after>\d{1,2})(?=\([月火水木金土日])"
    r"|(?P<y>\d{4})(?P<mark>[-/])(?P<m>\d{1,2})(?P=mark)(?P<d>\d{1,2})(?!\d)(?: 0{1,2}:00(?= |$))?)"
    + _SIGNS
)
_NEXT = re.compile(
    r" ?(?:・|、|と|及び) ?(?:(?P<year>\d{4})年(?=\d{1,2}月))?"
    r"(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日" + _SIGNS
)


@dataclass(frozen=True)
class Dated:
    """Dates at the beginning of an expression, and the words behind them."""

    dates: tuple[date, ...]
    days_of_year: tuple[DayOfYear, ...]
    rest: str

    def with_hours(self, said: Said | None) -> Said:
        """Return what takes place on these dates; None = no hours are said.

        Raises `NotUnderstood` where the words behind the dates say more than hours.
        """
        rules = said.rules if said is not None else (SaidRule(),)
        if said is not None and (said.closed or said.moved or not rules):
            raise NotUnderstood(self.rest)
        for rule in rules:
            if rule != SaidRule(hours=rule.hours):
                raise NotUnderstood(self.rest)
        return Said(
            tuple(replace(r, dates=self.dates, days_of_year=self.days_of_year) for r in rules)
        )


def parted_from_dates(text: str) -> Dated | None:
    """Part a normalised expression behind the dates at its beginning; None where there are none.

    Raises `NotUnderstood` for a date that doesn't exist, or that isn't on the weekday it says.
    """
    match = _FIRST.match(text)
    if match is None:
        return None
    year = _year(match)
    month, day = (
        int(match[a] or match[b] or match[c])
        for a, b, c in (("month", "m", "slashed"), ("day", "d", "after"))
    )
    found = [(year, month, day, match)]
    at = match.end()
    while (match := _NEXT.match(text, at)) is not None:
        if match["year"] and year is None:
            raise NotUnderstood(text[:at])  # 8月1日・2026年8月2日
        said = int(match["year"]) if match["year"] else found[-1][0]
        found.append((said, int(match["month"] or found[-1][1]), int(match["day"]), match))
        at = match.end()
    marks = [(said or 0, month, day) for said, month, day, _ in found]
    if marks != sorted(set(marks)):
        raise NotUnderstood(text[:at])  # of the next year, or written twice?
    rest = re.sub(r"^(?:の|[ 、:]+)", "", text[at:])
    dates = [_dated(y, m, d, how) for y, m, d, how in found if y is not None]
    days = [_day_of_year(m, d, how) for y, m, d, how in found if y is None]
    return Dated(tuple(dates), tuple(days), rest)


def _year(match: re.Match[str]) -> int | None:
    if match["reiwa"]:
        return REIWA_BEFORE + (1 if match["reiwa"] == "元" else int(match["reiwa"]))
    year = match["year"] or match["y"]
    return int(year) if year else None


def _dated(year: int, month: int, day: int, match: re.Match[str]) -> date:
    found = _existing(year, month, day, match)
    if match["weekday"] and DAYS[found.weekday()] != KANJI[match["weekday"]]:
        raise NotUnderstood(match[0])
    if match["holiday"] and not is_holiday(found):
        raise NotUnderstood(match[0])
    return found


def _day_of_year(month: int, day: int, match: re.Match[str]) -> DayOfYear:
    exists = _existing(2024, month, day, match)  # a leap year, so that 02-29 is allowed
    weekday = KANJI[match["weekday"]] if match["weekday"] else None
    return DayOfYear(f"{exists:%m-%d}", weekday)


def _existing(year: int, month: int, day: int, match: re.Match[str]) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NotUnderstood(match[0]) from None
