"""Where people can't walk to any place that is open, and where new places would help most."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from geodata.access import Reached, reached_on_foot, two_step
from geodata.areas import district_of
from geodata.siting import best_sites, covered
from geodata.streets import StreetGraph
from resources.open_hours import Hours, OpenPlace, open_places
from resources.schedules import clock_text

Points = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True)
class GapQuestion:
    """What must be within reach, for whom, and when.

    kinds : codes of the places that count
    need : a code; only places that answer it, or say nothing of needs
    walk_minutes, speed_m_s : how far people walk
    """

    kinds: tuple[str, ...]
    need: str | None = None
    hours: Hours = field(default_factory=Hours)
    walk_minutes: float = 15.0
    speed_m_s: float = 1.1

    def as_json(self) -> dict[str, Any]:
        return {
            "kinds": list(self.kinds),
            "need": self.need,
            "days": list(self.hours.days),
            "from": clock_text(self.hours.start),
            "to": clock_text(self.hours.end),
            "walk_minutes": self.walk_minutes,
            "speed_m_s": self.speed_m_s,
        }

    @property
    def limit_m(self) -> float:
        return self.walk_minutes * 60.0 * self.speed_m_s


@dataclass(frozen=True)
class TownGap:
    """What the people of one town can walk to.

    places : open in the hours asked for; asked : places whose hours aren't known
    hours_a_week : that these are open together
    hours_per_100 : hours a week for each hundred people, shared with all who reach the same places
        (two-step floating catchment area)
    nearest_minutes : to the nearest place that is open then; None where none is within reach
    """

    town: str
    district: str | None
    people: int
    lon: float
    lat: float
    places: int
    asked: int
    hours_a_week: float
    hours_per_100: float
    nearest_minutes: int | None

    @property
    def is_gap(self) -> bool:
        return self.places == 0

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "gap": self.is_gap}


@dataclass(frozen=True)
class Gaps:
    """All towns, those with the most people and nothing within reach first.

    places : that count, whether they are open then or their hours aren't known
    """

    question: GapQuestion
    towns: tuple[TownGap, ...]
    places: tuple[OpenPlace, ...]

    @property
    def people(self) -> int:
        return sum(t.people for t in self.towns)

    @property
    def people_without(self) -> int:
        return sum(t.people for t in self.towns if t.is_gap)

    @property
    def by_district(self) -> dict[str, tuple[int, int]]:
        """Return for each district, by code, its people and those of them with nothing in reach.

        A town counts whole for the district that its point lies in.
        """
        found: dict[str, tuple[int, int]] = {}
        for town in self.towns:
            if town.district is not None:
                people, without = found.get(town.district, (0, 0))
                more = town.people if town.is_gap else 0
                found[town.district] = (people + town.people, without + more)
        return dict(sorted(found.items()))

    def as_json(self) -> dict[str, Any]:
        return {
            "question": self.question.as_json(),
            "places": len(self.places),
            "people": self.people,
            "people_without": self.people_without,
            "districts": {
                code: {"people": people, "people_without": without}
                for code, (people, without) in self.by_district.items()
            },
            "towns": [t.as_json() for t in self.towns],
        }


def find_gaps(
    session: Session,
    *,
    population: gpd.GeoDataFrame,
    question: GapQuestion,
    from_day: date,
    streets: StreetGraph | None = None,
    districts: gpd.GeoDataFrame | None = None,
) -> Gaps:
    """Return for each town what its people can walk to in the hours asked for.

    population : town, people and geometry, as `geodata.population` reads them
    from_day : the four weeks from here stand for a usual week
    """
    found = open_places(
        session,
        kinds=question.kinds,
        need=question.need,
        hours=question.hours,
        from_day=from_day,
    )
    origins = points_of(population)
    reached = reached_on_foot(origins, _points(found), question.limit_m, streets)
    hours = np.array([np.nan if p.hours_a_week is None else p.hours_a_week for p in found], float)
    n, people = len(population), population["people"].to_numpy()
    is_open, unknown = hours[reached.place] > 0, np.isnan(hours[reached.place])
    # What a place offers is shared by all who reach it, whatever town they live in.
    shared = two_step(np.nan_to_num(hours), people.astype(float), reached)
    nearest = np.full(n, np.inf)
    np.minimum.at(nearest, reached.origin[is_open], reached.metres[is_open])
    codes = [None] * n if districts is None else district_of(districts, *origins).tolist()
    columns = zip(
        population["town"].tolist(), codes, people.tolist(), *(c.tolist() for c in origins),
        _count(reached, is_open, n), _count(reached, unknown, n),
        np.bincount(
            reached.origin, np.nan_to_num(hours[reached.place]), minlength=n
        ).round(2).tolist(),
        (100 * shared).round(3).tolist(),
        [None if np.isinf(m) else int(np.ceil(m / question.speed_m_s / 60)) for m in nearest],
        strict=True,
    )  # fmt: skip
    towns = sorted(
        (TownGap(*row) for row in columns),
        key=lambda t: (not t.is_gap, -t.people if t.is_gap else t.hours_per_100, t.town),
    )
    return Gaps(question, tuple(towns), tuple(found))


def _count(reached: Reached, which: NDArray[np.bool_], n: int) -> list[int]:
    counts: list[int] = np.bincount(reached.origin[which], minlength=n).tolist()
    return counts


@dataclass(frozen=True)
class Site:
    """A place that could also be open then, and for how many it would be the first in reach."""

    offering: uuid.UUID
    name: str
    kind: str
    lon: float
    lat: float
    people: int
    towns: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "offering": str(self.offering), "towns": list(self.towns)}


@dataclass(frozen=True)
class Siting:
    """The chosen sites, most people first; people_left have still nothing within reach.

    candidates : how many there were to choose from
    """

    sites: tuple[Site, ...]
    candidates: int
    people_without: int
    people_left: int

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "sites": [s.as_json() for s in self.sites]}


def find_sites(
    session: Session,
    *,
    gaps: Gaps,
    among: Collection[str],
    sites: int,
    from_day: date,
    streets: StreetGraph | None = None,
) -> Siting:
    """Return where so many new places would serve most of those who have none.

    among : kinds whose entries are candidates, such as public buildings
    """
    candidates = open_places(
        session, kinds=among, need=None, hours=gaps.question.hours, from_day=from_day
    )
    without = [t for t in gaps.towns if t.is_gap]
    origins = (np.array([t.lon for t in without]), np.array([t.lat for t in without]))
    people = np.array([t.people for t in without], float)
    reached = reached_on_foot(origins, _points(candidates), gaps.question.limit_m, streets)
    chosen = best_sites(people, reached, len(candidates), sites)
    left = int(people[~covered(reached, chosen, len(without))].sum())
    # Each town is counted for one of the sites: the nearest.
    owner = _nearest(reached, chosen, len(without))
    made = []
    for k in chosen.tolist():
        place, own = candidates[k], np.flatnonzero(owner == k)
        towns = tuple(without[i].town for i in own)
        served = int(people[own].sum())
        made.append(
            Site(place.offering, place.name, place.kind, place.lon, place.lat, served, towns)
        )
    made.sort(key=lambda s: (-s.people, s.name))
    return Siting(tuple(made), len(candidates), gaps.people_without, left)


def _nearest(reached: Reached, chosen: NDArray[np.int64], origins: int) -> NDArray[np.int64]:
    owner = np.full(origins, -1, np.int64)
    mine = np.flatnonzero(np.isin(reached.place, chosen))
    # The nearest is written last.
    for k in mine[np.lexsort((reached.place[mine], -reached.metres[mine]))]:
        owner[reached.origin[k]] = reached.place[k]
    return owner


def points_of(towns: gpd.GeoDataFrame) -> Points:
    """Return the point that stands for each town: its own, or one inside its outline."""
    inside = towns.geometry.representative_point()
    return inside.x.to_numpy(np.float64), inside.y.to_numpy(np.float64)


def _points(places: list[OpenPlace]) -> Points:
    return (
        np.array([p.lon for p in places], np.float64),
        np.array([p.lat for p in places], np.float64),
    )
