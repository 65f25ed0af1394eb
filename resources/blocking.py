"""Which pairs of entries are worth comparing: among 100,000 that is one pair in a million.

Pairs are looked for within blocks of entries that share a telephone number, a house, a
neighbourhood, or the beginning or end of a name; within a block, by the likeness of names.
"""

import math
import uuid
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from rapidfuzz import fuzz, process

from resources.same_place import Facts

CELL_LON, CELL_LAT = 0.004, 0.003
"""Some 350 metres: farther apart, nearness says nothing for two entries (see `same_place`)."""

FEW = 12
"""In a block as small as this all pairs are compared."""

MANY = 400
"""In a larger block that shares a number or a house, names must be alike as well."""

LARGEST = 50_000
"""A beginning or an end of names that more entries share says nothing."""

ALIKE_NEAR, ALIKE_ANYWHERE = 60, 88
"""How alike names must be: in one neighbourhood; where one of the two has no point."""

AT_ONCE = 2_000
"""Names that are put against a block at once, which bounds the memory."""


@dataclass(frozen=True)
class Known:
    """An entry that is compared."""

    resource: uuid.UUID
    facts: Facts


def pairs_to_compare(
    entries: Sequence[Known], *, of: Collection[uuid.UUID] | None = None
) -> Iterator[tuple[Known, Known]]:
    """Yield each pair that may reach `same_place.ENOUGH`, once, in the order of the entries.

    of : only pairs in which at least one resource is among these
    """
    seen: set[int] = set()
    for numbers, alike, unplaced in _blocks(entries):
        some = numbers
        if unplaced:
            some = [n for n in some if entries[n].facts.lon is None]
        if of is not None:
            # Of a new entry with a point, one without may lie on the other side.
            new = [n for n in numbers if entries[n].resource in of]
            some = new if len(new) < len(some) or not unplaced else some
        for i, j in _pairs(entries, numbers, alike, some):
            if of is not None and not (entries[i].resource in of or entries[j].resource in of):
                continue
            key = i * len(entries) + j
            if key not in seen and entries[i].resource != entries[j].resource:
                seen.add(key)
                yield entries[i], entries[j]


def _blocks(entries: Sequence[Known]) -> Iterator[tuple[list[int], int, bool]]:
    """Yield (entries, how alike their names must be, whether one must be without a point)."""
    exact: dict[Hashable, list[int]] = defaultdict(list)
    cells: dict[Hashable, list[int]] = defaultdict(list)
    words: dict[Hashable, list[int]] = defaultdict(list)
    for number, known in enumerate(entries):
        facts = known.facts
        if facts.digits is not None:
            exact["phone", facts.digits].append(number)
        if facts.place is not None and facts.place.numbers:
            # The end of the town's name, since the rest may be left out.
            exact[facts.place.town[-2:], facts.place.numbers].append(number)
        for form in facts.forms:
            exact["name", form].append(number)
        for key in {k for form in facts.forms for k in (form[:3], form[-3:])}:
            words[key].append(number)
        if facts.lon is not None and facts.lat is not None:
            column, line = math.floor(facts.lon / CELL_LON), math.floor(facts.lat / CELL_LAT)
            # A point at the edge of its cell is compared with those beyond it too.
            for cell in ((column + dx, line + dy) for dx in (0, 1) for dy in (0, 1)):
                cells[cell].append(number)
    for numbers in exact.values():
        yield numbers, (0 if len(numbers) <= MANY else ALIKE_NEAR), False
    for numbers in cells.values():
        yield numbers, ALIKE_NEAR, False
    for numbers in words.values():
        if len(numbers) <= LARGEST:
            yield numbers, ALIKE_ANYWHERE, True


def _pairs(
    entries: Sequence[Known], numbers: list[int], alike: int, some: list[int]
) -> Iterator[tuple[int, int]]:
    """Yield the pairs (i < j) of a block whose names are alike enough in some form.

    some : those of the block of which one must be in each pair
    """
    if len(numbers) < 2 or not some:
        return
    if len(numbers) <= FEW or not alike:
        chosen = set(some)
        for i, j in combinations(numbers, 2):
            if i in chosen or j in chosen:
                yield min(i, j), max(i, j)
        return
    all_forms, owners = _forms(entries, numbers)
    some_forms, some_owners = (all_forms, owners) if some is numbers else _forms(entries, some)
    for start in range(0, len(some_forms), AT_ONCE):
        table = process.cdist(
            some_forms[start : start + AT_ONCE], all_forms, scorer=fuzz.ratio,
            score_cutoff=alike, dtype=np.uint8,
        )  # fmt: skip
        for row, column in np.argwhere(table):
            i, j = some_owners[start + row], owners[column]
            if i != j:
                yield min(i, j), max(i, j)


def _forms(entries: Sequence[Known], numbers: list[int]) -> tuple[list[str], list[int]]:
    pairs = [(form, n) for n in numbers for form in entries[n].facts.forms]
    return [form for form, _ in pairs], [n for _, n in pairs]
