"""個人番号 (My Number) is never stored: what holds one is refused before it is written."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from casework.case_models import Case, Household, OfCase, Person
from casework.placement_models import Meeting
from casework.sealed_words import sealed_in

GUARDED = (OfCase, Person, Case, Household, Meeting)

BY_PROGRAM = frozenset({"sealed", "lookup"})
"""Columns that nobody types: what is sealed, and its blind index. Chance puts digits there too."""

# An id of a place in a need, say; its groups can be all digits.
_ID = re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)

# Twelve digits, whole or in groups of four, that don't belong to a longer number.
_TWELVE = re.compile(r"(?<![0-9])([0-9]{4})[ \-]?([0-9]{4})[ \-]?([0-9]{4})(?![0-9])")


class HoldsMyNumber(ValueError):
    """A text with a number that is a 個人番号 by its check digit."""

    def __init__(self) -> None:
        super().__init__("a text holds what looks like a 個人番号, which is never kept here")


def check_digit(eleven: str) -> int:
    """Return the check digit of the first eleven digits of a 個人番号.

    行政手続における特定の個人を識別するための番号の利用等に関する法律の規定による通知カード及び
    個人番号カード並びに情報提供ネットワークシステムによる特定個人情報の提供等に関する省令
    (平成26年総務省令第85号) 第5条.
    """
    total = sum(
        int(digit) * (place + 1 if place <= 6 else place - 5)
        for place, digit in enumerate(reversed(eleven), start=1)
    )
    rest = total % 11
    return 0 if rest <= 1 else 11 - rest


def holds_my_number(text: str) -> bool:
    """Tell whether twelve digits with the right check digit stand in a text, however written."""
    folded = re.sub("[‐‑‒–—―−ー－]", "-", unicodedata.normalize("NFKC", text))
    folded = _ID.sub("", folded)
    return any(
        check_digit("".join(found.groups())[:11]) == int(found.group(3)[3])
        for found in _TWELVE.finditer(folded)
    )


def check(value: Any) -> None:
    """Raise `HoldsMyNumber` where a value, or anything within it, holds one."""
    if isinstance(value, str):
        if holds_my_number(value):
            raise HoldsMyNumber
    elif isinstance(value, dict):
        for each in value.values():
            check(each)
    elif isinstance(value, list):
        for each in value:
            check(each)


@event.listens_for(Session, "before_flush")
def _refuse(session: Session, _context: object, _instances: object) -> None:
    for row in (*session.new, *session.dirty):
        if isinstance(row, GUARDED):
            for value in _written(row):
                check(value)


def _written(row: Any) -> Iterator[Any]:
    """Give what is about to be written of a row, what will stand sealed as it was typed."""
    state: Any = inspect(row)
    sealed = {words.column: words.name for words in sealed_in(type(row))}
    for name in state.mapper.column_attrs.keys():  # noqa: SIM118 - not a dictionary
        if name not in BY_PROGRAM and state.attrs[name].history.has_changes():
            yield getattr(row, sealed.get(name, name))
