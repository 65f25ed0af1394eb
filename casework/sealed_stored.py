"""All sealed values as they are stored, for whoever looks whether the keys at hand open them."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import ColumnClause, Connection, Text, Uuid, cast, column, inspect, literal, select
from sqlalchemy import table as lightweight

from casework.sealed_fields import CannotOpen, KeyRing, unseal
from casework.sealed_words import places

LOOKS_SEALED = re.compile(r"\d+:[A-Za-z0-9+/]{38,}={0,2}")
"""A number of a key, then nonce and tag at least; in an older schema a text may stand open."""

LOOKED_AT = 5
"""By how many values it is told whose keys these are; one alone may be damaged itself."""


@dataclass(frozen=True)
class _Where:
    """A column of sealed values: to which row's id each is bound, and by which name."""

    table: str
    column: str
    bound_to: str = "id"
    named_in: str | None = None  # a column that holds the name; None: the column's own


@dataclass(frozen=True)
class Stored:
    """A sealed value and what it is bound to."""

    place: tuple[str, str, str]
    text: str

    def opens_with(self, ring: KeyRing) -> bool:
        try:
            unseal(ring, self.place, self.text)
        except CannotOpen:
            return False
        return True


def _everywhere() -> list[_Where]:
    words = [_Where(place.table.name, place.column.name) for place in places()]
    return [
        _Where("person_identity", "sealed", "case_id", "field"),
        _Where("account", "totp"),
        _Where("account", "totp_offered"),
        *words,
    ]


def stored_values(connection: Connection) -> Iterator[Stored]:
    """Give every sealed value of a database, also of one with an older schema."""
    everywhere = _everywhere()
    found = inspect(connection).get_multi_columns(
        filter_names=sorted({w.table for w in everywhere})
    )
    there = {(name, c["name"]) for (_, name), columns in found.items() for c in columns}
    for where in everywhere:
        if (where.table, where.column) in there:
            yield from _values(connection, where)


def _values(connection: Connection, where: _Where) -> Iterator[Stored]:
    sealed: ColumnClause[Any] = column(where.column)
    bound = column(where.bound_to, Uuid())
    name = literal(where.column) if where.named_in is None else column(where.named_in, Text())
    rows = connection.execution_options(yield_per=500).execute(
        select(bound, name, cast(sealed, Text))
        .select_from(lightweight(where.table))
        .where(sealed.is_not(None))
    )
    with rows:
        for row_id, named, text in rows:
            kept = str(text).strip('"')  # a column of JSON holds it as a JSON string
            if LOOKS_SEALED.fullmatch(kept):
                assert isinstance(row_id, uuid.UUID)
                yield Stored((where.table, named, row_id.hex), kept)


def any_sealed(connection: Connection) -> bool:
    """Tell whether anything is sealed in a database."""
    return next(stored_values(connection), None) is not None


def are_its_keys(connection: Connection, ring: KeyRing) -> bool:
    """Tell whether a ring opens some of what is sealed; also where nothing is."""
    few = list(islice(stored_values(connection), LOOKED_AT))
    return not few or any(value.opens_with(ring) for value in few)


def count_closed(connection: Connection, ring: KeyRing) -> int:
    """Return how many of all sealed values a ring doesn't open."""
    return sum(not value.opens_with(ring) for value in stored_values(connection))
