"""Reads schedules as people write them in Japanese.

An expression is read as a whole or refused with the part that wasn't understood: a place that is
said to be open when it is not costs more than one whose hours are unknown. 年末年始 without dates
is 29 December to 3 January, the closing days of public offices (行政機関の休日に関する法律 第1条).
"""

from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise, product
from typing import Any

from resources.days import DAYS
from resources.schedule_words import KANJI, Days, NotUnderstood, Word, normal, words_of
from resources.schedules import Closed, Rule, Schedule, to_json


@dataclass(frozen=True)
class Parsed:
    """A schedule, or the part of the text that has no known meaning."""

    schedule: Schedule | None
    unparsed: str | None


@dataclass
class _Reading:
    """What has been read so far."""

    groups: list[tuple[list[Days], list[tuple[int, int]]]] = field(default_factory=list)
    days: list[Days] = field(default_factory=list)  # named, and not yet given hours
    closed: list[Closed] = field(default_factory=list)
    holidays_closed: bool = False
    holidays_open: bool = False
    in_closed: bool = False  # behind 【休館日】
    labelled: bool = False  # 営業日 named days, and 営業時間 followed
    after_hours: bool = False
    last_closed: list[int] = field(default_factory=list)


def parse_schedule(text: str) -> Parsed:
    """Read an expression: 「月～金9:00～17:00、第3土曜10:00～12:00（祝日・年末年始休み）」."""
    flat = normal(text)
    if not flat:
        return Parsed(None, text)
    try:
        return Parsed(_meaning(words_of(flat)), None)
    except NotUnderstood as error:
        return Parsed(None, error.part)


def parsed_json(text: str) -> dict[str, Any]:
    """Return the reading of an expression in the form that the command line prints."""
    parsed = parse_schedule(text)
    if parsed.schedule is None:
        return {"parsed": False, "rules": [], "closed": [], "unparsed": parsed.unparsed}
    return {"parsed": True, **to_json(parsed.schedule), "unparsed": None}


def _meaning(words: list[Word]) -> Schedule:
    reading = _Reading()
    for i, word in enumerate(words):
        rest = words[i:]
        if word.kind == "days":
            _read_days(reading, word, rest)
        elif word.kind == "hours":
            _read_hours(reading, word)
        elif word.kind == "period":
            if not (reading.in_closed or _closes(rest)):
                raise NotUnderstood(_text(rest))
            reading.closed.append(Closed(from_day=word.value[0], to_day=word.value[1]))
        elif word.kind == "closed_label":
            reading.in_closed = True
        elif word.kind == "open_label":
            reading.in_closed = False
            reading.labelled = bool(reading.days)
        elif word.kind == "move":
            _read_move(reading, word, rest)
        elif word.kind == "is_open" or (
            word.kind == "nothing" and not _is_of_closing(reading, word)
        ):
            raise NotUnderstood(_text(rest))
    if reading.days:
        raise NotUnderstood(words[-1].text)
    return _schedule(reading, words)


def _is_of_closing(reading: _Reading, word: Word) -> bool:
    """Tell whether なし or 無休 speaks of closing days."""
    return reading.in_closed or "無休" in word.text


def _text(words: list[Word]) -> str:
    return "".join(w.text for w in words)


def _closes(rest: list[Word]) -> bool:
    """Tell whether the run of days and periods that starts here is said to be closed."""
    for word in rest:
        if word.kind == "is_closed":
            return True
        if word.kind not in ("days", "period", "mark", "move", "open_bracket", "close_bracket"):
            return False
    return False


def _opens(rest: list[Word]) -> bool:
    for word in rest:
        if word.kind == "is_open":
            return True
        if word.kind not in ("days", "mark"):
            return False
    return False


def _read_days(reading: _Reading, word: Word, rest: list[Word]) -> None:
    days: Days = word.value
    if reading.in_closed and _hours_follow(rest, over_label=False):
        raise NotUnderstood(_text(rest))  # hours within a list of closing days
    if not (reading.in_closed or _closes(rest)):
        if _opens(rest):
            raise NotUnderstood(_text(rest))
        if _in_brackets_at_end(reading, rest):
            groups, hours = reading.groups[-1]
            reading.groups[-1] = ([*groups, days], hours)
            return
        if reading.after_hours and rest[-1] is not word and not _hours_follow(rest):
            raise NotUnderstood(_text(rest))
        if reading.labelled:
            raise NotUnderstood(
                _text(rest)
            )  # 営業日:土日 営業時間:土曜11時～: whose days are whose?
        reading.days.append(days)
        reading.after_hours = False
        return
    if days.every or days.weekday:
        raise NotUnderstood(_text(rest))
    if days.holidays:
        reading.holidays_closed = True
    if days.days or days.month_days:
        reading.closed.append(Closed(days.days, days.nth, days.month_days))
        reading.last_closed.append(len(reading.closed) - 1)


