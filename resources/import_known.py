"""What the catalogue holds of the rows of a file that is read: first their text, then entries."""

import json
import uuid
from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import (
    ARRAY,
    String,
    TableValuedAlias,
    Text,
    and_,
    bindparam,
    cast,
    func,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from resources.models import Location, Offering, Organization, Resource
from resources.prepared import Prepared
from resources.queries import Entry, entries_by_offering
from resources.sources.opendata import Named

AT_ONCE = 500

T = TypeVar("T")


class Kept(NamedTuple):
    """The row that an entry was read from, as the database keeps it.

    original : JSON; None where the entry has no row
    parts : the ids of resource, offering and location, as the driver gives them; () = not asked for
    """

    original: str | None
    verified_on: date | None
    parts: tuple[Hashable, ...] = ()


@dataclass
class Known(Generic[T]):
    """What is known of the rows of a file: by a row's key, and by the entry that it names."""

    by_key: dict[str, T] = field(default_factory=dict)
    by_entry: dict[uuid.UUID, T] = field(default_factory=dict)

    def of(self, named: Named) -> T | None:
        found = self.by_entry.get(named.entry) if named.entry else None
        return found or self.by_key.get(named.key)


# By the row that both came from: a merge may have given the offering to another resource.
_FROM_ONE_ROW = and_(Offering.source == Resource.source, Offering.source_key == Resource.source_key)

_KEPT: tuple[Any, ...] = (cast(Resource.original, Text), Offering.verified_on)
_PARTS: tuple[Any, ...] = (
    type_coerce(Resource.id, String).label("resource_part"),
    type_coerce(Offering.id, String).label("offering_part"),
    type_coerce(Offering.location_id, String).label("location_part"),
)


def _of_source(*what: Any) -> Prepared:
    return Prepared(
        select(Resource.source_key, *what)
        .join(Offering, _FROM_ONE_ROW)
        .where(Resource.source == bindparam("source"))
    )


_OF_SOURCE = _of_source(*_KEPT)
_OF_SOURCE_IN_PARTS = _of_source(*_KEPT, *_PARTS)


def rows_kept(session: Session, source: str, *, with_parts: bool) -> Known[Kept]:
    """Return all that was read of a source before."""
    session.flush()
    statement = _OF_SOURCE_IN_PARTS if with_parts else _OF_SOURCE
    rows = statement.rows(session.connection(), {"source": source})
    return Known({row[0] or "": Kept(row[1], row[2], row[3:]) for row in rows})


def rows_of_entries(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Kept]:
    """Return the rows of some entries, whichever source they are from."""
    found: dict[uuid.UUID, Kept] = {}
    for some in _chunks(ids):
        of_entries = (
            select(Offering.id, *_KEPT, *_PARTS)
            .join(Resource, Offering.resource_id == Resource.id)
            .where(Offering.id.in_(some))
        )
        for entry, original, verified_on, *parts in session.execute(of_entries):
            found[entry] = Kept(original, verified_on, tuple(parts))
    return found


def entries_of(session: Session, source: str, rows: Collection[Named]) -> Known[Entry]:
    """Return the entries of some rows."""
    known: Known[Entry] = Known()
    for some in _chunks(_keys_known(session, source, [row.key for row in rows])):
        statement = (
            select(Offering, Resource, Location)
            .join(Offering, _FROM_ONE_ROW)
            .outerjoin(Location, Offering.location_id == Location.id)
            .where(Resource.source == source, Resource.source_key.in_(some))
        )
        for offering, resource, location in session.execute(statement):
            known.by_key[resource.source_key or ""] = Entry(offering, resource, location, None)
    for ids in _chunks([row.entry for row in rows if row.entry is not None]):
        known.by_entry |= entries_by_offering(session, ids)
    return known


def _keys_known(session: Session, source: str, keys: Sequence[str]) -> list[str]:
    """Return which keys of a source there are entries of.

    Each key is looked up by itself: of `IN (…)` and of joins PostgreSQL makes searches through all
    of the source, as long as it hasn't counted what this very transaction wrote.
    """
    found: list[str] = []
    for some in _chunks(keys):
        named = _as_rows(session, some)
        own = select(Resource.id).where(
            Resource.source == source, Resource.source_key == named.c.value
        )
        found += session.scalars(select(named.c.value).where(own.scalar_subquery().is_not(None)))
    return found


def _as_rows(session: Session, words: Sequence[str]) -> TableValuedAlias:
    """Return a table of some words, in its column `value`."""
    if session.get_bind().dialect.name == "postgresql":
        each = func.unnest(bindparam(None, list(words), ARRAY(Text)))
    else:
        each = func.json_each(bindparam(None, json.dumps(words), Text))
    return each.table_valued("value", name="value")  # PostgreSQL names the column by the table


def hosts_of(session: Session, source: str, names: Collection[str]) -> dict[str, uuid.UUID]:
    """Return the hosts that a source names, by name."""
    found: dict[str, uuid.UUID] = {}
    for some in _chunks(sorted(names)):
        statement = select(Organization.source_key, Organization.id).where(
            Organization.source == source, Organization.source_key.in_(some)
        )
        found |= {name: host for name, host in session.execute(statement) if name is not None}
    return found


def _chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    yield from (values[i : i + AT_ONCE] for i in range(0, len(values), AT_ONCE))
