"""Cuts a Japanese schedule expression into words with a known meaning, or says what isn't known."""

# ruff: noqa: E501 - a pattern is read best in one line

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from resources.days import DAYS

KANJI = dict(zip("月火水木金土日", DAYS, strict=True))
NUMBERS = {c: i + 1 for i, c in enumerate("一二三四五")}

DAY = r"[月火水木金土日](?:曜日?)?"
HOLIDAY = (
    r"(?:国民の祝日に関する法律に(?:規定|定)する(?:国民の祝日|休日|祝日)|国民の祝日(?:・休日)?|祝日法による休日"
    r"|祝日・?振替休日|祝日(?:又は|または|・|及び)振替休日|祝祭日|祝休日|祝日|祭日|祝)"
)
AND = r"(?:・|、|,|と|及び|および|/)"
CLOCK = r"(?:正午|(?:午前|午後|AM|PM|am|pm)?\s*\d{1,2}\s*(?::\d{2}|時(?:半|\d{1,2}分)?))"
TO = r"\s*(?:~|-|から|より)\s*"


@dataclass(frozen=True)
class Word:
    """One word: `kind` says what it is, `value` what it means, `text` how it was written."""

    kind: str
    value: Any
    text: str


@dataclass(frozen=True)
class Days:
    """A set of days: weekdays, nths, days of the month; and whether public holidays are meant."""

    days: tuple[str, ...] = ()
    nth: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    holidays: bool = False
    weekday: bool = False  # 平日: Monday to Friday, but not on public holidays
    every: bool = False


class NotUnderstood(ValueError):
    """A part of an expression that has no known meaning."""

    def __init__(self, part: str) -> None:
        self.part = part
        super().__init__("a part of the expression is not understood")


def normal(text: str) -> str:
    """Return an expression with one form for each mark, and single blanks."""
    flat = unicodedata.normalize("NFKC", text)
    flat = re.sub(r"[〜～∼]", "~", flat)
    flat = re.sub(r"(?<![ァ-ヶ])[‐‑‒–—―−ー](?=\s*(?:\d|午|翌))", "-", flat)
    flat = flat.replace("[", "【").replace("]", "】").replace("；", ";")
    return re.sub(r"\s+", " ", flat).strip()


def minutes(clock: str) -> int:
    """Return the minutes from midnight of 午後5時半, 17:30 …; raise `NotUnderstood`."""
    text = clock.replace(" ", "")
    if text == "正午":
        return 720
    match = re.fullmatch(
        r"(午前|午後|AM|PM|am|pm)?(\d{1,2})(?::(\d{2})|時(?:(半)|(\d{1,2})分)?)", text
    )
    if match is None:
        raise NotUnderstood(clock)
    half, hours = match[1], int(match[2])
    past = 30 if match[4] else int(match[3] or match[5] or 0)
    if past > 59 or hours > 30 or (half and hours > 11):
        raise NotUnderstood(clock)  # 午前12時 is midnight to some and noon to others
    if half in ("午後", "PM", "pm"):
        hours += 12
    return hours * 60 + past


def _clock_range(match: re.Match[str]) -> Word:
    start, end = minutes(match["start"]), minutes(match["end"])
    if match["next"]:
        end += 1440
    elif end == 0:
        end = 1440  # 8:00~0:00: until midnight
    if not (0 <= start < 1440 and start < end <= 2880):
        raise NotUnderstood(match[0])
    return Word("hours", (start, end), match[0])


def _weekdays(text: str) -> tuple[str, ...]:
    """Return the days of 月火水, 月・水曜日, 月~金."""
    bare = re.sub(r"曜日?", "", text)
    span = re.fullmatch(r"([月火水木金土日])(?:~|-|から)([月火水木金土日])", bare.replace(" ", ""))
    if span:
        first, last = DAYS.index(KANJI[span[1]]), DAYS.index(KANJI[span[2]])
        if first > last:
            return tuple(DAYS[i % 7] for i in range(first, last + 8))
        return DAYS[first : last + 1]
    return tuple(KANJI[c] for c in bare if c in KANJI)


def _day_set(match: re.Match[str]) -> Word:
    days = _weekdays(match["list"])
    if len(set(days)) != len(days) and "~" not in match["list"]:
        raise NotUnderstood(match[0])
    ordered = tuple(d for d in DAYS if d in days)
    return Word("days", Days(ordered, holidays=bool(match["holiday"])), match[0])


def _numbers(text: str) -> tuple[int, ...]:
    found = [NUMBERS.get(c) or int(c) for c in re.findall(r"[1-5一二三四五]", text)]
    return tuple(sorted(set(found)))


