"""Statements that are sent so often that what SQLAlchemy does around one counts."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Dialect, Select, Table, Uuid, bindparam, insert
from sqlalchemy.types import TypeEngine

from resources.driver import driver_copied, driver_many, driver_rows


class Prepared:
    """A statement that is put into a database's own words once, and sent by its driver.

    Values and rows are turned as the columns' types say, so it gives what the session would. It
    takes a fifth of the time, most of which is spent on code that isn't at hand when a request
    comes after a pause.

    statement : asks for columns, never for entities; every value is a named `bindparam`
    """

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        self._ready: dict[str, _InOwnWords] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any] = {}) -> list[tuple[Any, ...]]:
        """Return the rows, one value for each column.

        What a session hasn't flushed isn't seen. Raises the errors of SQLAlchemy.
        """
        dialect = connection.dialect
        ready = self._ready.get(dialect.name)
        if ready is None:
            ready = self._ready[dialect.name] = _InOwnWords(self._statement, dialect)
        return ready.turned(driver_rows(connection, *ready.sent(values)))


class AsJson(str):
    """JSON that is written already, sent as it is: all values of a column or none are such."""


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, in the order given, as the session's connection would, by the driver.

    rows : values by column; what a row doesn't say is NULL, so defaults must be said

    Raises the errors of SQLAlchemy.
    """
    told = {key: [row.get(key) for row in rows] for key in dict.fromkeys(chain(*rows))}
    # A column of which no row says anything costs as much as any other when it is sent.
    told = {key: values for key, values in told.items() if values.count(None) < len(values)}
    dialect = connection.dialect
    columns = {key: _sent_of(table.columns[key].type, dialect, told[key]) for key in told}
    if dialect.name == "postgresql":
        names = dialect.identifier_preparer
        quoted = [names.format_column(table.columns[key]) for key in told]
        each = zip(*columns.values(), strict=True)
        driver_copied(connection, names.format_table(table), quoted, each)
        return
    compiled = insert(table).values({key: bindparam(key) for key in told}).compile(dialect=dialect)
    order = compiled.positiontup or ()
    each = zip(*(columns[key] for key in order), strict=True)
    driver_many(connection, str(compiled), list(each))


def _sent_of(kind: TypeEngine[Any], dialect: Dialect, values: list[Any]) -> list[Any]:
    """Return a column's values as the driver is sent them."""
    turn = kind.dialect_impl(dialect).bind_processor(dialect)
    if turn is None or isinstance(values[0], AsJson):
        return values
    if isinstance(kind, Uuid):
        return list(map(turn, values))
    # The rows of a file share moments and schedules; each is turned once.
    turned = {id(value): value for value in values}
    for own, value in turned.items():
        turned[own] = turn(value)
    return [turned[id(value)] for value in values]


class _InOwnWords:
    def __init__(self, statement: Select[Any], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self._sql = str(compiled)
        self._order: Sequence[str] | None = compiled.positiontup if compiled.positional else None
        self._constants = compiled.params
        self._binds = [
            (name, turn)
            for name, value in compiled.binds.items()
            if (turn := value.type.dialect_impl(dialect).bind_processor(dialect))
        ]
        self._turns = [
            (k, turn)
            for k, column in enumerate(statement.selected_columns)
            if (turn := column.type.dialect_impl(dialect).result_processor(dialect, None))
        ]

    def sent(self, values: Mapping[str, Any]) -> tuple[str, Any]:
        turned = {**self._constants, **values}
        for name, turn in self._binds:
            turned[name] = turn(turned[name])
        if self._order is None:
            return self._sql, turned
        return self._sql, tuple(turned[name] for name in self._order)

    def turned(self, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Return rows with their values as the columns' types say; NULL is None in all of them."""
        found = []
        for row in rows:
            values: list[Any] | None = None
            for k, turn in self._turns:
                if row[k] is not None:
                    values = list(row) if values is None else values
                    values[k] = turn(row[k])
            found.append(row if values is None else tuple(values))
        return found
