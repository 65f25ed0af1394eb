"""When a note says that the person can come: weekdays, parts of the day, hours of the clock."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

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
from matching.note_weekdays import BARE_DAY, DAYS_SAID, days_of
from matching.note_whom import Others
from resources.days import DAYS

_WHOLE_DAY = ("09:00", "21:00")
_AFTER_NOON = ("午後", "PM", "昼過ぎ", "夕方", "夜", "昼")
_LONG_AS_A_JOB = 8
"""Hours: so many on named days and no word more are more likely those of a job."""

_HOUR = (
    r"(?:(?<![\d:.])\d{1,2}|(?<![一-龥]{2})(?<![十数何第])(?:二?十[一二三]?|[一二三四五六七八九]))"
)
_CLOCK_AHEAD = rf"(?=の?\s*{_HOUR}(?:時(?!間)|:\d|[~〜-]))"
_UNIT = r"(?::(?P<{0}m>[0-5]\d)|時(?!間)(?P<{0}half>半)?)"
_RANGE = (
    rf"(?P<from>{_HOUR}){_UNIT.format('from')}?(?:ごろ|頃)?\s*(?:から|より|[~〜–—−ー-])\s*"
    rf"(?P<topart>午前|午後|昼|夕方|夜)?の?(?P<to>{_HOUR}){_UNIT.format('to')}"
)
_OPEN = (
    rf"(?P<hour>{_HOUR}){_UNIT.format('hour')}(?:ごろ|頃)?"
    r"(?P<open>以降|以後|すぎ|過ぎ|から|まで(?!に))"
)
_WHEN = re.compile(
    rf"(?:(?P<days>{DAYS_SAID})(?P<but>\)?以外)?(?:\s*[のはにも:(])?\s*)?"
    rf"(?:(?P<part>{PART_SAID}|[朝昼]{_CLOCK_AHEAD})"
    rf"(?:中|間(?!営業))?(?P<late>以降|以後)?(?:の?\s*{_CLOCK_AHEAD})?(?:の(?!み))?)?(?:{_RANGE}|{_OPEN})?"
)
_DAYS_BEHIND = re.compile(
    rf"(?:ごろ|頃|くらい|の間)?[、,\s]*\(?({DAYS_SAID})\)?(?!以外)(?=なら|を?希望|に|で|だけ|のみ|[、。\s]*$)"
)
"""Days named behind hours of the clock: 「13時～15時、月・金なら」."""
_NEXT = re.compile(
    r"[、。]|\d{1,2}(?:時(?!間)|:\d\d)|早朝|午前|午後|[AP]M(?![A-Za-z])|夕方|平日|土日|週末|[月火水木金土日]曜"
)
_KANJI = "一二三四五六七八九"
_BEHIND = 16
"""Characters behind what is said of the hours, in which it is said whether they are free."""

_SOME_HOURS = re.compile(r"(?<!何)時(?!々)|昼|日中|朝|晩|夜|夕")
"""Named beside days, these are not the whole day, and how much of it isn't known."""

_NO = re.compile(
    r"無理|だめ|ダメ|不可|NG|×|できない|行けない|来られない|来れない|通えない|動けない|起きられ(?:ない|ず)|つらい|苦手|以外"
    r"|(?:行け|来られ|来れ|通え|動け|寄れ|空けられ)(?:ず|なく|ません)|(?:調子|具合|体調|気分)が(?:悪|すぐれ|優れ|出な|上がら)|しんど|きつ[いく]"
    r"|塞が|埋ま|空けられ|空いて(?:い)?な|出られ(?:ない|ず)|出かけられ(?:ない|ず)|働けない|都合が(?:悪|つかな)|いや|嫌|除[くいき]|避け"
)
_CAN = (
    r"希望|(?<!不)可(?!能性)|OK|[○〇◯◎]|大丈夫|空[いきけく]|あい[てた]|都合|動け|参加(?:でき|した|可)"
    r"|(?:が|は|も|で|なら)(?:よい|いい|良い)(?!こと|人)|(?:来られ|来れ|行け|通え|出られ|出かけられ|寄れ)(?!て|た(?!ら)|な)"
    r"|(?:行き|通い|来)たい|働(?:け|きたい)|お願い|ありがた|助か"
)
_CAN_COME = re.compile(_CAN)
_FREE = re.compile(
    rf"なら|だけ|のみ|しか|参加|来られ|来れ|行け|通え|出られ|出かけられ|よい|いい|良い|{_CAN}"
)
_SURELY_FREE = re.compile(rf"なら|だけ|のみ|しか|{_CAN}")
_LEFT_AT_THAT = re.compile(r"(?:なら|だけ|のみ|に限る)(?:ば|いつでも|何とか|なんとか)?[)」]*\s*$")
_IF_THEN = re.compile(r"なら(?:ば|いつでも)?[)」]*\s*$")
_ONLY = re.compile(
    r"(?:(?:に|は|の)?しか|(?:で|じゃ)ないと).{0,8}?(?:動|行け|出[らか]|来|空|通え|時間|自由)"
)
_COMES_AHEAD = re.compile(
    r"(?:(?:動け|行け|来られ|来れ|通え|出られ|出かけられ|参加でき)る|空いて(?:い)?る|都合の?(?:よい|いい|良い)|自由な)"
    r"(?:の|時間帯?|曜日|日|枠)?(?:は|が|:|=)\s*$|希望(?:日時?|時間帯?|曜日)?(?:は|:)\s*$"
)
_NOTHING_MORE = re.compile(
    r"^(?:ごろ|頃|くらい|ぐらい|程度|まで|の間|の枠|です|[)」])*\s*(?:[,/・と]\s*)?$"
)

