"""The snapshot that questions are put to: a base sorted by grid cell, and what changed since."""

import math
import uuid
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import EARTH_RADIUS_M, LonLat, great_circle_m
from matching.columns import Array, Columns, ragged
from matching.municipalities import Presence, presence
from matching.text import likeness
from resources.days import day_bits

CELL_LON = 0.006
CELL_LAT = 0.005
"""Degrees; a cell is some 540 m by 560 m at Japan's latitudes."""

ROW = 1 << 20
UNPLACED = np.iinfo(np.int64).max

DAYS_AHEAD = 56
"""How many days of sessions are looked at, the day asked for being the first."""


def cell_keys(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the key of each point's cell; rows without a point come last."""
    known = ~(np.isnan(lon) | np.isnan(lat))
    keys = np.full(lon.shape, UNPLACED, np.int64)
    across = np.floor(lon[known] / CELL_LON).astype(np.int64)
    keys[known] = np.floor(lat[known] / CELL_LAT).astype(np.int64) * ROW + across
    return keys


def in_grid_order(columns: Columns) -> Columns:
    """Return the columns sorted by cell, then by id; those without a point by municipality."""
    keys = cell_keys(columns["lon"].astype(np.float64), columns["lat"].astype(np.float64))
    town = np.where(keys == UNPLACED, columns["municipality"], 0)
    order = np.lexsort((columns["id_low"], columns["id_high"], town, keys))
    return columns.reordered(order)


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

    def masks(self, first: date) -> DayMasks:
        made = self._masks.get(first)
        if made is None:
            if len(self._masks) > 31:  # a month of different days is asked for at most
                self._masks.clear()
            made = self._masks.setdefault(first, DayMasks(self.columns.selectors, first))
        return made

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
        self._columns: dict[str, Array] = {}

    def __len__(self) -> int:
        return len(self._records)

    def __getitem__(self, name: str) -> Array:
        column = self._columns.get(name)
        if column is None:
            column = self._columns[name] = np.ascontiguousarray(self._records[name])
        return column

    @cached_property
    def ids(self) -> tuple[Array, Array]:
        return self["id_high"], self["id_low"]

    def slots(self, first: date) -> Slots:
        """Return the slots of all rows with their days, from the eve of a day."""
        counts, taken, held, uncertain = [], [], [], []
        for part, rows in self._parts:
            pointer = part.columns.pointer
            begins = pointer[rows]
            lengths = pointer[rows + 1] - begins
            slots = part.columns.slots.take(ragged(begins, lengths))
            days, unsure = part.masks(first).of(slots["slot_selector"])
            counts.append(lengths)
            taken.append(slots)
            held.append(days)
            uncertain.append(unsure)
        pointer = np.zeros(len(self) + 1, np.int64)
        np.cumsum(_joined(counts), out=pointer[1:])
        slots = _joined(taken)
        return Slots(
            pointer,
            slots["slot_start"].astype(np.int64),
            slots["slot_end"].astype(np.int64),
            _joined(held),
            _joined(uncertain),
        )

    def likeness(self, words: str) -> NDArray[np.float64]:
        """Return the cosine of each row's text with a question's words, 0 … 1."""
        idf = self._base.columns.texts["text_idf"]  # one set of weights for all parts
        found, first = [], 0
        for part, rows in self._parts:
            numbers = self["text"][first : first + len(rows)]
            found.append(likeness(part.columns.texts, numbers, words, idf))
            first += len(rows)
        return _joined(found)

    def only(self, chosen: NDArray[np.int64]) -> "Rows":
        """Return some of the rows; their numbers rise."""
        parts, first = [], 0
        for part, rows in self._parts:
            low, high = np.searchsorted(chosen, (first, first + len(rows)))
            parts.append((part, rows[chosen[low:high] - first]))
            first += len(rows)
        return Rows(parts, self._base, self._records.take(chosen))

    def shown(self, chosen: Sequence[int]) -> list[bytes]:
        """Return what the index keeps of some of the rows to be shown; see `place_shown.kept`."""
        ends = np.cumsum([len(rows) for _, rows in self._parts]).tolist()
        records = self.values(np.asarray(chosen, np.int64))
        places = zip(
            chosen, records["shown_at"].tolist(), records["shown_bytes"].tolist(), strict=True
        )
        return [
            self._parts[bisect_right(ends, i)][0].columns.shown[at : at + n].tobytes()
            for i, at, n in places
        ]

    def ids_of(self, chosen: Sequence[int]) -> list[uuid.UUID]:
        """Return the ids of the offerings in some of the rows."""
        records = self.values(np.asarray(chosen, np.int64))
        pairs = zip(records["id_high"].tolist(), records["id_low"].tolist(), strict=True)
        return [uuid.UUID(int=(high << 64) | low) for high, low in pairs]

    def values(self, chosen: NDArray[np.int64]) -> Array:
        """Return the records of some of the rows, in any order."""
        return self._records.take(chosen)


def _joined(arrays: list[Array]) -> Array:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


@dataclass(frozen=True)
class Index:
    """What all questions of one revision are put to.

    base : the columns of the catalogue at `base_revision`, sorted by cell
    overlay : the rows that changed since, as they are now
    superseded : sorted row numbers of the base that no longer hold
    """

    base: Part
    base_revision: int
    overlay: Part | None
    superseded: NDArray[np.int64]
    revision: int

    def __len__(self) -> int:
        return len(self.base.columns) - len(self.superseded) + self.overlay_size

    @property
    def overlay_size(self) -> int:
        return 0 if self.overlay is None else len(self.overlay.columns)

    def candidates(self, origin: LonLat, radius_m: float | None) -> tuple[Rows, Array]:
        """Return the rows that may lie within a radius, with their distances in metres.

        Rows without a point are among them, with NaN, unless their municipality is known to lie
        elsewhere: then their distance is infinite. None as radius means all rows.
        A row whose point is only known to some accuracy counts from its nearest possible place.
        """
        base = self._without_superseded(self._base_rows(origin, radius_m))
        parts = [(self.base, base)]
        if self.overlay is not None:
            parts.append((self.overlay, np.arange(len(self.overlay.columns), dtype=np.int64)))
        kept, taken, distances = [], [], []
        for part, rows in parts:
            records = part.columns.records.take(rows)
            # Of the base, only such places without a point were taken as may be near.
            known = radius_m is not None and part is self.base
            away = self._distances(origin, records, may_be_elsewhere=not known)
            if radius_m is not None:
                near = np.flatnonzero(~(away - records["accuracy_m"] > radius_m))  # NaN is kept
                rows, records, away = rows[near], records.take(near), away[near]
            kept.append((part, rows))
            taken.append(records)
            distances.append(away)
        return Rows(kept, self.base, _joined(taken)), _joined(distances)

    def one(self, origin: LonLat, high: int, low: int) -> tuple[Rows, Array] | None:
        """Return the single row of an offering with its distance; None where there is none."""
        if self.overlay is not None:
            c = self.overlay.columns
            rows = np.flatnonzero((c["id_high"] == high) & (c["id_low"] == low))
            if len(rows):
                return self._seen(origin, self.overlay, rows)
        c = self.base.columns
        rows = np.flatnonzero((c["id_high"] == high) & (c["id_low"] == low))
        rows = self._without_superseded(rows)
        if not len(rows):
            return None
        return self._seen(origin, self.base, rows)

    def _seen(self, origin: LonLat, part: Part, rows: NDArray[np.int64]) -> tuple[Rows, Array]:
        records = part.columns.records.take(rows)
        return Rows([(part, rows)], self.base, records), self._distances(origin, records)

    def _distances(
        self, origin: LonLat, records: Array, *, may_be_elsewhere: bool = True
    ) -> NDArray[np.float64]:
        """Return metres; NaN where the place isn't known, infinity where it lies elsewhere."""
        away = great_circle_m(origin, records["lon"], records["lat"])
        if may_be_elsewhere:
            lost = np.flatnonzero(np.isnan(away))
            elsewhere = self._presence.elsewhere(origin, records["municipality"][lost])
            away[lost[elsewhere]] = np.inf
        return away

    @cached_property
    def _presence(self) -> Presence:
        """Where each municipality has places: those of the base, as changed since."""
        counts = self.base.presence
        if self.overlay is not None:
            counts = Counter(counts)
            counts.subtract(presence(self.base.columns, self.superseded))
            counts.update(presence(self.overlay.columns))
        return Presence(counts)

    @cached_property
    def _slack_m(self) -> float:
        accuracy = self.base.columns["accuracy_m"]
        return float(accuracy.max()) if accuracy.size else 0.0

    @cached_property
    def _without_places(self) -> NDArray[np.int64]:
        """Which of the base's municipalities have no place with a point, or aren't known."""
        towns, _ = self.base.unplaced
        return np.flatnonzero(~self._presence.has_places(towns))

    def _base_rows(self, origin: LonLat, radius_m: float | None) -> NDArray[np.int64]:
        n = len(self.base.columns)
        keys = self.base.keys
        if radius_m is None or keys is None:
            return np.arange(n, dtype=np.int64)
        reach = radius_m + self._slack_m
        d_lat = math.degrees(reach / EARTH_RADIUS_M)
        lowest = math.floor((origin.lat - d_lat) / CELL_LAT)
        highest = math.floor((origin.lat + d_lat) / CELL_LAT)
        # Degrees of longitude are shortest at the edge that is nearest to the pole.
        edge = min(abs(origin.lat) + d_lat, 89.0)
        d_lon = d_lat / math.cos(math.radians(edge))
        west = math.floor((origin.lon - d_lon) / CELL_LON)
        east = math.floor((origin.lon + d_lon) / CELL_LON)
        bands = np.arange(lowest, highest + 1, dtype=np.int64) * ROW
        starts = np.searchsorted(keys, bands + west, side="left")
        ends = np.searchsorted(keys, bands + east, side="right")
        towns, begins = self.base.unplaced
        near = self._presence.near(origin, towns, self._without_places)
        starts = np.concatenate([starts, begins[:-1][near]])
        ends = np.concatenate([ends, begins[1:][near]])
        return ragged(starts, ends - starts)

    def _without_superseded(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        if not len(self.superseded) or not len(rows):
            return rows
        place = np.searchsorted(self.superseded, rows)
        place[place == len(self.superseded)] = 0
        return np.asarray(rows[self.superseded[place] != rows], np.int64)


def eve_of(day: date) -> date:
    """Return the day before; bit 0 of every mask, for sessions that run past midnight."""
    return day - timedelta(days=1)
