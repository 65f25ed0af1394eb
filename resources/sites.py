"""Where a few more places would help most of those who have none in reach."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from geodata.access import Reached, reached_on_foot
from geodata.siting import best_sites, covered
from geodata.streets import StreetGraph
from resources.gaps import Gaps
from resources.open_hours import open_places, points_of_places


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
    demand: float

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "offering": str(self.offering), "towns": list(self.towns)}


@dataclass(frozen=True)
class Siting:
    """The chosen sites, most demand first; people_left have still nothing within reach.

    candidates : how many there were to choose from
    """

    sites: tuple[Site, ...]
    candidates: int
    people_without: int
    people_left: int
    demand_left: float

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
    """Return where so many new places would serve most of the demand that has none.

    among : kinds whose entries are candidates, such as public buildings
    """
    candidates = open_places(
        session, kinds=among, need=None, hours=gaps.question.hours, from_day=from_day
    )
    without = [t for t in gaps.towns if t.is_gap]
    origins = (np.array([t.lon for t in without]), np.array([t.lat for t in without]))
    demand = np.array([t.demand for t in without], float)
    reached = reached_on_foot(origins, points_of_places(candidates), gaps.question.limit_m, streets)
    chosen = best_sites(demand, reached, len(candidates), sites)
    people = np.array([t.people for t in without], np.int64)
    uncovered = ~covered(reached, chosen, len(without))
    left = int(people[uncovered].sum())
    # Each town is counted for one of the sites: the nearest.
    owner = _nearest(reached, chosen, len(without))
    made = []
    for k in chosen.tolist():
        place, own = candidates[k], np.flatnonzero(owner == k)
        towns = tuple(without[i].town for i in own)
        made.append(
            Site(
                place.offering, place.name, place.kind, place.lon, place.lat,
                int(people[own].sum()), towns, round(float(demand[own].sum()), 3),
            )
        )  # fmt: skip
    made.sort(key=lambda s: (-s.demand, s.name))
    demand_left = round(float(demand[uncovered].sum()), 3)
    return Siting(tuple(made), len(candidates), gaps.people_without, left, demand_left)


def _nearest(reached: Reached, chosen: NDArray[np.int64], origins: int) -> NDArray[np.int64]:
    owner = np.full(origins, -1, np.int64)
    mine = np.flatnonzero(np.isin(reached.place, chosen))
    # The nearest is written last.
    for k in mine[np.lexsort((reached.place[mine], -reached.metres[mine]))]:
        owner[reached.origin[k]] = reached.place[k]
    return owner
