"""How far it is on foot from one place of a week to the next: over streets where they are known."""

import math
from dataclasses import dataclass, field

from geodata.coordinates import LonLat
from geodata.pace import USUAL_SPEED_M_S
from geodata.straight import metres_between
from geodata.streets import Snapped, StreetGraph
from geodata.walking import Walks, walks_from
from matching.need import Need
from matching.on_foot import SEARCHED_WITHOUT_LIMIT_M, way_m
from matching.reach import walk_minutes


@dataclass(frozen=True)
class WaysBetween:
    """The ways of one person between places, each searched when first asked for.

    streets : None where none were imported; then ways are straight with a detour
    speed_m_s : metres a second
    most_minutes : of a way that the person would walk; None = no limit
    """

    streets: StreetGraph | None = None
    speed_m_s: float = USUAL_SPEED_M_S
    most_minutes: float | None = None
    _walks: dict[LonLat, Walks | None] = field(default_factory=dict)
    _snapped: dict[LonLat, Snapped] = field(default_factory=dict)

    def minutes(self, one: LonLat | None, other: LonLat | None) -> int | None:
        """Return the minutes on foot, the same both ways; None where a place isn't known."""
        if one is None or other is None:
            return None
        return walk_minutes(self._metres(*sorted((one, other))), self.speed_m_s)

    def is_too_long(self, minutes: int) -> bool:
        return self.most_minutes is not None and minutes > self.most_minutes

    def _metres(self, one: LonLat, other: LonLat) -> float:
        away_m = metres_between(*one, *other)
        if self.streets is None:
            return way_m(away_m, math.nan, 0.0)[0]
        if one not in self._walks:
            self._walks[one] = walks_from(self.streets, one, self._searched_m())
        walks = self._walks[one]
        # No walk is shorter than the straight way: what lies farther needs no look at the streets.
        if walks is None or away_m > walks.limit_m:
            return way_m(away_m, math.nan, 0.0)[0]
        if other not in self._snapped:
            self._snapped[other] = self.streets.snap([other.lon], [other.lat])
        street_m = float(walks.metres_to(self._snapped[other])[0])
        return way_m(away_m, street_m, walks.limit_m)[0]

    def _searched_m(self) -> float:
        if self.most_minutes is None:
            return SEARCHED_WITHOUT_LIMIT_M
        return self.most_minutes * 60.0 * self.speed_m_s


def ways_for(need: Need, streets: StreetGraph | None) -> WaysBetween:
    """Return the ways between places for the person of a need; without steps where they must be."""
    if streets is not None and need.limits.step_free:
        streets = streets.step_free
    return WaysBetween(streets, speed_m_s=need.speed_m_s, most_minutes=need.walk_minutes)
