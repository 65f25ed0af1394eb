"""The snapshot that questions are put to: a base sorted by grid cell, and what changed since."""

import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geodata.bisection import first_at_least
from geodata.compiled import compiled
from geodata.coordinates import EARTH_RADIUS_M, LonLat, great_circle_m
from geodata.straight import metres_between
from matching.codebook import Codebook
from matching.columns import Array, Columns, ragged
from matching.learned import Learned
from matching.municipalities import Presence, block_of, presence
from matching.rows import UNPLACED, Part, Rows
from matching.schemes import Weighing

CELL_LON = 0.006
CELL_LAT = 0.005
"""Degrees; a cell is some 540 m by 560 m at Japan's latitudes."""

ROW = 1 << 20


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


class Served(NamedTuple):
    """Places that count farther out: those that fetch people, or that are joined from home.

    within_m : how far out, straight; 0 where the question asks for none of them
    anywhere : what is joined from home counts wherever it lies
    """

    within_m: float
    transport: bool
    online: bool
    anywhere: bool = False


NOT_SERVED = Served(0.0, False, False)


@dataclass(frozen=True)
class Index:
    """What all questions of one revision are put to.

    base : the columns of the catalogue at `base_revision`, sorted by cell
    overlay : the rows that changed since, as they are now
    superseded : sorted row numbers of the base that no longer hold
    codebook : the closed lists that its bits come from
    weighing : the municipality's schemes and thresholds
    learned : the learned criterion, where it counts
    """

    base: Part
    base_revision: int
    overlay: Part | None
    superseded: NDArray[np.int64]
    revision: int
    codebook: Codebook | None = None
    weighing: Weighing | None = None
    learned: Learned | None = None

    def __len__(self) -> int:
        return len(self.base.columns) - len(self.superseded) + self.overlay_size

    @property
    def overlay_size(self) -> int:
        return 0 if self.overlay is None else len(self.overlay.columns)

    def candidates(
        self, origin: LonLat, radius_m: float | None, served: Served = NOT_SERVED
    ) -> tuple[Rows, Array]:
        """Return the rows that may lie within a radius, with their distances in metres.

        Rows without a point are among them, with NaN, unless their municipality is known to lie
        elsewhere: then their distance is infinite. None as radius means all rows.
        A row whose point is only known to some accuracy counts from its nearest possible place.
        Beyond the radius, those come with them that are `served`.
        """
        starts, ends = self._runs(origin, radius_m)
        limit = math.inf if radius_m is None else radius_m
        base = self.base.columns.records
        rows, away = _within(base, starts, ends, self.superseded, *origin, limit)
        if radius_m is not None and (served.anywhere or served.within_m > limit):
            more = self._served(origin, limit, served)
            if served.anywhere:
                more = np.concatenate([more, self._joined(rows)])
            rows = np.concatenate([rows, more])
        records = base.take(rows)
        if len(rows) > len(away):
            far_out = self._distances(origin, records[len(away) :])
            away = np.concatenate([away, far_out])
        if radius_m is None:  # else, only such places without a point were taken as may be near
            self._mark_elsewhere(origin, records, away)
        if self.overlay is None:
            return Rows([(self.base, rows)], self.base, records), away
        changed = self.overlay.columns.records
        far = self._distances(origin, changed)
        beyond = far - changed["accuracy_m"] > limit  # NaN is kept
        beyond &= ~_fetches(changed, served) | (far - changed["accuracy_m"] > served.within_m)
        if served.anywhere:
            beyond &= changed["online"] != 1
        near = np.flatnonzero(~beyond)
        parts = [(self.base, rows), (self.overlay, near)]
        found = Rows(parts, self.base, np.concatenate([records, changed.take(near)]))
        return found, np.concatenate([away, far[near]])

    def _served(self, origin: LonLat, limit_m: float, served: Served) -> NDArray[np.int64]:
        """Return the rows of the base beyond a limit that are served."""
        rows, keys = self.base.reaching_out
        columns = self.base.columns
        lowest, highest, west, east = self._cells(origin, served.within_m)
        bands = np.arange(lowest, highest + 1) * ROW
        starts = np.searchsorted(keys, bands + west)
        ends = np.searchsorted(keys, bands + east, side="right")
        found = self._without_superseded(rows[ragged(starts, ends - starts)])
        records = columns.records.take(found)
        away = great_circle_m(origin, records["lon"], records["lat"]) - records["accuracy_m"]
        chosen = (away > limit_m) & (away <= served.within_m) & _fetches(records, served)
        if served.anywhere:
            chosen &= records["online"] != 1  # those come by themselves
        return np.asarray(found[chosen], np.int64)

    def _joined(self, besides: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the rows of the base that are joined online, but for some."""
        online = self._without_superseded(self.base.online)
        return _without(online, np.sort(besides))

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

    def _distances(self, origin: LonLat, records: Array) -> NDArray[np.float64]:
        """Return metres; NaN where the place isn't known, infinity where it lies elsewhere."""
        away = great_circle_m(origin, records["lon"], records["lat"])
        self._mark_elsewhere(origin, records, away)
        return away

    def _mark_elsewhere(self, origin: LonLat, records: Array, away: NDArray[np.float64]) -> None:
        lost = np.flatnonzero(np.isnan(away))
        elsewhere = self._presence.elsewhere(origin, records["municipality"][lost])
        away[lost[elsewhere]] = np.inf

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

    def _runs(
        self, origin: LonLat, radius_m: float | None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where the runs of the base begin and end that hold all that may be near."""
        keys = self.base.keys
        if radius_m is None or keys is None:
            return np.zeros(1, np.int64), np.array([len(self.base.columns)])
        lowest, highest, west, east = self._cells(origin, radius_m)
        return _runs_of(keys, lowest, highest, west, east, *self._unplaced_near(origin))

    def _cells(self, origin: LonLat, radius_m: float) -> tuple[int, int, int, int]:
        """Return the lowest, highest, westernmost and easternmost cell that a radius touches."""
        reach = radius_m + self._slack_m
        d_lat = math.degrees(reach / EARTH_RADIUS_M)
        lowest = math.floor((origin.lat - d_lat) / CELL_LAT)
        highest = math.floor((origin.lat + d_lat) / CELL_LAT)
        # Degrees of longitude are shortest at the edge that is nearest to the pole.
        edge = min(abs(origin.lat) + d_lat, 89.0)
        d_lon = d_lat / math.cos(math.radians(edge))
        west = math.floor((origin.lon - d_lon) / CELL_LON)
        east = math.floor((origin.lon + d_lon) / CELL_LON)
        return lowest, highest, west, east

    def _unplaced_near(self, origin: LonLat) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where the rows without a point begin and end whose town may be near."""
        block = block_of(origin)
        known = self._unplaced_by_block.get(block)
        if known is None:  # as many blocks as have places, some thousands for the whole country
            towns, begins = self.base.unplaced
            near = self._presence.near(origin, towns, self._without_places)
            known = self._unplaced_by_block[block] = begins[near], begins[near + 1]
        return known

    @cached_property
    def _unplaced_by_block(self) -> dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]]:
        return {}

    def _without_superseded(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        return _without(rows, self.superseded)


def _without(rows: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return some row numbers but for others, which are sorted."""
    if not len(others) or not len(rows):
        return rows
    place = np.searchsorted(others, rows)
    place[place == len(others)] = 0
    return np.asarray(rows[others[place] != rows], np.int64)


def _fetches(records: Array, served: Served) -> NDArray[np.bool_]:
    """Tell which rows are of a kind that is served."""
    found = np.zeros(len(records), np.bool_)
    if served.transport:
        found |= records["transport"] == 1
    if served.online:
        found |= records["online"] == 1
    return found


@compiled
def _runs_of(
    keys: NDArray[np.int64],
    lowest: int,
    highest: int,
    west: int,
    east: int,
    more_starts: NDArray[np.int64],
    more_ends: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where the runs of keys begin and end that fill a rectangle of cells, and some more."""
    bands = highest + 1 - lowest
    starts = np.empty(bands + len(more_starts), np.int64)
    ends = np.empty(bands + len(more_starts), np.int64)
    for band in range(bands):
        row = (lowest + band) * ROW
        starts[band] = first_at_least(keys, row + west)
        ends[band] = first_at_least(keys, row + east + 1)
    starts[bands:] = more_starts
    ends[bands:] = more_ends
    return starts, ends


@compiled
def _within(
    records: Array,
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    left_out: NDArray[np.int64],
    lon: float,
    lat: float,
    limit_m: float,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the rows of some runs that may lie within a limit, and their metres (NaN: not known).

    left_out : sorted rows that no longer hold
    """
    most = 0
    for run in range(len(starts)):
        most += ends[run] - starts[run]
    rows, away = np.empty(most, np.int64), np.empty(most, np.float64)
    n = 0
    for run in range(len(starts)):
        for i in range(starts[run], ends[run]):
            p = records[i]
            metres = metres_between(lon, lat, p["lon"], p["lat"])
            if metres - p["accuracy_m"] > limit_m:
                continue
            at = first_at_least(left_out, i)
            if at < len(left_out) and left_out[at] == i:
                continue
            rows[n], away[n] = i, metres
            n += 1
    return rows[:n], away[:n]
