"""What rules and criteria see: all rows at once, or one of them to be explained."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.ask import Ask
from matching.codebook import Codebook
from matching.index import Rows
from matching.times import Times, shortest_stay


@dataclass(frozen=True)
class Sight:
    """Rows, their distances in metres, their sessions, and the question.

    distance_m : (n,) float64; NaN = not known, infinite = known to lie elsewhere
    """

    rows: Rows
    distance_m: NDArray[np.float64]
    times: Times
    ask: Ask
    codebook: Codebook

    @cached_property
    def shortest_stay(self) -> NDArray[np.int64]:
        """(n,) minutes that one has to stay at least; -1 where that isn't known."""
        return shortest_stay(self.rows, self.times.slots)

    def only(self, chosen: NDArray[np.int64]) -> "Sight":
        """Return the same for some of the rows, in that order."""
        some = Sight(
            self.rows.only(chosen),
            self.distance_m[chosen],
            self.times.only(chosen),
            self.ask,
            self.codebook,
        )
        if "shortest_stay" in vars(self):  # worked out already
            vars(some)["shortest_stay"] = self.shortest_stay[chosen]
        return some

    def seen(self, chosen: Sequence[int]) -> "list[Seen]":
        """Return some of the rows one by one, as plain Python values."""
        picked = _Picked(self, chosen)
        return [Seen(picked, k, i) for k, i in enumerate(chosen)]


class _Picked:
    """Columns of a few rows as lists: a thousand single look-ups into arrays would take longer."""

    def __init__(self, sight: Sight, chosen: Sequence[int]) -> None:
        self.sight = sight
        self._rows = np.asarray(chosen, np.int64)
        self._records = sight.rows.values(self._rows)
        self._lists: dict[str, list[Any]] = {}

    def list_of(self, name: str) -> list[Any]:
        found = self._lists.get(name)
        if found is None:
            found = self._lists[name] = self._records[name].tolist()
        return found

    @cached_property
    def distances(self) -> list[float]:
        return list(self.sight.distance_m[self._rows].tolist())

    @cached_property
    def stays(self) -> list[int]:
        return list(self.sight.shortest_stay[self._rows].tolist())


class Seen:
    """One row: `seen["kind"]` is the value of a column, a plain number."""

    __slots__ = ("_k", "_picked", "ask", "codebook", "i")

    def __init__(self, picked: _Picked, k: int, i: int) -> None:
        self._picked, self._k, self.i = picked, k, i
        self.ask, self.codebook = picked.sight.ask, picked.sight.codebook

    def __getitem__(self, name: str) -> Any:
        return self._picked.list_of(name)[self._k]

    def beside(self, name: str) -> list[Any]:
        """Return a column's values in all rows that were picked with this one, in their order."""
        return self._picked.list_of(name)

    @property
    def distance_m(self) -> float:
        return self._picked.distances[self._k]

    @property
    def shortest_stay(self) -> int:
        return self._picked.stays[self._k]

    @property
    def days_held(self) -> int:
        """Days with a session, in the eight weeks from the day asked for."""
        return int(self._picked.sight.times.held[self.i]).bit_count()

    def next_session(self, *, fitting: bool = True) -> tuple[datetime, datetime, bool] | None:
        """Return start, end and whether it is uncertain; see `Times.next_session`."""
        return self._picked.sight.times.next_session(self.i, fitting=fitting)
