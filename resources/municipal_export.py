"""Open entries as a table of municipal open data, one layout, as CSV or XLSX that can come back."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from sqlalchemy.orm import Session

from resources.models import Offering, Resource
from resources.municipal_rows import edited, header_of_row, needed_columns, row_in
from resources.public_entries import ROWS_AT_ONCE, open_entries
from resources.queries import Entry
from resources.sources.defused import defused
from resources.sources.headers import OURS, header_of, layouts
from resources.sources.rows import BadFile
from resources.sources.tables import LONGEST_CELL

FACILITY = "facility"
"""The layout of 公共施設一覧, which takes all that no other layout takes."""

_ESCAPED = re.compile(r"_x[0-9A-Fa-f]{4}_|[\x00-\x08\x0b-\x1f]")


class UnknownLayout(ValueError):
    """There is no such layout; `layouts` names those that there are."""

    def __init__(self, layouts: tuple[str, ...]) -> None:
        self.layouts = ", ".join(layouts)
        super().__init__(f"unknown layout; there are: {self.layouts}")


@dataclass(frozen=True)
class MunicipalTable:
    """A table to be written: names of columns, and rows of as many cells."""

    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]


def layout_codes() -> tuple[str, ...]:
    """Return the layouts that are read and written."""
    return (FACILITY, *(layout["code"] for layout in layouts()["layout"]))


def open_table(session: Session, layout: str) -> MunicipalTable:
    """Return the open entries of a layout, in the order in which they came into the catalogue.

    Entries that were read from a file of this layout keep all its columns. Entries of the
    catalogue itself go where their kind belongs: see `own` in layouts.toml; all others to
    `FACILITY`. Raises `UnknownLayout`.
    """
    if layout not in layout_codes():
        raise UnknownLayout(layout_codes())
    entries = [(e, edited(e)) for e in _entries(session) if layout_of(e) == layout]
    names = _columns(layout, entries)
    header = header_of(names)
    ours = tuple(layouts()["columns"][meaning][0] for meaning in OURS)
    return MunicipalTable(
        (*names, *ours),
        [
            (*(row[name] for name in names), *_ours(entry))
            for entry, edits in entries
            for row in [row_in(entry, header, edits)]
        ],
    )


def _entries(session: Session) -> Iterator[Entry]:
    statement = open_entries().order_by(
        Resource.created_at, Resource.source, Resource.source_key, Offering.id
    )
    for o, r, p, h in session.execute(statement.execution_options(yield_per=ROWS_AT_ONCE)):
        yield Entry(o, r, p, h)


def layout_of(entry: Entry) -> str:
    """Return the layout in which an entry is written."""
    original = entry.resource.original
    if original:
        return header_of_row(tuple(original)).layout
    kind = entry.resource.kind
    return next((x["code"] for x in layouts()["layout"] if kind in x.get("own", ())), FACILITY)


def _columns(layout: str, entries: list[tuple[Entry, dict[str, str]]]) -> tuple[str, ...]:
    names = dict.fromkeys(name for e, _ in entries for name in e.resource.original or ())
    if not names or any(not e.resource.original for e, _ in entries):
        standard = layouts()["standard"]
        wanted = standard.get(layout, standard[FACILITY])
        known = header_of(tuple(names)).columns if names else {}
        meant = header_of(tuple(wanted)).columns
        # A file's own column of the same meaning takes the place of the standard's.
        replaced = {wanted[meant[meaning]] for meaning in known if meaning in meant}
        names |= dict.fromkeys(name for name in wanted if name not in replaced)
    known = header_of(tuple(names)).columns
    needed = {m for e, edits in entries for m in needed_columns(e, edits)} - known.keys()
    # A column that tells another layout can't be added: the file would be read as that one.
    telling = {x["column"] for x in layouts()["layout"]}
    added = [layouts()["columns"][meaning][0] for meaning in sorted(needed)]
    names |= dict.fromkeys(name for name in added if name not in telling)
    return tuple(names)


def _ours(entry: Entry) -> tuple[str, str, str]:
    verified = entry.offering.verified_on
    assert verified is not None, "what isn't verified isn't open"
    return str(entry.offering.id), entry.resource.kind, verified.isoformat()


def write_csv(table: MunicipalTable, out: TextIO) -> None:
    """Write a table as CSV, with every cell that a spreadsheet would take for a formula defused.

    out : opened with encoding "utf-8-sig" and newline "", so that Excel reads it
    """
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(map(defused, table.columns))
    writer.writerows(tuple(map(defused, row)) for row in table.rows)


def write_xlsx(table: MunicipalTable, path: Path) -> None:
    """Write a table as XLSX, every cell as text.

    Raises `BadFile` where a cell holds more than a spreadsheet can.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("データ")
    for row in (table.columns, *table.rows):
        cells = []
        for text in row:
            if len(text) > LONGEST_CELL:
                raise BadFile(
                    f"{LONGEST_CELL:,} 字を超える項目は XLSX に入りません。CSV にしてください。",
                    f"A cell is longer than XLSX can hold ({LONGEST_CELL:,}); write CSV instead.",
                )
            cell = WriteOnlyCell(sheet, value="")
            cell.number_format = "@"
            # What XML can't hold, or would change, is written as OOXML escapes it (ST_Xstring).
            cell.value = _ESCAPED.sub(_escape, text)
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    book.save(path)


def _escape(found: re.Match[str]) -> str:
    """Return `_x000D_` for a control character; of what only looks like one, its first sign."""
    text = found[0]
    return f"_x{ord(text):04X}_" if len(text) == 1 else f"_x005F_{text[1:]}"
