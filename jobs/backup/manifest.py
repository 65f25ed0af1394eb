"""What a copy says of itself: its schema, each table's columns, how many rows, their checksum."""

import json
from dataclasses import asdict, dataclass
from typing import Any

FORMAT = 1
NAME = "manifest.json"

KEYS = ("secret.key", "keys")
"""What opens encrypted fields and signed links: only ever in a copy that is encrypted itself."""


class BadBackup(ValueError):
    """A file that is no usable copy: one sentence in each language says what is wrong."""

    def __init__(self, ja: str, en: str) -> None:
        self.ja = ja
        self.en = en
        super().__init__(en)


@dataclass(frozen=True)
class TableCopy:
    """One table in a copy.

    columns : column → form, in the order of the values in each line
    within : columns that refer to other rows of the same table; filled when all rows are there
    sha256 : of the table's lines before compression
    """

    name: str
    columns: dict[str, str]
    keys: list[str]
    within: list[str]
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """The whole copy.

    made_at : ISO 8601, UTC
    files : path within the home folder → sha256
    """

    schema: str
    made_at: str
    tables: list[TableCopy]
    files: dict[str, str]
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


def written(manifest: Manifest) -> bytes:
    return json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()


def read(data: bytes) -> Manifest:
    """Read a manifest. Raises `BadBackup`."""
    try:
        facts: dict[str, Any] = json.loads(data)
        known = facts.pop("format") == FORMAT
        tables = [TableCopy(**table) for table in facts.pop("tables")]
        manifest = Manifest(tables=tables, **facts)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise damaged() from None
    if not known:
        raise BadBackup(
            "この控えは新しい版のプログラムで作られています。新しい版を入れてから戻してください。",
            "This backup was made by a newer program; install that version and restore again.",
        )
    return manifest


def damaged() -> BadBackup:
    return BadBackup(
        "控えのファイルが壊れているか、控えではありません。別の控えを指定してください。",
        "The file is damaged or no backup; name another backup.",
    )
