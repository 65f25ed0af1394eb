"""Every word that a schedule expression may hold, in one table; whatever else it holds is refused.

The table is closed: there is no word that is passed over because nobody knows it. What changes
neither days nor hours stands in `HARMLESS` (schedule_fragments.py), and nowhere else.
"""

# ruff: noqa: E501 - a pattern is read best in one line

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date
from typing import Any

from resources.days import DAYS
from resources.schedule_fragments import (
    AND,
    CLOSED_DAYS,
    DAY,
    END_OF_HOURS,
    HARMLESS,
    HOLIDAY,
    NEXT_NTH,
    SHUT_DAYS,
    SHUT_HOURS,
    TO,
)
from resources.schedule_half_said import ALONE, HALF_SAID, UNDATED
from resources.schedule_words import (
    CLOCK,
    KANJI,
    Days,
    NotUnderstood,
    Word,
    clock,
    hours_of,
    weekdays,
)


def _simple(kind: str, value: Any = None) -> Callable[[re.Match[str]], Word]:
    return lambda match: Word(kind, value, match[0])


def _clock_range(match: re.Match[str]) -> Word:
    found = hours_of(match["start"], match["end"], next_day=bool(match["next"]))
    return Word("hours", found, match[0])


def _short_range(match: re.Match[str]) -> Word:
    """Return the hours of 9-17時 and 午後1~3時."""
    return Word("hours", hours_of(f"{match['start']}時", match["end"], next_day=False), match[0])


def _column_range(match: re.Match[str]) -> Word:
    return Word("hours", hours_of(match["start"], match["end"], next_day=False), match[0])


def _until(match: re.Match[str]) -> Word:
    minutes, half = clock(match["end"])
    if half in ("unsure", "night"):
        raise NotUnderstood(match[0])
    return Word("until", minutes, match[0])


def _day_set(match: re.Match[str]) -> Word:
    return Word("days", Days(weekdays(match["list"])), match[0])


def _nth_days(match: re.Match[str]) -> Word:
    if match["nthdays"] == "日":
        raise NotUnderstood(match[0])  # 最終日 is the last day of the month, 第5日 the fifth
    days = weekdays(match["nthdays"])
    return Word("days", Days(days, _nths(match["numbers"])), match[0])


def _nths(text: str) -> tuple[int, ...]:
    kanji = dict(zip("一二三四五", range(1, 6), strict=True))
    flat = text.replace("最終", "L").replace("最後", "L")
    span = re.fullmatch(r"第?(.)(?:~|-|から)第?(.)の?", flat)
    found = [
        -1 if c == "L" else kanji.get(c) or int(c) for c in re.findall("[1-5一二三四五L]", flat)
    ]
    if span:
        if not 0 < found[0] < found[-1]:
            raise NotUnderstood(text)
        found = list(range(found[0], found[-1] + 1))
    if len(set(found)) != len(found):
        raise NotUnderstood(text)
    return tuple(sorted(n for n in found if n > 0)) + ((-1,) if -1 in found else ())


def _month_days(match: re.Match[str]) -> Word:
    found = tuple(sorted({int(n) for n in re.findall(r"\d+", match["dates"])}))
    if not all(1 <= d <= 31 for d in found):
        raise NotUnderstood(match[0])
    return Word("days", Days(month_days=found), match[0])


def _period(match: re.Match[str]) -> Word:
    parts = match.groupdict()
    m1, d1 = int(parts["m1"]), int(parts["d1"])
    m2, d2 = int(parts.get("m2") or m1), int(parts.get("d2") or d1)
    return _year_period(match[0], (m1, d1), (m2, d2))


def _month(match: re.Match[str]) -> Word:
    """Return the period of 8月 in 8月は休み."""
    month = int(match["m1"])
    if not 1 <= month <= 12:
        raise NotUnderstood(match[0])
    return _year_period(match[0], (month, 1), (month, monthrange(2024, month)[1]))


def _two_days(match: re.Match[str]) -> Word:
    """Return the period of 1月1、2日: two days that follow each other."""
    month, first, last = int(match["m1"]), int(match["d1"]), int(match["d2"])
    if last != first + 1:
        raise NotUnderstood(match[0])
    return _year_period(match[0], (month, first), (month, last))


def _year_period(text: str, first: tuple[int, int], last: tuple[int, int]) -> Word:
    try:
        marks = [f"{date(2024, m, d):%m-%d}" for m, d in (first, last)]
    except ValueError:
        raise NotUnderstood(text) from None
    if marks[0] > marks[1] and not (first[0] == 12 and last[0] == 1):
        raise NotUnderstood(text)  # only the turn of the year is written backwards
    return Word("period", tuple(marks), text)


