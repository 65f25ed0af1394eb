"""How the codes of the closed lists become bits and small numbers, and what a kind means."""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import or_
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.columns import mask_of
from resources.vocabulary import MEANT, MOST_TERMS, Vocabulary

WIDTHS = MOST_TERMS

CIRCLES = ("bereaved", "carers", "dementia", "foreign", "parents", "recovering")
"""Audiences that come together over what each of them lives through; nobody else is asked in."""


class Meaning(NamedTuple):
    """What somebody is who has a need.

    audience, audience_maybe : bits of the audiences they are one of, and of those to ask about
    rides : they would use what comes to fetch people
    from_home : they can often not go out, so what is joined from home is in reach
    """

    audience: int
    audience_maybe: int
    rides: bool
    from_home: bool


@dataclass(frozen=True)
class Codebook:
    """Bit positions of one municipality's closed lists, in the order of the lists.

    said : verdicts in words, by rule and what they are made of; see `reasons.verdicts_of`
    """

    vocabulary: Vocabulary
    said: dict[tuple[str, bool, bool], dict[tuple[Any, ...], Any]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        for axis, width in WIDTHS.items():
            if len(self.vocabulary.codes(axis)) > width:
                raise ValueError(f"the list {axis} may hold {width} codes at most")

    def bits(self, axis: str) -> dict[str, int]:
        return self._bits[axis]

    @cached_property
    def _bits(self) -> dict[str, dict[str, int]]:
        return {a: {c: i for i, c in enumerate(self.vocabulary.codes(a))} for a in WIDTHS}

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        return tuple(self.vocabulary.codes("kind"))

    @cached_property
    def participation(self) -> NDArray[np.bool_]:
        """(kinds,) whether a kind may be suggested as a place of participation."""
        return self._kind_fact("participation")

    @cached_property
    def gathering(self) -> NDArray[np.bool_]:
        """(kinds,) whether a kind is a place where people gather."""
        return self._kind_fact("gathering")

    @cached_property
    def accompanies(self) -> NDArray[np.bool_]:
        """(kinds,) whether hosts accompany those they receive, which is so where it isn't said."""
        return self._kind_fact("accompanies", unsaid=True)

    def _kind_fact(self, name: str, *, unsaid: bool = False) -> NDArray[np.bool_]:
        terms = self.vocabulary.terms("kind")
        return np.array([bool(t.facts.get(name, unsaid)) for t in terms], dtype=np.bool_)

    @cached_property
    def term_days(self) -> NDArray[np.float64]:
        """(kinds,) how many days a verification holds."""
        terms = self.vocabulary.terms("kind")
        return np.array([float(t.facts.get("term_days", 90)) for t in terms])

    @cached_property
    def usual_needs(self) -> tuple[int, ...]:
        """(kinds,) the need bits that a kind usually answers."""
        bits = self.bits("need")
        return tuple(mask_of(t.facts.get("needs"), bits) for t in self.vocabulary.terms("kind"))

    @cached_property
    def circle_needs(self) -> tuple[int, ...]:
        """(audiences,) the need bits that make somebody one of a circle; 0 = it is none."""
        bits = self.bits("need")
        return tuple(
            sum(1 << bits[c] for c, means in self.meanings.items() if means.audience >> k & 1)
            if code in CIRCLES
            else 0
            for code, k in self.bits("audience").items()
        )

    def needs_of_circle(self, audience: int) -> int:
        """Return the need bits of the people whom a circle is for; 0 where anyone is let in."""
        if audience >> self.bits("audience")["anyone"] & 1:
            return 0
        each = (needs for k, needs in enumerate(self.circle_needs) if audience >> k & 1)
        return reduce(or_, each, 0)

    @cached_property
    def first_needs(self) -> tuple[int, ...]:
        """(kinds,) the need bits that a kind is there for first of all; 0 = for all alike."""
        bits = self.bits("need")
        terms = self.vocabulary.terms("kind")
        return tuple(mask_of(t.facts.get("first_needs"), bits) for t in terms)

    @cached_property
    def needs_of_kinds(self) -> int:
        """The need bits that some kind of place of participation usually answers."""
        takes_part = zip(self.usual_needs, self.participation.tolist(), strict=True)
        return reduce(or_, (needs for needs, yes in takes_part if yes), 0)

    @cached_property
    def usual_audience(self) -> tuple[int, ...]:
        """(kinds,) the audience bits of whom a kind is for; 0 = for anybody, or not known."""
        bits = self.bits("audience")
        return tuple(mask_of(t.facts.get("audience"), bits) for t in self.vocabulary.terms("kind"))

    @cached_property
    def meanings(self) -> dict[str, Meaning]:
        """What each need makes of the person who has it."""
        bits = self.bits("audience")
        return {
            t.code: Meaning(
                mask_of(t.facts.get("audience"), bits),
                mask_of(t.facts.get("audience_maybe"), bits),
                bool(t.facts.get("rides")),
                bool(t.facts.get("from_home")),
            )
            for t in self.vocabulary.terms("need")
        }

    @cached_property
    def required(self) -> tuple[int, ...]:
        """(kinds,) the requirement bits that the law asks for a kind."""
        bits = self.bits("requirement")
        return tuple(mask_of(t.facts.get("requires"), bits) for t in self.vocabulary.terms("kind"))

    @cached_property
    def fingerprint(self) -> str:
        """Return a short name of these lists; an index made with other lists is of no use.

        What a need means for a person, and what a kind is there for, is of the question.
        """
        no_part = (*MEANT, "first_needs")
        facts = [
            (t.axis, t.code, sorted((f for f in t.facts.items() if f[0] not in no_part), key=str))
            for axis in WIDTHS
            for t in self.vocabulary.terms(axis)
        ]
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
