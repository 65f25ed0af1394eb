"""Reads the profile's own field `ibasho` back; each value is checked against its column."""

from datetime import date
from typing import Any

from sqlalchemy import types

from resources.allowed import CHOICES, RANGES
from resources.hsds.extension import NAME, own_fields
from resources.hsds.values import Reader
from resources.models import Base, Location, Offering, Organization, Resource
from resources.schedules import BadSchedule, from_json, to_json
from resources.sources.rows import is_storable

Json = dict[str, Any]

TABLES: dict[str, type[Base]] = {
    "organization": Organization,
    "resource": Resource,
    "location": Location,
    "offering": Offering,
}
MOST = 10_000_000


def read_extension(entity: str, record: Json, reader: Reader) -> Json:
    """Return the columns that `ibasho` states, as JSON can hold them."""
    said = reader.inside(record, NAME)
    columns = TABLES[entity].__table__.columns
    found = {}
    for name in own_fields(entity):
        if said.get(name) is None:
            continue
        value = _value(entity, name, said, columns[name].type, reader)
        if value is not None:
            found[name] = value
    return found


def _value(entity: str, name: str, said: Json, kind: Any, reader: Reader) -> Any:
    column = (entity, name)
    if column in CHOICES:
        return reader.one_of(said, name, CHOICES[column])
    if name == "schedule":
        try:
            return to_json(from_json(said[name]))
        except BadSchedule:
            reader.left_out(name)
            return None
    if isinstance(kind, types.Boolean):
        return reader.yes(said, name)
    if isinstance(kind, types.Integer):
        low, high = RANGES.get(column, (0, MOST))
        number = reader.whole(said, name, int(high))
        if number is not None and number < low:
            reader.left_out(name)
            return None
        return number
    if isinstance(kind, types.Float):
        return _number(said, name, reader, RANGES.get(column, (0, MOST))[1])
    if isinstance(kind, types.Date):
        day: date | None = reader.day(said, name)
        return None if day is None else day.isoformat()
    longest = getattr(kind, "length", None) or 10_000
    return reader.text(said, name, longest)


def _number(said: Json, name: str, reader: Reader, most: float) -> float | None:
    value = said[name]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value <= most:
        reader.left_out(name)
        return None
    return float(value)


def words_of(said: Json, name: str) -> list[str]:
    """Return a list of texts; empty where there is none."""
    value = said.get(name)
    return [v for v in value if isinstance(v, str) and is_storable(v)] if isinstance(
        value, list) else []  # fmt: skip
