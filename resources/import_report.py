"""What is said of a file that was read: what became of each row."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from resources.same_place import Likeness

Outcome = Literal["added", "changed", "unchanged"]

Progress = Callable[[int, int], None]
"""Called with rows done and rows in all."""

Fields = tuple[tuple[str, str], ...]
"""(table, column) of what a row changed."""

MOST_TOLD = 2_000
"""Of so many rows of an outcome it is told which they are; all are counted."""


@dataclass(frozen=True)
class Told:
    """What became of one row that was taken in.

    name : what it is about, where that may be said
    fields : (table, column) of what was changed
    """

    line: int
    outcome: Outcome
    name: str | None = None
    fields: Fields = ()


class Settled(NamedTuple):
    """A row that was taken in, of a file that may have a million."""

    line: int
    outcome: Outcome
    name: str
    fields: Fields = ()


@dataclass(frozen=True)
class Reported:
    """A row that didn't become a resource, and why.

    record : the id it goes by in the file, where it has one
    name : what it calls itself, for who looks for it in the file
    """

    line: int
    ja: str
    en: str
    record: str | None = None
    name: str | None = None

    def as_json(self, language: str = "ja") -> dict[str, Any]:
        named = {} if self.record is None else {"id": self.record}
        return {"line": self.line, **named, "reason": self.ja if language == "ja" else self.en}


@dataclass(frozen=True)
class Similar:
    """An added row that may be an entry that was there already, with the evidence."""

    line: int
    resource: uuid.UUID
    name: str
    other: uuid.UUID
    other_name: str
    likeness: Likeness

    def as_json(self) -> dict[str, Any]:
        return {
            "line": self.line,
            "resource": str(self.resource),
            "name": self.name,
            "other": {"resource": str(self.other), "name": self.other_name},
            **self.likeness.as_json(),
        }


@dataclass
class FileReport:
    """What became of a file's rows: rows = added + changed + unchanged + reported.

    warned : rows that were taken in but for a value that can't be
    verified : entries whose date of verification the file moved
    similar : added rows that may already have been there under another entry; nothing is merged

    told : which rows were added, changed and left, the first of each

    None in `warned`, `verified` or `similar`: a file of this format isn't asked for it.
    """

    file: str
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    reported: list[Reported] = field(default_factory=list)
    warned: list[Reported] | None = None
    verified: int | None = None
    similar: list[Similar] | None = None
    told: list[Told] = field(default_factory=list)

    def settle(self, row: Settled) -> None:
        """Count a row as `tell` does."""
        count = getattr(self, row.outcome) + 1
        setattr(self, row.outcome, count)
        if count <= MOST_TOLD:
            self.told.append(Told(*row))

    def tell(self, told: Told) -> None:
        """Count a row that was taken in, and keep which it was while there are not too many."""
        count = getattr(self, told.outcome) + 1
        setattr(self, told.outcome, count)
        if count <= MOST_TOLD:
            self.told.append(told)

    def as_json(self, language: str = "ja") -> dict[str, Any]:
        warned, similar = self.warned, self.similar
        more: dict[str, Any] = {
            "warned": None if warned is None else [w.as_json(language) for w in warned],
            "verified": self.verified,
            "similar": None if similar is None else [s.as_json() for s in similar],
        }
        return {
            "file": self.file,
            "rows": self.rows,
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "reported": [r.as_json(language) for r in self.reported],
            **{name: value for name, value in more.items() if value is not None},
        }


class Telling:
    """Tells somebody how far an import is, a hundred times or so."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total = progress, total
        self._done = 0
        self._step = max(1, total // 100)

    def more(self, rows: int = 1) -> None:
        """Say that so many more rows are done."""
        before, self._done = self._done, self._done + rows
        if self._progress is None or not rows:
            return
        if self._done == self._total or before // self._step != self._done // self._step:
            self._progress(self._done, self._total)
