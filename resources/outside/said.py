"""What a source says of an offering: a word on free places, or its sessions; or why it isn't heard.

A reader of a format returns these and nothing else; what is believed of them, and when, is decided
in `hearing`.
"""

import json
import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from resources.clock import JAPAN

MOST_PLACES = 100_000


class Unreadable(ValueError):
    """A document that can't be read as what it should be; `problem` is a code of `problems`."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"the document can't be read: {problem}")


@dataclass(frozen=True)
class Word:
    """What is said of free places. said_on : the source's own date; None where it gives none."""

    status: str  # capacity / none
    places: int | None
    said_on: date | None


@dataclass(frozen=True)
class Doubt:
    """Why nothing is believed of what a source says of an offering; a code of `problems`."""

    problem: str


@dataclass(frozen=True)
class DatedSession:
    """One session in a source.

    key : its id there
    item_key : the item of the source that it came with; both go together
    starts_at : aware; None where the item has no times and speaks for the whole offering
    left : free places; None = not said, or not believed (then `problem` says why)
    """

    key: str
    item_key: str
    starts_at: datetime | None
    ends_at: datetime | None
    left: int | None = None
    cancelled: bool = False
    said_on: date | None = None
    problem: str | None = None


def read_json(body: bytes) -> Any:
    """Return the value of a JSON document; raise `Unreadable`."""
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Unreadable("not_json") from None


def _no_number(_text: str) -> Any:
    raise ValueError


def count_of(available: Any, maximum: Any) -> int | Doubt:
    """Return a number of free places, or why it isn't believed: a whole number, no more than all.

    maximum : how many there are at most; None where it isn't said
    """
    number = _whole(available)
    if number is None or not 0 <= number <= MOST_PLACES:
        return Doubt("not_a_count")
    if maximum is None:
        return number
    most = _whole(maximum)
    if most is None or most < 0:
        return Doubt("not_a_count")
    return Doubt("more_than_maximum") if number > most else number


def _whole(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # A number of more digits than a float has becomes infinite, which is no count either.
    return int(value) if math.isfinite(value) and value == int(value) else None


def moment_of(text: Any) -> datetime | None:
    """Return a moment as a source writes it (ISO 8601), aware; None for anything else.

    Without a zone it is Japan's time.
    """
    if not isinstance(text, str) or len(text) > 40 or "T" not in text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=JAPAN)).astimezone(JAPAN)
    except (ValueError, OverflowError):
        return None


def is_ahead(day: date, now: datetime) -> bool:
    """Tell whether a date of a source lies in the future, so that it can't be when it was said."""
    return day > (now.astimezone(JAPAN) + timedelta(hours=1)).date()
