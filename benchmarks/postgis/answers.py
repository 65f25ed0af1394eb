"""The lists of both sides in one form, so that they can be held against each other."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from benchmarks.postgis.query import criteria_of, query_for, rules_of, shares_of
from benchmarks.postgis.question import numbers_of
from matching.answers import Answer
from matching.ask import Ask
from matching.codebook import Codebook
from matching.columns import Array
from matching.schemes import UNIT, Scheme
from matching.verdicts import PASS, UNKNOWN, WORDS

Connection = psycopg.Connection[Any]

NUMBER = re.compile(r"%\((\w+)\)s")


class Place(NamedTuple):
    """One place of a list, with all that its reasons are made of."""

    offering: UUID
    score: float  # 0 … 1
    confidence: float
    contributions: dict[str, float]
    verdicts: dict[str, str]


class Question(NamedTuple):
    """A question as it is put to PostgreSQL: with `$1` … for its numbers, which are in that order.

    That is what PostgreSQL itself takes; names would be looked for again with each question.
    """

    sql: str
    numbers: list[Any]
    rules: Sequence[str]
    criteria: Sequence[str]


def question_of(ask: Ask, codebook: Codebook, scheme: Scheme, idf: Array) -> Question:
    numbers = numbers_of(ask, codebook, scheme, idf) | shares_of(ask, scheme)
    sql, names = by_position(query_for(ask, scheme))
    put = [numbers[name] for name in names]
    return Question(sql, put, rules_of(ask), criteria_of(ask, scheme))


def by_position(named: str) -> tuple[str, list[str]]:
    """Return a query with `$1` … in place of `%(name)s`, and the names in that order."""
    names = list(dict.fromkeys(NUMBER.findall(named)))
    places = {name: f"${k}" for k, name in enumerate(names, 1)}
    return NUMBER.sub(lambda found: places[found[1]], named), names


def asked(connection: Connection, question: Question) -> list[Place]:
    """Put a question to PostgreSQL."""
    cursor = psycopg.RawCursor(connection)
    cursor.execute(question.sql, question.numbers, prepare=True, binary=True)
    return [_place(question, *row) for row in cursor.fetchall()]


def _place(
    question: Question,
    offering: UUID,
    score: int,
    confidence: int,
    contributions: list[int],
    excess: int,
    most: int,
    unknowns: list[bool],
) -> Place:
    # All rounded up may come to more than a whole: the largest gives way, as `ranking._weigh` does.
    contributions[most - 1] -= excess
    return Place(
        offering,
        score / UNIT,
        confidence / 100,
        dict(zip(question.criteria, (c / UNIT for c in contributions), strict=True)),
        {
            rule: WORDS[UNKNOWN if unknown else PASS]
            for rule, unknown in zip(question.rules, unknowns, strict=True)
        },
    )


def listed(answer: Answer) -> list[Place]:
    """Return the engine's list in the same form."""
    return [
        Place(
            s.place.offering,
            s.score / UNIT,
            s.confidence / 100,
            {code: c / UNIT for code, c in s.contributions.items()},
            {v.rule: v.verdict for v in s.verdicts},
        )
        for s in answer.suggestions
    ]


ALIKE = 1e-6


def differences(one: list[Place], other: list[Place]) -> list[str]:
    """Return in what two lists differ: places, order, verdicts, or numbers by more than 10⁻⁶."""
    if [p.offering for p in one] != [p.offering for p in other]:
        return [
            f"places {[str(p.offering)[:8] for p in one]} {[str(p.offering)[:8] for p in other]}"
        ]
    found = []
    for place, there in zip(one, other, strict=True):
        if place.verdicts != there.verdicts:
            found.append(f"verdicts {set(place.verdicts.items()) ^ set(there.verdicts.items())}")
        if place.contributions.keys() != there.contributions.keys():
            found.append(f"criteria {place.contributions.keys() ^ there.contributions.keys()}")
            continue
        numbers = [
            ("score", place.score, there.score),
            ("confidence", place.confidence, there.confidence),
            *((c, v, there.contributions[c]) for c, v in place.contributions.items()),
        ]
        found += [f"{name} {a} {b}" for name, a, b in numbers if abs(a - b) > ALIKE]
    return found
