"""Reads CSV and XLSX files into rows of text with their line numbers, within bounds."""

import csv
import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException

from resources.sources.defused import restored
from resources.sources.encodings import decoded
from resources.sources.headers import known_columns
from resources.sources.rows import BadFile, Row
from resources.sources.separators import most_known, separator_of

MOST_BYTES = 50 * 1024 * 1024
MOST_COLUMNS = 500
MOST_ROWS = 1_000_000
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
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    line = 1
    try:
        for cells in reader:
            _bounded(len(rows), cells)
            rows.append(Row(line, tuple(map(restored, cells))))
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
    strict = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for _ in strict:
            pass
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _bounded(count: int, cells: Any) -> None:
    if count >= MOST_ROWS or len(cells) > MOST_COLUMNS:
        raise BadFile(
            f"行は {MOST_ROWS:,}、列は {MOST_COLUMNS} までです。分割してください。",
            f"A file may have {MOST_ROWS:,} rows and {MOST_COLUMNS} columns; split it.",
        )


def _xlsx(path: Path) -> list[list[Row]]:
    unreadable = BadFile(
        "XLSX として読めません。表計算ソフトで保存し直してください。",
        "The file can't be read as XLSX; save it again with a spreadsheet program.",
    )
    try:
        with zipfile.ZipFile(path) as archive:
            # Before anything is unpacked: a few kilobytes may claim to hold gigabytes.
            unpacked = sum(member.file_size for member in archive.infolist())
            packed = max(path.stat().st_size, 1)
            bomb = unpacked > SURELY_SMALL and unpacked > MOST_RATIO * packed
            if unpacked > MOST_UNPACKED or bomb:
                raise BadFile(
                    "展開すると大きくなりすぎるファイルです。行を減らしてください。",
                    "The file grows too large when it is unpacked; give one with fewer rows.",
                )
        book = load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        if isinstance(error, BadFile):
            raise
        raise unreadable from None
    sheets: list[list[Row]] = []
    try:
        for sheet in book.worksheets:
            if sheet.title.strip() in EXAMPLE_SHEETS:
                continue
            rows: list[Row] = []
            sheet.reset_dimensions()  # what it says of its size may be anything
            for line, values in enumerate(sheet.iter_rows(values_only=True), start=1):
                _bounded(len(rows), values)
                cells = tuple(map(_text, values))
                if any(cells):
                    rows.append(Row(line, cells))
            if rows:
                sheets.append(rows)
    finally:
        book.close()
    return sheets


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
