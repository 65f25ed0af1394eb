"""When a note says that the person can come: weekdays, parts of the day, hours of the clock."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from matching.note_all_but import without_days_left_out
from matching.note_free import (
    BUSY,
    CAN_COME,
    COMES_AHEAD,
    DAY_OFF,
    EXCEPT,
    FREE,
    IF_THEN,
    IS_TAKEN,
    LEFT_AT_THAT,
    NO,
    NOTHING_MORE,
    OF_A_HOUSE,
    ONE_DATE,
    ONLY,
    ONLY_THEN,
    OTHER_DAYS,
    OTHERS_OF,
    SOME_DAY,
    SURELY_FREE,
    TAKEN,
    TAKEN_FOR,
    is_kept_busy,
    is_to_be_reached,
    taken_some_weeks,
)
from matching.note_parts_of_day import (
    LATEST,
    MORNINGS,
    PART_SAID,
    WIDE,
    days_of_part,
    hours_of_part,
)
from matching.note_proposals import Proposal
from matching.note_taken import Taken
from matching.note_weekdays import BARE_DAY, DAYS_SAID, WHOLE_DAY, days_of
from matching.note_whom import Others
from resources.days import DAYS

_AFTER_NOON = ("午後", "PM", "昼過ぎ", "夕方", "夜", "昼", "ごご", "ゆうがた")
_LONG_AS_A_JOB = 8
"""Hours: so many on named days and no word more are more likely those of a job."""

_HOUR = (
    r"(?:正午|(?<![\d:.])(?<!深夜)(?<!深夜の)(?<!夜中)(?<!夜中の)\d{1,2}"
    r"|(?<![一-龥]{2})(?<![十数何第])(?:二?十[一二三]?|[一二三四五六七八九]))"
)
_CLOCK_AHEAD = rf"(?=の?\s*{_HOUR}(?:時(?!間)|:\d|[~〜-]))"
_UNIT = r"(?::(?P<{0}m>[0-5]\d)|時(?!間)(?P<{0}half>半)?|(?<=正午))"
_RANGE = (
    rf"(?P<from>{_HOUR}){_UNIT.format('from')}?(?:ごろ|頃)?\s*(?:から|より|[~〜–—−ー-])\s*"
    rf"(?P<topart>午前|午後|昼|夕方|夜)?の?(?P<to>{_HOUR}){_UNIT.format('to')}"
)
_OPEN = (
    rf"(?P<hour>{_HOUR}){_UNIT.format('hour')}(?:ごろ|頃)?"
    r"(?P<open>以降|以後|すぎ|過ぎ|から|まで(?!に))"
)
_WHEN = re.compile(
    rf"(?:(?P<days>{DAYS_SAID})(?P<but>\)?以外\)?)?(?:\s*(?:[はにも:(]|の(?!み)))?\s*)?"
    rf"(?:(?P<part>{PART_SAID}|[朝昼]{_CLOCK_AHEAD})"
    rf"(?:中|間(?!営業))?(?P<late>以降|以後)?(?:の?\s*{_CLOCK_AHEAD})?(?:の(?!み))?)?(?:{_RANGE}|{_OPEN})?"
)
_DAYS_BEHIND = re.compile(
    rf"(?:ごろ|頃|くらい|の間)?[、,\s]*\(?({DAYS_SAID})\)?(?!以外)(?=なら|を?希望|に|で|だけ|のみ|[、。\s]*$)"
)
"""Days named behind hours of the clock: 「13時～15時、月・金なら」."""
_NEXT = re.compile(
    r"[、。]|(?<=[○〇◯◎×\s])[月火水木金土日]+(?=[○〇◯◎×のはAP午])|\d{1,2}(?:時(?!間)|:\d\d)|早朝|午前|午後|[AP]M(?![A-Za-z])|夕方|平日|土日|週末|[月火水木金土日]曜"
)
_KANJI = "一二三四五六七八九"
_BEHIND = 16
"""Characters behind what is said of the hours, in which it is said whether they are free."""

_SOME_HOURS = re.compile(r"(?<!何)時(?!々)|昼|日中|朝|晩|夜|夕|半[休日]")
"""Named beside days, these are not the whole day, and how much of it isn't known."""


@dataclass(frozen=True)
class _Said:
    """What is said of hours, and the words around it within the clause.

    named : the words for the days, "" where none are named
    end : where it ends in the sentence
    """

    found: re.Match[str]
    named: str
    days: tuple[str, ...]
    ahead: str
    behind: str
    next_clause: str
    end: int

    @property
    def at_the_clock(self) -> bool:
        return bool(self.found["to"] or self.found["hour"])


