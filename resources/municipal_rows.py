"""An entry of the catalogue as a row of municipal open data: what was read, updated by edits.

The row that an entry was read from comes back cell by cell. A cell is written anew only where the
catalogue now knows otherwise than the row said; so what was read and written again is the same.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from resources.queries import Entry
from resources.sources.headers import OURS, Header, header_of, layouts
from resources.sources.opendata import Place, Table, place_of
from resources.sources.reasons import BadRow
from resources.sources.rows import Row

FIELDS: dict[str, tuple[str, str]] = {
    "name": ("resource", "name"),
    "kana": ("resource", "name_kana"),
    "alias": ("resource", "alias"),
    "description": ("resource", "description"),
    "phone": ("resource", "phone"),
    "email": ("resource", "email"),
    "url": ("resource", "url"),
    "note": ("resource", "contact_note"),
    "age": ("resource", "age_min"),
    "address": ("location", "address"),
    "prefecture": ("location", "prefecture"),
    "city": ("location", "city"),
    "building": ("location", "building"),
    "postcode": ("location", "postcode"),
    "accessibility": ("location", "accessibility"),
    "lon": ("location", "lon"),
    "lat": ("location", "lat"),
    "hours_note": ("offering", "schedule_text"),
    "capacity": ("offering", "capacity"),
    "last_on": ("offering", "ends_on"),
    "organization": ("organization", "name"),
    "corporate_number": ("organization", "corporate_number"),
}
"""Meaning of a column → the table and the column of the catalogue."""

WORKED_OUT = ("prefecture", "city", "lon", "lat")
"""What the gazetteer may have added to a row; adding isn't an edit."""


@lru_cache(maxsize=64)
def header_of_row(names: tuple[str, ...]) -> Header:
    return header_of(names)


def said_in(original: Mapping[str, Any], source: str | None) -> Place | None:
    """Return what a kept row said of its place; None where it can't be read any more."""
    names = tuple(original)
    header = header_of_row(names)
    stem = (source or "").rsplit(":", 1)[-1]
    kind = next((n["kind"] for n in layouts()["named"] if n["part"] in stem), None)
    row = Row(0, tuple(str(original[name]) for name in names))
    try:
        return place_of(Table(source or "", header.layout, header, [row], kind), row)
    except BadRow:
        return None


def edited(entry: Entry) -> dict[str, str]:
    """Return what the catalogue knows otherwise than the entry's row said: meaning → cell."""
    original = entry.resource.original
    said = said_in(original, entry.resource.source) if original else None
    now = _now(entry)
    out = {}
    for meaning, (part, column) in FIELDS.items():
        value = now[meaning]
        before = None if said is None else _before(said, part, column)
        if value == before:
            continue
        if said is not None and meaning in WORKED_OUT and not _is_an_edit(entry, meaning, before):
            continue
        out[meaning] = _cell(meaning, value)
    return out


def _now(entry: Entry) -> dict[str, Any]:
    rows: dict[str, Any] = {
        "resource": entry.resource,
        "location": entry.location,
        "offering": entry.offering,
        "organization": entry.organization,
    }
    return {m: getattr(rows[part], column, None) for m, (part, column) in FIELDS.items()}


def _before(said: Place, part: str, column: str) -> Any:
    if part == "organization":
        return said.organization if column == "name" else said.corporate_number
    facts: dict[str, Any] = getattr(said, part)
    return facts.get(column)


def _is_an_edit(entry: Entry, meaning: str, before: Any) -> bool:
    """Tell whether a person wrote it; a point is one where a pin was set, or the file's was left.

    A point that was dropped because it contradicts its address stays what the publisher wrote.
    """
    if meaning in ("lon", "lat"):
        place = entry.location
        return place is not None and place.lon is not None and place.point_source != "gazetteer"
    return before is not None


def _cell(meaning: str, value: Any) -> str:
    if value is None:
        return ""
    return f"{value}歳から" if meaning == "age" else str(value)


def needed_columns(entry: Entry, edits: Mapping[str, str]) -> set[str]:
    """Return the meanings for which a file needs a column, whatever else it has."""
    return {meaning for meaning, cell in edits.items() if cell}


def row_in(entry: Entry, header: Header, edits: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an entry as a row of a file: column → cell, without the columns of our own.

    header : of the file, which may hold columns that the entry's own row didn't have
    edits : as `edited` returns them
    """
    edits = edited(entry) if edits is None else edits
    original: dict[str, str] = {k: str(v) for k, v in (entry.resource.original or {}).items()}
    own = header_of_row(tuple(original)) if original else None
    row = {name: original.get(name, "") for name in header.names}
    for meaning, column in header.columns.items():
        if meaning in OURS:
            continue
        name = header.names[column]
        if own is not None and meaning in own.columns:
            theirs = own.names[own.columns[meaning]]
            if meaning in edits:
                row[theirs] = edits[meaning]
            elif name not in original:
                row[name] = original[theirs]
        if meaning in edits:
            row[name] = edits[meaning]
    if "hours_note" in edits:  # the words now say all of it
        for name in _hours(header) | (_hours(own) if own else set()):
            row[name] = ""
    return row


def _hours(header: Header) -> set[str]:
    """Return the columns of days and hours."""
    columns = {
        header.columns[m] for m in ("days", "start", "end", "closed_days") if m in header.columns
    }
    columns |= {c for pair in header.weekdays.values() for c in pair}
    return {header.names[c] for c in columns}


def same_row(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two rows say the same; a column that is missing says what an empty one says."""
    return all(
        str(one.get(name) or "") == str(other.get(name) or "") for name in one.keys() | other.keys()
    )
