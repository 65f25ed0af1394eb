"""Words of a Japanese schedule expression: their values, one form for each mark, and clocks."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from resources.days import DAYS
from resources.schedule_said import Hours, OffSchool

KANJI = dict(zip("月火水木金土日", DAYS, strict=True))
_DIGITS = {c: i + 1 for i, c in enumerate("一二三四五六七八九")}
_DASHES = "‐‑‒–—―−ー－-"
_HALVES = "午前|午後|AM|PM|am|pm|a\\.m\\.|p\\.m\\.|朝|夕方|夜|よる|深夜"
CLOCK = rf"(?:正午|(?:{_HALVES})?\s*\d{{1,2}}\s*(?::\d{{2}}|時(?:半|\d{{1,2}}分)?))"


@dataclass(frozen=True)
class Word:
    """One word: `kind` says what it is, `value` what it means, `text` how it was written.

    hours : of hours that are half said, what is said; `value` is then the widest they can be
    """

    kind: str
    value: Any
    text: str
    hours: Hours | None = None


@dataclass(frozen=True)
class Days:
    """A set of days: weekdays, nths, days of the month; and whether public holidays are meant."""

    days: tuple[str, ...] = ()
    nth: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    holidays: bool = False
    weekday: bool = False  # 平日: Monday to Friday, but not on public holidays
    every: bool = False
    off_school: OffSchool | None = None  # 学校休日, 長期休暇: no calendar here has them

    def only_holidays(self) -> bool:
        return self.holidays and not (self.days or self.month_days or self.every)


class NotUnderstood(ValueError):
    """A part of an expression that has no known meaning."""

    def __init__(self, part: str) -> None:
        self.part = part
        super().__init__("a part of the expression is not understood")


def normal(text: str) -> str:
    """Return an expression with one form for each mark, and single blanks.

    A numbered item (①9:00) becomes an item of a list: read as digits it would be 19:00.
    """
    parted = "".join("、" if unicodedata.category(c) == "No" else c for c in text)
    flat = unicodedata.normalize("NFKC", parted)
    flat = re.sub(r"[〜～∼⁓∿]", "~", flat)
    flat = re.sub(rf"(?<![ァ-ヶ])[{_DASHES}](?=\s*(?:\d|午|翌|正午|[AP]M))", "-", flat)
    flat = re.sub(rf"(?<=[月火水木金土日曜])\s*[{_DASHES}]\s*(?=[月火水木金土日])", "-", flat)
    flat = re.sub(r"(?<=\d:\d\d):00(?!\d)", "", flat)  # 13:30:00, as a spreadsheet writes it
    flat = flat.replace("[", "【").replace("]", "】").replace("&", "・").replace("･", "・")
    flat = flat.replace("ヵ", "か").replace("ヶ", "か").replace("但し", "ただし")
    flat = re.sub(r"\s*[,、]\s*", "、", re.sub(r"\s*~\s*", "~", flat))
    flat = re.sub(r"\s+", " ", flat).strip(" 、")
    # 6:00PM, but not the 10:00 of AM10:00 PM6:00
    flat = re.sub(
        r"(?<![\d:M])(\d{1,2}(?::\d{2})?) ?([AP])\.?M\.?(?![A-Za-z]| ?\d)",
        r"\2M\1",
        flat,
        flags=re.I,
    )
    return _with_digits(flat)


def _with_digits(text: str) -> str:
    """Write kanji numbers of clocks and dates in digits: 十時半, 毎月二十日, 十二月二十九日."""
    number = "[一二三四五六七八九十]{1,3}"
    text = re.sub(f"({number})(?=時|分)", lambda m: _digits(m[1]), text)
    text = re.sub(
        f"({number})月({number})日", lambda m: f"{_digits(m[1])}月{_digits(m[2])}日", text
    )
    return re.sub(
        rf"毎月の?(?:{number}日[・、と]?)+(?!曜)",
        lambda m: re.sub(f"{number}(?=日)", lambda n: _digits(n[0]), m[0]),
        text,
    )


def _digits(kanji: str) -> str:
    match = re.fullmatch(r"(?:([二三]?)(十))?([一二三四五六七八九]?)", kanji)
    if match is None:
        return kanji
    tens = _DIGITS.get(match[1], 1) if match[2] else 0
    return str(10 * tens + _DIGITS.get(match[3], 0))


def clock(text: str) -> tuple[int, str | None]:
    """Return the minutes from midnight of 午後5時半, 17:30 …, and the half of the day it names.

    Raises `NotUnderstood`: 午前12時 is midnight to some and noon to others.
    """
    flat = re.sub(r"\s", "", text)
    if flat == "正午":
        return 720, "noon"
    match = re.fullmatch(rf"({_HALVES})?(\d{{1,2}})(?::(\d{{2}})|時(?:(半)|(\d{{1,2}})分)?)?", flat)
    if match is None:
        raise NotUnderstood(text)
    half, hours = _half(match[1]), int(match[2])
    past = 30 if match[4] else int(match[3] or match[5] or 0)
    if past > 59 or hours > 30 or not _can_be(match[1], hours):
        raise NotUnderstood(text)
    if half == "pm":
        hours += 12
    elif half == "night":
        hours += 24
    if half is None and 1 <= hours <= 4 and not flat.startswith("0"):
        half = "unsure"  # 1:30~3:30 is the afternoon to who writes by the clock of twelve hours
    return hours * 60 + past, half


def _half(word: str | None) -> str | None:
    if word is None:
        return None
    if word in ("午前", "AM", "am", "a.m.", "朝"):
        return "am"
    return "night" if word == "深夜" else "pm"


def _can_be(word: str | None, hours: int) -> bool:
    """Tell whether this hour can follow 朝, 午後 …"""
    spans = {"朝": (5, 11), "夕方": (3, 7), "夜": (5, 11), "よる": (5, 11), "深夜": (0, 4)}
    first, last = (0, 30) if word is None else spans.get(word, (0, 11))
    return first <= hours <= last


def hours_of(start: str, end: str, *, next_day: bool) -> tuple[int, int]:
    """Return the minutes from midnight of a run of hours; raise `NotUnderstood`."""
    first, half = clock(start)
    last, half_of_end = clock(end)
    if half == "unsure" or half == "night" or (half_of_end == "night" and next_day):
        raise NotUnderstood(start)
    if half == "pm" and half_of_end in (None, "unsure") and not next_day and last < 720:
        if re.search(r"\b0\d|^0?0\b", end.strip()):
            raise NotUnderstood(end)
        last += 720  # 午後1時~3時
        half_of_end = "pm"
    if next_day:
        last += 1440
    elif last == 0:
        last = 1440  # 8:00~0:00: until midnight
    if not (0 <= first < 1440 and first < last <= 2880):
        raise NotUnderstood(f"{start}~{end}")
    return first, last


def weekdays(text: str) -> tuple[str, ...]:
    """Return the days of 月火水, 月・水曜日, 月~金; raise `NotUnderstood` if a day comes twice."""
    bare = re.sub(r"曜日?|\s|毎週", "", text)
    span = re.fullmatch(r"([月火水木金土日])(?:~|-|から)([月火水木金土日])(?:まで)?", bare)
    if span:
        first, last = DAYS.index(KANJI[span[1]]), DAYS.index(KANJI[span[2]])
        if first == last:
            raise NotUnderstood(text)
        run = range(first, last + (1 if first < last else 8))
        found = [DAYS[i % 7] for i in run]
    else:
        found = [KANJI[c] for c in bare if c in KANJI]
        if len(set(found)) != len(found):
            raise NotUnderstood(text)
    return tuple(d for d in DAYS if d in found)
