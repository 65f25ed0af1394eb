"""Reads schedules as people write them in Japanese.

An expression is read as a whole or refused with the part that wasn't understood: a place that is
said to be open when it is not costs more than one whose hours are unknown. 年末年始 without dates
is 29 December to 3 January, the closing days of public offices (行政機関の休日に関する法律 第1条).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from resources.schedule_closings import (
    read_closing_days,
    read_holidays,
    read_move,
    read_period,
    read_undated,
)
from resources.schedule_dated import parted_from_dates
from resources.schedule_hours import (
    leave_hours_unsaid,
    read_clock,
    read_hours,
    read_limit,
    read_part,
    read_within,
)
from resources.schedule_lexicon import words_of
from resources.schedule_meaning import meaning
from resources.schedule_reading import (
    Reading,
    days_again,
    hours_follow,
    said_of,
    text_of,
)
from resources.schedule_said import Move, Said, said_json
from resources.schedule_weekcolumns import parted_by_weekday
from resources.schedule_words import Days, NotUnderstood, Word, normal
from resources.schedules import Schedule

LONGEST = 2000
"""Characters: what is longer is no expression, and would only cost time."""
SHOWN = 200


@dataclass(frozen=True)
class Parsed:
    """What an expression says, or the part of it that has no known meaning.

    said : all of it; None where any part isn't understood
    schedule : what it says as a schedule; None where it says less than one, and no session of it
        may be guessed
    """

    said: Said | None
    unparsed: str | None

    @property
    def schedule(self) -> Schedule | None:
        return None if self.said is None else self.said.schedule()

    def json(self) -> dict[str, Any]:
        """Return the form that the command line prints."""
        if self.said is None:
            return {"parsed": False, "rules": [], "closed": [], "unparsed": self.unparsed}
        return {"parsed": True, **said_json(self.said), "unparsed": None}


def parse_schedule(text: str, order: str | None = None) -> Parsed:
    """Read an expression: 「月～金9:00～17:00、第3土曜10:00～12:00（祝日・年末年始休み）」.

    order : the days of seven values side by side, where it is known from elsewhere (`order_of`)
    """
    flat = normal(text[: LONGEST + 1])
    if not flat or len(flat) > LONGEST:
        return Parsed(None, text[:SHOWN])
    try:
        return Parsed(_said(parted_by_weekday(flat, order)), None)
    except NotUnderstood as error:
        first = error
    try:
        dated = parted_from_dates(flat)
        if dated is not None:
            return Parsed(dated.with_hours(_said(dated.rest) if dated.rest else None), None)
    except NotUnderstood:
        pass  # the part that is named is that of the expression as a whole
    return Parsed(None, first.part or flat)


def parsed_json(text: str) -> dict[str, Any]:
    """Return the reading of an expression in the form that the command line prints."""
    return parse_schedule(text).json()


def _said(flat: str) -> Said:
    words = words_of(flat)
    if [w.kind for w in words if w.kind != "mark"] == ["move"]:
        return _moved(next(w for w in words if w.kind == "move"))
    return meaning(_read(words), words)


def _moved(word: Word) -> Said:
    """Return what 祝日の場合は翌日 says by itself: of closing days that are named elsewhere."""
    kind, named = word.value
    if len(named) > 1 or any(len(nth) > 1 for _, nth in named):
        raise NotUnderstood(word.text)  # which of them, or all on one day?
    if not named and "祝" not in word.text:
        raise NotUnderstood(word.text)  # 休日の場合は翌日: are Saturdays and Sundays meant?
    return Said((), (), tuple(Move(kind, (d,), nth) for d, nth in named) or (Move(kind),))


def _read(words: list[Word]) -> Reading:
    reading = Reading()
    for i, word in enumerate(words):
        _READERS.get(word.kind, _refuse)(reading, word, words[i:])
    if reading.days or (reading.always and not reading.groups):
        leave_hours_unsaid(reading, words)
    if reading.part or reading.within or reading.depth or reading.empty_label:
        raise NotUnderstood(text_of(words))
    return reading


def _refuse(_reading: Reading, _word: Word, rest: list[Word]) -> None:
    raise NotUnderstood(text_of(rest))


def _pass(_reading: Reading, _word: Word, _rest: list[Word]) -> None:
    """A comma, or the word that says of days already read that they are closed."""


def _predicate(reading: Reading, word: Word, rest: list[Word]) -> None:
    """休み, も開館 and 要確認 were looked for from the days before them; alone they say nothing."""
    behind = next((i for i, w in enumerate(rest[1:], 1) if w.kind != "mark"), len(rest))
    said = said_of(rest[behind:])
    of_closing = "除" in word.text and said is not None and rest[behind].kind != "is_closed"
    if not reading.just_said or of_closing:
        raise NotUnderstood(text_of(rest))  # 祝日を除く月曜休み: closed on Mondays but holidays
    reading.just_said = False
    reading.after_closing = word.kind == "is_closed" and not reading.in_closed


def _closed_label(reading: Reading, _word: Word, rest: list[Word]) -> None:
    if reading.days or reading.depth > 1:
        raise NotUnderstood(text_of(rest))
    reading.in_closed = True
    reading.empty_label = True
    reading.between = True
    reading.closed_depth = reading.depth


def _open_label(reading: Reading, _word: Word, rest: list[Word]) -> None:
    if reading.empty_label:
        raise NotUnderstood(text_of(rest))  # 定休日: 営業時間:…, and no word of when
    reading.in_closed = False
    reading.labelled = bool(reading.days)


def _nothing(reading: Reading, _word: Word, rest: list[Word]) -> None:
    if not reading.in_closed:
        raise NotUnderstood(text_of(rest))
    reading.in_closed = False
    reading.empty_label = False


def _always(reading: Reading, _word: Word, _rest: list[Word]) -> None:
    reading.always = True
    reading.in_closed = False
    reading.empty_label = False


def _note(reading: Reading, _word: Word, rest: list[Word]) -> None:
    """※ ends a list of closing days where hours follow."""
    if reading.in_closed and hours_follow(rest[1:]):
        reading.in_closed = False
    reading.between = True


def _bracket(step: int) -> Callable[[Reading, Word, list[Word]], None]:
    def read(reading: Reading, _word: Word, rest: list[Word]) -> None:
        reading.depth += step
        if reading.depth < 0 or reading.depth > 2:
            raise NotUnderstood(text_of(rest))
        if step < 0 and reading.in_closed and reading.depth < reading.closed_depth:
            reading.in_closed = False

    return read


def _topic(reading: Reading, _word: Word, rest: list[Word]) -> None:
    """土曜は, 土曜のみ: hours or what limits them must follow."""
    if not reading.days:
        raise NotUnderstood(text_of(rest))
    reading.topic = True


def _days(reading: Reading, word: Word, rest: list[Word]) -> None:
    days: Days = word.value
    if reading.in_closed and hours_follow(rest, over_label=False):
        raise NotUnderstood(text_of(rest))  # hours within a list of closing days
    said = said_of(rest)
    if reading.in_closed and said is not None and said.kind != "is_closed":
        raise NotUnderstood(text_of(rest))
    if days.only_holidays() and (said is not None or reading.in_closed):
        read_holidays(reading, said, rest)
    elif reading.in_closed or (said is not None and said.kind == "is_closed"):
        read_closing_days(reading, days, said, rest)
    elif said is not None:
        raise NotUnderstood(text_of(rest))
    else:
        _open_days(reading, days, rest)


def _open_days(reading: Reading, days: Days, rest: list[Word]) -> None:
    if _in_brackets_at_end(reading, rest):
        reading.groups[-1].days.append(days)
        return
    if reading.after_hours and not hours_follow(rest):
        raise NotUnderstood(text_of(rest))
    if reading.labelled:
        if reading.named is None:
            reading.named = reading.days
        reading.days = []  # 営業日:土日 営業時間:土曜11時~: the days are said again, one by one
        reading.labelled = False
    if reading.topic or reading.move or days_again(reading.days, days):
        raise NotUnderstood(text_of(rest))
    reading.days.append(days)
    reading.after_hours = False


def _own_days(reading: Reading, word: Word, rest: list[Word]) -> None:
    """土曜保育: the hours of Saturdays that the columns before have told already."""
    hours = next((w for w in rest if w.kind == "hours"), None)
    if hours is None or not reading.groups or reading.groups[0].hours != [hours.value]:
        raise NotUnderstood(text_of(rest))
    _open_days(reading, word.value, rest)
    reading.topic = True


def _in_brackets_at_end(reading: Reading, rest: list[Word]) -> bool:
    """Tell whether these days stand in brackets behind bare hours: 9:00~16:00(月~金)."""
    return (
        len(reading.groups) == 1
        and not reading.groups[0].days
        and not reading.days
        and reading.depth == 1
        and len(rest) > 1
        and rest[1].kind == "close_bracket"
        and not any(w.kind in ("hours", "until", "morning", "shut_hours") for w in rest)
    )


_READERS: dict[str, Callable[[Reading, Word, list[Word]], None]] = {
    "days": _days,
    "own_days": _own_days,
    "hours": read_hours,
    "until": read_limit,
    "morning": read_limit,
    "shut_hours": read_limit,
    "within": read_within,
    "part": read_part,
    "clock": read_clock,
    "undated": read_undated,
    "period": read_period,
    "dates": read_period,
    "move": read_move,
    "closed_label": _closed_label,
    "open_label": _open_label,
    "nothing": _nothing,
    "always": _always,
    "note": _note,
    "topic": _topic,
    "open_bracket": _bracket(1),
    "close_bracket": _bracket(-1),
    "is_closed": _predicate,
    "is_open": _predicate,
    "ask": _predicate,
    "mark": _pass,
}
