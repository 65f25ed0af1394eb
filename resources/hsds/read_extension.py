"""Reads the profile's own field `ibasho` back; each value is checked against its column."""

from datetime import date
from typing import Any

from sqlalchemy import types

from resources.hsds.extension import NAME, own_fields
from resources.hsds.values import Reader
from resources.models import Base, Location, Offering, Organization, Resource
from resources.schedules import BadSchedule, from_json, to_json
from resources.sources.rows import is_storable
from resources.vocabulary import Vocabulary

Json = dict[str, Any]

TABLES: dict[str, type[Base]] = {
    "organization": Organization,
    "resource": Resource,
    "location": Location,
    "offering": Offering,
}
CHOICES = {
    "gender": ("any", "female", "male"),
    "attendance": ("drop_in", "whole"),
    "verified_by": ("host", "staff", "call", "source"),
    "availability_said_by": ("host", "staff", "source", "booking"),
    "point_level": ("prefecture", "city", "town", "chome", "number", "point"),
    "point_source": ("file", "gazetteer", "pin"),
}
MOST = 10_000_000


def read_extension(entity: str, record: Json, reader: Reader, vocabulary: Vocabulary) -> Json:
    """Return the columns that `ibasho` states, as JSON can hold them."""
    said = reader.inside(record, NAME)
    columns = TABLES[entity].__table__.columns
    choices = CHOICES | {"availability": tuple(vocabulary.codes("availability"))}
    found = {}
    for name in own_fields(entity):
        if said.get(name) is None:
            continue
        value = _value(name, said, columns[name].type, choices, reader)
        if value is not None:
            found[name] = value
    return found


def _value(
    name: str, said: Json, kind: Any, choices: dict[str, tuple[str, ...]], reader: Reader
) -> Any:
    if name in choices:
        return reader.one_of(said, name, choices[name])
    if name == "schedule":
        try:
            return to_json(from_json(said[name]))
        except BadSchedule:
            reader.left_out(name)
            return None
    if isinstance(kind, types.Boolean):
        return reader.yes(said, name)
    if isinstance(kind, types.Integer):
        return reader.whole(said, name, MOST)
    if isinstance(kind, types.Float):
        return _number(said, name, reader)
    if isinstance(kind, types.Date):
        day: date | None = reader.day(said, name)
        return None if day is None else day.isoformat()
    longest = getattr(kind, "length", None) or 10_000
    return reader.text(said, name, longest)


def _number(said: Json, name: str, reader: Reader) -> float | None:
    value = said[name]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value <= MOST:
        reader.left_out(name)
        return None
    return float(value)


def words_of(said: Json, name: str) -> list[str]:
    """Return a list of texts; empty where there is none."""
    value = said.get(name)
    return [v for v in value if isinstance(v, str) and is_storable(v)] if isinstance(
        value, list) else []  # fmt: skip
