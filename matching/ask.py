"""A need made ready for arithmetic: bits for codes, minutes for clocks, a day for the calendar."""

from dataclasses import dataclass
from datetime import date, datetime

from geodata.coordinates import LonLat
from geodata.straight import DETOUR
from matching.codebook import Codebook
from matching.columns import mask_of
from matching.encoding import LOW_HALF, day_number
from matching.need import Limits, Need, minutes_of, weekday_number
from matching.rows import eve_of
from resources.clock import JAPAN

TRANSPORT_REACH_M = 3_000.0
"""How far out a place with transport counts, in a straight line, for someone who would use it."""

ADULT = 18
"""民法第4条: a person under 18 is a minor."""

# Which needs make a person one of those an audience names. The strong list answers the question;
# the weak list only raises it, and then the host is asked.
AUDIENCE_BY_NEED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "parents": (("childcare", "postpartum", "single_parent", "double_care"), ()),
    "disability": (("disability",), ("suspected_disability", "mental_health")),
    "mental_health": (("mental_health",), ("suicidal", "withdrawal", "life_rhythm")),
    "carers": (("caregiving", "double_care", "young_carer"), ("eight_fifty",)),
    "withdrawn": (("withdrawal",), ("isolation", "truancy", "eight_fifty")),
    "hardship": (("poverty", "debt", "homeless", "unstable_housing"), ("single_parent",)),
    "job_seekers": (("job_search", "job_retention"), ("no_role", "poverty", "eight_fifty")),
    "foreign": (("foreign",), ()),
    "bereaved": (("grief",), ()),
    "recovering": (("addiction",), ()),
    "dementia": (("dementia",), ("caregiving",)),
}

AUDIENCE_BY_AGE: dict[str, tuple[int, int]] = {
    "elderly": (60, 200),
    "children": (0, 17),
    "youth": (12, 39),
}


@dataclass(frozen=True)
class Ask:
    """A need ready to be put to an index.

    from_minute : sessions that are over by then on the first day don't count (0 = whole day)
    windows : (weekday, start, end) in minutes from midnight
    needs : (bit, weight) of each need
    """

    need: Need
    origin: LonLat
    day: date
    from_minute: int
    windows: tuple[tuple[int, int, int], ...]
    needs: tuple[tuple[int, int], ...]
    activities: int
    languages: int
    holds: int | None
    audience_yes: int
    audience_maybe: int
    excluded_hosts: tuple[int, ...]
    excluded_resources: tuple[int, ...]

    @property
    def limits(self) -> Limits:
        return self.need.limits

    @property
    def eve(self) -> date:
        return eve_of(self.day)

    @property
    def day_number(self) -> int:
        return day_number(self.day)

    @property
    def walk_limit_m(self) -> float | None:
        """Return how many metres on foot a place may be away; None = no limit."""
        if self.need.walk_minutes is None:
            return None
        return self.need.walk_minutes * 60.0 * self.need.speed_m_s

    def reach_m(self, *, by_streets: bool) -> float | None:
        """Return within what straight distance all lies that may be in reach; None = no limit.

        A street may lead straight there; where streets aren't known a detour is reckoned with.
        """
        limits = [] if self.need.radius_m is None else [self.need.radius_m]
        if self.walk_limit_m is not None:
            limits.append(straight_reach_m(self.walk_limit_m, by_streets=by_streets))
        return min(limits) if limits else None


def straight_reach_m(walk_m: float, *, by_streets: bool) -> float:
    """Return how far away, in a straight line, a place may lie that is so many metres on foot."""
    # One metre more, for ways count in whole metres.
    return (walk_m if by_streets else walk_m / DETOUR) + 1.0


def prepare(need: Need, codebook: Codebook, now: datetime) -> Ask:
    """Return a need ready for arithmetic.

    now : aware; what counts as today where the need names no day, and then also from what hour
    """
    local = now.astimezone(JAPAN)
    day = need.on or local.date()
    from_minute = 0 if need.on else local.hour * 60 + local.minute
    bits = codebook.bits
    limits = need.limits
    yes, maybe = _audiences(need, bits("audience"))
    return Ask(
        need=need,
        origin=need.point,
        day=day,
        from_minute=from_minute,
        windows=tuple(
            (weekday_number(w.day), minutes_of(w.start), minutes_of(w.end)) for w in need.windows
        ),
        needs=tuple((bits("need")[code], weight) for code, weight in need.needs.items()),
        activities=mask_of(need.wishes.activities, bits("activity")),
        languages=mask_of(limits.languages, bits("language")),
        holds=None if limits.holds is None else mask_of(limits.holds, bits("requirement")),
        audience_yes=yes,
        audience_maybe=maybe,
        excluded_hosts=tuple(i.int & LOW_HALF for i in need.safety.exclude_organizations),
        excluded_resources=tuple(i.int & LOW_HALF for i in need.safety.exclude_resources),
    )


def _audiences(need: Need, bits: dict[str, int]) -> tuple[int, int]:
    """Return the bits of the audiences a person is one of, and of those to ask about."""
    sure, open_ones = ["anyone"], []
    for code, (strong, weak) in AUDIENCE_BY_NEED.items():
        if not need.needs.keys().isdisjoint(strong):
            sure.append(code)
        elif not need.needs.keys().isdisjoint(weak):
            open_ones.append(code)
    if need.limits.with_child:
        sure.append("parents")
    for code, (low, high) in AUDIENCE_BY_AGE.items():
        if need.age is None:
            open_ones.append(code)
        elif low <= need.age <= high:
            sure.append(code)
    for code, gender in (("women", "female"), ("men", "male")):
        if need.limits.gender == gender:
            sure.append(code)
        elif need.limits.gender is None or need.limits.gender == "other":
            open_ones.append(code)
    return mask_of(sure, bits), mask_of(open_ones, bits)
