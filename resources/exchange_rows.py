"""Which rows a catalogue file has named, and whether those it refers to are there."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from resources.models import Base

Row = tuple[int, dict[str, Any]]
"""The number of a line, and the values of its row."""

Problem = tuple[int, str, str]
"""The number of a line, and what is wrong with it, in both languages."""


class Named:
    """The rows that a file has named so far."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lines: dict[tuple[str, Any], int] = {}

    def problem(self, table: type[Base], rows: Sequence[Row]) -> Problem | None:
        """Return what is wrong with the first of some rows that repeats one, or refers to none."""
        keys = [str(column.key) for column in inspect(table).primary_key]
        for number, values in rows:
            own = tuple(values[key] for key in keys)
            first = self._lines.setdefault((table.__tablename__, own), number)
            if first != number:
                return (
                    number, f"{first} 行目と同じキーです（同じものは1行だけにしてください）",
                    f"has the key of line {first} (write each row once)",
                )  # fmt: skip
        missing = [
            found
            for column in inspect(table).columns
            for foreign in column.foreign_keys
            if (found := self._missing(column.key, foreign.column, rows))
        ]
        return min(missing, default=None)

    def _missing(self, key: str, foreign: Any, rows: Sequence[Row]) -> Problem | None:
        """Return the first row that refers by a column to one that is nowhere."""
        target = foreign.table.name
        asked = {
            value: number
            for number, values in reversed(rows)
            if (value := values.get(key)) is not None and (target, (value,)) not in self._lines
        }
        if not asked:
            return None
        with self._session.no_autoflush:  # a row that refers to none can't be flushed
            there = set(self._session.scalars(select(foreign).where(foreign.in_(asked))))
        number, value = min(
            ((n, v) for v, n in asked.items() if v not in there), default=(0, None),
            key=lambda found: found[0],
        )  # fmt: skip
        if not number:
            return None
        return (
            number, f"{key} の指す {target}（{value}）がどこにもありません",
            f"refers in {key} to a {target} that is nowhere ({value})",
        )  # fmt: skip
