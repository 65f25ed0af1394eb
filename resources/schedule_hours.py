"""Reads the hours of an expression, whole or half said, and what limits hours already read."""

from resources.schedule_half_said import ANY_HOURS
from resources.schedule_limits import Unclear, days_of
from resources.schedule_reading import Group, Limit, Reading, text_of
from resources.schedule_said import UNSTATED, Hours
from resources.schedule_words import NotUnderstood, Word


def read_part(reading: Reading, word: Word, rest: list[Word]) -> None:
    if reading.in_closed:
        raise NotUnderstood(text_of(rest))
    reading.part = word.value


def read_within(reading: Reading, _word: Word, rest: list[Word]) -> None:
    if not reading.groups:
        reading.in_closed = False
        return  # as good as 利用時間
    if reading.days:
        raise NotUnderstood(text_of(rest))
    reading.within = True


def leave_hours_unsaid(reading: Reading, words: list[Word]) -> None:
    """第1・3・5土, 年中無休: days, where the expression says no hours at all."""
    last = next((w for w in reversed(words) if w.kind != "mark"), words[-1])
    of_some = reading.groups or reading.limits or reading.labelled
    if of_some or (reading.topic and last.text[0] not in "のだ"):
        raise NotUnderstood(words[-1].text)  # 土曜は …
    reading.topic = False
    if not reading.days:
        reading.closings_between = []  # 年中無休(臨時休業あり): of all days
    read_hours(reading, Word("hours", ANY_HOURS, last.text, UNSTATED), words[-1:])


def read_clock(reading: Reading, word: Word, rest: list[Word]) -> None:
    """土曜 10時半: a start, if it is all that is said of hours."""
    alone = not (reading.groups or reading.limits or reading.closed or reading.holiday_notes)
    if not alone or reading.topic or any(w.kind != "mark" for w in rest[1:]):
        raise NotUnderstood(text_of(rest))
    read_hours(reading, word, rest)


def read_hours(reading: Reading, word: Word, rest: list[Word]) -> None:
    if reading.in_closed:
        raise NotUnderstood(word.text)
    if reading.part and not reading.part[0] <= word.value[0] < reading.part[1]:
        raise NotUnderstood(word.text)  # (午後)5:00~8:00
    reading.part = None
    reading.state(word)
    if reading.within:
        reading.within = False
        reading.limits.append(Limit("within", [], [word.value]))
        reading.more_within = True
    elif reading.days or not reading.groups:
        reading.groups.append(
            Group(reading.days, [word.value], reading.pending, reading.move, reading.topic)
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
    reading.move = None
    reading.topic = False
    reading.more_within = False
    reading.after_limit = False
    reading.between = False


def read_limit(reading: Reading, word: Word, rest: list[Word]) -> None:
    if reading.in_closed or reading.part or not (reading.groups or word.kind == "until"):
        raise NotUnderstood(text_of(rest))
    if word.kind != "shut_hours" and not reading.days:
        raise NotUnderstood(text_of(rest))  # of which days isn't said
    if not reading.groups and reading.depth:
        raise NotUnderstood(text_of(rest))
    if reading.pending or reading.move or any(d.holidays for d in reading.days):
        raise NotUnderstood(text_of(rest))
    if word.kind == "until" and not reading.depth and _of_new_days(reading):
        # 第2土曜は12:00まで behind the hours of other days: from when isn't said.
        end = word.value
        read_hours(reading, Word("hours", (0, end), word.text, Hours(None, end)), rest)
        return
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


def _of_new_days(reading: Reading) -> bool:
    """Tell whether the days that stand open are none of those that have hours already."""
    try:
        told = [days_of(g.days) if g.days else None for g in reading.groups]
        mine = days_of(reading.days)
    except Unclear:
        return False
    return all(days is not None and not days & mine for days in told)