def timed(part: str, others: Others, taken: Taken) -> Iterator[Proposal]:
    """Read the hours of a sentence in which the person can come, or what a no leaves of them.

    taken : what the note's sentences so far say that days are taken for; added to
    """
    before: _Said | None = None
    topic: tuple[str, ...] = ()
    came = False
    told = part
    part, left_out = without_days_left_out(part)
    taken.add(left_out, WHOLE_DAY, lasting=True)
    for days in taken_some_weeks(part):
        taken.add(days, None, lasting=False)
    for found in _WHEN.finditer(part):
        if not found.group() or others.at(found.start()):
            continue
        if before and found.start() < before.end:
            continue  # days that were read with the hours before them
        said = _said(part, found, before, taken)
        if found["days"] and part.startswith("は", found.end("days")):
            topic = said.days
        elif topic and said.at_the_clock and not said.named:
            said = replace(said, days=topic)  # 「平日は学校、16時以降なら」
        if said.named and said.at_the_clock and IS_TAKEN.match(said.behind):
            topic = said.days  # 「平日9時〜17時は仕事、18時以降なら」
        before = said
        refused = _is_refused(said)
        hours = _hours_left(said) if refused else _hours_of(found)
        if said.named and not refused and is_kept_busy(said.ahead, said.behind):
            taken.add_busy(said.days, hours if _tells_hours(said) else None)
        if (
            said.named
            and not ONE_DATE.search(said.ahead)
            and (refused or IS_TAKEN.match(said.behind) or TAKEN_FOR.search(said.ahead))
        ):
            taken.add(said.days, _hours_of(found), lasting=refused and EXCEPT.match(said.behind))
        if hours is None or not said.days or is_to_be_reached(said.ahead, said.behind):
            continue
        if not (refused or _comes(said, came)):
            continue
        came = True
        yield Proposal(
            "windows",
            [{"day": day, "from": hours[0], "to": hours[1]} for day in said.days],
            told[found.start() : said.end + len(said.behind)].strip().rstrip("("),
        )


def _said(part: str, found: re.Match[str], before: _Said | None, taken: Taken) -> _Said:
    start, end = found.span()
    named = found["days"] or ""
    if named and not (found["part"] or found["to"] or found["hour"]):
        end = found.end("but") if found["but"] else found.end("days")
    days_behind = None if named or not found["to"] else _DAYS_BEHIND.match(part, end)
    if days_behind:
        named, end = days_behind[1], days_behind.end()
    behind = part[end : end + _BEHIND]
    cut = _NEXT.search(behind)
    behind = behind[: cut.start()] if cut else behind
    # What is spoken of stands before a comma too: 「勤務は、月〜金の9時から17時」.
    ahead = re.split(r"(?<![は:])、", part[:start])[-1]
    days = days_of(named) if named else days_of_part(found["part"])
    if before and not named and re.fullmatch(r"[と・,/]|か|または", before.behind):
        days = before.days
    if found["but"]:
        days = tuple(day for day in DAYS if day not in days)
    if not named and OTHER_DAYS.search(ahead):
        days = taken.other_days()
    elif named and OTHERS_OF.search(ahead):
        days = tuple(day for day in taken.other_days() if day in days)
    elif not named and SOME_DAY.search(ahead):
        days = ()
    shown = behind[max(found.end() - end, 0) :]
    return _Said(found, named, days, ahead, shown, part[end + len(behind) :], max(end, found.end()))


def _tells_hours(said: _Said) -> bool:
    return said.at_the_clock or bool(said.found["part"])


def _is_refused(said: _Said) -> bool:
    return NO.search(said.behind) is not None and not ONLY.match(said.behind)


def _hours_left(said: _Said) -> tuple[str, str] | None:
    """Return what a no leaves of the day; only one to mornings tells."""
    morning = said.found["part"] in MORNINGS and not said.at_the_clock
    return ("12:00", LATEST) if morning else None


def _comes(said: _Said, came: bool) -> bool:
    """Tell whether hours that are named are those in which the person can come.

    came : whether those that were named before them in the sentence are
    """
    if said.named and ONE_DATE.search(said.ahead):
        return False
    wide = said.found["part"] in WIDE
    busy = BUSY.search(said.behind)
    free = (SURELY_FREE if wide else FREE).search(said.behind)
    if ONLY.match(said.behind):
        return busy is None or "(" in said.behind[: busy.start()]
    if said.at_the_clock:
        return _comes_at_the_clock(said, busy)
    if came and said.named and said.found["part"] and not said.behind.strip():
        return True  # 「月水金の10〜12時、火木は午後」
    if not said.found["part"]:
        return _comes_on_days(said, busy)
    only = free is not None and free.group() in ("しか", "だけ", "のみ")
    if only and (busy or not ONLY_THEN.match(said.behind)):
        return False
    if free or COMES_AHEAD.search(said.ahead):
        return True
    if not said.named and said.behind.strip() in ("か", "または") and _goes_on(said):
        return True  # 「夜か日曜の午後なら」
    between = said.found.group().removeprefix(said.found["days"] or "")[:1]
    named = bool(said.named) and between not in "はも" and not TAKEN_FOR.search(said.ahead)
    if wide and (said.behind + said.next_clause).strip() and not _goes_on(said):
        return False  # 「平日の日中、家に一人」
    return named and not busy and not said.behind.startswith("は")


