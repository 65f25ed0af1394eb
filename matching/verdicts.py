"""What a rule is: a verdict on a place, the evidence it rests on, and the change that would help.

The function that judges one place runs over all of them as machine code; a list and its explanation
are made by the same one, so they can't disagree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from geodata.compiled import compiled
from matching.ask import Ask
from matching.codebook import Codebook
from matching.encoding import EPOCH
from matching.sentences import Sentence, sentence
from matching.sight import Seen
from resources.vocabulary import RUNGS

PASS, UNKNOWN, FAIL = 1, 0, -1
WORDS = {PASS: "pass", UNKNOWN: "unknown", FAIL: "fail"}

BEYOND_TALK = ("kind", "published", "sober")
"""Rules besides those of safety that nobody is asked to loosen."""

Test = Callable[[Any, Any, Any], int]
"""Judges one place: its record (`columns.RECORD`), what is seen of it for this question
(`columns.LOOK`) and the question's terms (`terms.TERMS`) give PASS, UNKNOWN or FAIL."""


def never(_ask: Ask) -> bool:
    return False


@dataclass(frozen=True)
class Rule:
    """One thing that must (or must not) be so.

    applies : whether a need asks for it
    test : the verdict on one place
    evidence : the field a row's verdict rests on, and its value (JSON)
    change : the smallest change that would make a failing row pass; None where there is none
    way : what is to be asked of a row that isn't known to pass, where that can be said
    safety : not known counts as failed, and no change is ever proposed
    access : whether the person of a need can't get in or take part at all without it; where it
        isn't known, the confidence is halved
    reads : the columns that the evidence is made of, where it is made of few different values
    """

    code: str
    applies: Callable[[Ask], bool]
    test: Test
    evidence: Callable[[Seen], tuple[str, Any]]
    change: Callable[[Seen], Sentence | None]
    safety: bool = False
    access: Callable[[Ask], bool] = never
    reads: tuple[str, ...] = ()
    way: Callable[[Seen], Sentence | None] | None = None

    @cached_property
    def words(self) -> Sentence:
        return sentence(f"rule.{self.code}")

    @property
    def is_beyond_talk(self) -> bool:
        """Tell whether a row that fails it is no near miss, and the rule no loosening."""
        return self.safety or self.code in BEYOND_TALK


@compiled
def verdict(passes: bool, known: bool) -> int:
    """Return PASS or FAIL where it is known, UNKNOWN where not."""
    if not known:
        return UNKNOWN
    return PASS if passes else FAIL


@compiled
def must_be(value: int, wanted: int) -> int:
    """Judge a value that must be one number; below 0 it isn't known."""
    return verdict(value == wanted, value >= 0)


@compiled
def at_most(value: int, most: int) -> int:
    """Judge a value that has a limit; below 0 it isn't known."""
    return verdict(value <= most, value >= 0)


def always(_ask: Ask) -> bool:
    return True


def shown_date(day: int) -> str | None:
    return None if day < 0 else date.fromordinal(day + EPOCH).isoformat()


def shown_number(value: Any) -> int | None:
    return None if value < 0 else int(value)


def shown_flag(value: Any) -> bool | None:
    return None if value < 0 else bool(value)


def codes_of(mask: Any, codebook: Codebook, axis: str) -> list[str]:
    return [c for c, bit in codebook.bits(axis).items() if int(mask) >> bit & 1]


def rungs_of(mask: Any) -> list[int]:
    """Return the rungs of the ladder whose bits are set."""
    return [rung for rung in range(RUNGS) if int(mask) >> rung & 1]


def labels_of(codes: list[str], codebook: Codebook, axis: str) -> Sentence:
    terms = [codebook.vocabulary.term(axis, c) for c in codes]
    return Sentence("、".join(t.ja for t in terms), ", ".join(t.en for t in terms))


def shows(column: str, convert: Callable[[Any], Any]) -> Callable[[Seen], tuple[str, Any]]:
    def evidence(p: Seen) -> tuple[str, Any]:
        return column, convert(p[column])

    return evidence


def shows_code(column: str, order: tuple[str, ...]) -> Callable[[Seen], tuple[str, Any]]:
    def evidence(p: Seen) -> tuple[str, Any]:
        number = p[column]
        return column, None if number < 0 else order[number]

    return evidence


def says(key: str) -> Callable[[Seen], Sentence | None]:
    words = f"change.{key}"
    return lambda _p: sentence(words)


def no_change(_p: Seen) -> Sentence | None:
    return None


def shows_known(column: str) -> Callable[[Seen], tuple[str, Any]]:
    return lambda p: (column, "known" if p[column] else None)
