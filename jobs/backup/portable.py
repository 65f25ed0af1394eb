"""Values of any column as JSON, the same from SQLite and PostgreSQL, and back."""

import base64
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Column, Table, types

from resources.moments import Moment


class NoPortableForm(TypeError):
    """A column of a type that a copy can't hold; the copy must learn it first."""

    def __init__(self, column: str) -> None:
        self.column = column
        super().__init__(f"{column} has a type that a backup can't hold")


def _same(value: Any) -> Any:
    return value


def _moment_out(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _bytes_out(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


# Name in the copy: what the column is, how a value goes out, how it comes in again. The order
# matters: a Moment is no plain DateTime, and a Boolean is an Integer to some.
FORMS: dict[str, tuple[type[Any], Callable[[Any], Any], Callable[[Any], Any]]] = {
    "moment": (Moment, _moment_out, datetime.fromisoformat),
    "uuid": (types.Uuid, str, uuid.UUID),
    "date": (types.Date, date.isoformat, date.fromisoformat),
    "json": (types.JSON, _same, _same),
    "boolean": (types.Boolean, _same, _same),
    "integer": (types.Integer, _same, _same),
    "number": (types.Float, _same, _same),
    "bytes": (types.LargeBinary, _bytes_out, base64.b64decode),
    "text": (types.String, _same, _same),
}

SQL: dict[str, Callable[[], types.TypeEngine[Any]]] = {
    "moment": Moment,
    "uuid": lambda: types.Uuid(as_uuid=True),
    "date": types.Date,
    "json": lambda: types.JSON(none_as_null=True),
    "boolean": types.Boolean,
    "integer": types.BigInteger,
    "number": types.Float,
    "bytes": types.LargeBinary,
    "text": types.Text,
}
"""As what a value is written into a database of whatever schema the copy was made of."""


def form_of(column: Column[Any]) -> str:
    """Return the name of a column's form in a copy. Raises `NoPortableForm`."""
    for name, (kind, _, _) in FORMS.items():
        if isinstance(column.type, kind):
            return name
    raise NoPortableForm(str(column))


def forms_of(table: Table) -> dict[str, str]:
    """Return the form of each of a table's columns. Raises `NoPortableForm`."""
    return {column.name: form_of(column) for column in table.columns}


def outward(forms: dict[str, str]) -> Callable[[Any], list[Any]]:
    """Return what turns a row of a table into a list that JSON can hold."""
    ways = [FORMS[name][1] for name in forms.values()]

    def out(row: Any) -> list[Any]:
        return [None if v is None else way(v) for way, v in zip(ways, row, strict=True)]

    return out


def inward(forms: dict[str, str]) -> Callable[[list[Any]], dict[str, Any]]:
    """Return what turns such a list into the values of a row, by the columns' names."""
    names = list(forms)
    ways = [FORMS[name][2] for name in forms.values()]

    def back(values: list[Any]) -> dict[str, Any]:
        return {
            name: None if v is None else way(v)
            for name, way, v in zip(names, ways, values, strict=True)
        }

    return back
