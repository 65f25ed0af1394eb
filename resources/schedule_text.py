"""Reads schedules as people write them in Japanese.

An expression is read as a whole or refused with the part that wasn't understood: a place that is
said to be open when it is not costs more than one whose hours are unknown. 年末年始 without dates
is 29 December to 3 January, the closing days of public offices (行政機関の休日に関する法律 第1条).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from resources.schedule_closings import read_closing_days, read_holidays, read_move, read_period
from resources.schedule_lexicon import words_of
from resources.schedule_meaning import meaning
from resources.schedule_reading import (
    Group,
    Limit,
    Reading,
    days_again,
    hours_follow,
    said_of,
    text_of,
)
from resources.schedule_weekcolumns import parted_by_weekday
from resources.schedule_words import Days, NotUnderstood, Word, normal
from resources.schedules import Schedule, to_json

LONGEST = 2000
"""Characters: what is longer is no expression, and would only cost time."""
SHOWN = 200


@dataclass(frozen=True)
class Parsed:
    """A schedule, or the part of the text that has no known meaning."""

    schedule: Schedule | None
    unparsed: str | None


def parse_schedule(text: str) -> Parsed:
    """Read an expression: 「月～金9:00～17:00、第3土曜10:00～12:00（祝日・年末年始休み）」."""
    flat = normal(text[: LONGEST + 1])
    if not flat or len(flat) > LONGEST:
        return Parsed(None, text[:SHOWN])
    try:
        words = words_of(parted_by_weekday(flat))
        return Parsed(meaning(_read(words), words), None)
    except NotUnderstood as error:
        return Parsed(None, error.part or flat)


def parsed_json(text: str) -> dict[str, Any]:
    """Return the reading of an expression in the form that the command line prints."""
    parsed = parse_schedule(text)
    if parsed.schedule is None:
        return {"parsed": False, "rules": [], "closed": [], "unparsed": parsed.unparsed}
    return {"parsed": True, **to_json(parsed.schedule), "unparsed": None}


def _read(words: list[Word]) -> Reading:
    reading = Reading()
    for i, word in enumerate(words):
        _READERS.get(word.kind, _refuse)(reading, word, words[i:])
    if reading.days:
        raise NotUnderstood(words[-1].text)
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


def _part(reading: Reading, word: Word, rest: list[Word]) -> None:
    if reading.in_closed:
        raise NotUnderstood(text_of(rest))
    reading.part = word.value


def _within(reading: Reading, _word: Word, rest: list[Word]) -> None:
    if not reading.groups:
        reading.in_closed = False
        return  # as good as 利用時間
    if reading.days:
        raise NotUnderstood(text_of(rest))
    reading.within = True


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
    if reading.topic or days_again(reading.days, days):
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


def _hours(reading: Reading, word: Word, rest: list[Word]) -> None:
    if reading.in_closed:
        raise NotUnderstood(word.text)
    if reading.part and not reading.part[0] <= word.value[0] < reading.part[1]:
        raise NotUnderstood(word.text)  # (午後)5:00~8:00
    reading.part = None
    if reading.within:
        reading.within = False
        reading.limits.append(Limit("within", [], [word.value]))
        reading.more_within = True
    elif reading.days or not reading.groups:
        reading.groups.append(
            Group(reading.days, [word.value], reading.pending, topic=reading.topic)
        )
        _settled(reading)
        reading.labelled = False
    elif reading.more_within:
        reading.limits[-1].hours.append(word.value)
    elif reading.after_limit or reading.between or reading.depth:
        raise NotUnderstood(text_of(rest))
    else:
        reading.groups[-1].hours.append(word.value)
    reading.after_hours = True


def _settled(reading: Reading) -> None:
    """The days that stood open have got what was said of them."""
    reading.days = []
    reading.just_closed = []
    reading.after_closing = False
    reading.pending = None
    reading.topic = False
    reading.more_within = False
    reading.after_limit = False
    reading.between = False


def _limit(reading: Reading, word: Word, rest: list[Word]) -> None:
    if reading.in_closed or not reading.groups or reading.part:
        raise NotUnderstood(text_of(rest))
    if word.kind != "shut_hours" and not reading.days:
        raise NotUnderstood(text_of(rest))  # of which days isn't said
    if reading.pending or any(d.holidays for d in reading.days):
        raise NotUnderstood(text_of(rest))
    if word.kind == "until":
        limit = Limit("until", reading.days, [(0, word.value)])
    elif word.kind == "morning":
        limit = Limit("morning", reading.days, [])
    else:
        limit = Limit("except", reading.days, [word.value])
    reading.limits.append(limit)
    _settled(reading)
    reading.after_limit = True
    reading.after_hours = True


_READERS: dict[str, Callable[[Reading, Word, list[Word]], None]] = {
    "days": _days,
    "own_days": _own_days,
    "hours": _hours,
    "until": _limit,
    "morning": _limit,
    "shut_hours": _limit,
    "within": _within,
    "part": _part,
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
