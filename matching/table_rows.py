"""The rows of a table of offerings, checked as what a coordinator fills in is checked."""

import json
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, ValidationError

from matching.encoding import SOURCE
from matching.sureness import SAID
from resources.clock import JAPAN
from resources.registration import (
    BadRegistration,
    LocationPart,
    OfferingPart,
    OrganizationPart,
    ResourcePart,
    check_codes,
    check_schedule,
)
from resources.schedule_text import parse_schedule
from resources.schedules import to_json
from resources.vocabulary import Vocabulary

COLUMNS = (*SOURCE, "availability_said_by")
"""What a table may hold."""

LISTS = (
    "needs", "activities", "steps", "audience", "accepted_audience", "languages", "requirements",
)  # fmt: skip

DEFAULTS: dict[str, Any] = {
    "status": "published", "visibility": "public", "availability": "unknown", "invented": False,
}  # fmt: skip

WHOSE_WORD = ("availability_said_by", "verified_by")
"""Who said it: more is known of in a catalogue than a coordinator may fill in."""

_SHOWN_BY_HOSTS = ("accompanied", "stayed", "answer_days")

MOST = 1_000_000
"""The largest number of people, or days, that such a column may hold."""

DAYS = ("verified_on", "availability_said_on", "ends_on", "resting_until")

_SEEN = ("sessions_seen", "host_answers")

_PARTS: tuple[type[BaseModel], ...] = (ResourcePart, LocationPart, OfferingPart, OrganizationPart)
_TOGETHER: dict[type[BaseModel], str] = {
    ResourcePart: "age_min, age_max, accepted_age_min, accepted_age_max",
    LocationPart: "lon, lat",
}
"""The columns of a part that are checked as several together."""
_IDS = ("id", "resource_id", "organization_id")
_NAMESPACE = uuid.UUID("5b1f6d2e-6c1b-4c0e-9c36-0a5f9d7f8f11")


class BadTable(ValueError):
    """A table that no index can be made of: which column, and what is wrong with it."""

    def __init__(self, column: str, problem: str) -> None:
        self.column, self.problem = column, problem
        super().__init__(f"{column}: {problem}")


