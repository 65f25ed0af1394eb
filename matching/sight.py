"""What rules and criteria see: all rows at once, or one of them to be explained."""

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.compiled import compiled
from geodata.coordinates import LonLat, great_circle_m
from geodata.walking import Walks
from matching.ask import Ask
from matching.codebook import Codebook
from matching.columns import FAR, LOOK, NEVER, Array
from matching.encoding import LOW_HALF, day_number
from matching.on_foot import on_foot
from matching.other_hours import session_of_change, smallest_changes
from matching.rows import Rows
from matching.terms import terms_of
from matching.times import SessionAhead, Sessions, sessions_of


class Sight:
    """Rows, what is seen of them for one question, and the question.

    looks : (n,) of `LOOK`
    walks : over the streets, from where the question starts; None where no street leads from there
    """

    def __init__(
        self,
        rows: Rows,
        distance_m: Array,
        ask: Ask,
        codebook: Codebook,
        walks: Walks | None = None,
    ) -> None:
        self.rows = rows
        self.ask = ask
        self.codebook = codebook
        self.terms: Array = terms_of(ask, codebook)
        self.looks: Array = np.zeros(len(rows), LOOK)
        _measure(distance_m, *on_foot(rows, distance_m, walks), self.looks)
        self.sessions: Sessions = sessions_of(rows, ask, self.looks)
        self._exclude()

    def _exclude(self) -> None:
        """Mark what the person must not meet, and what is set aside for a time."""
        rows, looks, ask = self.rows, self.looks, self.ask
        if ask.excluded_hosts:
            looks["excluded_host"] = np.isin(rows["host"], np.array(ask.excluded_hosts, "u8"))
        if ask.excluded_resources:
            excluded = np.array(ask.excluded_resources, "u8")
            looks["excluded_resource"] = np.isin(rows["resource"], excluded)
        for aside in ask.need.set_aside:
            named = aside.resource or aside.organization
            assert named is not None
            column = rows["resource" if aside.resource is not None else "host"]
            from_day = NEVER if aside.until is None else day_number(aside.until)
            here = column == np.uint64(named.int & LOW_HALF)
            looks["set_aside_day"][here] = np.maximum(looks["set_aside_day"][here], from_day)
        for area in ask.need.safety.exclude_areas:
            away = great_circle_m(LonLat(area.lon, area.lat), rows["lon"], rows["lat"])
            looks["excluded_area"] |= away - rows["accuracy_m"] <= area.radius_m

    def seen(self, chosen: Sequence[int]) -> "list[Seen]":
        """Return some of the rows one by one, as plain Python values."""
        picked = _Picked(self, chosen)
        return [Seen(picked, k, i) for k, i in enumerate(chosen)]


@compiled
def _measure(
    distance_m: NDArray[np.float64],
    walk_m: NDArray[np.float64],
    by_streets: NDArray[np.bool_],
    looks: Any,
) -> None:
    for i in range(len(distance_m)):
        away = walk_m[i] if by_streets[i] else distance_m[i]
        looks[i]["distance_m"], looks[i]["walk_m"] = distance_m[i], walk_m[i]
        looks[i]["by_streets"] = by_streets[i]
        looks[i]["metres"] = np.int64(np.rint(away)) if math.isfinite(away) else FAR


class _Picked:
    """Columns of a few rows as lists: a thousand single look-ups into arrays would take longer."""

    def __init__(self, sight: Sight, chosen: Sequence[int]) -> None:
        self.sight = sight
        self.rows = np.asarray(chosen, np.int64)
        self._records = sight.rows.records.take(self.rows)
        self._looks = sight.looks.take(self.rows)
        self._lists: dict[str, list[Any]] = {}

    def list_of(self, name: str) -> list[Any]:
        found = self._lists.get(name)
        if found is None:
            array = self._looks if name in _LOOKS else self._records
            found = self._lists[name] = array[name].tolist()
        return found

    @cached_property
    def fitting(self) -> list[SessionAhead | None]:
        return self.sight.sessions.next_of(self.rows, fitting=True)

    @cached_property
    def any(self) -> list[SessionAhead | None]:
        return self.sight.sessions.next_of(self.rows, fitting=False)

    @cached_property
    def nearest(self) -> list[SessionAhead | None]:
        sessions = self.sight.sessions
        changes = smallest_changes(sessions, self.rows, self._records)
        return sessions.told(session_of_change(changes))


_LOOKS = frozenset(LOOK.names or ())


class Seen:
    """One row: `seen["kind"]` is a value of its record or of what is seen of it, a plain number."""

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
    def metres(self) -> int | None:
        """Whole metres; None where they aren't known."""
        away: int = self["metres"]
        return None if away == FAR else away

    @property
    def days_held(self) -> int:
        """Days with a session, in the eight weeks from the day asked for."""
        return int(self["held"]).bit_count()

    def next_session(self, *, fitting: bool = True) -> SessionAhead | None:
        """Return the next session that the person can attend, or the next of all."""
        return (self._picked.fitting if fitting else self._picked.any)[self._k]

    def nearest_session(self) -> SessionAhead | None:
        """Return the session ahead that asks for the smallest change of the person's hours."""
        return self._picked.nearest[self._k]
