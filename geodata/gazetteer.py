"""The towns of Japan with their points: imported from a file, kept as a release, looked up by name."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.coordinates import EARTH_RADIUS_M, is_in_japan
from geodata.releases import in_use, publish
from geodata.spelling import key

COLUMNS = ("pref", "city", "town", "koaza", "lat", "lng")
REQUIRED = ("pref", "city", "town", "lat", "lng")

FLOOR_M = 100.0
"""No town-level point is called more exact than this."""


class NoGazetteer(LookupError):
    """No gazetteer has been imported yet."""

    def __init__(self) -> None:
        super().__init__(
            'no gazetteer has been imported yet; run "ibasho import gazetteer FILE"'
        )


class BadGazetteer(ValueError):
    """A file that can't be used as a gazetteer: `problem` names what, the message says the remedy."""

    def __init__(self, problem: str, message: str) -> None:
        self.problem = problem
        super().__init__(message)


@dataclass(frozen=True)
class Town:
    """A town (町丁目・大字) as the gazetteer writes it; the point is the middle of its parts."""

    prefecture: str
    city: str
    name: str
    lon: float | None
    lat: float | None
    accuracy_m: float | None


class City:
    """The towns of one city, found by their folded names."""

    def __init__(self, prefecture: str, name: str, rows: pd.DataFrame) -> None:
        self.prefecture = prefecture
        self.name = name
        middle = rows.groupby("town", sort=False)[["lng", "lat"]].mean()
        self._names = [str(n) for n in middle.index]
        self._lon = middle["lng"].to_numpy(float)
        self._lat = middle["lat"].to_numpy(float)

    @cached_property
    def _radius_m(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Half the median distance to the three nearest towns: about the radius of a town."""
        lat = np.radians(self._lat)
        x = np.radians(self._lon) * np.cos(np.nanmean(lat) if len(lat) else 0.0) * EARTH_RADIUS_M
        y = lat * EARTH_RADIUS_M
        known = ~np.isnan(x)
        radius = np.full(len(x), np.nan)
        points = np.column_stack([x[known], y[known]])
        if len(points) > 1:
            from scipy.spatial import cKDTree

            near, _ = cKDTree(points).query(points, k=min(4, len(points)))
            radius[known] = np.maximum(np.median(near[:, 1:], axis=1) / 2, FLOOR_M)
        else:
            radius[known] = 1_000.0
        return radius

    @cached_property
    def _by_key(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for i, name in enumerate(self._names):
            found.setdefault(key(name), i)
        return found

    @cached_property
    def _bases(self) -> dict[str, list[int]]:
        """Names of which only the 丁目 are listed: 東池袋 → its 丁目."""
        found: dict[str, list[int]] = {}
        for folded, i in self._by_key.items():
            head = folded.removesuffix("丁目")
            base = head.rstrip("0123456789")
            if head != folded and base and base != head:
                found.setdefault(base, []).append(i)
        return found

    @cached_property
    def longest_key(self) -> int:
        return max((len(k) for k in self._by_key), default=0)

    def town(self, folded: str) -> Town | None:
        """Return the town of a folded name, or None."""
        i = self._by_key.get(folded)
        if i is None:
            return None
        lon, lat, radius = self._lon[i], self._lat[i], self._radius_m[i]
        if np.isnan(lon):
            return Town(self.prefecture, self.name, self._names[i], None, None, None)
        return Town(
            self.prefecture, self.name, self._names[i], float(lon), float(lat), float(radius)
        )

    def base(self, folded: str) -> Town | None:
        """Return the middle of all 丁目 of a name that is only listed by 丁目."""
        rows = self._bases.get(folded)
        if not rows:
            return None
        name = self._names[rows[0]]
        shown = name[: _base_length(name)]
        return self._spread(shown, np.array(rows))

    def whole(self) -> Town:
        """Return the middle of the city."""
        return self._spread("", np.arange(len(self._names)))

    def _spread(self, name: str, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Town:
        lon, lat = self._lon[rows], self._lat[rows]
        if np.isnan(lon).all():
            return Town(self.prefecture, self.name, name, None, None, None)
        mid_lon, mid_lat = float(np.nanmean(lon)), float(np.nanmean(lat))
        shrink = np.cos(np.radians(mid_lat))
        away = np.hypot((lon - mid_lon) * shrink, lat - mid_lat) * np.pi / 180 * EARTH_RADIUS_M
        accuracy = float(np.nanmax(away) + FLOOR_M)
        return Town(self.prefecture, self.name, name, mid_lon, mid_lat, accuracy)


def _base_length(name: str) -> int:
    """Return how many characters of 東池袋三丁目 are its base name."""
    head = name.removesuffix("丁目")
    return len(head.rstrip("〇一二三四五六七八九十0123456789０１２３４５６７８９"))


class Gazetteer:
    """All imported towns, cities of a prefecture first, loaded piece by piece."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        change = frame[["pref", "city"]].ne(frame[["pref", "city"]].shift()).any(axis=1)
        starts = np.flatnonzero(change.to_numpy())
        ends = np.append(starts[1:], len(frame))
        names = frame.iloc[starts][["pref", "city"]].itertuples(index=False)
        self._places = {
            (str(n.pref), str(n.city)): (int(a), int(b))
            for n, a, b in zip(names, starts, ends, strict=True)
        }
        self._cities: dict[tuple[str, str], City] = {}

    def __len__(self) -> int:
        return len(self._frame)

    @cached_property
    def prefectures(self) -> list[str]:
        return list(dict.fromkeys(p for p, _ in self._places))

    @cached_property
    def city_keys(self) -> dict[str, list[tuple[str, str]]]:
        """Folded city name → (prefecture, city); with and without 郡, and wards of a city alone."""
        found: dict[str, list[tuple[str, str]]] = {}
        for place in self._places:
            name = place[1]
            spellings = [name]
            if "郡" in name[1:]:
                spellings.append(name[name.index("郡", 1) + 1 :])
            for spelling in spellings:
                found.setdefault(key(spelling), []).append(place)
        return found

    def cities(self, prefecture: str) -> list[str]:
        return [c for p, c in self._places if p == prefecture]

    def city(self, prefecture: str, name: str) -> City:
        """Return a city; raise `KeyError` where there is none of that name."""
        place = (prefecture, name)
        if place not in self._cities:
            start, end = self._places[place]
            self._cities[place] = City(prefecture, name, self._frame.iloc[start:end])
        return self._cities[place]

    def towns(self, prefecture: str, city: str) -> list[str]:
        """Return the names of a city's towns, in the file's order."""
        return list(self.city(prefecture, city)._names)


def read_towns(source: Path) -> pd.DataFrame:
    """Read and check a file of towns (CSV or CSV.gz in UTF-8). Raises `BadGazetteer`."""
    try:
        frame = pd.read_csv(
            source, dtype=str, keep_default_na=False, encoding="utf-8-sig", compression="infer"
        )
    except UnicodeDecodeError:
        raise BadGazetteer("encoding", "the file is not UTF-8; save it as UTF-8") from None
    except pd.errors.EmptyDataError:
        raise BadGazetteer("empty", "the file is empty; give a file with towns") from None
    except (pd.errors.ParserError, OSError, EOFError, ValueError):
        raise BadGazetteer("form", "the file can't be read as CSV; check its form") from None
    missing = [c for c in REQUIRED if c not in frame.columns]
    if missing:
        raise BadGazetteer(
            "columns", f"the column {missing[0]} is missing; needed are {', '.join(REQUIRED)}"
        )
    if frame.empty:
        raise BadGazetteer("empty", "the file has no towns; give a file with towns")
    if "koaza" not in frame.columns:
        frame["koaza"] = ""
    frame = frame[list(COLUMNS)].copy()
    for name in ("lat", "lng"):
        numbers = pd.to_numeric(frame[name].replace("", None), errors="coerce")
        bad = numbers.isna() & frame[name].ne("")
        if bad.any():
            line = int(np.flatnonzero(bad.to_numpy())[0]) + 2
            raise BadGazetteer("number", f"line {line}: {name} is not a number; correct it")
        frame[name] = numbers.astype(float)
    known = frame[frame["lat"].notna() & frame["lng"].notna()]
    inside = np.array(
        [is_in_japan(x, y) for x, y in zip(known["lng"], known["lat"], strict=True)], bool
    )
    if not inside.all():
        row = known.index[int(np.flatnonzero(~inside)[0])]
        swapped = is_in_japan(float(known.at[row, "lat"]), float(known.at[row, "lng"]))
        what = "lat and lng are swapped" if swapped else "the point is outside Japan"
        raise BadGazetteer("outside", f"line {int(row) + 2}: {what}; correct it")
    if (frame["pref"].eq("") | frame["city"].eq("")).any():
        row = int(np.flatnonzero((frame["pref"].eq("") | frame["city"].eq("")).to_numpy())[0])
        raise BadGazetteer("name", f"line {row + 2}: pref or city is empty; fill it in")
    return frame


def import_gazetteer(source: Path, folder: Path) -> int:
    """Take a file of towns into use; return its number of rows.

    Cities that the file holds replace the same cities of the release in use; the others stay.
    Raises `BadGazetteer`; then nothing has changed.
    """
    fresh = read_towns(source)
    rows = len(fresh)
    current = in_use(folder)
    if current is not None:
        old = pd.read_parquet(current)
        new_cities = set(zip(fresh["pref"], fresh["city"], strict=True))
        stays = [p not in new_cities for p in zip(old["pref"], old["city"], strict=True)]
        fresh = pd.concat([old[stays], fresh], ignore_index=True)
    # Stable: the order of towns within a city is the file's.
    fresh = fresh.sort_values(["pref", "city"], kind="stable", ignore_index=True)
    publish(folder, ".parquet", lambda path: fresh.to_parquet(path, index=False))
    return rows


@lru_cache(maxsize=8)
def _load(path: Path) -> Gazetteer:
    return Gazetteer(pd.read_parquet(path))


def load_gazetteer(folder: Path) -> Gazetteer:
    """Return the gazetteer in use, read once for each release. Raises `NoGazetteer`."""
    path = in_use(folder)
    if path is None:
        raise NoGazetteer
    return _load(path)


def unique(places: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    """Return the only place of several, or None where there are more or none."""
    found = list(dict.fromkeys(places))
    return found[0] if len(found) == 1 else None