def _goes_on(said: _Said) -> bool:
    """Tell whether more hours follow, which are free: 「平日昼間と土曜の午前なら」."""
    rest = said.next_clause.lstrip("、 ")
    more = _WHEN.match(rest)
    listed = re.fullmatch("[と・,/やか]?|または", said.behind.strip())
    return bool(listed and more and more.group() and SURELY_FREE.search(rest))


def _comes_at_the_clock(said: _Said, busy: re.Match[str] | None) -> bool:
    can = CAN_COME.search(said.behind)
    if TAKEN.search(said.ahead) or (busy and not (can and can.start() < busy.start())):
        return False
    if can or LEFT_AT_THAT.search(said.behind) or COMES_AHEAD.search(said.ahead):
        return True
    hours = _hours_of(said.found)
    if said.found["open"] in ("以降", "以後") and not said.named:
        if said.days != DAYS and said.behind.strip() in ("か", "または"):
            return bool(_WHEN.match(said.next_clause))  # 「平日は仕事、18時以降か土曜の午前」
        return not (said.ahead + said.behind + said.next_clause).strip()  # 「午前は無理、14時以降」
    return (
        said.named not in ("", "毎日")
        and said.found["open"] != "まで"
        and bool(NOTHING_MORE.match(said.behind))
        and not BUSY.match(said.next_clause.lstrip("、 "))
        and hours is not None
        and (bool(said.found["open"]) or int(hours[1][:2]) - int(hours[0][:2]) < _LONG_AS_A_JOB)
    )


def _comes_on_days(said: _Said, busy: re.Match[str] | None) -> bool:
    if (
        BARE_DAY.fullmatch(said.named)
        or said.named == "毎日"
        or _SOME_HOURS.search(said.ahead + said.behind)
    ):
        return False
    if busy or (TAKEN.search(said.ahead) and not (said.found["but"] and said.ahead[-1] == "(")):
        return False
    if DAY_OFF.match(said.behind) and not OF_A_HOUSE.search(said.ahead):
        return True
    alone = not (said.ahead + said.next_clause).strip()
    return bool(
        (alone and LEFT_AT_THAT.fullmatch(said.behind))  # 「平日は無理、日曜だけ」
        or CAN_COME.search(said.behind)
        or IF_THEN.search(said.behind)
        or COMES_AHEAD.search(said.ahead)
    )


def _hours_of(found: re.Match[str]) -> tuple[str, str] | None:
    """Return the hours that are said (午後2時から4時), else those of the part of the day."""
    part = found["part"]
    if found["to"]:
        start = _clock(found, "from", part)
        end = _clock(found, "to", found["topart"] or part)
        if end <= start and not found["topart"]:
            end += 12 * 60
    elif found["open"] == "まで":
        start, end = 9 * 60, _clock(found, "hour", part)
    elif found["hour"]:
        start, end = _clock(found, "hour", part), _end_of(found)
        if not part and _number(found["hour"]) < 9:
            return None  # after six: of the morning, or when work is over?
    else:
        hours = hours_of_part(part) if part else WHOLE_DAY
        return (hours[0], max(hours[1], LATEST)) if hours and found["late"] else hours
    if not 5 * 60 <= start < end <= 24 * 60:
        return None
    return _as_clock(start), _as_clock(end)


def _end_of(found: re.Match[str]) -> int:
    """Return the minute at which hours end of which only the beginning is said."""
    start = _clock(found, "hour", found["part"])
    said = (hours_of_part(found["part"]) if found["part"] else None) or WHOLE_DAY
    end = int(said[1][:2]) * 60
    return end if found["open"] == "から" and start < end else max(end, int(LATEST[:2]) * 60)


def _clock(found: re.Match[str], name: str, part: str | None) -> int:
    """Return the minutes from midnight; nobody goes out at two without 午前 or 朝."""
    hour = _number(found[name])
    if part == "夜" and (hour < 5 or hour == 12):
        return (24 + hour % 12) * 60
    later = part in _AFTER_NOON or (part is None and hour < 6 and not found[name].startswith("0"))
    minutes = 30 if found[f"{name}half"] else int(found[f"{name}m"] or 0)
    return (hour + 12 if later and hour < 12 else hour) * 60 + minutes


def _number(words: str) -> int:
    if words == "正午":
        return 12
    if words.isdecimal():
        return int(words)
    tens, ten, ones = words.rpartition("十")
    before = 10 * (_KANJI.index(tens) + 1 if tens else 1) if ten else 0
    return before + (_KANJI.index(ones) + 1 if ones else 0)


def _as_clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