def _nth_days(match: re.Match[str]) -> Word:
    days = tuple(d for d in DAYS if d in _weekdays(match["nthdays"]))
    nth = (-1,) if match["last"] else _numbers(match["numbers"])
    return Word("days", Days(days, nth), match[0])


def _month_days(match: re.Match[str]) -> Word:
    found = tuple(sorted({int(n) for n in re.findall(r"\d+", match["dates"])}))
    if not all(1 <= d <= 31 for d in found):
        raise NotUnderstood(match[0])
    return Word("days", Days(month_days=found), match[0])


def _period(match: re.Match[str]) -> Word:
    m1, d1 = int(match["m1"]), int(match["d1"])
    m2 = int(match["m2"] or m1)
    d2 = int(match["d2"] or d1)
    try:
        for month, day in ((m1, d1), (m2, d2)):
            date(2024, month, day)
    except ValueError:
        raise NotUnderstood(match[0]) from None
    return Word("period", (f"{m1:02d}-{d1:02d}", f"{m2:02d}-{d2:02d}"), match[0])


def _simple(kind: str, value: Any = None) -> Callable[[re.Match[str]], Word]:
    return lambda match: Word(kind, value, match[0])


def _moved_to(match: re.Match[str]) -> Word:
    """Return what 月曜が祝日の場合は翌火曜 means; refuse any day but the next."""
    first, then = DAYS.index(KANJI[match["from"]]), DAYS.index(KANJI[match["to"]])
    if (first + 1) % 7 != then:
        raise NotUnderstood(match[0])
    return Word("move", "next_day", f"{match['from']}が")


NTH = r"第?[1-5一二三四五](?:・第?|、第?|,第?|と第?)?"
_MOVED = (
    rf"(?:(?:(?:{DAY}(?:{AND})?)+(?:が)?)?(?:{HOLIDAY}|休日)(?:又は振替休日)?"
    r"(?:にあた[るっ]た?|に当た[るっ]た?|と重なる|と重なった)?(?:の場合|のとき|の時)?(?:は|には)?、?(?:その)?"
)

