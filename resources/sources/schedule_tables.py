"""Reads the columns of a table that say when places are open, from a CSV or XLSX file."""

from collections import defaultdict
from dataclasses import dataclass, fields, replace
from pathlib import Path

from resources.days import DAYS
from resources.schedule_columns import Columns, order_in, parse_columns, words_of_columns
from resources.schedule_text import Parsed
from resources.schedule_weekcolumns import MONDAY_FIRST
from resources.sources.headers import fold, header_of, layouts
from resources.sources.rows import BadFile, Row
from resources.sources.tables import read_sheets

HEADER_WITHIN = 10
PLAIN = {field.name: field.name for field in fields(Columns)}
OF_LAYOUTS = PLAIN | {"note": "hours_note", "closed": "closed_days"}
"""Column of ours → its meaning in layouts.toml."""


@dataclass(frozen=True)
class Line:
    """One row as it was read; `text` = its cells as one expression, None where they are empty."""

    line: int
    text: str | None
    parsed: Parsed | None


def read_lines(path: Path) -> list[Line]:
    """Return what each row of a table says of its hours.

    Columns are found by the headers of municipal open data (those with a pair of columns for each
    weekday among them), or by the plain names days, start, end, note and closed. Where days stand
    side by side without heads, the order that one row tells holds for all rows of the same
    `source` (or, without that column, of the same sheet).

    Raises `BadFile` where no column of days, hours or notes is found.
    """
    sheets = [found for rows in read_sheets(path) if (found := _rows(rows)) is not None]
    if not sheets:
        raise BadFile(
            "曜日や時間の列が見つかりません。「利用可能曜日」「開始時間」か、"
            "days、start、end、note、closed の列を加えてください。",
            "No column of days or hours was found; add 利用可能曜日 and 開始時間,"
            " or days, start, end, note and closed.",
        )
    return [line for sheet in sheets for line in _read(sheet)]


@dataclass(frozen=True)
class _Sheet:
    """The rows of one sheet; `order` = of the days of seven values, where heads name them."""

    rows: list[tuple[int, str, Columns]]
    order: str | None


def _rows(rows: list[Row]) -> _Sheet | None:
    for at, row in enumerate(rows[:HEADER_WITHIN]):
        folded = [fold(cell) for cell in row.cells]
        columns = {name: i for name in PLAIN if (i := _column(folded, name)) is not None}
        weekdays = header_of(row.cells).weekdays
        if len(weekdays) == len(DAYS) or columns.keys() & {"days", "start", "note"}:
            source = folded.index("source") if "source" in folded else None
            cells = [
                (r.line, _cell(r, source), _columns(r, columns, weekdays)) for r in rows[at + 1 :]
            ]
            return _Sheet(cells, MONDAY_FIRST if weekdays else None)
    return None


def _column(folded: list[str], name: str) -> int | None:
    spelt = [name] if name in folded else layouts()["columns"][OF_LAYOUTS[name]]
    return next((folded.index(fold(s)) for s in spelt if fold(s) in folded), None)


def _cell(row: Row, column: int | None) -> str:
    return row.cells[column] if column is not None and column < len(row.cells) else ""


def _columns(row: Row, columns: dict[str, int], weekdays: dict[str, tuple[int, int]]) -> Columns:
    found = Columns(**{name: _cell(row, column) for name, column in columns.items()})
    if len(weekdays) < len(DAYS):
        return found
    pairs = [[_cell(row, column) for column in weekdays[day]] for day in DAYS]
    start, end = ("/".join(values) for values in zip(*pairs, strict=True))
    return replace(found, start=start, end=end)


def _read(sheet: _Sheet) -> list[Line]:
    tables: dict[str, list[Columns]] = defaultdict(list)
    for _, source, columns in sheet.rows:
        tables[source].append(columns)
    orders = {source: sheet.order or order_in(table) for source, table in tables.items()}
    found = []
    for line, source, columns in sheet.rows:
        text = words_of_columns(columns)
        parsed = None if text is None else parse_columns(columns, orders[source])
        found.append(Line(line, text, parsed))
    return found
