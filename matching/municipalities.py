"""Whether a place without a point may be near: its municipality must have places around here."""

import math
from collections import Counter
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import LonLat
from matching.columns import Columns

NOT_KNOWN = 0

BLOCK = 0.1
"""Degrees, some 9 km; "around here" is the block of the point and the eight beside it."""

_LINE = 1 << 16
_NONE: frozenset[int] = frozenset()


def municipality_number(prefecture: str | None, city: str | None) -> int:
    """Return the number of a municipality, the same in every process; 0 where it isn't known."""
    if not city:
        return NOT_KNOWN
    return number_of(f"{prefecture or ''}\n{city}")


def number_of(words: str) -> int:
    """Return a number from 1 to 2^64 − 1 that stands for these words in every process."""
    return int.from_bytes(blake2b(words.encode(), digest_size=8).digest(), "big") or 1


class Presence:
    """How many places with a point each municipality has in each block."""

    def __init__(self, counts: Counter[tuple[int, int]]) -> None:
        here: dict[int, set[int]] = {}
        for (block, municipality), n in counts.items():
            if n > 0:
                here.setdefault(block, set()).add(municipality)
        self._in_block = here
        self._near: dict[int, NDArray[np.uint64]] = {}
        self._anywhere = np.array(sorted(set().union(*here.values())), np.uint64)

    def elsewhere(self, origin: LonLat, municipalities: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Tell for each municipality whether its places lie, as far as known, only elsewhere.

        False where the municipality isn't known, or has no place with a point at all.
        """
        return self.has_places(municipalities) & ~_among(municipalities, self._around(origin))

    def has_places(self, municipalities: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Tell for each municipality whether it has a place with a point, wherever."""
        return _among(municipalities, self._anywhere)

    def near(
        self, origin: LonLat, municipalities: NDArray[np.uint64], without: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return which of some sorted municipalities aren't elsewhere.

        without : the numbers of those that have no place with a point, worked out before
        """
        around = self._around(origin)
        place = np.searchsorted(municipalities, around)
        place = place[place < len(municipalities)]
        found = place[_among(municipalities[place], around)]
        return np.concatenate([found, without])

    def _around(self, origin: LonLat) -> NDArray[np.uint64]:
        here = block_of(origin)
        known = self._near.get(here)
        if known is not None:
            return known
        around: set[int] = set()
        for line in (-_LINE, 0, _LINE):
            for column in (-1, 0, 1):
                around |= self._in_block.get(here + line + column, _NONE)
        # As many as there are blocks with places, some thousands for the whole country.
        found = self._near[here] = np.array(sorted(around), np.uint64)
        return found


def block_of(point: LonLat) -> int:
    """Return the number of the block that a point lies in."""
    return math.floor(point.lat / BLOCK) * _LINE + math.floor(point.lon / BLOCK)


def presence(columns: Columns, rows: NDArray[np.int64] | None = None) -> Counter[tuple[int, int]]:
    """Count the places with a point by block and municipality, among some rows or all."""
    chosen = slice(None) if rows is None else rows
    lon, lat = columns["lon"][chosen], columns["lat"][chosen]
    municipality = columns["municipality"][chosen]
    placed = ~np.isnan(lon) & (municipality != NOT_KNOWN)
    blocks, numbers = _block(lon[placed], lat[placed]), municipality[placed]
    order = np.lexsort((numbers, blocks))
    blocks, numbers = blocks[order], numbers[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (blocks[1:] != blocks[:-1]) | (numbers[1:] != numbers[:-1])
    starts = np.flatnonzero(first)
    sizes = np.diff(np.append(starts, len(order)))
    pairs = zip(blocks[starts].tolist(), numbers[starts].tolist(), strict=True)
    return Counter(dict(zip(pairs, sizes.tolist(), strict=True)))


def _among(numbers: NDArray[np.uint64], known: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Tell which numbers are among the known ones, which are sorted."""
    if not known.size:
        return np.zeros(len(numbers), np.bool_)
    place = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
    return np.asarray(known[place] == numbers, np.bool_)


def _block(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.asarray(
        np.floor(lat / BLOCK).astype(np.int64) * _LINE + np.floor(lon / BLOCK).astype(np.int64),
        np.int64,
    )
