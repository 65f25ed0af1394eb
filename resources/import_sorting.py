"""Sorts the rows of a file: those that can't be taken in, those already known, those to write.

A row that says word for word what it said before needs no look at its entry, nor at what it says:
that is nearly every row of a file that is read every night.
"""

import json
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import orjson
from sqlalchemy.orm import Session

from resources.import_known import Kept, Known, rows_kept, rows_of_entries
from resources.import_report import Reported, Settled
from resources.municipal_rows import same_row
from resources.sources.opendata import Named, Reader, name_in
from resources.sources.reasons import REASONS, BadRow
from resources.sources.rows import Row


class ToWrite(NamedTuple):
    """A row for which something may have to be written.

    group : rows of one group mean parts of the same entry, so they must be written in their order
    """

    row: Row
    named: Named
    group: int


@dataclass
class Sorted:
    """The rows of a file, each in one of these, in the file's order."""

    reported: list[Reported] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    to_write: list[ToWrite] = field(default_factory=list)


def sort_rows(
    session: Session,
    reader: Reader,
    *,
    verified_on: date | None,
    grouped: bool = False,
) -> Sorted:
    """Sort the rows of a table by what the catalogue knows; a read only.

    verified_on : the publisher confirms every row as of this day
    grouped : rows may be written at once, so it must be told which can't
    """
    found = Sorted()
    # Only a row that names an entry may mean the same as another.
    may_share = grouped or "entry" in reader.table.header.columns
    known = rows_kept(session, reader.table.source, with_parts=may_share)
    named = _named(reader, known, found)
    ids = [n.entry for _, n, _ in named if n.entry is not None]
    known.by_entry = rows_of_entries(session, ids)
    kept = [known.of(n) for _, n, _ in named]
    groups = _groups(kept)
    shared = {group for group, many in Counter(groups).items() if many > 1}
    for (row, name, as_before), its, group in zip(named, kept, groups, strict=True):
        if (
            its is not None
            and group not in shared
            and not is_confirmed_by(its.verified_on, verified_on or name.verified_on)
            and (as_before or _says_the_same(its.original, reader.original(row)))
        ):
            found.settled.append(Settled(row.line, "unchanged", name.name))
        else:
            found.to_write.append(ToWrite(row, name, group))
    return found


def is_confirmed_by(verified_on: date | None, on: date | None) -> bool:
    """Tell whether the publisher's day moves an entry's; who looked later knows better."""
    return on is not None and (verified_on is None or verified_on < on)


def _named(reader: Reader, known: Known[Kept], found: Sorted) -> list[tuple[Row, Named, bool]]:
    """Return which row each is, and whether it says word for word what is kept of it."""
    keys = {its.original: key for key, its in known.by_key.items() if its.original is not None}
    seen: dict[str, Row] = {}
    out: list[tuple[Row, Named, bool]] = []
    for row in reader.table.rows:
        try:
            # What was taken in before, and says the same, needn't be made sure of again.
            key = keys.get(as_kept(reader.original(row)) or "") if keys else None
            as_before = key is not None and key not in seen and reader.is_kept_whole(row)
            named = reader.named_as(key, row) if as_before and key else reader.named(row)
            first = seen.setdefault(named.key, row)
            if first is not row:
                repeated = "repeated" if first.cells == row.cells else "repeated_id"
                raise BadRow(repeated, line=first.line)
            out.append((row, named, as_before))
        except BadRow as error:
            found.reported.append(reported_row(reader, row, error))
    return out


def reported_row(reader: Reader, row: Row, error: BadRow) -> Reported:
    """Return what is said of a row that can't be taken in."""
    ja, en = (words.format(**error.facts) for words in REASONS[error.reason])
    return Reported(row.line, ja, en, name=name_in(reader.table, row))


def _says_the_same(kept: str | None, original: dict[str, str]) -> bool:
    if kept is None:
        return False
    # The same text is the same row; another text may still be, with its columns in another order.
    return kept == as_kept(original) or same_row(json.loads(kept) or {}, original)


def as_kept(original: dict[str, str]) -> str | None:
    """Return a row as the database keeps it, as `as_json_text` writes it; None: it can't."""
    try:
        return orjson.dumps(original).decode()
    except orjson.JSONEncodeError:
        return None


def _groups(kept: Sequence[Kept | None]) -> list[int]:
    """Return of each row the number of its group: rows that share a part of an entry are one."""
    groups = list(range(len(kept)))
    first: dict[Hashable, int] = {}
    for i, its in enumerate(kept):
        for part in () if its is None else its.parts:
            if part is not None and (j := first.setdefault(part, i)) != i:
                _join(groups, i, j)
    return [_first_of(groups, i) for i in range(len(groups))] if first else groups


def _join(groups: list[int], i: int, j: int) -> None:
    a, b = _first_of(groups, i), _first_of(groups, j)
    groups[max(a, b)] = min(a, b)


def _first_of(groups: list[int], i: int) -> int:
    while groups[i] != i:
        groups[i] = groups[groups[i]]
        i = groups[i]
    return i