_NOT_TAKEN = r"(?!(?:[がのはも]|さん)?(?:な[いくけし]|休|終|後|前|あと|帰り))"
_TAKEN_WORDS = (
    "通院|透析|デイ|仕事|勤務|出勤|パート|バイト|シフト|ヘルパー|授業|学校|登校|部活|塾|保育園|幼稚園|会社|職場"
    "|病院|診察|外来|作業所|送り|迎え|リハビリ|訪問|電話|連絡|面会|面談|営業|開所|開館|受付|窓口|働い|働く"
)
_TAKEN = re.compile(rf"(?:{_TAKEN_WORDS}){_NOT_TAKEN}")
_BUSY = re.compile(
    rf"(?:{_TAKEN_WORDS}|不在|眠|寝|起き|飲|一人|ひとり|心配|不安|徘徊|出歩){_NOT_TAKEN}"
)
_IS_TAKEN = re.compile(rf"(?:は|も|が|の|に)?[^、]{{0,6}}?(?:{_TAKEN_WORDS}){_NOT_TAKEN}")
_EXCEPT = re.compile(
    r"(?:は|も|を|だけは?|のみ)?(?:除|無理|だめ|ダメ|不可|NG|×|行け|来られ|以外|都合が(?:悪|つかな))"
)
"""Behind days that are named: not then, whatever else is said of when the person can come."""

_ONE_DATE = re.compile(r"(?:(?:今|来|先|再来)週の?|(?:今度|次|この前|こないだ)の)$")


_SOME_DAY = re.compile(
    r"(?:[いうるたな]|[こそあ]の|休みの|調子の(?:よ|い)い)日(?:は|の|に|なら|だけ)?\s*$"
)
"""A day of which isn't said which one: 「この日の午後」, 「仕事がない日は午前中」."""

_OTHER_DAYS = re.compile(
    r"(?:(?:他|ほか|別|それ以外)の(?:日|曜日)(?:は|の|に|なら)?|(?:それ|これ)以外の?)\s*$"
)
_TAKEN_FOR = re.compile(rf"(?:{_TAKEN_WORDS})(?:の日)?(?:週\d回?)?(?:は|が|:|、)?\s*\(?$")
"""Right before the days that are named: 「透析 月水金」, 「デイは火木」."""


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
        before = said
        refused = _is_refused(said)
        hours = _hours_left(said) if refused else _hours_of(found)
        if (
            said.named
            and not _ONE_DATE.search(said.ahead)
            and (refused or _IS_TAKEN.match(said.behind) or _TAKEN_FOR.search(said.ahead))
        ):
            taken.add(said.days, _hours_of(found), lasting=refused and _EXCEPT.match(said.behind))
        if hours is None or not said.days or not (refused or _comes(said, came)):
            continue
        came = True
        yield Proposal(
            "windows",
            [{"day": day, "from": hours[0], "to": hours[1]} for day in said.days],
            (part[found.start() : said.end] + said.behind).strip().rstrip("("),
        )


def without_leftovers(found: list[Proposal]) -> list[Proposal]:
    """Leave out what is left by a no ("not in the mornings") where it is said when they can come.

    All hours of a need count together: the wider ones would swallow those that were said.
    """
    left = [p for p in found if p.field == "windows" and _is_left(p.because)]
    said = [p for p in found if p.field == "windows" and p not in left]
    return [p for p in found if p not in left] if said else found


def _is_left(words: str) -> bool:
    refused = _NO.search(re.sub("(?<=[日曜末])以外", "", words))
    return refused is not None and not re.search("しか|ないと", words)


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
    if not named and _OTHER_DAYS.search(ahead):
        days = taken.other_days()
    elif not named and _SOME_DAY.search(ahead):
        days = ()
    shown = behind[max(found.end() - end, 0) :]
    return _Said(found, named, days, ahead, shown, part[end + len(behind) :], max(end, found.end()))


