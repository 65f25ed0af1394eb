"""Where the rows of an index lie on the streets; worked out when first asked, and kept."""

from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from geodata.streets import Snapped, StreetGraph
from matching.columns import Columns


class SnappedRows:
    """Places on streets of some columns' rows, for each release of the streets."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._kept: WeakKeyDictionary[StreetGraph, tuple[NDArray[np.bool_], Snapped]] = (
            WeakKeyDictionary()
        )

    def of(self, streets: StreetGraph, rows: NDArray[np.int64]) -> Snapped:
        """Return where some rows lie on the streets."""
        known, kept = self._kept.get(streets) or self._empty(streets)
        missing = rows[~known[rows]]
        if len(missing):
            lon, lat = self._columns["lon"][missing], self._columns["lat"][missing]
            for column, fresh in zip(kept, streets.snap(lon, lat), strict=True):
                column[missing] = fresh
            known[missing] = True  # last: another thread may be looking
        return kept.only(rows)

    def _empty(self, streets: StreetGraph) -> tuple[NDArray[np.bool_], Snapped]:
        n = len(self._columns)
        # Zeros take no memory until they are written.
        fresh = (np.zeros(n, bool), Snapped(np.zeros(n, np.int64), np.zeros(n), np.zeros(n)))
        return self._kept.setdefault(streets, fresh)
