"""Where people can't walk to any place that is open."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from geodata.access import Reached, reached_on_foot, two_step
from geodata.areas import district_of
from geodata.pace import USUAL_SPEED_M_S, USUAL_WALK_MINUTES
from geodata.streets import StreetGraph
from resources.demand import PEOPLE, Demand, unmet_demand
from resources.open_hours import Hours, OpenPlace, open_places, points_of_places
from resources.schedules import clock_text

Points = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True)
class GapQuestion:
    """What must be within reach, for whom, and when.

    kinds : codes of the places that count
    need : a code; only places that answer it, or say nothing of needs
    walk_minutes, speed_m_s : how far people walk
    demand : what towns are weighed by, their people or the needs asked for that found nothing
    """

    kinds: tuple[str, ...]
    need: str | None = None
    hours: Hours = field(default_factory=Hours)
    walk_minutes: float = USUAL_WALK_MINUTES
    speed_m_s: float = USUAL_SPEED_M_S
    demand: str = PEOPLE

    def as_json(self) -> dict[str, Any]:
        return {
            "kinds": list(self.kinds),
            "need": self.need,
            "days": list(self.hours.days),
            "from": clock_text(self.hours.start),
            "to": clock_text(self.hours.end),
            "walk_minutes": self.walk_minutes,
            "speed_m_s": self.speed_m_s,
            "demand": self.demand,
        }

    @property
    def limit_m(self) -> float:
        return self.walk_minutes * 60.0 * self.speed_m_s


@dataclass(frozen=True)
class TownGap:
    """What the people of one town can walk to.

    places : open in the hours asked for; asked : places whose hours aren't known
    hours_a_week : that these are open together
    hours_per_100 : hours a week for each hundred of the demand, shared with all who reach the same
        places (two-step floating catchment area)
    nearest_minutes : to the nearest place that is open then; None where none is within reach
    demand : what the town is weighed by: its people, or how often needs found nothing in a year
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
    demand: float

    @property
    def is_gap(self) -> bool:
        return self.places == 0

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "gap": self.is_gap}


@dataclass(frozen=True)
class DistrictGap:
    """What the towns of a district come to together."""

    people: int
    people_without: int
    demand: float
    demand_without: float


@dataclass(frozen=True)
class Gaps:
    """All towns, those with the most demand and nothing within reach first.

    places : that count, whether they are open then or their hours aren't known
    left_out : counts of needs too small to weigh
    """

    question: GapQuestion
    towns: tuple[TownGap, ...]
    places: tuple[OpenPlace, ...]
    left_out: int = 0

    @property
    def people(self) -> int:
        return sum(t.people for t in self.towns)

    @property
    def people_without(self) -> int:
        return sum(t.people for t in self.towns if t.is_gap)

    @property
    def demand(self) -> float:
        return sum(t.demand for t in self.towns)

    @property
    def demand_without(self) -> float:
        return sum(t.demand for t in self.towns if t.is_gap)

    @property
    def by_district(self) -> dict[str, DistrictGap]:
        """Return each district by code; a town counts whole for the one its point lies in."""
        towns: dict[str, list[TownGap]] = {}
        for town in self.towns:
            if town.district is not None:
                towns.setdefault(town.district, []).append(town)
        return {code: _together(towns[code]) for code in sorted(towns)}

    def as_json(self) -> dict[str, Any]:
        return {
            "question": self.question.as_json(),
            "places": len(self.places),
            "people": self.people,
            "people_without": self.people_without,
            "demand": round(self.demand, 3),
            "demand_without": round(self.demand_without, 3),
            "left_out": self.left_out,
            "districts": {code: vars(found) for code, found in self.by_district.items()},
            "towns": [t.as_json() for t in self.towns],
        }


def _together(towns: list[TownGap]) -> DistrictGap:
    without = [t for t in towns if t.is_gap]
    return DistrictGap(
        people=sum(t.people for t in towns),
        people_without=sum(t.people for t in without),
        demand=round(sum(t.demand for t in towns), 3),
        demand_without=round(sum(t.demand for t in without), 3),
    )


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

    Raises
    ------
    NoDemand : towns are to be weighed by what found nothing, and nothing was counted often enough.
    """
    found = open_places(
        session,
        kinds=question.kinds,
        need=question.need,
        hours=question.hours,
        from_day=from_day,
    )
    origins = points_of(population)
    reached = reached_on_foot(origins, points_of_places(found), question.limit_m, streets)
    hours = np.array([np.nan if p.hours_a_week is None else p.hours_a_week for p in found], float)
    n, people = len(population), population["people"].to_numpy()
    is_open, unknown = hours[reached.place] > 0, np.isnan(hours[reached.place])
    codes = [None] * n if districts is None else district_of(districts, *origins).tolist()
    demand = _demand(session, question, people, codes, from_day)
    # What a place offers is shared by all who reach it, whatever town they live in.
    shared = two_step(np.nan_to_num(hours), demand.towns, reached)
    nearest = np.full(n, np.inf)
    np.minimum.at(nearest, reached.origin[is_open], reached.metres[is_open])
    columns = zip(
        population["town"].tolist(), codes, people.tolist(), *(c.tolist() for c in origins),
        _count(reached, is_open, n), _count(reached, unknown, n),
        np.bincount(
            reached.origin, np.nan_to_num(hours[reached.place]), minlength=n
        ).round(2).tolist(),
        (100 * shared).round(3).tolist(),
        [None if np.isinf(m) else int(np.ceil(m / question.speed_m_s / 60)) for m in nearest],
        demand.towns.round(3).tolist(),
        strict=True,
    )  # fmt: skip
    towns = sorted(
        (TownGap(*row) for row in columns),
        key=lambda t: (not t.is_gap, -t.demand if t.is_gap else t.hours_per_100, t.town),
    )
    return Gaps(question, tuple(towns), tuple(found), demand.left_out)


def _demand(
    session: Session,
    question: GapQuestion,
    people: NDArray[np.int64],
    districts: list[str | None],
    until: date,
) -> Demand:
    if question.demand == PEOPLE:
        return Demand(people.astype(float))
    return unmet_demand(
        session,
        need=question.need,
        hours=(question.hours.start, question.hours.end),
        people=people,
        districts=districts,
        until=until,
    )


def _count(reached: Reached, which: NDArray[np.bool_], n: int) -> list[int]:
    counts: list[int] = np.bincount(reached.origin[which], minlength=n).tolist()
    return counts


def points_of(towns: gpd.GeoDataFrame) -> Points:
    """Return the point that stands for each town: its own, or one inside its outline."""
    inside = towns.geometry.representative_point()
    return inside.x.to_numpy(np.float64), inside.y.to_numpy(np.float64)
