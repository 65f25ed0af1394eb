"""Some rows of an index as a question takes them: their records, their slots, their texts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.compiled import compiled
from geodata.streets import Snapped, StreetGraph
from matching.columns import Array, Columns
from matching.municipalities import presence
from matching.snapped_rows import SnappedRows
from matching.text import likeness
from resources.days import day_bits

UNPLACED = np.iinfo(np.int64).max
"""The key of rows without a point; they come last."""

DAYS_AHEAD = 56
"""How many days of sessions are looked at, the day asked for being the first."""


def eve_of(day: date) -> date:
    """Return the day before; bit 0 of every mask, for sessions that run past midnight."""
    return day - timedelta(days=1)


class DayMasks:
    """For one day, which of the 64 days from its eve each day selector holds; made when asked."""

    def __init__(self, selectors: tuple[str, ...], first: date) -> None:
        self._selectors = selectors
        self._first = first
        self._held = np.zeros(len(selectors), np.uint64)
        self._uncertain = np.zeros(len(selectors), np.uint64)
        self._known = np.zeros(len(selectors), np.bool_)

    def of(self, numbers: Array) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Return the masks (held, uncertain) of each selector number."""
        missing = numbers[~self._known[numbers]]
        for number in np.unique(missing) if missing.size else ():
            held, uncertain = day_bits(self._selectors[number], self._first, 64)
            self._held[number], self._uncertain[number] = held, uncertain
            self._known[number] = True
        return self._held[numbers], self._uncertain[numbers]


