"""Where the words of the closed lists stand in the catalogue: how often, in which entries."""

import json
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from resources import clock
from resources.models import Agency, Offering, Resource
from resources.vocabulary import Vocabulary

Column = InstrumentedAttribute[Any]

LISTS: dict[str, tuple[Column, ...]] = {
    "need": (Resource.needs, Agency.needs),
    "activity": (Resource.activities,),
    "audience": (Resource.audience, Resource.accepted_audience),
    "requirement": (Resource.requirements,),
    "language": (Resource.languages,),
    "step": (Resource.steps,),
    "programme": (Agency.programmes,),
    "field": (Agency.fields,),
}
"""Columns that hold several words of a list."""

SINGLE: dict[str, Column] = {
    "kind": Resource.kind,
    "noise": Resource.noise,
    "conversation": Resource.conversation,
    "availability": Offering.availability,
}
"""Columns that hold one."""

RARE = 1
"""A word that stands in so few entries is shown for clean-up."""

BATCH = 500


@dataclass(frozen=True)
class Used:
    """A resource in which a word stands."""

    id: uuid.UUID
    name: str
    status: str


def usage(session: Session, vocabulary: Vocabulary) -> dict[str, Counter[str]]:
    """Return how often each word of each list stands in the catalogue: axis → code → entries.

    Columns are counted by what they hold, which is far less than there are entries.
    """
    found: dict[str, Counter[str]] = {axis: Counter() for axis in vocabulary.axes}
    steps = vocabulary.codes("step")
    for axis, columns in LISTS.items():
        for column in columns:
            held = cast(column, Text)
            for text, n in session.execute(select(held, func.count()).group_by(held)):
                for code in set(json.loads(text) or ()) if text else ():
                    name = steps[code] if axis == "step" else code
                    found.setdefault(axis, Counter())[name] += n
    for axis, column in SINGLE.items():
        for code, n in session.execute(select(column, func.count()).group_by(column)):
            if code is not None:
                found.setdefault(axis, Counter())[code] += n
    return found


def resources_with(session: Session, axis: str, code: str, limit: int = 50) -> list[Used]:
    """Return the resources in which a word stands, by name."""
    if axis in SINGLE:
        column = SINGLE[axis]
        if column.class_ is not Resource:
            return []
        condition: Any = column == code
    else:
        columns = [c for c in LISTS.get(axis, ()) if c.class_ is Resource]
        if not columns or axis == "step":
            return []
        condition = _holds(columns[0], code)
        for column in columns[1:]:
            condition |= _holds(column, code)
    rows = session.execute(
        select(Resource.id, Resource.name, Resource.status)
        .where(condition)
        .order_by(Resource.name, Resource.id)
        .limit(limit)
    )
    return [Used(*row) for row in rows]


def rewrite(session: Session, axis: str, old: str, new: str) -> int:
    """Write one word instead of another wherever it stands; return how many rows were edited."""
    count = 0
    touched: dict[type[Any], dict[Any, list[str]]] = {}
    columns = LISTS.get(axis) or (SINGLE[axis],)
    for column in columns:
        table: type[Any] = column.class_  # type: ignore[assignment]
        key = table.__mapper__.primary_key[0]
        condition = column == old if axis in SINGLE else _holds(column, old)
        for row_id in session.scalars(select(key).where(condition)):
            touched.setdefault(table, {}).setdefault(row_id, []).append(column.key)
    for table, rows in touched.items():
        # In order: two who rewrite at once never wait for each other.
        ids = sorted(rows, key=str)
        key = table.__mapper__.primary_key[0]
        for start in range(0, len(ids), BATCH):
            some = ids[start : start + BATCH]
            found = session.scalars(select(table).where(key.in_(some)).with_for_update()).all()
            for row in found:
                count += _rewritten(row, rows[getattr(row, key.key)], old, new)
            session.flush()
            for row in found:
                session.expunge(row)
    return count


def _rewritten(row: Any, columns: list[str], old: str, new: str) -> int:
    for name in columns:
        value = getattr(row, name)
        if isinstance(value, list):
            value = list(dict.fromkeys(new if code == old else code for code in value))
        elif value == old:
            value = new
        setattr(row, name, value)
    if hasattr(row, "edited_at"):
        row.edited_at = clock.now()
    return 1


def _holds(column: Column, code: str) -> Any:
    # As the database writes it: a list of words in quotes.
    return cast(column, Text).contains(json.dumps(code), autoescape=True)