def _hours_follow(rest: list[Word], *, over_label: bool = True) -> bool:
    """Tell whether hours come next, after days and marks and, if wanted, 営業時間."""
    for word in rest:
        if word.kind == "hours":
            return True
        if word.kind == "open_label" and over_label:
            continue
        if word.kind not in ("days", "mark", "open_bracket", "close_bracket"):
            return False
    return False


def _in_brackets_at_end(reading: _Reading, rest: list[Word]) -> bool:
    """Tell whether these days stand in brackets behind bare hours: 9:00~16:00(月~金)."""
    return (
        len(reading.groups) == 1
        and not reading.groups[0][0]
        and not reading.days
        and len(rest) > 1
        and rest[1].kind == "close_bracket"
        and not any(w.kind == "hours" for w in rest)
    )


def _read_hours(reading: _Reading, word: Word) -> None:
    if reading.in_closed:
        raise NotUnderstood(word.text)
    if reading.days or not reading.groups:
        reading.groups.append((reading.days, [word.value]))
        reading.days = []
        reading.labelled = False
    else:
        reading.groups[-1][1].append(word.value)
    reading.after_hours = True


def _read_move(reading: _Reading, word: Word, rest: list[Word]) -> None:
    """What is said of closing days that fall on a holiday is said of all that were just named."""
    named = set(_days_named(word.text))
    targets = [i for i in reading.last_closed if not named or named & set(reading.closed[i].days)]
    if not targets:
        raise NotUnderstood(_text(rest))
    for i in targets:
        reading.closed[i] = replace(reading.closed[i], if_holiday=word.value)


def _days_named(text: str) -> list[str]:
    """Return the weekdays that are named before 「が祝日」."""
    head = text.split("が", 1)[0] if "が" in text else ""
    return [KANJI[c] for c in head if c in KANJI]


def _schedule(reading: _Reading, words: list[Word]) -> Schedule:
    if not reading.groups:
        raise NotUnderstood(_text(words))
    without_days = [g for g in reading.groups if not g[0]]
    if without_days and len(reading.groups) > 1:
        raise NotUnderstood(_text(words))  # which days the bare hours are for isn't said
    for (days, hours), (others, other_hours) in combinations(reading.groups, 2):
        if _share_a_day(days, others) and _overlap(hours, other_hours):
            raise NotUnderstood(
                _text(words)
            )  # 月~土9時~17時 土曜9時~12時: which holds on Saturday?
    on_holidays = any(d.holidays for days, _ in reading.groups for d in days)
    if on_holidays and reading.holidays_closed:
        raise NotUnderstood(_text(words))
    rules: list[Rule] = []
    for days, hours in reading.groups:
        _check_hours(hours, words)
        for start, end in hours:
            rules.extend(_rules(reading, days, start, end, on_holidays))
    return Schedule(tuple(rules), tuple(reading.closed))


def _share_a_day(some: list[Days], others: list[Days]) -> bool:
    for a, b in product(some, others):
        days_a, days_b = (set(DAYS if d.every else d.days) for d in (a, b))
        apart = a.nth and b.nth and not set(a.nth) & set(b.nth)
        if days_a & days_b and not apart:
            return True
    return False


def _overlap(some: list[tuple[int, int]], others: list[tuple[int, int]]) -> bool:
    return any(a < d and c < b for (a, b), (c, d) in product(some, others))


def _check_hours(hours: list[tuple[int, int]], words: list[Word]) -> None:
    for (_, end), (start, _) in pairwise(hours):
        if start < end:
            raise NotUnderstood(_text(words))  # overlapping hours: they mean something else


def _rules(
    reading: _Reading, named: list[Days], start: int, end: int, on_holidays: bool
) -> list[Rule]:
    """Return the rules of one run of hours; days that are closed every week are taken out."""
    policy: Any = "closed" if reading.holidays_closed or on_holidays else None
    shut = {
        d for c in reading.closed if not c.nth and not c.if_holiday and not c.month_days
        for d in c.days
    }  # fmt: skip
    if not named:
        left = tuple(d for d in DAYS if d not in shut) if shut else ()
        return [Rule(left, start=start, end=end, holidays=policy)]
    weekly = tuple(
        d for d in DAYS
        if d not in shut and any(d in n.days and not n.nth for n in named)
    )  # fmt: skip
    out: list[Rule] = []
    if any(n.every for n in named):
        out.append(Rule((), start=start, end=end, holidays=policy))
    elif weekly:
        weekday = any(n.weekday for n in named)
        with_holidays = any(n.holidays for n in named)
        kept: Any = "closed" if weekday else "open" if with_holidays else policy
        out.append(Rule(weekly, start=start, end=end, holidays=kept))
    for n in named:
        if n.nth:
            out.append(Rule(n.days, n.nth, start=start, end=end, holidays=policy))
        if n.month_days:
            out.append(Rule((), (), n.month_days, start, end, policy))
    if any(n.holidays for n in named):
        out.append(Rule((), start=start, end=end, holidays="only"))
    return out
