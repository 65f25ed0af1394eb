"""Reads what is said of closing days, of public holidays, and of closings that move."""

import re
from dataclasses import replace
from typing import Any

from resources.schedule_reading import Policy, Reading, said_of, text_of
from resources.schedule_said import UndatedClosing
from resources.schedule_words import Days, NotUnderstood, Word
from resources.schedules import Closed

MOST_CLOSED_DAYS = 3
"""Who is closed on more names the open days; 月~金 祝日休み isn't closed on 月~金."""

_POLICIES: dict[str, Policy] = {"is_closed": "closed", "is_open": "open", "ask": "ask"}


def read_holidays(reading: Reading, said: Word | None, rest: list[Word]) -> None:
    """Read 祝日休み, 祝日も開催 and 祝日は要確認: of the days before, or of all."""
    kind = "is_closed" if said is None else said.kind
    if reading.in_closed and kind != "is_closed":
        raise NotUnderstood(text_of(rest))
    if said is not None and said.text.startswith("の") and reading.just_closed:
        raise NotUnderstood(text_of(rest))  # 月曜(祝日の場合は休館): closed then, or always?
    if reading.depth and _moves_next(rest):
        raise NotUnderstood(text_of(rest))  # 月曜(祝日、振替の場合は翌日): two holidays, or closed?
    if _excepts(reading, said):
        _open_on_holidays(reading, rest)
        return
    _note_holidays(reading, _POLICIES[kind], said, rest)
    reading.just_said = said is not None
    reading.between = True


def _moves_next(rest: list[Word]) -> bool:
    """Tell whether the words to the end of these brackets say where a closing moves to."""
    for word in rest:
        if word.kind in ("open_bracket", "close_bracket"):
            return False
        if word.kind == "move":
            return True
    return False


def _excepts(reading: Reading, said: Word | None) -> bool:
    """Tell whether 除く stands among closing days, and so takes something out of these."""
    return reading.in_closed and said is not None and "除" in said.text


def _open_on_holidays(reading: Reading, rest: list[Word]) -> None:
    """休館日:月曜日(祝日を除く): open on Mondays that are holidays."""
    in_brackets = reading.depth == reading.closed_depth + 1
    if not in_brackets or len(reading.just_closed) != 1:
        raise NotUnderstood(text_of(rest))
    _move(reading, reading.just_closed[0], "open", rest)
    reading.just_closed = []
    reading.just_said = True


def _note_holidays(reading: Reading, policy: Policy, said: Word | None, rest: list[Word]) -> None:
    excepted = said is not None and "除" in said.text
    if excepted and reading.after_closing:
        raise NotUnderstood(text_of(rest))  # 月曜休館(祝日を除く): closed on holidays, or open?
    local = reading.depth > 0 or excepted
    if reading.in_closed:
        reading.holiday_notes.append((None, policy))
        reading.empty_label = False
    elif reading.days:
        if reading.depth == 0 or reading.pending not in (None, policy):
            raise NotUnderstood(text_of(rest))
        reading.pending = policy
    else:
        reading.holiday_notes.append((len(reading.groups) if local else None, policy))


def read_closing_days(reading: Reading, days: Days, said: Word | None, rest: list[Word]) -> None:
    """Read days on which nothing takes place."""
    if days.every or days.weekday or days.off_school or _excepts(reading, said):
        raise NotUnderstood(text_of(rest))
    if not reading.in_closed:
        if len(days.days) > MOST_CLOSED_DAYS and not days.nth:
            raise NotUnderstood(text_of(rest))
        if not reading.groups and not reading.days and _may_be_open(rest):
            raise NotUnderstood(text_of(rest))
    if days.holidays:
        _note_holidays(reading, "closed", said, rest)
    for closed in (Closed(days.days, days.nth), Closed(month_days=days.month_days)):
        if closed.days or closed.month_days:
            _close(reading, closed)
            reading.just_closed.append(len(reading.closed) - 1)
    reading.just_said = said is not None


def _may_be_open(rest: list[Word]) -> bool:
    """Tell whether 火曜、祝日休み 10:00~12:00 may be open on these days: bare hours follow."""
    loose = False
    behind = False
    for i, word in enumerate(rest[1:], start=1):
        if word.kind in ("is_closed", "close_bracket"):
            behind = True
        elif word.kind == "hours":
            return loose
        elif behind and word.kind != "mark":
            return False
        elif word.kind == "mark" and not behind:
            tight = word.text.strip() in ("・", "と", "及び", "および")
            loose = loose or (
                not tight and rest[i + 1 : i + 2] != [] and rest[i + 1].kind != "is_closed"
            )
    return False