@dataclass(frozen=True)
class Part:
    """Columns with what is worked out from them once."""

    columns: Columns
    keys: NDArray[np.int64] | None = None  # of the base: sorted cell keys
    _masks: dict[date, DayMasks] = field(default_factory=dict)

    @cached_property
    def on_streets(self) -> SnappedRows:
        return SnappedRows(self.columns)

    def masks(self, first: date) -> DayMasks:
        made = self._masks.get(first)
        if made is None:
            if len(self._masks) > 31:  # a month of different days is asked for at most
                self._masks.clear()
            made = self._masks.setdefault(first, DayMasks(self.columns.selectors, first))
        return made

    @cached_property
    def reaching_out(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The rows with a point that fetch people or are joined online, and their cells."""
        assert self.keys is not None
        columns = self.columns
        found = (columns["transport"] == 1) | (columns["online"] == 1)
        rows = np.flatnonzero(found & (self.keys != UNPLACED))
        return rows.astype(np.int64), self.keys[rows]

    @cached_property
    def online(self) -> NDArray[np.int64]:
        """The rows that are joined online, with a point or without."""
        return np.flatnonzero(self.columns["online"] == 1).astype(np.int64)

    @cached_property
    def presence(self) -> Counter[tuple[int, int]]:
        return presence(self.columns)

    @cached_property
    def first_unplaced(self) -> int:
        assert self.keys is not None
        return int(np.searchsorted(self.keys, UNPLACED, side="left"))

    @cached_property
    def unplaced(self) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """The municipalities of the rows without a point, and where each one's rows begin."""
        numbers = np.asarray(self.columns["municipality"][self.first_unplaced :])
        distinct, starts = np.unique(numbers, return_index=True)
        ends = np.append(starts, len(numbers)) + self.first_unplaced
        return distinct, ends.astype(np.int64)


@dataclass(frozen=True)
class Slots:
    """The slots of some rows, flat: slots of row i are pointer[i] … pointer[i + 1]."""

    pointer: NDArray[np.int64]
    start: NDArray[np.int64]  # minutes from midnight
    end: NDArray[np.int64]
    held: NDArray[np.uint64]  # bit 0 = the eve of the day asked for
    uncertain: NDArray[np.uint64]


class Rows:
    """Some rows of an index, seen as columns."""

    def __init__(
        self, parts: list[tuple[Part, NDArray[np.int64]]], base: Part, records: Array
    ) -> None:
        self._parts = parts
        self._base = base
        self._records = records

    def __len__(self) -> int:
        return len(self._records)

    def __getitem__(self, name: str) -> Array:
        return np.asarray(self._records[name])

    @property
    def records(self) -> Array:
        """(n,) of `RECORD`."""
        return self._records

    def only(self, chosen: NDArray[np.int64]) -> "Rows":
        """Return some of the rows; `chosen` rises."""
        parts, first = [], 0
        for part, rows in self._parts:
            low, high = np.searchsorted(chosen, (first, first + len(rows)))
            parts.append((part, rows[chosen[low:high] - first]))
            first += len(rows)
        return Rows(parts, self._base, self._records.take(chosen))

    def slots(self, first: date) -> Slots:
        """Return the slots of all rows with their days, from the eve of a day."""
        found: list[tuple[Array, ...]] = []
        for part, rows in self._parts:
            pointer, selector, *hours = _gathered(part.columns.pointer, part.columns.slots, rows)
            found.append((pointer, *hours, *part.masks(first).of(selector)))
        if len(found) == 1:
            pointer, start, end, held, uncertain = found[0]
            return Slots(pointer, start, end, held, uncertain)
        counts = [np.diff(pointer) for pointer, *_ in found]
        pointer = np.concatenate([[0], np.cumsum(np.concatenate(counts))])
        start, end, held, uncertain = (
            np.concatenate([part[k] for part in found]) for k in range(1, 5)
        )
        return Slots(pointer, start, end, held, uncertain)

    def likeness(self, words: str, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the cosine of some rows' texts with a question's words, 0 … 1; `chosen` rises."""
        idf = self._base.columns.texts["text_idf"]  # one set of weights for all parts
        numbers, found, first = self._records["text"][chosen], [], 0
        for part, rows in self._parts:
            low, high = np.searchsorted(chosen, (first, first + len(rows)))
            found.append(likeness(part.columns.texts, numbers[low:high], words, idf))
            first += len(rows)
        return found[0] if len(found) == 1 else np.concatenate(found)

    def snapped(self, streets: StreetGraph) -> Snapped:
        """Return where the rows lie on the streets."""
        found = [part.on_streets.of(streets, rows) for part, rows in self._parts]
        return Snapped(*(np.concatenate(column) for column in zip(*found, strict=True)))

    def kept(self, chosen: Sequence[int]) -> list[tuple[int, bytes]]:
        """Return of some rows the offering's id and what is kept to be shown.

        The id comes as one number; see `place_shown.kept` for what is kept.
        """
        some = self._records.take(np.asarray(chosen, np.int64))
        facts = (some[name].tolist() for name in ("id_high", "id_low", "shown_at", "shown_bytes"))
        return [
            ((high << 64) | low, self._part_of(i).columns.shown[at : at + n].tobytes())
            for i, high, low, at, n in zip(chosen, *facts, strict=True)
        ]

    def ids(self, chosen: Sequence[int]) -> list[int]:
        """Return the offerings' ids of some rows, each as one number."""
        some = self._records.take(np.asarray(chosen, np.int64))
        pairs = zip(some["id_high"].tolist(), some["id_low"].tolist(), strict=True)
        return [(high << 64) | low for high, low in pairs]

    def _part_of(self, i: int) -> Part:
        for part, rows in self._parts:
            if i < len(rows):
                return part
            i -= len(rows)
        raise IndexError(i)


@compiled
def _gathered(
    pointer: NDArray[np.int64], slots: Any, rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the slots of some rows: where each row's end, their selectors, starts and ends."""
    ends = np.zeros(len(rows) + 1, np.int64)
    for k in range(len(rows)):
        ends[k + 1] = ends[k] + pointer[rows[k] + 1] - pointer[rows[k]]
    selector = np.empty(ends[-1], np.int64)
    start, end = np.empty(ends[-1], np.int64), np.empty(ends[-1], np.int64)
    at = 0
    for row in rows:
        for place in range(pointer[row], pointer[row + 1]):
            slot = slots[place]
            selector[at] = slot["slot_selector"]
            start[at], end[at] = slot["slot_start"], slot["slot_end"]
            at += 1
    return ends, selector, start, end
