"""Free texts about a person, sealed in their columns and read as if they weren't.

    class HandOff(HoldsWords, OfCase):
        what_sealed: Mapped[str] = mapped_column("what", Text)
        what = sealed("what_sealed")

What is set is sealed when the session flushes, what was loaded is opened when it is first read
(`sealed_fields`: AES-256-GCM, bound to table, column and row). The keys come with the session, as
`session.info["ring"]`: a function that returns them as they are now.
"""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

from sqlalchemy import (
    Column,
    ColumnElement,
    Table,
    Text,
    and_,
    cast,
    event,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapper, QueryContext, Session, UOWTransaction, object_session

from casework.sealed_fields import KeyRing, key_of, seal, unseal
from resources.models import Base

T = TypeVar("T")

RING = "ring"
"""Under which name a session holds the function that returns the keys."""

NOT_YET = ""
"""Stands in a column between setting and flushing; no sealed value is empty."""


class NoKeysGiven(RuntimeError):
    """A session that was given no keys met what is sealed: only the program opens such sessions."""

    def __init__(self) -> None:
        super().__init__("this session was given no keys for what is sealed")


class Keys:
    """The ring of one session, read once, and again where it lacks the key of a value."""

    def __init__(self, read: Callable[[], KeyRing]) -> None:
        self._read = read
        self._ring: KeyRing | None = None

    def ring(self, number: int | None = None) -> KeyRing:
        if self._ring is None or (number is not None and number not in self._ring.keys):
            self._ring = self._read()
        return self._ring


def keys_of(session: Session) -> Keys:
    """Return the keys that a session was given. Raises `NoKeysGiven`."""
    if RING not in session.info:
        raise NoKeysGiven
    if "keys" not in session.info:
        session.info["keys"] = Keys(session.info[RING])
    found: Keys = session.info["keys"]
    return found


class Sealed(Generic[T]):
    """An attribute whose text stands sealed in the column of another."""

    def __init__(self, column: str, write: Callable[[Any], str], read: Callable[[str], Any]):
        self.column = column
        self.write = write
        self.read = read

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, row: None, owner: type) -> "Sealed[T]": ...
    @overload
    def __get__(self, row: "HoldsWords", owner: type) -> T: ...
    def __get__(self, row: "HoldsWords | None", owner: type) -> "T | Sealed[T]":
        if row is None:
            return self
        kept = getattr(row, self.column)
        if kept is None:
            return None  # type: ignore[return-value]
        known = _opened(row).get(self.name)
        if known is None or known[0] != kept:
            ring = _keys(row).ring(_number(kept))
            known = (kept, self.read(unseal(ring, self.place(row), kept)))
            _opened(row)[self.name] = known
        found: T = known[1]
        return found

    def __set__(self, row: "HoldsWords", value: T) -> None:
        if getattr(row, self.column) is not None and self.__get__(row, type(row)) == value:
            return  # as with every column: what doesn't change isn't written
        setattr(row, self.column, None if value is None else NOT_YET)
        _opened(row)[self.name] = (NOT_YET, value)

    def place(self, row: "HoldsWords") -> tuple[str, str, str]:
        """Return the table, column and id that a row's value is bound to."""
        return row.__tablename__, self.name, row.id.hex

    def seal_in(self, row: "HoldsWords", keys: Keys) -> None:
        """Seal what was set since the last flush."""
        if getattr(row, self.column) == NOT_YET:
            _, value = _opened(row)[self.name]
            kept = seal(keys.ring(), self.place(row), self.write(value))
            setattr(row, self.column, kept)
            _opened(row)[self.name] = (kept, value)


def sealed(column: str) -> Sealed[str]:
    """Return a text that stands sealed in the mapped attribute `column`."""
    return Sealed(column, str, str)


def sealed_or_none(column: str) -> Sealed[str | None]:
    """Return the same for a text that may be missing."""
    return Sealed(column, str, str)


def sealed_json(column: str) -> Sealed[dict[str, Any]]:
    """Return the same for what is kept as JSON."""
    return Sealed(column, lambda v: json.dumps(v, ensure_ascii=False, allow_nan=False), json.loads)


class HoldsWords:
    """A row with sealed texts; mixed into its class."""

    __tablename__: str
    id: Any


def _opened(row: HoldsWords) -> dict[str, tuple[str, Any]]:
    found: dict[str, tuple[str, Any]] = vars(row).setdefault("_opened_words", {})
    return found


def _keys(row: HoldsWords) -> Keys:
    session = object_session(row)
    if session is not None:
        return keys_of(session)
    kept = vars(row).get("_keys")  # what was read stays readable after its session
    if not isinstance(kept, Keys):
        raise NoKeysGiven
    return kept


def _number(kept: str) -> int | None:
    try:
        return key_of(kept)
    except ValueError:
        return None


def sealed_in(kind: type) -> list[Sealed[Any]]:
    """Return the sealed texts of a class."""
    return [value for part in kind.__mro__ for value in vars(part).values() if _is_sealed(value)]


def _is_sealed(value: object) -> bool:
    return isinstance(value, Sealed)


@event.listens_for(Session, "before_flush")
def seal_what_was_set(session: Session, _context: UOWTransaction, _instances: object) -> None:
    for row in [*session.new, *session.dirty]:
        if isinstance(row, HoldsWords):
            if row.id is None:
                row.id = uuid.uuid4()
            for words in sealed_in(type(row)):
                words.seal_in(row, keys_of(session))


@event.listens_for(HoldsWords, "load", propagate=True)
def keep_the_keys(row: HoldsWords, context: QueryContext) -> None:
    if RING in context.session.info:
        vars(row)["_keys"] = keys_of(context.session)


@dataclass(frozen=True)
class Place:
    """A column of sealed texts."""

    table: Table
    column: Column[Any]


def places() -> Iterator[Place]:
    """Give every column of the database that holds sealed texts."""
    for mapper in sorted(Base.registry.mappers, key=lambda m: m.class_.__name__):
        for words in sealed_in(mapper.class_):
            yield Place(_table_of(mapper), mapper.columns[words.column])


def _table_of(mapper: Mapper[Any]) -> Table:
    assert isinstance(mapper.local_table, Table)
    return mapper.local_table


def seal_again(session: Session, ring: KeyRing, *, limit: int = 500) -> int:
    """Seal texts of older keys with the newest; return how many. For the rotation of keys.

    Nothing is shown to anybody, and a text that somebody edits meanwhile stays as they wrote it.
    """
    return sum(_seal_column_again(session, ring, place, limit) for place in places())


def _older(place: Place, ring: KeyRing) -> ColumnElement[bool]:
    # A column of JSON holds the sealed text as a JSON string; between quotes, that is.
    number = func.ltrim(cast(place.column, Text), '"')
    return and_(place.column.is_not(None), ~number.startswith(f"{ring.newest}:"))


def any_older(session: Session, ring: KeyRing) -> bool:
    """Tell whether a text is sealed with another key than the newest."""
    return any(
        session.execute(select(place.table.c.id).where(_older(place, ring)).limit(1)).first()
        for place in places()
    )


def _seal_column_again(session: Session, ring: KeyRing, place: Place, limit: int) -> int:
    table, column = place.table, place.column
    stored = cast(column, Text)
    rows = session.execute(select(table.c.id, stored).where(_older(place, ring)).limit(limit)).all()
    for row_id, before in rows:
        bound = (table.name, column.name, row_id.hex)
        fresh = seal(ring, bound, unseal(ring, bound, before.strip('"')))
        session.execute(
            update(table)
            .where(table.c.id == row_id, cast(column, Text) == before)
            .values({column: fresh})
        )
    return len(rows)
