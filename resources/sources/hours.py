"""What a row says of when a place is open: structured where it is sure, else only the words."""

import re
import unicodedata

from resources.days import DAYS
from resources.schedule_text import parse_schedule
from resources.schedule_weekcolumns import in_words
from resources.schedule_words import KANJI, NotUnderstood
from resources.schedules import Schedule

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")
_UNSAID = ("", "-", "ー", "－", "―", "—")
_NOTHING = ("", "なし", "特になし", "無し", *_UNSAID)


def words_of_hours(days: str, start: str, end: str, note: str, closed: str = "") -> str | None:
    """Return what the row says of its hours, in one line of its own words."""
    hours = f"{start}～{end}" if end not in _UNSAID else "" if start in _UNSAID else start
    if start in _UNSAID and end not in _UNSAID:
        hours = f"～{end}"
    shut = "" if closed in _UNSAID else f"休業日：{closed}"
    parts = [" ".join(p.split()) for p in (days, hours, note, shut) if p not in _UNSAID]
    return " ".join(parts) or None


def schedule_of(days: str, start: str, end: str, note: str, closed: str = "") -> Schedule | None:
    """Return the schedule, or None where it isn't sure.

    The columns and their note are read together, as one expression: a note may limit what the
    columns say, and one that isn't understood makes all of it unsure. A single column for hours
    (`start`, without `end`) may hold a whole expression.
    """
    days, start, end, note, closed = (x.strip() for x in (days, start, end, note, closed))
    if (end not in _UNSAID) and (start in _UNSAID or (days in _UNSAID and not closed)):
        return None
    if days not in _UNSAID and start in _UNSAID:
        return None  # days without hours; the note alone isn't about them
    text = words_of_hours(days, start, end, "" if note in _NOTHING else note, closed)
    return parse_schedule(text).schedule if text else None


def schedule_of_weekdays(hours: dict[str, tuple[str, str]], note: str) -> Schedule | None:
    """Return the schedule of columns for each weekday ("-" = closed); None where it isn't sure."""
    note = note.strip()
    said: dict[str, tuple[str, str]] = {}
    for sign, day in zip(KANJI, DAYS, strict=True):
        start, end = (_clock(x) for x in hours[day])
        if start is None or end is None:
            return None
        said[sign] = (start, end)
    try:
        return parse_schedule(in_words(said, "" if note in _NOTHING else note)).schedule
    except NotUnderstood:
        return None


def _clock(text: str) -> str | None:
    """Return H:MM, "-" where the day is closed, or None where the cell is neither."""
    flat = unicodedata.normalize("NFKC", text).strip()
    if flat in _UNSAID:
        return "-"
    match = _CLOCK.fullmatch(flat)
    return f"{match[1]}:{match[2]}" if match else None
