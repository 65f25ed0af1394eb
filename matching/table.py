"""Suggestions from a table of offerings, without a database: a DataFrame in, an answer out."""

import json
import math
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from matching.answers import Answer
from matching.codebook import Codebook
from matching.encoding import SOURCE, Encoder
from matching.index import Index, cell_keys, in_grid_order
from matching.need import Need, parse_need
from matching.place_shown import PlaceShown
from matching.rows import Part, Rows
from matching.schemes import Weighing
from matching.suggest import answer_to
from resources import clock
from resources.schedule_text import parse_schedule
from resources.schedules import to_json
from resources.vocabulary import Vocabulary, default_vocabulary

LISTS = (
    "needs", "activities", "steps", "audience", "accepted_audience", "languages", "requirements",
)  # fmt: skip

DEFAULTS: dict[str, Any] = {
    "status": "published", "visibility": "public", "availability": "unknown", "invented": False,
}  # fmt: skip

COLUMNS = (*SOURCE, "availability_said_by")
"""What a table may hold."""

POSITION = ("lon", "lat", "accuracy_m")

_NAMESPACE = uuid.UUID("5b1f6d2e-6c1b-4c0e-9c36-0a5f9d7f8f11")
_SAID = ("availability", "places", "availability_said_on", "availability_said_by")


class BadTable(ValueError):
    """A table that no index can be made of: which column, and what is wrong with it."""


class Table:
    """An index of a table's offerings, one a row, kept in memory.

    Columns are those of `COLUMNS`, of which `name` and `kind` must be there; what
    is absent or empty isn't known. `schedule` may hold the words of a schedule in Japanese
    (「第2火曜 10:00～12:00」) or its JSON; lists are Python lists; days are `date`.

    Raises
    ------
    BadTable
        `name` or `kind` is missing, a column is none of ours, or a schedule isn't understood.

    Examples
    --------
    >>> places = pd.DataFrame([{"name": "本の部屋", "kind": "open_space",
    ...                         "lon": 139.71, "lat": 35.73, "needs": ["isolation"]}])
    >>> answer = Table(places).suggest({"at": {"lon": 139.71, "lat": 35.73}})
    >>> [s.place.name for s in answer.suggestions]
    ['本の部屋']
    """

    def __init__(self, offerings: pd.DataFrame, vocabulary: Vocabulary | None = None) -> None:
        self.vocabulary = vocabulary or default_vocabulary()
        self.codebook = Codebook(self.vocabulary)
        rows = _rows_of(offerings, self.vocabulary)
        encoder = Encoder(self.codebook)
        encoder.add([tuple(row[name] for name in SOURCE) for row in rows])
        columns = in_grid_order(encoder.columns())
        keys = cell_keys(np.asarray(columns["lon"]), np.asarray(columns["lat"]))
        self.index = Index(Part(columns, keys), 0, None, np.empty(0, np.int64), 0)
        self._said = {row["id"].int: tuple(row[name] for name in _SAID) for row in rows}

    def suggest(
        self,
        need: Need | dict[str, Any],
        *,
        limit: int = 10,
        scheme: str = "standard",
        now: datetime | None = None,
        weighing: Weighing | None = None,
    ) -> Answer:
        """Suggest places for a need, as `suggest_placements` does for a catalogue.

        weighing : schemes and thresholds of one's own; None = those of a new installation

        Raises
        ------
        BadNeed, UnknownScheme
        """
        asked = need if isinstance(need, Need) else parse_need(need, self.vocabulary)
        return answer_to(
            asked, self.index, self.codebook, self._shown,
            limit=limit, scheme=scheme, now=now or clock.now(),
            weighing=weighing,
        )  # fmt: skip

    def _shown(self, rows: Rows, chosen: Sequence[int]) -> dict[int, PlaceShown]:
        kept = zip(chosen, rows.kept(chosen), strict=True)
        return {i: PlaceShown(own, facts, *self._said[own]) for i, (own, facts) in kept}


def _rows_of(offerings: pd.DataFrame, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    missing = {"name", "kind"} - set(offerings.columns)
    unknown = set(offerings.columns) - set(COLUMNS)
    if missing or unknown:
        raise BadTable(f"columns missing: {sorted(missing)}; columns not known: {sorted(unknown)}")
    kinds = set(vocabulary.codes("kind"))
    rows = []
    for number, given in enumerate(offerings.to_dict("records")):
        row = {name: _plain(given.get(name, DEFAULTS.get(name))) for name in COLUMNS}
        row |= {name: v for name, v in DEFAULTS.items() if row[name] is None}
        # pandas turns a column of whole numbers into fractions where one is missing.
        row |= {
            name: int(v)
            for name, v in row.items()
            if isinstance(v, float) and name not in POSITION and v.is_integer()
        }
        if row["kind"] not in kinds or not row["name"]:
            raise BadTable(f"row {number}: a name, and a kind of the list, must be there")
        for name in ("id", "resource_id"):
            row[name] = _identity(row[name], f"{name} {number} {row['name']}")
        if row["host_name"] and row["organization_id"] is None:
            row["organization_id"] = uuid.uuid5(_NAMESPACE, f"host {row['host_name']}")
        for name in LISTS:
            row[name] = None if row[name] is None else json.dumps(list(row[name]))
        row["schedule"] = _schedule(row["schedule"], number)
        rows.append(row)
    return rows


def _plain(value: Any) -> Any:
    """Return a cell as Python has it; what pandas calls missing isn't known."""
    if isinstance(value, list | tuple | dict):
        return value
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    if isinstance(value, np.generic):
        return value.item()
    return value.date() if isinstance(value, datetime) else value


def _identity(value: Any, words: str) -> uuid.UUID:
    if value is None:
        return uuid.uuid5(_NAMESPACE, words)
    return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))


def _schedule(value: Any, number: int) -> str | None:
    if value is None:
        return None
    if isinstance(value, dict):
        return json.dumps(value)
    parsed = parse_schedule(str(value))
    if parsed.said is None:
        raise BadTable(f"row {number}: the schedule isn't understood")
    # What says less than a schedule, such as days without hours, leaves the hours unknown.
    return None if parsed.schedule is None else json.dumps(to_json(parsed.schedule))
