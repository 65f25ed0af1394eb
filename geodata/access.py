"""Who can walk to what, and how much of it there is for each person."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import LonLat, great_circle_m
from geodata.straight import DETOUR
from geodata.streets import Snapped, StreetGraph
from geodata.walking import walks_from


@dataclass(frozen=True)
class Reached:
    """Pairs of an origin and a place that can be walked to from there.

    origin, place : (p,) row numbers
    metres : (p,) on foot
    """

    origin: NDArray[np.int64]
    place: NDArray[np.int64]
    metres: NDArray[np.float64]


def reached_on_foot(
    origins: tuple[NDArray[np.float64], NDArray[np.float64]],
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    limit_m: float,
    streets: StreetGraph | None = None,
) -> Reached:
    """Return all places within so many metres on foot of each origin.

    origins, places : longitudes and latitudes, (n,) and (m,) degrees, WGS 84
    streets : ways over them; straight with a detour of 1.3 where they don't lead or are None
    """
    snapped = None if streets is None else streets.snap(*places)
    found = [
        _from_one(LonLat(float(lon), float(lat)), places, limit_m, streets, snapped)
        for lon, lat in zip(*origins, strict=True)
    ]
    counts = [len(place) for place, _ in found]
    return Reached(
        np.repeat(np.arange(len(found)), counts),
        np.concatenate([place for place, _ in found] or [np.empty(0, np.int64)]),
        np.concatenate([metres for _, metres in found] or [np.empty(0)]),
    )


def _from_one(
    origin: LonLat,
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    limit_m: float,
    streets: StreetGraph | None,
    snapped: Snapped | None,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    straight = great_circle_m(origin, *places)
    near = np.flatnonzero(straight <= limit_m)  # no walk is shorter than the straight way
    metres = straight[near] * DETOUR
    walks = None if streets is None else walks_from(streets, origin, limit_m)
    if walks is not None and snapped is not None:
        by_streets = walks.metres_to(snapped.only(near))
        metres = np.where(np.isnan(by_streets), metres, by_streets)
    within = metres <= limit_m
    return near[within], metres[within]


def two_step(
    supply: NDArray[np.float64], demand: NDArray[np.float64], reached: Reached
) -> NDArray[np.float64]:
    """Return how much supply there is for each unit of demand, at each origin.

    Two-step floating catchment area (Luo and Wang, Environment and Planning B 30, 2003): what a
    place offers is shared by all who can reach it; what an origin has is the sum of the shares of
    all places that can be reached from there.

    Parameters
    ----------
    supply : (m,) of each place
    demand : (n,) of each origin
    reached : which origin reaches which place

    Returns
    -------
    (n,) supply per unit of demand; 0 where nothing is reached.
    """
    sharing = np.bincount(reached.place, demand[reached.origin], minlength=len(supply))
    # Where nobody lives within reach, nobody has a share.
    share = np.divide(supply, sharing, out=np.zeros(len(supply)), where=sharing > 0)
    found = np.bincount(reached.origin, share[reached.place], minlength=len(demand))
    return found.astype(np.float64)