def rows_of(offerings: pd.DataFrame, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """Return the rows by the names of `COLUMNS`; None where nothing is known.

    Raises `BadTable` for the first that can't be used.
    """
    missing = {"name", "kind"} - set(offerings.columns)
    unknown = set(offerings.columns) - set(COLUMNS)
    if missing or unknown:
        named = sorted(map(str, missing or unknown))
        raise BadTable(", ".join(named), "must be there" if missing else "is no column of ours")
    rows, met = [], set()
    for number, given in enumerate(offerings.to_dict("records")):
        try:
            row = _row(given, number, vocabulary)
        except BadTable as bad:
            raise BadTable(f"row {number}, {bad.column}", bad.problem) from None
        if row["id"] in met:
            raise BadTable(f"row {number}, id", "stands in an earlier row, too")
        met.add(row["id"])
        rows.append(row)
    return rows


def _row(given: Mapping[Any, Any], number: int, vocabulary: Vocabulary) -> dict[str, Any]:
    row = {name: _plain(given.get(name)) for name in COLUMNS}
    row |= {name: value for name, value in DEFAULTS.items() if row[name] is None}
    if not row["name"] or row["kind"] is None:
        raise BadTable("name", "a name, and a kind of the list, must be there")
    row |= {name: _list(name, row[name]) for name in LISTS}
    row |= {name: _identity(name, row[name]) for name in _IDS}
    row |= {name: _whole(name, row[name]) for name in _SHOWN_BY_HOSTS}
    row |= {name: _words(name, row[name]) for name in _SEEN}
    if not isinstance(row["invented"], bool):
        raise BadTable("invented", "is true or false")
    _days_only(row)
    row["schedule"] = _schedule(row["schedule"])
    row |= _checked(row, vocabulary)
    for name in ("id", "resource_id"):
        row[name] = row[name] or uuid.uuid5(_NAMESPACE, f"{name} {number} {row['name']}")
    if row["host_name"] and row["organization_id"] is None:
        row["organization_id"] = uuid.uuid5(_NAMESPACE, f"host {row['host_name']}")
    for name in (*LISTS, "schedule"):
        row[name] = None if row[name] is None else json.dumps(row[name])
    return row


def _checked(row: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the fields that a registration has, too, as it would take them."""
    found: dict[str, Any] = {}
    for name in WHOSE_WORD:
        if row[name] not in (None, *SAID):
            raise BadTable(name, f"is one of {', '.join(SAID)}")
    for part in _PARTS:
        names = set(part.model_fields) & set(COLUMNS) - {*WHOSE_WORD, "id", "phone"}
        if part is OrganizationPart:
            names -= {"name"}  # that of the offering
        try:
            said = part.model_validate({n: row[n] for n in names if row[n] is not None})
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            column = str(first["loc"][0]) if first["loc"] else _TOGETHER[part]
            raise BadTable(column, first["msg"].removeprefix("Value error, ")) from None
        found |= {n: getattr(said, n) for n in names if row[n] is not None}
    try:
        check_codes(found, vocabulary)
    except BadRegistration as bad:
        column = bad.field.rpartition(".")[2]
        raise BadTable(column, "holds a code that its list doesn't offer") from None
    try:
        check_schedule(row["schedule"])
    except BadRegistration as bad:
        raise BadTable("schedule", f"can't be read: {bad.__cause__}") from None
    return found


def _plain(value: Any) -> Any:
    """Return a cell as Python has it; what pandas calls missing, and "", isn't known."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, list | tuple | set | dict):
        return value
    if value is None or value == "" or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return (value if value.tzinfo is None else value.tz_convert(JAPAN)).date()
    if isinstance(value, np.generic):
        value = value.item()
    return value.date() if isinstance(value, datetime) else value


def _list(name: str, value: Any) -> list[Any] | None:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = None
        if not isinstance(value, list):
            raise BadTable(name, 'is a list, such as ["isolation"]')
    if value is not None and not isinstance(value, list | tuple | set):
        raise BadTable(name, 'is a list, such as ["isolation"]')
    # pandas turns whole numbers into fractions where one is missing; so do arrays.
    return None if value is None else [_plain(one) for one in value]


def _words(name: str, value: Any) -> list[tuple[date, bool]] | None:
    """Return the latest words on sessions or answers, however they were written."""
    said = _list(name, value)
    if said is None:
        return None
    found = []
    for one in said:
        on, yes = (one.get("on"), one.get("yes")) if isinstance(one, dict) else _two(one)
        try:
            day = on if isinstance(on, date) else date.fromisoformat(str(on))
        except ValueError:
            day = None
        if day is None or not isinstance(yes, bool):
            raise BadTable(name, 'is a list of words, such as {"on": "2026-11-24", "yes": true}')
        found.append((day, yes))
    return found


def _two(pair: Any) -> tuple[Any, Any]:
    return tuple(pair) if isinstance(pair, list | tuple) and len(pair) == 2 else (None, None)


def _whole(name: str, value: Any) -> int | None:
    if value is None:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= MOST or value != int(value):
        raise BadTable(name, f"is a whole number, 0 to {MOST}")
    return int(value)


def _days_only(row: Mapping[str, Any]) -> None:
    """Refuse a number where a day must be: 0 would be the first of January 1970."""
    for name in DAYS:
        try:
            if not isinstance(row[name], date | None):
                date.fromisoformat(row[name])
        except (TypeError, ValueError):
            raise BadTable(name, 'is a day, such as "2026-12-01"') from None


def _identity(name: str, value: Any) -> uuid.UUID | None:
    try:
        return value if value is None or isinstance(value, uuid.UUID) else uuid.UUID(str(value))
    except ValueError:
        raise BadTable(name, "is a UUID") from None


def _schedule(value: Any) -> dict[str, Any] | None:
    if value is None or isinstance(value, dict):
        return value
    if str(value).lstrip().startswith("{"):
        try:
            read = json.loads(value)
        except ValueError:
            raise BadTable("schedule", "isn't JSON") from None
        return dict(read)
    parsed = parse_schedule(str(value))
    if parsed.said is None:
        raise BadTable("schedule", "the words aren't understood")
    # What says less than a schedule, such as days without hours, leaves the hours unknown.
    return None if parsed.schedule is None else to_json(parsed.schedule)