def _dates(match: re.Match[str]) -> Word:
    try:
        found = tuple(
            date(int(y), int(m), int(d))
            for y, m, d in re.findall(r"(\d{4})年(\d{1,2})月(\d{1,2})日", match[0])
        )
    except ValueError:
        raise NotUnderstood(match[0]) from None
    return Word("dates", found, match[0])


def _move(value: str) -> Callable[[re.Match[str]], Word]:
    return lambda match: Word("move", (value, _named(match["named"])), match[0])


def _named(text: str | None) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return the days of 月・第3日曜 before 「が祝日の場合」, each with its nth."""
    found = re.findall(
        rf"(?:第([1-5一二三四五・]+))?([月火水木金土日])(?:曜日?)?{AND}?", text or ""
    )
    return tuple((KANJI[day], _nths(nth) if nth else ()) for nth, day in found)


def _moved_to(match: re.Match[str]) -> Word:
    """Return what 月曜が祝日の場合は翌火曜 means; refuse any day but the next."""
    first, then = DAYS.index(KANJI[match["from"]]), DAYS.index(KANJI[match["to"]])
    if (first + 1) % 7 != then:
        raise NotUnderstood(match[0])
    return Word("move", ("next_day", ((DAYS[first], ()),)), match[0])


_SHUT_NEXT = r"(?:を?(?:が|に|は)?(?:休館日?|休業日?|お?休み|休(?![日み館業])|に?振替|に振り替え))?(?:します|となります|とする|となる)?"
_ON_HOLIDAY = (
    rf"(?:(?P<named>(?:(?:第[1-5一二三四五・]+)?{DAY}{AND}?)+)(?:が|の)?)?(?:{HOLIDAY}(?:(?:・|、|又は|または|や)休日)?|休日)(?:又は振替休日|または振替休日)?"
    r"(?:(?:にあた[るっ]た?|に当た[るっ]た?|と重な[るっ]た?)?(?:の?場合|のとき|の時|時)(?:は|には)?|は)、?"
)
_MOVED = _ON_HOLIDAY + r"(?:(?:開館|営業|開所)し、?)?(?:その)?"

PATTERNS: list[tuple[str, Callable[[re.Match[str]], Word]]] = [
    *((pattern, _simple("skip")) for pattern in HARMLESS),
    *UNDATED,
    # What happens when a closing day is a public holiday
    (_MOVED + r"(?:翌平日|直後の平日|次の平日)" + _SHUT_NEXT, _move("next_weekday")),
    (_MOVED + r"(?:翌日|次の日|翌開館日)(?!の)" + _SHUT_NEXT, _move("next_day")),
    (_ON_HOLIDAY + r"(?:は?開館|営業|開所|休まず(?:営業|開館))(?:します)?(?!し|時)", _move("open")),
    (
        rf"(?P<from>[月火水木金土日])曜日?(?:が)?{HOLIDAY}の場合(?:は)?、?翌(?P<to>[月火水木金土日])曜日?{_SHUT_NEXT}",
        _moved_to,
    ),
    (r"年中無休|(?<!不)無休|365日", _simple("always")),
    (r"なし|無し|ありません", _simple("nothing")),
    # Periods of the year
    (
        r"年末年始(?:休暇|休業)?\s*\(\s*(?P<m1>\d{1,2})(?:月|/)(?P<d1>\d{1,2})日?+\s*(?:~|-|から)\s*(?:翌年?の?)?(?P<m2>\d{1,2})(?:月|/)(?P<d2>\d{1,2})日?+(?:まで)?\s*\)",
        _period,
    ),
    (
        r"年末年始(?:休暇|休業|期間)?(?!\s*\(\s*\d|[月火水木金土日])",
        _simple("period", ("12-29", "01-03")),
    ),
    (r"\d{4}年\d{1,2}月\d{1,2}日(?:[・、]\d{4}年\d{1,2}月\d{1,2}日)*(?![~\d]|から)", _dates),
    (
        r"(?P<m1>\d{1,2})(?:月|/)(?P<d1>\d{1,2})日?+\s*(?:~|-|から)\s*(?:翌年の?|翌月?)?(?P<m2>\d{1,2})(?:月|/)(?P<d2>\d{1,2})日?+(?:まで)?(?:\s*\(年末年始\))?(?![\d(])",
        _period,
    ),
    (r"(?P<m1>\d{1,2})月(?P<d1>\d{1,2})日?+\s*[~-]\s*(?P<d2>\d{1,2})日", _period),
    (r"(?P<m1>\d{1,2})月(?P<d1>\d{1,2})日?+[、・,](?P<d2>\d{1,2})日(?![、・,~]\d)", _two_days),
    (r"(?P<m1>\d{1,2})月(?P<d1>\d{1,2})日(?!\s*[(~-]|[、・,]\d{1,2}日|から)", _period),
    (rf"(?P<m1>\d{{1,2}})月(?={AND}?(?:\d{{1,2}}月{AND}?)*{SHUT_DAYS})", _month),
    (r"元日|元旦", _simple("period", ("01-01", "01-01"))),
    (r"(?:正月)?三が日|正月三か日|三か日", _simple("period", ("01-01", "01-03"))),
    (r"大晦日|大みそか", _simple("period", ("12-31", "12-31"))),
    # What a part of the expression is about
    (r"(?:開館|営業|開所)\s*:", _simple("open_label")),
    (r"(?:休館|休業|定休)\s*:", _simple("closed_label")),
    (
        rf"\((?:{CLOSED_DAYS})\)\s*[:は/]?|【?(?:{CLOSED_DAYS})】?\s*[:は/]?|(?:お?休み|休日)\s*:|【お?休み】",
        _simple("closed_label"),
    ),
    (r"利用可能時間は", _simple("within")),
    (
        r"【?(?:開館時間|開館日時?|営業時間|営業日時?|開所時間|開所日時?|利用時間|利用可能時間|開設時間|開設日時?|開催日時?|開催時間|開庁時間|開庁日時?|相談日時?|相談時間|実施日時?|実施時間|開場時間|開店時間|開放時間|開室時間|開室日時?|時間|日時|活動日時?|活動時間|診療時間内のみ|診療時間)】?\s*[:は/]?",
        _simple("open_label"),
    ),
    # Days
    (r"(?:土曜|日曜)保育:", lambda m: Word("own_days", Days((KANJI[m[0][0]],)), m[0])),
    (rf"毎月の?(?P<dates>\d{{1,2}}日(?:{AND}\d{{1,2}}日)*)", _month_days),
    (
        rf"(?:毎月の?|(?<![月火水木金土日曜・、])月の)?(?P<numbers>(?:第[1-5一二三四五]|最終|最後の)(?:{NEXT_NTH})*)の?(?P<nthdays>[月火水木金土日]+(?:曜日?)?)(?!\s*{AND}?\s*(?:[月火水木金土日]曜|[月火水木金土日](?=[\d )、・]|$)))(?!曜)",
        _nth_days,
    ),
    (
        r"土日祝祭日|土日祝日?|土・日・祝日?|土、日、祝日?",
        _simple("days", Days(("sat", "sun"), holidays=True)),
    ),
    (r"日祝日?|日・祝日?", _simple("days", Days(("sun",), holidays=True))),
    (r"平日(?!以外)", _simple("days", Days(DAYS[:5], weekday=True))),
    (r"毎日|全日", _simple("days", Days(every=True))),
    (rf"(?:毎週の?\s*)?(?P<list>{DAY}\s*(?:~|-|から)\s*{DAY})(?:まで)?(?![曜~])", _day_set),
    (
        rf"(?:毎週の?\s*)?(?P<list>{DAY}(?:\s*{AND}?\s*(?:毎週)?{DAY}(?!\s*~|が))*)(?!曜|\s*[~-]\s*[月火水木金土日])",
        _day_set,
    ),
    (
        HOLIDAY + r"(?!の翌|翌|の前|前|明け|の振替|[月火水木金土日])",
        _simple("days", Days(holidays=True)),
    ),
    # Hours
    (
        rf"(?P<start>{CLOCK})(?:開店|開館|開園|開所)?{TO}(?P<next>翌日?の?)?(?P<end>{CLOCK}){END_OF_HOURS}(?P<shut>{SHUT_HOURS})(?!日)",
        lambda m: Word("shut_hours", _clock_range(m).value, m[0]),
    ),
    (
        rf"(?:お?昼休み|昼休憩|休憩(?:時間)?)\s*[:は]?\s*(?P<start>{CLOCK}){TO}(?P<next>翌)?(?P<end>{CLOCK})(?:まで)?",
        lambda m: Word("shut_hours", _clock_range(m).value, m[0]),
    ),
    (
        rf"(?P<start>{CLOCK})(?:開店|開館|開園|開所)?{TO}(?P<next>翌日?の?)?(?P<end>{CLOCK}){END_OF_HOURS}(?!頃|ごろ|以降|分)",
        _clock_range,
    ),
    (
        rf"(?P<start>(?:午前|午後|AM|PM)?\d{{1,2}})(?:~|-)(?P<end>\d{{1,2}}時(?:半|\d{{1,2}}分)?){END_OF_HOURS}(?!頃|ごろ|以降|間)",
        _short_range,
    ),
    (
        r"24時間(?:営業|開放|利用可能?|開館)?(?!以内|前)|終日(?:開放|利用可能?)",
        _simple("hours", (0, 1440)),
    ),
    (rf"(?P<end>{CLOCK})まで(?:利用可能?|です|開館|営業|開所)?", _until),
    (r"午前中?のみ|午前中まで", _simple("morning")),
    (
        SHUT_DAYS,
        _simple("is_closed"),
    ),
    (r"(?:の場合)?も(?:開館|営業|開所|開催|利用可能?|休まず営業|実施)", _simple("is_open")),
    (r"は?要確認", _simple("ask")),
    *HALF_SAID,
    # A part of the day: the hours that follow must lie in it.
    (
        r"[(【]\s*(?:昼|ランチ)\s*[)】]\s*:?|(?:昼|ランチ)(?:のみ)?(?:\s*[: ]|(?=\d))",
        _simple("part", (600, 960)),
    ),
    (
        r"[(【]\s*(?:夜|ディナー)\s*[)】]\s*:?|(?:夜|ディナー)(?:のみ)?(?:\s*[: ]|(?=1[5-9]|2\d))",
        _simple("part", (900, 1440)),
    ),
    (r"[(【]\s*午前\s*[)】]\s*:?|午前(?:の部)?\s*[: ]\s*(?=\d)", _simple("part", (0, 720))),
    (
        r"[(【]\s*午後\s*[)】]\s*:?|午後(?:の部)?\s*[: ]\s*(?=1[2-9]|2\d)",
        _simple("part", (720, 1440)),
    ),
    (r"\(", _simple("open_bracket")),
    (r"\)", _simple("close_bracket")),
    (r"のみ(?:営業|開館|開所|開催|利用可能?)?|だけ", _simple("topic")),
    (r"については|について|は", _simple("topic")),
    (r"※", _simple("note")),
    # 第1週の水曜 isn't here: some mean the first Wednesday, some that of the first week. Nor is
    # 第1・3月・水: the first and third Monday, and each Wednesday?
    (
        r"の(?=\d|午[前後]\d|正午|放課後)|[、,;・/。\s<>|]+|【(?=[月火水木金土日平毎祝第])|(?<=[曜日月火水木金土祝])】|です(?![かが])|及び|および|と|ただし、?|:|他(?=\d)",
        _simple("mark"),
    ),
    *ALONE,
]
_COMPILED = [(re.compile(pattern), make) for pattern, make in PATTERNS]

_COLUMNS = re.compile(
    r"(?P<days>[月火水木金土日]{2,7}) (?P<start>[012]\d:\d\d) (?P<end>[012]\d:\d\d)(?= |$)"
)
"""The columns of the recommended data sets (利用可能曜日, 開始時間, 終了時間) side by side."""


def words_of(text: str) -> list[Word]:
    """Return the words of a normalised expression; raise `NotUnderstood` with what is left."""
    found: list[Word] = []
    at = 0
    if columns := _COLUMNS.match(text):
        found.append(Word("days", Days(weekdays(columns["days"])), columns["days"]))
        found.append(_column_range(columns))
        at = columns.end()
    while at < len(text):
        for pattern, make in _COMPILED:
            match = pattern.match(text, at)
            if match and match.end() > at:
                word = make(match)
                said_before = bool(found) and found[-1].kind in ("days", "period")
                if word.kind == "closed_label" and said_before and word.text[-1] not in ":/】)":
                    word = Word("is_closed", None, word.text)  # 火曜日定休日: said of what precedes
                if word.kind == "undated" and _said_of_days(found, word):
                    raise NotUnderstood(text[at:])  # 木曜不定休: closed on some Thursdays
                found.append(word)
                at = match.end()
                break
        else:
            raise NotUnderstood(text[at:])
    return [w for w in found if w.kind != "skip"]


def _said_of_days(before: list[Word], word: Word) -> bool:
    """Tell whether an undated closing stands behind days with nothing but a blank between."""
    if word.text.startswith("("):
        return False
    last = next((w for w in reversed(before) if w.text.strip()), None)
    return last is not None and last.kind == "days"
