"""Finds out what the columns of a table mean, however their headers are spelt."""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from resources.sources.rows import BadFile, Row

LONG_MARKS = "-‐‑‒–—―−─━ｰ"
_ONE_MARK = {ord(mark): "ー" for mark in LONG_MARKS}


def fold(header: str) -> str:
    """Return a header for comparing: NFKC, without blanks, with one form of the long mark."""
    flat = unicodedata.normalize("NFKC", header).translate(_ONE_MARK)
    return "".join(flat.split()).lower()


def without_translation(header: str) -> str:
    """Return the Japanese half of a header in two languages: 名称/Name, 名称(name)."""
    flat = unicodedata.normalize("NFKC", header).strip()
    if not any(mark in flat for mark in "/\n("):
        return flat
    return re.sub(r"\s*[/\n(]\s*[\x20-\x7e]+\)?$", "", flat)


@cache
def layouts() -> dict[str, Any]:
    """Return the table of layouts, as it stands in layouts.toml."""
    text = files("resources").joinpath("sources/layouts.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


OURS = ("entry", "entry_kind", "verified_on")
"""Meanings of the columns that the program itself adds; they are no part of what was read."""


@dataclass(frozen=True)
class Header:
    """The header row of a table.

    names : what each column is called, as written
    columns : meaning → column number
    weekdays : day → (column of the start, column of the end)
    layout : code of the layout, or "facility"
    """

    line: int
    names: tuple[str, ...]
    columns: dict[str, int]
    weekdays: dict[str, tuple[int, int]]
    layout: str
    kind: str | None
    fallback: str | None

    @property
    def ours(self) -> set[str]:
        """The names of the columns that the program itself added."""
        return {self.names[self.columns[m]] for m in OURS if m in self.columns}

    @cached_property
    def kept(self) -> tuple[tuple[int, str], ...]:
        """The number and the name of each column of which a kept row has a cell."""
        ours = self.ours
        out: dict[str, int] = {}
        for i, named in enumerate(self.names):
            if named not in ours:
                name = named.strip() or f"#{i + 1}"
                out[name if name not in out else f"{name} #{i + 1}"] = i
        return tuple((i, name) for name, i in out.items())

    @cached_property
    def keeps_all(self) -> bool:
        """Whether a kept row has every cell but those of columns that the program itself added."""
        return len(self.kept) + sum(m in self.columns for m in OURS) == len(self.names)


def header_of(names: tuple[str, ...]) -> Header:
    """Return the header that a kept row's own column names make."""
    folded = [fold(name) for name in names]
    return _header(Row(0, names), folded, _columns(names))


def find_header(rows: list[Row]) -> Header:
    """Return the header among the first rows: the one that names a column for names.

    Raises `BadFile` where there is none, or where the table isn't one of places.
    """
    for row in rows[:10]:
        folded = [fold(c) for c in row.cells]
        for other in layouts()["not_places"]:
            if all(fold(c) in folded for c in other["columns"]):
                raise BadFile(other["ja"], other["en"])
        columns = _columns(row.cells)
        if _tells_of_places(columns):
            return _header(row, folded, columns)
    raise BadFile(
        "施設の名称の列が見つかりません。「名称」か「施設名」の列を加えてください。",
        "There is no column with the names of places; add one called 名称 or 施設名.",
    )


def known_columns(cells: Sequence[str]) -> int:
    """Return how many columns of a row are known; none where it is no header of places."""
    columns = _columns(tuple(cells))
    return len(columns) if _tells_of_places(columns) else 0


def _tells_of_places(columns: dict[str, int]) -> bool:
    return "name" in columns and len(columns) > 1


def _columns(names: tuple[str, ...]) -> dict[str, int]:
    whole = [fold(name) for name in names]
    halves = [fold(without_translation(name)) for name in names]
    found: dict[str, int] = {}
    for meaning, spellings in layouts()["columns"].items():
        known = [fold(spelling) for spelling in spellings]
        column = next((h.index(k) for h in (whole, halves) for k in known if k in h), None)
        if column is not None:
            found[meaning] = column
    return found


def names_a_column(name: str) -> bool:
    """Whether a place's name is that of its column: the header again, in whichever language."""
    return fold(without_translation(name)) in _names_of_names()


@cache
def _names_of_names() -> frozenset[str]:
    return frozenset(map(fold, layouts()["columns"]["name"]))


def _header(row: Row, folded: list[str], columns: dict[str, int]) -> Header:
    weekdays = {
        day: (folded.index(fold(a)), folded.index(fold(b)))
        for day, (a, b) in layouts()["weekdays"].items()
        if fold(a) in folded and fold(b) in folded
    }
    known: dict[str, Any] = next(
        (x for x in layouts()["layout"] if fold(x["column"]) in folded), {}
    )
    return Header(
        row.line,
        row.cells,
        columns,
        weekdays,
        known.get("code", "facility"),
        known.get("kind"),
        known.get("fallback"),
    )
