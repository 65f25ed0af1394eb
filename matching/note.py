"""A worker's note → codes proposed for the profile, each with the words it was read from.

Offline, by word lists (`note_words.toml`) and a few patterns: what is proposed can be traced to the
note, and nothing of it leaves the machine. Proposals only: staff confirm each one.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from matching.note_turned import Turn, is_turned
from resources.days import DAYS

_NUMERALS = str.maketrans("一二三四五六七八九", "123456789")
_WEEKDAYS = "月火水木金土日"
_SENTENCE_END = re.compile(r"[。．!?！？\n]+")


@dataclass(frozen=True)
class Proposal:
    """One value proposed for one field of a need, and the words of the note it rests on.

    field : dotted name as in the need: "needs.isolation", "limits.noise", "windows"
    """

    field: str
    value: Any
    because: str

    def as_json(self) -> dict[str, Any]:
        return {"field": self.field, "value": self.value, "because": self.because}


def read_note(note: str) -> list[Proposal]:
    """Return what a note seems to say, in the order in which the fields stand in a need.

    Examples
    --------
    >>> [(p.field, p.value) for p in read_note("人混みが苦手、本が好き、週1回2時間くらいなら")]
    [('wishes.activities', 'reading'), ('limits.group_size', 5), ('limits.noise', 'low'),
     ('limits.sessions_per_week', 1), ('limits.minutes', 120)]
    """
    folded = unicodedata.normalize("NFKC", note)
    found: dict[tuple[str, str], Proposal] = {}
    for part in _SENTENCE_END.split(folded):
        for proposal in (*_coded(part), *_measured(part), *_timed(part)):
            key = (proposal.field, str(proposal.value) if _many(proposal.field) else "")
            found.setdefault(key, proposal)
    order = {name: i for i, name in enumerate(_ORDER)}
    kept = _without_leftovers(list(found.values()))
    return sorted(kept, key=lambda p: order[p.field.split(".")[0]])


_ORDER = ("age", "walk_minutes", "needs", "wishes", "step", "limits", "windows", "safety")


def _many(field: str) -> bool:
    """Tell whether a field holds several values."""
    return field in ("wishes.activities", "limits.languages", "windows")


def need_of(proposals: list[Proposal]) -> dict[str, Any]:
    """Return accepted proposals as parts of a need, in the JSON of the contract."""
    need: dict[str, Any] = {}
    for proposal in proposals:
        head, _, tail = proposal.field.partition(".")
        if head == "windows":
            need.setdefault("windows", []).extend(proposal.value)
        elif not tail:
            need[head] = proposal.value
        elif _many(proposal.field):
            need.setdefault(head, {}).setdefault(tail, []).append(proposal.value)
        else:
            need.setdefault(head, {})[tail] = proposal.value
    return need


@dataclass(frozen=True)
class _Entry:
    field: str
    value: Any
    pattern: re.Pattern[str]
    turn: Turn  # what turns it round


@cache
def _entries() -> tuple[_Entry, ...]:
    text = files("matching").joinpath("note_words.toml").read_text(encoding="utf-8")
    lists = tomllib.loads(text)
    made = [
        _Entry(f"needs.{code}", 2, re.compile(pattern), Turn.NEED)
        for code, pattern in lists["needs"].items()
    ]
    made += [
        _Entry("wishes.activities", code, re.compile(pattern), Turn.LIKING)
        for code, pattern in lists["activities"].items()
    ]
    made += [
        _Entry("limits.languages", code, re.compile(pattern), Turn.LANGUAGE)
        for code, pattern in lists["languages"].items()
    ]
    made += [
        _Entry(entry["field"], entry["value"], re.compile(entry["pattern"]), Turn.LIMIT)
        for entry in lists["limit"]
    ]
    return tuple(made)


def _coded(part: str) -> Iterator[Proposal]:
    hiragana = part.translate(_HIRAGANA)
    for entry in _entries():
        # As it stands, and as it would stand in hiragana: who writes ヒキコモリ means ひきこもり.
        for found in (*entry.pattern.finditer(part), *entry.pattern.finditer(hiragana)):
            start, end = found.span()
            if _within_a_word(part, start) or is_turned(entry.turn, part[start:end], part[end:]):
                continue
            yield Proposal(entry.field, entry.value, part[start:end])
            break


def _within_a_word(part: str, start: int) -> bool:
    """Tell whether something begins in the middle of a word in katakana: けが in カラオケが."""
    return bool(re.match(r"[ァ-ヶー]{2}", part[max(start - 1, 0) : start + 1])) and start > 0


_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
"""Katakana → hiragana, letter by letter, so that places in the text stay the same."""


_MEASURES: tuple[tuple[str, str, int], ...] = (
    ("age", r"(\d{1,3})\s*(?:歳|才)(?!の(?:お?[母父]|親|夫|妻|息子|娘|子|兄|姉|弟|妹|孫|祖))", 1),
    ("walk_minutes", r"(?:歩いて|徒歩)\s*(\d{1,3})\s*分", 1),
    ("limits.sessions_per_week", r"週に?\s*(?:\d\s*[~〜-]\s*)?(\d)\s*(?:回|日|度)", 1),
    ("limits.minutes", r"(?<![:\d午])(?:\d\s*[~〜-]\s*)?(?<!\d)(\d{1,2})\s*時間(?!後|前|帯)", 60),
    ("limits.minutes", r"(?<!歩いて)(?<!徒歩)(?<![時\d])(\d{2,3})\s*分(?:くらい|ほど|なら)", 1),
    ("limits.max_yen", r"(\d{1,6})\s*円\s*(?:まで|以内|くらい|ほど|なら)", 1),
    ("limits.group_size", r"(\d{1,2})\s*人\s*(?:まで|以下|くらい|ほど|なら)", 1),
)  # fmt: skip
"""Field, pattern of a number, and what one of it counts."""


def _measured(part: str) -> Iterator[Proposal]:
    plain = re.sub(r"[一二三四五六七八九](?=[回日度時人])", _as_digit, part)
    for field, pattern, unit in _MEASURES:
        found = re.search(pattern, plain)
        if found:
            yield Proposal(field, int(found.group(1)) * unit, found.group())


def _as_digit(found: re.Match[str]) -> str:
    return found.group().translate(_NUMERALS)


_PARTS_OF_DAY = {
    "早朝": ("05:00", "09:00"), "午前": ("09:00", "12:00"), "午後": ("12:00", "17:00"),
    "昼過ぎ": ("13:00", "17:00"), "夕方": ("16:00", "19:00"), "夜": ("18:00", "22:00"),
}  # fmt: skip
_WHEN = re.compile(
    r"(?P<days>平日|土日|毎日|[月火水木金土日](?:曜日?)?(?:[・、と][月火水木金土日](?:曜日?)?)*(?:曜|の)?)?"
    r"の?(?P<part>早朝|午前|午後|昼過ぎ|夕方|夜)"
    r"(?:中|(?P<start>\d{1,2})時(?P<half>半)?(?:から|[~〜-])(?P<end>\d{1,2})時)?"
    r"(?P<behind>[^、。]{0,14})"
)
_NO = re.compile(
    r"無理|だめ|ダメ|できない|行けない|来られない|動けない|起きられない|つらい|苦手|外"
)


def _timed(part: str) -> Iterator[Proposal]:
    for found in _WHEN.finditer(part):
        days = _days_of(found["days"])
        start, end = _hours_of(found)
        if _NO.search(found["behind"]):
            if found["part"] not in ("午前", "早朝") or found["start"]:
                continue  # what is left then isn't told by what is not
            start, end = "12:00", "21:00"
        yield Proposal(
            "windows", [{"day": d, "from": start, "to": end} for d in days], found.group().strip()
        )


def _without_leftovers(found: list[Proposal]) -> list[Proposal]:
    """Leave out what is left by a no ("not in the mornings") where it is said when they can come.

    All hours of a need count together: the wider ones would swallow those that were said.
    """
    left = [p for p in found if p.field == "windows" and _NO.search(p.because)]
    said = [p for p in found if p.field == "windows" and p not in left]
    return [p for p in found if p not in left] if said else found


def _hours_of(found: re.Match[str]) -> tuple[str, str]:
    """Return the hours that are said (午後2時から4時), else those of the part of the day."""
    if not found["start"]:
        return _PARTS_OF_DAY[found["part"]]
    later = 12 if found["part"] in ("午後", "昼過ぎ", "夕方", "夜") else 0
    start, end = (h + later if h < 12 else h for h in (int(found["start"]), int(found["end"])))
    if not start < end <= 24:
        return _PARTS_OF_DAY[found["part"]]
    return f"{start:02d}:{'30' if found['half'] else '00'}", f"{end:02d}:00"


def _days_of(words: str | None) -> tuple[str, ...]:
    if not words or words == "毎日":
        return DAYS
    if words == "平日":
        return DAYS[:5]
    if words == "土日":
        return DAYS[5:]
    return tuple(
        DAYS[i] for i, kanji in enumerate(_WEEKDAYS) if kanji in words.replace("曜日", "曜")
    )