PATTERNS: list[tuple[str, Callable[[re.Match[str]], Word]]] = [
    # What happens when a closing day is a public holiday
    (
        _MOVED
        + r"(?:(?:開館|営業|開所)し、?)?(?:その)?翌平日(?:が?(?:休館日|休館|休業|休み|休|に振替|振替))?)",
        _simple("move", "next_weekday"),
    ),
    (
        _MOVED
        + r"(?:(?:開館|営業|開所)し、?)?(?:その)?(?:翌日|次の日)(?:が?(?:休館日|休館|休業|休み|休|に振替|振替))?)",
        _simple("move", "next_day"),
    ),
    (
        _MOVED + r"(?:開館|営業|開所|休まず営業))",
        _simple("move", "open"),
    ),
    (
        rf"(?P<from>[月火水木金土日])曜日?(?:が)?{HOLIDAY}の場合(?:は)?、?翌(?P<to>[月火水木金土日])曜日?(?:が?(?:休館日|休館|休業|休み|休))?",
        _moved_to,
    ),
    (r"(?:年中)?無休|なし|無し|ありません", _simple("nothing")),
    # Periods of the year
    (
        r"年末年始\s*\(\s*(?P<m1>\d{1,2})(?:月|/)(?P<d1>\d{1,2})日?(?:~|-|から)(?:翌年の?|翌)?(?P<m2>\d{1,2})(?:月|/)(?P<d2>\d{1,2})日?(?:まで)?\s*\)",
        _period,
    ),
    (r"年末年始(?:休暇|休業)?", _simple("period", ("12-29", "01-03"))),
    (
        r"(?P<m1>\d{1,2})(?:月|/)(?P<d1>\d{1,2})日?\s*(?:~|-|から)\s*(?:翌年の?|翌月?)?(?P<m2>\d{1,2})(?:月|/)(?P<d2>\d{1,2})日?(?:まで)?(?:\s*\(年末年始\))?",
        _period,
    ),
    (r"(?P<m1>\d{1,2})月(?P<d1>\d{1,2})日?(?P<m2>)[、・,~](?P<d2>\d{1,2})日", _period),
    (r"(?P<m1>\d{1,2})月(?P<d1>\d{1,2})日(?P<m2>)(?P<d2>)", _period),
    # Days
    (
        rf"毎月の?(?P<dates>\d{{1,2}}日(?:{AND}\d{{1,2}}日)*)",
        _month_days,
    ),
    (
        rf"(?:毎月の?)?(?:第(?P<numbers>[1-5一二三四五](?:(?:・|、|,|と)?第?[1-5一二三四五])*)週?の?|(?P<last>最終週?の?))"
        rf"(?P<nthdays>{DAY}(?:・{DAY})*)",
        _nth_days,
    ),
    (
        r"土日祝日?|土・日・祝日?|土、日、祝日?",
        _simple("days", Days(("sat", "sun"), holidays=True)),
    ),
    (r"日祝日?|日・祝日?", _simple("days", Days(("sun",), holidays=True))),
    (r"平日", _simple("days", Days(DAYS[:5], weekday=True))),
    (r"土日祝祭日", _simple("days", Days(("sat", "sun"), holidays=True))),
    (r"毎日|全日", _simple("days", Days(every=True))),
    (rf"(?:毎週)?(?P<list>{DAY}\s*(?:~|-|から)\s*{DAY})(?P<holiday>)(?![曜~])", _day_set),
    (rf"(?:毎週)?(?P<list>{DAY}(?:\s*{AND}?\s*{DAY})*)(?P<holiday>)(?!曜)", _day_set),
    (HOLIDAY, _simple("days", Days(holidays=True))),
    # Hours
    (
        rf"(?P<start>{CLOCK})(?:開店|開館|開園|開所)?{TO}(?P<next>翌日?の?)?(?P<end>{CLOCK})(?:閉店|閉館|閉園|閉所)?(?:まで|迄|の間)?(?:利用可能?|です|となります|となっています)?",
        _clock_range,
    ),
    (r"24時間(?:営業|開放|利用可)?|終日(?:開放|利用可)", _simple("hours", (0, 1440))),
    # What a part of the expression is about
    (
        r"【?(?:休館日|休業日|定\s*休\s*日|店休日|休所日|閉館日|休園日|休室日)】?\s*[:は]?|(?:お?休み|休日)\s*:",
        _simple("closed_label"),
    ),
    (
        r"【?(?:開館時間|開館日時?|営業時間|営業日時?|開所時間|開所日時?|利用時間|利用可能時間|開設時間|開設日時?|開催日時?|開放時間|時間|日時|活動日時?)】?\s*[:は]?",
        _simple("open_label"),
    ),
    (
        r"(?:は|が|を)?(?:お休み|休み|休館日?|休業日?|定休日?|休所日?|閉館|終日利用不可|利用不可|不可|除く|休)(?:です)?",
        _simple("is_closed"),
    ),
    (r"(?:も|は)(?:開館|営業|開所|開催|利用可|休まず営業)", _simple("is_open")),
    # What changes nothing
    (
        r"\((?:または|又は)?(?:売り?切れ次第|完売)[^()]*\)|\((?:受付|最終受付|最終入館|入館|ラストオーダー|オーダーストップ|L\.?O\.?)[^()]*\)",
        _simple("skip"),
    ),
    (rf"(?:ラストオーダー|オーダーストップ|L\.?O\.?)\s*[:は]?\s*{CLOCK}", _simple("skip")),
    (r"(?:昼|夜|ランチ|ディナー)のみ(?=\s)", _simple("skip")),
    # More than the hours that are stated: they hold all the same.
    (
        r"\((?:早朝・|朝・夕)?延長(?:保育)?(?:有り?|あり)\)|預かり保育(?:有り?|あり)",
        _simple("skip"),
    ),
    (
        r"\(\s*(?:昼|夜|ランチ|ディナー|午前|午後)\s*\)\s*:?|(?:昼|夜|ランチ|ディナー)\s*[: ]",
        _simple("skip"),
    ),
    (r"\(", _simple("open_bracket")),
    (r"\)", _simple("close_bracket")),
    (
        r"[、,;・/。\s]+|及び|および|と|ただし、?|は|:|※|他(?=\d)|のみ(?:営業|開館|開所|開催)",
        _simple("mark"),
    ),
]
_COMPILED = [(re.compile(pattern), make) for pattern, make in PATTERNS]


def words_of(text: str) -> list[Word]:
    """Return the words of a normalised expression; raise `NotUnderstood` with what is left."""
    found: list[Word] = []
    at = 0
    while at < len(text):
        for pattern, make in _COMPILED:
            match = pattern.match(text, at)
            if match and match.end() > at:
                word = make(match)
                if word.kind == "closed_label" and found and found[-1].kind in ("days", "period"):
                    word = Word("is_closed", None, word.text)  # 火曜日定休日: said of what precedes
                found.append(word)
                at = match.end()
                break
        else:
            raise NotUnderstood(text[at:])
    return [w for w in found if w.kind != "skip"]
