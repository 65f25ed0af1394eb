"""What a column for each weekday says of when a place is open: a schedule where it is sure."""

import re
import unicodedata

from resources.days import DAYS
from resources.schedule_columns import NOTHING, UNSAID
from resources.schedule_text import parse_schedule
from resources.schedule_weekcolumns import in_words
from resources.schedule_words import KANJI, NotUnderstood
from resources.schedules import Schedule

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")


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
        return parse_schedule(in_words(said, "" if note in NOTHING else note)).schedule
    except NotUnderstood:
        return None


def _clock(text: str) -> str | None:
    """Return H:MM, "-" where the day is closed, or None where the cell is neither."""
    flat = unicodedata.normalize("NFKC", text).strip()
    if flat in UNSAID:
        return "-"
    match = _CLOCK.fullmatch(flat)
    return f"{match[1]}:{match[2]}" if match else None