def _close(reading: Reading, closed: Closed) -> None:
    reading.closed.append(closed)
    reading.between = True
    reading.empty_label = False
    if reading.depth and not reading.in_closed:
        behind = len(reading.groups) + bool(reading.days)
        reading.closings_between.append((behind, closed))


def read_period(reading: Reading, word: Word, rest: list[Word]) -> None:
    """Read a period of the year, or dates, on which nothing takes place."""
    said = said_of(rest)
    closes = said is not None and said.kind == "is_closed"
    if _excepts(reading, said) or not (closes or (reading.in_closed and said is None)):
        raise NotUnderstood(text_of(rest))
    if word.kind == "dates":
        _close(reading, Closed(dates=word.value))
    else:
        _close(reading, Closed(from_day=word.value[0], to_day=word.value[1]))
    reading.just_said = said is not None


def read_undated(reading: Reading, word: Word, rest: list[Word]) -> None:
    """Read a closing whose days aren't said: 夏季休暇 in a list of closing days, 臨時休業あり."""
    name, itself = word.value
    said = said_of(rest)
    closes = said is not None and said.kind == "is_closed"
    if _excepts(reading, said) or not (itself or closes or (reading.in_closed and said is None)):
        raise NotUnderstood(text_of(rest))
    _close(reading, UndatedClosing(undated=name))
    reading.just_said = reading.just_said or (closes and not itself)


def read_move(reading: Reading, word: Word, rest: list[Word]) -> None:
    """Read what is said of closing days that fall on a holiday: of those named, or just read."""
    kind, named = word.value
    if not reading.closed and _moves_openings(reading, word):
        return
    if not named:
        if len(reading.just_closed) != 1:
            raise NotUnderstood(text_of(rest))  # of which of them?
        _move(reading, reading.just_closed[0], kind, rest)
    for day, nth in named:
        exact = [i for i, c in enumerate(reading.closed) if day in c.days and c.nth == nth]
        close = [i for i, c in enumerate(reading.closed) if day in c.days]
        found = exact or (close if not nth else [])
        if len(found) != 1:
            raise NotUnderstood(text_of(rest))
        _move(reading, _alone(reading, found[0], day), kind, rest)
    reading.just_closed = []


def _moves_openings(reading: Reading, word: Word) -> bool:
    """Read 第1月曜(祝日の場合は翌日)10:00~12:00, in which what takes place moves.

    Of a place that is open on several days of each week the same words may mean its closing day;
    so they may behind 月曜, before its hours.
    """
    kind, named = word.value
    group = reading.groups[0] if len(reading.groups) == 1 and not reading.days else None
    days = group.days if group is not None else reading.days
    if (group is None and reading.groups) or kind == "open" or len(days) != 1:
        return False
    (which,) = days
    weekly_once = len(which.days) == 1 and group is not None
    rare = bool(which.nth or which.month_days) or weekly_once
    exact = not named or [name for name, _ in named] == list(which.days)
    nths = all(nth in ((), which.nth) for _, nth in named)
    if not (rare and exact and nths) or which.holidays or _CLOSES.search(word.text):
        return False
    if group is not None:
        group.move = kind
    else:
        reading.move = kind
    return True


_CLOSES = re.compile("翌.*休|開館|営業|開所|(?<!祝)休日")
"""翌日休館, 開館し翌日: what is said of closing days. Of 休日 others than 祝日 may be meant."""


def _move(reading: Reading, i: int, kind: Any, rest: list[Word]) -> None:
    if reading.closed[i].if_holiday not in (None, kind):
        raise NotUnderstood(text_of(rest))
    reading.closed[i] = replace(reading.closed[i], if_holiday=kind)


def _alone(reading: Reading, i: int, day: str) -> int:
    """Give a day of 月・火曜 an entry of its own, and return its number."""
    whole = reading.closed[i]
    if whole.days == (day,):
        return i
    reading.closed[i] = replace(whole, days=tuple(d for d in whole.days if d != day))
    reading.closed.append(replace(whole, days=(day,)))
    return len(reading.closed) - 1
