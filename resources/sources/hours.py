"""What a row says of when a place is open: structured where it is sure, else only the words."""

import re

from resources.days import DAYS
from resources.schedule_text import parse_schedule
from resources.schedules import Rule, Schedule

_CLOCK = re.compile(r"^(\d{1,2})[:：](\d{2})(?::00)?$")
_UNSAID = ("", "-", "ー", "－", "―", "—")

# Notes that say nothing about when a place is open.
_HARMLESS = re.compile(r"^(?:預かり保育あり|ウエルカフェ|※?要予約|なし)?$")

_HOLIDAYS_OFF = re.compile(r"^祝日(?:は休み|を除く|は不可|は除く)。?$")


def words_of_hours(days: str, start: str, end: str, note: str) -> str | None:
    """Return what the row says of its hours, in one line of its own words."""
    hours = f"{start}～{end}" if start not in _UNSAID or end not in _UNSAID else ""
    parts = [" ".join(p.split()) for p in (days, hours, note) if p not in _UNSAID]
    return " ".join(parts) or None


def schedule_of(days: str, start: str, end: str, note: str) -> Schedule | None:
    """Return the schedule, or None where it isn't sure.

    A note may limit what the columns say; one that isn't understood makes all of it unsure.
    """
    days, start, end, note = (x.strip() for x in (days, start, end, note))
    if start in _UNSAID and end in _UNSAID and days in _UNSAID:
        return parse_schedule(note).schedule if note else None
    if days in _UNSAID or start in _UNSAID or end in _UNSAID:
        return None
    plain = f"{days} {start}～{end}"
    if _HARMLESS.match(note):
        return parse_schedule(plain).schedule
    return parse_schedule(f"{plain}（{note}）").schedule


def schedule_of_weekdays(hours: dict[str, tuple[str, str]], note: str) -> Schedule | None:
    """Return the schedule of columns for each weekday ("-" = closed); None where it isn't sure."""
    note = note.strip()
    off = bool(_HOLIDAYS_OFF.match(note))
    if note and not off and not _HARMLESS.match(note):
        return None
    runs: dict[tuple[int, int], list[str]] = {}
    for day in DAYS:
        start, end = (x.strip() for x in hours[day])
        if start in _UNSAID and end in _UNSAID:
            continue
        a, b = _minutes(start), _minutes(end)
        if a is None or b is None or not a < b:
            return None
        runs.setdefault((a, b), []).append(day)
    if not runs:
        return None
    rules = [
        Rule(tuple(days), start=a, end=b, holidays="closed" if off else None)
        for (a, b), days in runs.items()
    ]
    return Schedule(tuple(rules), ())


def _minutes(text: str) -> int | None:
    match = _CLOCK.match(text)
    if match is None or int(match[1]) > 24 or int(match[2]) > 59:
        return None
    return int(match[1]) * 60 + int(match[2])
