"""Words that say less than a schedule needs: hours without an end, closings without their days."""

# ruff: noqa: E501 - a pattern is read best in one line

import re
from collections.abc import Callable

from resources.schedule_fragments import END_OF_HOURS
from resources.schedule_said import UNSTATED, Hours
from resources.schedule_words import CLOCK, Days, NotUnderstood, Word, clock

NOON, DAY_END = 720, 1440
ANY_HOURS = (0, DAY_END)


def _undated(name: str, *, itself: bool) -> Callable[[re.Match[str]], Word]:
    """Make the word of a closing; `itself` = it says already that it is one."""
    return lambda match: Word("undated", (name, itself), match[0])


def _after_school(match: re.Match[str]) -> Word:
    end, half = clock(match["end"])
    if half in ("unsure", "night") or not NOON < end <= DAY_END:
        raise NotUnderstood(match[0])
    # School ends after noon; one minute past it is no clock that a timetable names.
    return Word("hours", (NOON + 1, end), match[0], Hours(None, end, "after_school"))


def _from(match: re.Match[str]) -> Word:
    start, half = clock(match["start"])
    if half in ("unsure", "night") or start >= DAY_END:
        raise NotUnderstood(match[0])
    return Word("hours", (start, DAY_END), match[0], Hours(start))


def _clock_alone(match: re.Match[str]) -> Word:
    word = _from(match)
    return Word("clock", word.value, word.text, word.hours)


_THERE_ARE = r"(?:(?:する|の)?場合)?[もが]?(?:あり(?:ます)?|有り?|ございます)"
_EVENT = r"(?:選挙|イベント|行事|法事|催事|祭事|健診|検診)"

UNDATED: list[tuple[str, Callable[[re.Match[str]], Word]]] = [
    (r"お盆(?:(?:休み|休業|休暇)?期間中?)?(?![月火水木金土日])", _undated("obon", itself=False)),
    (r"夏[季期](?:休暇|休業)(?:期間)?あり", _undated("summer", itself=True)),
    (r"夏[季期](?:休業日|休暇|休業)(?:期間中?)?(?![月火水木金土日])", _undated("summer", itself=False)),
    (r"正月(?![三月火水木金土日])", _undated("new_year", itself=False)),
    (r"不定休(?!日)(?:のため、利用できない場合があります)?", _undated("irregular", itself=True)),
    (r"その他社内カレンダーによる", _undated("irregular", itself=False)),
    (r"定休日変更あり\.*|\(一部変更あり\)", _undated("irregular", itself=True)),
    (rf"(?:[開解]放可能曜日でも)?(?:他?設備点検による|展示替に伴う)?臨時休[業館園室診所]日?{_THERE_ARE}", _undated("temporary", itself=True)),
    (r"[開解]放可能曜日でも休みの場合が?あり(?:ます)?", _undated("temporary", itself=True)),
    (r"(?:展示替に伴う)?臨時休[業館園室診所]日?(?![月火水木金土日])", _undated("temporary", itself=False)),
    (rf"{_EVENT}(?:(?:や|及び|・|または|又は){_EVENT})*(?:時|の日|の際)は(?:開放|使用|利用)不可", _undated("events", itself=True)),
]  # fmt: skip
"""Closings of which it is known that they are, and not when."""

HALF_SAID: list[tuple[str, Callable[[re.Match[str]], Word]]] = [
    (r"学校の?休(?:業|校)?日(?![月火水木金土日])", lambda m: Word("days", Days(off_school="school_holidays"), m[0])),
    (r"長期休(?:業日|[暇業])(?:期間)?中?(?![月火水木金土日])", lambda m: Word("days", Days(off_school="long_vacations"), m[0])),
    (rf"(?:放課後|下校後|下校時|授業終了後|学校終了後)\s*(?:~|-|から)\s*(?P<end>{CLOCK}){END_OF_HOURS}(?!頃|ごろ|以降|分)", _after_school),
    (rf"(?P<start>{CLOCK})(?:~-?(?=$|[ 、。;()])|から(?=$|[ 、。;)月火水木金土日]))", _from),
    (r"は?利用可能?(?:です)?(?=$|[ 、。;()])", lambda m: Word("hours", ANY_HOURS, m[0], UNSTATED)),
]  # fmt: skip

ALONE: list[tuple[str, Callable[[re.Match[str]], Word]]] = [
    (rf"(?P<start>{CLOCK})(?=$|[ 、。;)])", _clock_alone),
]
"""10時半, which is read only where no other hours are said."""
