"""The word lists of `note_words.toml`: what each word speaks for, and of whom it may be said."""

import re
import tomllib
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from typing import Any

from matching.note_turned import Turn
from matching.note_whom import Others


class Said(Enum):
    """Of whom something must be said to be true of the person."""

    OF_ONESELF = "oneself"
    OF_THE_FAMILY = "family"  # by speaking of others too: 「父が怒鳴る」, 「夫が亡くなった」
    OF_CARE = "care"  # 「母の介護」, but not 「姉が介護をしている」
    OF_KIN = "kin"  # only by speaking of others: 「母は要介護3」

    def counts(self, others: Others, start: int) -> bool:
        """Tell whether what is said at a place in a sentence is about the person."""
        if self is Said.OF_ONESELF:
            return not others.at(start)
        if self is Said.OF_CARE:
            return not others.in_topic(start)
        return self is Said.OF_THE_FAMILY or others.at(start)


_FAMILY = ("family", "violence", "grief", "single_parent", "eight_fifty")
_CARE = ("caregiving", "double_care", "young_carer", "childcare")
_SAID = dict.fromkeys(_FAMILY, Said.OF_THE_FAMILY) | dict.fromkeys(_CARE, Said.OF_CARE)
_SAID["safety.protected"] = Said.OF_CARE  # 「前の夫に見つかると危険」


@dataclass(frozen=True)
class Entry:
    """One pattern of the lists; `turn` says what turns it round."""

    field: str
    value: Any
    pattern: re.Pattern[str]
    turn: Turn
    said: Said = Said.OF_ONESELF


@cache
def _lists() -> dict[str, Any]:
    text = files("matching").joinpath("note_words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def entries() -> tuple[Entry, ...]:
    lists = _lists()
    made = [
        Entry(f"needs.{code}", 2, _any(pattern), Turn.NEED, _SAID.get(code, Said.OF_ONESELF))
        for code, pattern in lists["needs"].items()
    ]
    made += [
        Entry(f"needs.{code}", 2, _any(pattern), Turn.NEED, Said.OF_KIN)
        for code, pattern in lists["needs_of_kin"].items()
    ]
    made += [
        Entry("wishes.activities", code, _any(pattern), Turn.LIKING)
        for code, pattern in lists["activities"].items()
    ]
    made += [
        Entry("limits.languages", code, _any(pattern), Turn.LANGUAGE)
        for code, pattern in lists["languages"].items()
    ]
    made += [
        Entry(
            entry["field"],
            entry["value"],
            _any(entry["pattern"]),
            Turn(entry.get("turn", Turn.LIMIT.value)),
            _SAID.get(entry["field"], Said.OF_ONESELF),
        )
        for entry in lists["limit"]
    ]
    made += _held(lists["held"])
    home = lists["from_home"]
    wished = f"(?=[^、]*(?:{home['wished']}))(?:{_any(home['pattern']).pattern})"
    surely = _any([*home["surely"], wished])
    return (*made, Entry("limits.from_home", True, surely, Turn.LIKING))


def _held(lists: dict[str, Any]) -> list[Entry]:
    """Return the patterns that say what of the requirements of places somebody has."""
    things, have = lists["things"], "|".join(lists["have"])
    another = "|".join(things.values())
    patterns = {
        code: [
            rf"(?:{thing})(?:(?:も|と|や|・|/|、)(?:{another}))?{_IN_BETWEEN}(?:{have})",
            *lists["said"].get(code, ()),
        ]
        for code, thing in things.items()
    }
    patterns |= {code: said for code, said in lists["said"].items() if code not in things}
    return [Entry("limits.holds", code, _any(said), Turn.HELD) for code, said in patterns.items()]


_IN_BETWEEN = (
    r"(?:\([^()]{0,12}\))?(?:は|が|も|を|の|に|とも)?[:、\s]?"
    r"(?:すでに|既に|もう|無事に?|やっと|ようやく|先[日週月]|昨[日年]|去年|今[年月])?に?、?"
)
"""Between a thing and the word that it is there: 「手帳は先月、取得した」."""


def set_aside(note: str) -> list[re.Pattern[str]]:
    """Return the words that speak of something else in this note: 避難 where a flood is told of."""
    return [word for word, beside in _otherwise() if beside.search(note)]


@cache
def _otherwise() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple(
        (re.compile(entry["word"]), re.compile(entry["beside"])) for entry in _lists()["otherwise"]
    )


@cache
def likings() -> tuple[Entry, ...]:
    """Return the patterns that speak for what somebody likes to do."""
    return tuple(entry for entry in entries() if entry.field == "wishes.activities")


@cache
def from_home() -> tuple[Entry, ...]:
    """Return the pattern by which a wish says that somebody would rather join from home.

    A note is more than a wish, so in `entries` it must say that it is wished, too.
    """
    return (Entry("limits.from_home", True, _from_home(), Turn.LIKING),)


def _from_home() -> re.Pattern[str]:
    home = _lists()["from_home"]
    return _any([*home["surely"], *home["pattern"]])


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns))
