"""Finds out by which character the cells of a text are parted: comma, tab or semicolon."""

import csv
import io
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import islice

SEPARATORS = (",", "\t", ";")
FIRST_ROWS = 10
FIRST_LETTERS = 200_000

Known = Callable[[Sequence[str]], int]
"""How many columns of a row of cells are known as those of a table of places; 0: it is none."""


def separator_of(text: str, known: Known) -> str:
    """Return what parts a text's cells: where most columns are known by their names.

    Where none is, what stands most often in the first rows outside of quotation marks.
    """
    found = {s: _most_known(text, s, known) for s in SEPARATORS}
    if any(found.values()):
        return max(SEPARATORS, key=lambda s: found[s])
    counts = {s: sum(len(row) - 1 for row in _first_rows(text, s)) for s in SEPARATORS}
    return max(SEPARATORS, key=lambda s: counts[s])


def most_known(text: str, known: Known) -> int:
    """Return how many columns of a table of places a text has, however its cells are parted."""
    return max(_most_known(text, s, known) for s in SEPARATORS)


def _most_known(text: str, separator: str, known: Known) -> int:
    return max(map(known, _first_rows(text, separator)), default=0)


def _first_rows(text: str, separator: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text[:FIRST_LETTERS], newline=""), delimiter=separator)
    rows: list[list[str]] = []
    # A cell that is too long: the reader of the whole file says so with its line.
    with suppress(csv.Error):
        rows.extend(islice(reader, FIRST_ROWS))
    return rows