def _is_refused(said: _Said) -> bool:
    return _NO.search(said.behind) is not None and not _ONLY.match(said.behind)


def _hours_left(said: _Said) -> tuple[str, str] | None:
    """Return what a no leaves of the day; only one to mornings tells."""
    morning = said.found["part"] in MORNINGS and not said.at_the_clock
    return ("12:00", LATEST) if morning else None


def _comes(said: _Said, came: bool) -> bool:
    """Tell whether hours that are named are those in which the person can come.

    came : whether those that were named before them in the sentence are
    """
    if said.named and _ONE_DATE.search(said.ahead):
        return False
    wide = said.found["part"] in WIDE
    busy = _BUSY.search(said.behind)
    free = (_SURELY_FREE if wide else _FREE).search(said.behind)
    if _ONLY.match(said.behind):
        return busy is None or "(" in said.behind[: busy.start()]
    if said.at_the_clock:
        return _comes_at_the_clock(said, busy)
    if came and said.named and said.found["part"] and not said.behind.strip():
        return True  # 「月水金の10〜12時、火木は午後」
    if not said.found["part"]:
        return _comes_on_days(said, busy)
    if free and free.group() in ("しか", "だけ", "のみ") and busy:
        return False
    if free or _COMES_AHEAD.search(said.ahead):
        return True
    between = said.found.group().removeprefix(said.found["days"] or "")[:1]
    named = bool(said.named) and between not in "はも" and not _TAKEN_FOR.search(said.ahead)
    if wide and (said.behind + said.next_clause).strip() and not _goes_on(said):
        return False  # 「平日の日中、家に一人」
    return named and not busy and not said.behind.startswith("は")


def _goes_on(said: _Said) -> bool:
    """Tell whether more hours follow, which are free: 「平日昼間と土曜の午前なら」."""
    rest = said.next_clause.lstrip("、 ")
    more = _WHEN.match(rest)
    listed = re.fullmatch("[と・,/や]?", said.behind.strip())
    return bool(listed and more and more.group() and _SURELY_FREE.search(rest))


def _comes_at_the_clock(said: _Said, busy: re.Match[str] | None) -> bool:
    can = _CAN_COME.search(said.behind)
    if _TAKEN.search(said.ahead) or (busy and not (can and can.start() < busy.start())):
        return False
    if can or _LEFT_AT_THAT.search(said.behind) or _COMES_AHEAD.search(said.ahead):
        return True
    hours = _hours_of(said.found)
    if said.found["open"] in ("以降", "以後") and not said.named:
        return not (said.ahead + said.behind + said.next_clause).strip()  # 「午前は無理、14時以降」
    return (
        said.named not in ("", "毎日")
        and said.found["open"] != "まで"
        and bool(_NOTHING_MORE.match(said.behind))
        and not _BUSY.match(said.next_clause.lstrip("、 "))
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
    if busy or (_TAKEN.search(said.ahead) and not (said.found["but"] and said.ahead[-1] == "(")):
        return False
    alone = not (said.ahead + said.next_clause).strip()
    return bool(
        (alone and _LEFT_AT_THAT.fullmatch(said.behind))  # 「平日は無理、日曜だけ」
        or _CAN_COME.search(said.behind)
        or _IF_THEN.search(said.behind)
        or _COMES_AHEAD.search(said.ahead)
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
        hours = hours_of_part(part) if part else _WHOLE_DAY
        return (hours[0], max(hours[1], LATEST)) if hours and found["late"] else hours
    if not 5 * 60 <= start < end <= 24 * 60:
        return None
    return _as_clock(start), _as_clock(end)


def _end_of(found: re.Match[str]) -> int:
    """Return the minute at which hours end of which only the beginning is said."""
    start = _clock(found, "hour", found["part"])
    said = (hours_of_part(found["part"]) if found["part"] else None) or _WHOLE_DAY
    end = int(said[1][:2]) * 60
    return end if found["open"] == "から" and start < end else max(end, int(LATEST[:2]) * 60)


def _clock(found: re.Match[str], name: str, part: str | None) -> int:
    """Return the minutes from midnight; nobody goes out at two without 午前 or 朝."""
    hour = _number(found[name])
    later = part in _AFTER_NOON or (part is None and hour < 6 and not found[name].startswith("0"))
    minutes = 30 if found[f"{name}half"] else int(found[f"{name}m"] or 0)
    return (hour + 12 if later and hour < 12 else hour) * 60 + minutes


def _number(words: str) -> int:
    if words.isdecimal():
        return int(words)
    tens, ten, ones = words.rpartition("十")
    before = 10 * (_KANJI.index(tens) + 1 if tens else 1) if ten else 0
    return before + (_KANJI.index(ones) + 1 if ones else 0)


def _as_clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
