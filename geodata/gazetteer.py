"""The gazetteer: the towns of Japan, or of some of its cities, with their points."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from geodata.coordinates import LonLat, great_circle_m
from geodata.gazetteer_source import COLUMNS, BadGazetteer, read_towns
from geodata.releases import current_release, one_writer, publish
from geodata.spelling import fold_name
from geodata.towns import NO_OAZA, Towns

__all__ = ["BadGazetteer", "City", "Gazetteer", "NoGazetteer", "import_gazetteer", "load_gazetteer"]

NAME = "gazetteer"
KEY = ["pref", "city", "town", "koaza"]


class NoGazetteer(LookupError):
    """No gazetteer has been imported into this folder yet."""

    def __init__(self) -> None:
        super().__init__('no gazetteer has been imported yet; run "ibasho import gazetteer FILE"')


@dataclass(frozen=True)
class City:
    """A city, ward, town or village and where its rows stand in the gazetteer."""

    prefecture: str
    name: str
    first: int
    after: int


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Towns as aligned columns, sorted by prefecture, city and town; looked up city by city.

    lon, lat : (n,) float64, WGS 84 degrees, NaN where the point is unknown.
    """

    cities: tuple[City, ...]
    town: pa.ChunkedArray
    koaza: pa.ChunkedArray
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    _towns: dict[City, Towns] = field(default_factory=dict)

    def towns(self, city: City) -> Towns:
        """Return the towns of a city; made at the first question, then kept."""
        if city not in self._towns:
            self._towns[city] = self._gathered(city)
        return self._towns[city]

    def _gathered(self, city: City) -> Towns:
        rows = slice(city.first, city.after)
        names = self.town[rows].to_pylist()
        koaza = self.koaza[rows].to_pylist()
        # Where there is no 大字 the 小字 is what people write, and each is a town of its own.
        names = [k if t == NO_OAZA and k else t for t, k in zip(names, koaza, strict=True)]
        members: dict[str, list[int]] = {}
        for row, name in enumerate(names):
            members.setdefault(name, []).append(row)
        lon, lat, spread_m = np.array(
            [_middle(self.lon[rows][m], self.lat[rows][m]) for m in members.values()]
        ).T
        inside = [frozenset(fold_name(koaza[row]) for row in m) - {""} for m in members.values()]
        return Towns(list(members), inside, lon, lat, spread_m)


def import_gazetteer(source: Path, folder: Path) -> int:
    """Take the towns of a file into the gazetteer of `folder` and return how many rows it has.

    A city that is in the file is replaced as a whole; all other cities stay as they are.

    Raises
    ------
    BadGazetteer
        The file can't be used; the gazetteer is as it was.
    """
    fresh = read_towns(source)
    with one_writer(folder):
        kept = current_release(folder, NAME)
        merged = fresh if kept is None else _merged(pd.read_parquet(kept), fresh)
        # pandas sorts text by code point: the same towns always make the same file.
        merged = merged.sort_values(KEY, kind="stable", ignore_index=True)
        table = pa.Table.from_pandas(merged, preserve_index=False)
        if kept is None or not pq.read_table(kept).equals(table):
            publish(folder, NAME, lambda path: pq.write_table(table, path, compression="zstd"))
    return len(fresh)


def load_gazetteer(folder: Path) -> Gazetteer:
    """Return the gazetteer in force, read once for each release.

    Raises
    ------
    NoGazetteer
    """
    release = current_release(folder, NAME)
    if release is None:
        raise NoGazetteer
    with _lock:
        if folder not in _loaded or _loaded[folder][0] != release:
            _loaded[folder] = (release, _read(release))
        return _loaded[folder][1]


_lock = threading.Lock()
_loaded: dict[Path, tuple[Path, Gazetteer]] = {}


def _merged(kept: pd.DataFrame, fresh: pd.DataFrame) -> pd.DataFrame:
    cities = pd.MultiIndex.from_frame(fresh[["pref", "city"]])
    elsewhere = ~pd.MultiIndex.from_frame(kept[["pref", "city"]]).isin(cities)
    return pd.concat([kept.loc[elsewhere, list(COLUMNS)], fresh], ignore_index=True)


def _read(release: Path) -> Gazetteer:
    table = pq.read_table(release, read_dictionary=["pref", "city"])
    pref, city = (table[name].combine_chunks() for name in ("pref", "city"))
    changes = np.zeros(len(table), dtype=bool)
    changes[0] = True
    for column in (pref, city):
        codes = column.indices.to_numpy()
        changes[1:] |= codes[1:] != codes[:-1]
    first = np.flatnonzero(changes)
    after = np.append(first[1:], len(table))
    cities = tuple(
        City(pref[a].as_py(), city[a].as_py(), a, b)
        for a, b in zip(first.tolist(), after.tolist(), strict=True)
    )
    return Gazetteer(
        cities, table["town"], table["koaza"], table["lng"].to_numpy(), table["lat"].to_numpy()
    )


def _middle(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[float, float, float]:
    known = ~np.isnan(lon)
    if not known.any():
        return np.nan, np.nan, 0.0
    lon, lat = lon[known], lat[known]
    middle = LonLat(float(lon.mean()), float(lat.mean()))
    return *middle, float(great_circle_m(middle, lon, lat).max()) if len(lon) > 1 else 0.0
