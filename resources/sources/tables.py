"""Reads CSV and XLSX files into rows of text with their line numbers, within bounds."""

import csv
import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from resources.sources.defused import restored
from resources.sources.encodings import decoded
from resources.sources.headers import known_columns
from resources.sources.rows import BadFile, Row
from resources.sources.separators import most_known, separator_of

MOST_BYTES = 50 * 1024 * 1024
MOST_COLUMNS = 500
MOST_ROWS = 1_000_000
LAST_LINE = 1_048_576
"""The last line that a spreadsheet has; a file may name any other."""

LONGEST_CELL = 32_767
"""What a spreadsheet's cell can hold."""

MOST_UNPACKED = 400 * 1024 * 1024
SURELY_SMALL = 20 * 1024 * 1024
MOST_RATIO = 100
"""How many times its size a spreadsheet may grow when it is unpacked; real ones grow by ten."""

MOST_NUL = 10
"""A text in which every tenth character or more is NUL was read in the wrong encoding."""

EXAMPLE_SHEETS = ("入力例", "記入例", "記載例", "説明", "注意事項", "凡例")


def read_sheets(
    path: Path, *, max_bytes: int = MOST_BYTES, encoding: str | None = None
) -> list[list[Row]]:
    """Return the rows of a CSV file, or of each sheet of an XLSX file that may hold data.

    Sheets of examples and empty ones are left out; there is always at least one sheet.

    encoding : of a CSV file, one of `encodings.ENCODINGS`; None = it is found out

    Raises `BadFile`.
    """
    size = path.stat().st_size
    if size == 0:
        raise BadFile(
            "ファイルが空です。内容のあるファイルを指定してください。",
            "The file is empty; give one with rows.",
        )
    if size > max_bytes:
        most = max_bytes // (1024 * 1024)
        raise BadFile(
            f"ファイルが {most} MB を超えています。分割してください。",
            f"The file is larger than {most} MB; split it.",
        )
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(b"PK"):
        return _xlsx(path) or [[]]
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        raise BadFile(
            "XLSX として読めません。表計算ソフトで保存し直してください。",
            "The file can't be read as XLSX; save it again with a spreadsheet program.",
        )
    return [_csv(path.read_bytes(), encoding)]


def _csv(content: bytes, encoding: str | None) -> list[Row]:
    text = decoded(content, encoding=encoding, judge=lambda t: most_known(t, known_columns))
    if text.count("\0") * MOST_NUL > len(text):
        raise BadFile(
            "NUL が多く、文字コードが違うようです。--encoding utf-16 などで指定してください。",
            "It is full of NUL characters; name its encoding, such as --encoding utf-16.",
        )
    rows: list[Row] = []
    separator = separator_of(text, known_columns)
    may_be_defused = "'" in text
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    line = 1
    try:
        for cells in reader:
            _bounded(len(rows), cells)
            rows.append(Row(line, tuple(map(restored, cells) if may_be_defused else cells)))
            line = reader.line_num + 1
        if _ends_in_quotes(text, separator):
            line = rows[-1].line
            raise csv.Error("a quotation mark is never closed")
    except csv.Error:
        raise BadFile(
            f"{line} 行目を CSV として読めません。引用符とセルの長さを確認してください。",
            f"Line {line} can't be read as CSV; check its quotation marks and the length of cells.",
        ) from None
    return rows


def _ends_in_quotes(text: str, separator: str) -> bool:
    """Whether the last quoted cell is never closed: it has swallowed all that came after it."""
    if '"' not in text:
        return False
    strict = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for _ in strict:
            pass
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _bounded(count: int, cells: Any) -> None:
    if count >= MOST_ROWS or len(cells) > MOST_COLUMNS:
        raise _too_many()


def _too_many() -> BadFile:
    return BadFile(
        f"行は {MOST_ROWS:,}、列は {MOST_COLUMNS} までです。分割してください。",
        f"A file may have {MOST_ROWS:,} rows and {MOST_COLUMNS} columns; split it.",
    )


def _xlsx(path: Path) -> list[list[Row]]:
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bomb(archive, max(path.stat().st_size, 1))
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            sheets = [s for s in book.worksheets if s.title.strip() not in EXAMPLE_SHEETS]
            found = [_rows_of(sheet) for sheet in sheets]
        finally:
            book.close()
    except BadFile:
        raise
    # The library raises many kinds for a damaged file; none of them is ours to tell apart.
    except Exception:
        raise BadFile(
            "XLSX として読めません。表計算ソフトで保存し直してください。",
            "The file can't be read as XLSX; save it again with a spreadsheet program.",
        ) from None
    return [rows for rows in found if rows]


def _refuse_bomb(archive: zipfile.ZipFile, packed: int) -> None:
    """Refuse a file before anything is unpacked: a few kilobytes may claim to hold gigabytes."""
    unpacked = sum(member.file_size for member in archive.infolist())
    bomb = unpacked > SURELY_SMALL and unpacked > MOST_RATIO * packed
    if unpacked > MOST_UNPACKED or bomb:
        raise BadFile(
            "展開すると大きくなりすぎるファイルです。行を減らしてください。",
            "The file grows too large when it is unpacked; give one with fewer rows.",
        )


def _rows_of(sheet: Any) -> list[Row]:
    rows: list[Row] = []
    sheet.reset_dimensions()  # what it says of its size may be anything
    for line, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        if line > LAST_LINE:
            raise _too_many()
        # A format without content far to the right is no column.
        width = max((i for i, value in enumerate(values, start=1) if value is not None), default=0)
        _bounded(len(rows), values[:width])
        cells = tuple(map(_text, values[:width]))
        if any(cells):
            rows.append(Row(line, cells))
    return rows


def _text(value: Any) -> str:
    """Return a cell's value as it would be typed."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return unescape(str(value))[:LONGEST_CELL]
