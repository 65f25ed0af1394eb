"""A row of a file as text with its line, and a file that can't be used as a whole."""

import re
from typing import NamedTuple

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class BadFile(ValueError):
    """A file that can't be used as a whole: one sentence with the remedy, in both languages."""

    def __init__(self, ja: str, en: str) -> None:
        self.ja = ja
        self.en = en
        super().__init__(en)


class Row(NamedTuple):
    """One row as it stands in the file; `line` counts as a spreadsheet shows it, from 1."""

    line: int
    cells: tuple[str, ...]


def is_storable(text: str) -> bool:
    """Tell whether every database can hold a text: without NUL and halves of surrogate pairs."""
    return _UNSTORABLE.search(text) is None
