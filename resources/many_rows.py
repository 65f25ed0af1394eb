"""Adds many rows to the catalogue at once, each with its row of the change log.

What a session's unit of work does for a row takes several times longer than the database does;
a file has many. The log is written by the very call that inserts, so it can't be forgotten here
either.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Float, Table
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from resources import changes
from resources.models import Base, Logged
from resources.prepared import AsJson, insert_many

Added = tuple[type[Logged], Mapping[str, Any]]
"""A table of the catalogue and the values of a row by column; `id` and what has no default too."""


def add_many(session: Session, rows: Sequence[Added]) -> None:
    """Insert rows and append each to the change log, in the order given.

    Raises `changes.NobodyActing`.
    """
    if not rows:
        return
    whole = [(t := _table(model), {**_defaults(t), **values}) for model, values in rows]
    changes.append_added(session, [(t.name, str(row["id"]), _said(t, row)) for t, row in whole])
    connection = session.connection()
    tables = {table for table, _ in whole}
    for table in (t for t in Base.metadata.sorted_tables if t in tables):
        its = [row for t, row in whole if t is table]
        insert_many(connection, table, sorted(its, key=_by_id))  # a tree grows best in its order


def _by_id(row: Mapping[str, Any]) -> int:
    own: int = row["id"].int
    return own


def _table(model: type[Logged]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


@cache
def _defaults(table: Table) -> dict[str, Any]:
    """Return what columns hold of which nothing is said."""
    return {
        column.key: column.default.arg
        for column in table.columns
        if isinstance(column.default, ScalarElementColumnDefault)
    }


@cache
def _fractions(table: Table) -> tuple[str, ...]:
    return tuple(c.key for c in table.columns if isinstance(c.type, Float))


def _said(table: Table, row: dict[str, Any]) -> AsJson:
    """Return what a row says as the log keeps it. Raises `ValueError` for what is no number."""
    for key in _fractions(table):
        if (value := row.get(key)) is not None and not math.isfinite(value):
            raise ValueError(f"{table.name}.{key} is no number")
    said = {key: value for key, value in row.items() if value is not None}
    return AsJson(orjson.dumps(said).decode())
