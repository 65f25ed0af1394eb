"""The closed lists (kinds, needs, activities …) with labels in Japanese and English.

A municipality's lists live in the table of taxonomy terms; `default_vocabulary` is what a new
database is filled with.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

MOST_TERMS = {
    "need": 64,
    "activity": 64,
    "audience": 32,
    "language": 16,
    "requirement": 15,
    "kind": 256,
}
"""How many words a list may hold, retired ones too: each is a bit or a number of the index."""

UNSORTED = "unsorted"
"""The kind of what nobody has told the kind of yet; it is never suggested."""

RUNGS = 6
"""Of the ladder of participation: from 0, contact, to 5, work."""

MEANT = ("audience", "audience_maybe", "rides", "from_home")
"""What a need says of whoever has it: audiences, and whether they ride along or stay at home."""


@dataclass(frozen=True)
class Term:
    """One entry of a closed list; `facts` holds what its axis knows besides the labels.

    active : whether it is offered; a retired one is still read and shown where it stands
    """

    axis: str
    code: str
    ja: str
    en: str
    facts: dict[str, Any] = field(default_factory=dict)
    active: bool = True


class UnknownCode(ValueError):
    """A code that its closed list doesn't hold."""

    def __init__(self, axis: str, code: str) -> None:
        self.axis = axis
        self.code = code
        super().__init__(f"{axis} has no code {code!r}")


class Vocabulary:
    """The closed lists of one municipality: axis → code → term, in the order shown."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._axes: dict[str, dict[str, Term]] = {}
        for term in terms:
            self._axes.setdefault(term.axis, {})[term.code] = term
        self.has_replaced = any("replaced_by" in t.facts for a in self.axes for t in self.terms(a))

    def current(self, axis: str, code: str) -> str:
        """Return the code that stands for a code today: the one it was replaced by, if any."""
        seen = set()
        while code not in seen and code in self._axes.get(axis, {}):
            seen.add(code)
            code = self._axes[axis][code].facts.get("replaced_by", code)
        return code

    def with_facts(self, axis: str, code: str, facts: Mapping[str, Any]) -> "Vocabulary":
        """Return these lists with other facts of one term, to try them; raise `UnknownCode`."""
        told = self.term(axis, code)
        tried = replace(told, facts={**told.facts, **facts})
        return Vocabulary(tried if t is told else t for each in self.axes for t in self.terms(each))

    @property
    def axes(self) -> list[str]:
        return list(self._axes)

    def terms(self, axis: str) -> list[Term]:
        """Return every term of a list, retired ones too: those stand in entries still."""
        return list(self._axes.get(axis, {}).values())

    def offered(self, axis: str) -> list[Term]:
        """Return the terms that a form offers."""
        return [t for t in self.terms(axis) if t.active]

    def offers(self, axis: str, code: str) -> bool:
        """Tell whether a code may be put into an entry."""
        term = self._axes.get(axis, {}).get(code)
        return term is not None and term.active

    def codes(self, axis: str) -> list[str]:
        return list(self._axes.get(axis, {}))

    def holds(self, axis: str, code: str) -> bool:
        """Tell whether a list has a code, a retired one too."""
        return code in self._axes.get(axis, {})

    def term(self, axis: str, code: str) -> Term:
        """Return the term; raise `UnknownCode` when the list doesn't hold the code."""
        try:
            return self._axes[axis][code]
        except KeyError:
            raise UnknownCode(axis, code) from None

    def label(self, axis: str, code: str, language: str = "ja") -> str:
        """Return the words people see for a code; the code itself when it is not in the list."""
        term = self._axes.get(axis, {}).get(code)
        if term is None:
            return code
        return term.ja if language == "ja" else term.en


def _read_axis(axis: str, entries: Any) -> list[Term]:
    if isinstance(entries, list):  # tables with facts besides the labels
        return [
            Term(axis, e["code"], e["ja"], e["en"],
                 {k: v for k, v in e.items() if k not in ("code", "ja", "en")})
            for e in entries
        ]  # fmt: skip
    return [Term(axis, code, *told) for code, told in entries.items()]  # labels, and facts if any


@cache
def default_vocabulary() -> Vocabulary:
    """Return the lists a new database starts with."""
    text = files("resources").joinpath("vocabulary.toml").read_text(encoding="utf-8")
    axes = tomllib.loads(text)
    return Vocabulary(term for axis, entries in axes.items() for term in _read_axis(axis, entries))
