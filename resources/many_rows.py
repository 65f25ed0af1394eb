"""Adds many rows to the catalogue at once, each with its row of the change log.

What a session's unit of work does for a row takes several times longer than the database does;
a file has many. The log is written by the very call that inserts, so it can't be forgotten here
either.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Date, Table, Uuid, bindparam, insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from resources import changes
from resources.models import Base, Logged
from resources.moments import Moment

Added = tuple[type[Logged], Mapping[str, Any]]
"""A table of the catalogue and the values of a row by column; `id` and what has no default too."""


def add_many(session: Session, rows: Sequence[Added]) -> None:
    """Insert rows and append each to the change log, in the order given.

    Raises `changes.NobodyActing`.
    """
    if not rows:
        return
    whole = [(t := _table(model), {**_unsaid(t), **values}) for model, values in rows]
    changes.append_added(session, [(t.name, str(row["id"]), _said(t, row)) for t, row in whole])
    connection = session.connection()
    tables = {table for table, _ in whole}
    for table in (t for t in Base.metadata.sorted_tables if t in tables):
        _insert(connection, table, [row for t, row in whole if t is table])


def _insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    # A column of which no row says anything costs as much as any other when it is sent.
    said = [c.key for c in table.columns if any(row[c.key] is not None for row in rows)]
    get = itemgetter(*said)
    connection.execute(
        insert(table).values({key: bindparam(key) for key in said}),
        [dict(zip(said, get(row), strict=True)) for row in rows],
    )


def _table(model: type[Logged]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


@cache
def _unsaid(table: Table) -> dict[str, Any]:
    """Return what the columns hold of which nothing is said."""
    return {
        column.key: column.default.arg
        if isinstance(column.default, ScalarElementColumnDefault)
        else None
        for column in table.columns
    }


@cache
def _not_plain(table: Table) -> tuple[str, ...]:
    """Return the columns whose values JSON can't hold as they are."""
    return tuple(c.key for c in table.columns if isinstance(c.type, (Uuid, Date, Moment)))


def _said(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    said = row.copy()
    for key in _not_plain(table):
        said[key] = changes.plain(said[key])
    return said
