"""Suggestions from a table of offerings, without a database: a DataFrame in, an answer out."""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from matching.answers import Answer
from matching.ask import prepare
from matching.codebook import Codebook
from matching.encoding import LOW_HALF, SOURCE, Encoder
from matching.explained import Explanation, explained
from matching.index import Index, cell_keys, in_grid_order
from matching.need import At, Need, parse_need
from matching.place_shown import PlaceShown
from matching.rows import Part, Rows
from matching.schemes import Weighing, default_weighing
from matching.suggest import answer_to
from matching.table_rows import rows_of
from resources import clock
from resources.vocabulary import Vocabulary, default_vocabulary

Geocode = Callable[[str], At | None]

_SAID = ("availability", "places", "availability_said_on", "availability_said_by")


class Table:
    """An index of a table's offerings, one a row, kept in memory.

    Columns are those of `table_rows.COLUMNS`, of which `name` and `kind` must be there; what
    is absent or empty isn't known. `schedule` may hold the words of a schedule in Japanese
    (「第2火曜 10:00～12:00」) or its JSON; lists are lists, arrays or their JSON; days are `date`
    or YYYY-MM-DD; ids are UUIDs.

    Raises
    ------
    BadTable
        A column is missing or none of ours, or a row holds what can't be.

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
        rows = rows_of(offerings, self.vocabulary)
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
        geocode: Geocode | None = None,
    ) -> Answer:
        """Suggest places for a need, as `suggest_placements` does for a catalogue.

        weighing : schemes and thresholds of one's own; None = those of a new installation
        geocode : looks an address up, for needs that ask from one

        Raises
        ------
        BadNeed, UnknownScheme
        """
        return answer_to(
            self._asked(need, geocode), self.index, self.codebook, self._shown,
            limit=limit, scheme=scheme, now=now or clock.now(),
            weighing=weighing,
        )  # fmt: skip

    def why(
        self,
        need: Need | dict[str, Any],
        offering: uuid.UUID,
        *,
        scheme: str = "standard",
        now: datetime | None = None,
        weighing: Weighing | None = None,
        geocode: Geocode | None = None,
    ) -> Explanation:
        """Judge one offering for a need, as `explain` does for a catalogue.

        Raises
        ------
        KeyError
            No row has this id.
        BadNeed, UnknownScheme
        """
        numbers = weighing or default_weighing()
        weights = numbers.scheme(scheme)
        asked = self._asked(need, geocode)
        ask = prepare(asked, self.codebook, now or clock.now(), numbers.thresholds)
        found = self.index.one(ask.origin, offering.int >> 64, offering.int & LOW_HALF)
        if found is None:
            raise KeyError(offering)
        (shown,) = self._shown(found[0], [0]).values()
        return explained(ask, found, self.codebook, weights, shown)

    def _asked(self, need: Need | dict[str, Any], geocode: Geocode | None) -> Need:
        return need if isinstance(need, Need) else parse_need(need, self.vocabulary, geocode)

    def _shown(self, rows: Rows, chosen: Sequence[int]) -> dict[int, PlaceShown]:
        kept = zip(chosen, rows.kept(chosen), strict=True)
        return {i: PlaceShown(own, facts, *self._said[own]) for i, (own, facts) in kept}
