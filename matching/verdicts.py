"""What a rule is: a verdict for each row, the evidence it rests on, and the change that would help.

PASS, UNKNOWN and FAIL are numbers, so that many rows are judged at once; the same function answers
for one row, so a list and its explanation can't disagree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.ask import Ask
from matching.codebook import Codebook
from matching.encoding import EPOCH
from matching.sentences import Sentence, sentence
from matching.sight import Seen, Sight

PASS, UNKNOWN, FAIL = 1, 0, -1
WORDS = {PASS: "pass", UNKNOWN: "unknown", FAIL: "fail"}

Verdicts = NDArray[np.int8]


@dataclass(frozen=True)
class Rule:
    """One thing that must (or must not) be so.

    applies : whether a need asks for it
    judge : the verdict of each row
    evidence : the field a row's verdict rests on, and its value (JSON)
    change : the smallest change that would make a failing row pass; None where there is none
    safety : not known counts as failed, and no change is ever proposed
    reads : the columns that the evidence is made of, where it is made of nothing else
    """

    code: str
    applies: Callable[[Ask], bool]
    judge: Callable[[Sight], Verdicts]
    evidence: Callable[[Seen], tuple[str, Any]]
    change: Callable[[Seen], Sentence | None]
    safety: bool = False
    reads: tuple[str, ...] = ()

    @cached_property
    def words(self) -> Sentence:
        return sentence(f"rule.{self.code}")


def verdicts(passes: NDArray[np.bool_], known: NDArray[np.bool_]) -> Verdicts:
    """Return PASS or FAIL where it is known, UNKNOWN where not (0, so a product does it)."""
    return (passes.view(np.int8) * np.int8(PASS - FAIL) + np.int8(FAIL)) * known.view(np.int8)


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


def labels_of(codes: list[str], codebook: Codebook, axis: str) -> Sentence:
    terms = [codebook.vocabulary.term(axis, c) for c in codes]
    return Sentence("・".join(t.ja for t in terms), ", ".join(t.en for t in terms))


def must_be(column: str, wanted: int) -> Callable[[Sight], Verdicts]:
    def judge(s: Sight) -> Verdicts:
        value = s.rows[column]
        return verdicts(value == wanted, value >= 0)

    return judge


def at_most(column: str, limit: Callable[[Ask], int | None]) -> Callable[[Sight], Verdicts]:
    def judge(s: Sight) -> Verdicts:
        most = limit(s.ask)
        assert most is not None
        value = s.rows[column]
        return verdicts(value <= most, value >= 0)

    return judge


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
