"""Answers on standard output: a readable table, or JSON that is the same whatever the language."""

import json
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from api.commands.words import say

ID_LENGTH = 36
PIPE_WIDTH = 180


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"


FormatOption = Annotated[Format, typer.Option("--format", help=say("help.format"))]


def print_json(value: Any) -> None:
    """Print one JSON document: keys in order, so that the same answer has the same bytes."""
    print(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False))


def print_json_line(value: Any) -> None:
    """Print one JSON document on one line, at once: the reader may be waiting for it."""
    print(json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False), flush=True)


def print_table(
    title: str | None, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Print a table; what is unknown shows as a dash."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # A pipe has no width of its own; a table folded to 80 columns is no use to anyone.
    console = Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False)
    shown = [list(row) for row in rows]
    table = Table(
        title=title,
        title_justify="left",
        show_lines=any("\n" in str(c) for row in shown for c in row),
    )
    widths = [0] * len(columns)
    if console.width >= PIPE_WIDTH:
        widths = [_width_of_ids(shown, column) for column in range(len(columns))]
    for name in columns:
        table.add_column(name, overflow="fold", min_width=widths[len(table.columns)])
    for row in shown:
        # Text, not markup: a place's name may hold square brackets.
        table.add_row(*(Text("—" if cell is None else str(cell)) for cell in row))
    console.print(table)


def _width_of_ids(rows: Sequence[Sequence[object]], column: int) -> int:
    """Return a width at which no id of a column is torn apart; other words may break anywhere."""
    words = (w for row in rows for w in str(row[column]).split())
    return ID_LENGTH if any(len(w) == ID_LENGTH and w.isascii() for w in words) else 0


def hint(text: str) -> None:
    """Print a remark beside the answer, where it doesn't disturb who reads the answer."""
    print(text, file=sys.stderr)
