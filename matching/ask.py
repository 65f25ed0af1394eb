"""A need made ready for arithmetic: bits for codes, minutes for clocks, a day for the calendar."""

from dataclasses import dataclass
from datetime import date, datetime

from geodata.coordinates import LonLat
from geodata.straight import DETOUR
from matching.audiences import ADULT, Audiences, audiences_of
from matching.codebook import Codebook
from matching.columns import mask_of
from matching.encoding import LOW_HALF, day_number
from matching.hours import Hours, hours_of
from matching.need import Limits, Need
from matching.note import activities_named, names_from_home
from matching.note_wish import liked_words
from matching.rows import eve_of
from matching.schemes import Thresholds, default_weighing
from resources import clock

DRINKING_AGE = 20
"""二十歳未満ノ者ノ飲酒ノ禁止ニ関スル法律 第1条."""

SLOW_M_S = 0.9
"""Who walks so slowly would use transport unless it is said that they wouldn't. So would who is as
old as `Thresholds.rider_age`, or has a need that says so in the closed lists."""

HEAVY_WORK = ("delivery",)
LIGHTER_WORK = ("cleaning", "light_work", "office_work", "shop_work", "kitchen_work")

STRAIN_NEEDS = frozenset({"injury", "illness", "frailty"})
"""For people with these, heavy work is out of the question; for safety's sake nobody edits them."""

SIGNED = frozenset({"jsl"})
"""Languages that aren't spoken: who has no other one doesn't try easy Japanese."""

SCHOOL_NEEDS = frozenset({"truancy", "bullying", "young_carer"})
"""Who has these is taken for a pupil where no age was said: bullying is a thing among pupils by law
(いじめ防止対策推進法 第2条), and a young carer may be a child."""


@dataclass(frozen=True)
class Ask:
    """A need ready to be put to an index.

    from_minute : sessions that are over by then on the first day don't count (0 = whole day)
    needs : (bit, weight) of each need
    activities_read : codes of the activities that the wish in words names, where none was chosen;
        they count as wished, and an answer says that they do
    wish : the wish in words, without what it denies or dislikes
    from_home_read : the wish in words says that they would rather join from home, and no limit says
        whether they would
    rides, homebound : some need makes the person ride along, or keeps them at home
    """

    need: Need
    origin: LonLat
    day: date
    from_minute: int
    hours: Hours
    needs: tuple[tuple[int, int], ...]
    activities: int
    activities_read: tuple[str, ...]
    wish: str
    from_home_read: bool
    languages: int
    easy_language: int
    audiences: Audiences
    heavy_work: int
    lighter_work: int
    holds: int | None
    rides: bool
    homebound: bool
    excluded_hosts: tuple[int, ...]
    excluded_resources: tuple[int, ...]
    thresholds: Thresholds

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
    def served_m(self) -> float:
        """Return how far out a place counts that comes to fetch people, or may be joined online."""
        radius, reach = self.need.radius_m, self.thresholds.transport_reach_m
        return reach if radius is None else min(radius, reach)

    @property
    def would_ride(self) -> bool:
        """Tell whether the person would use transport: as was said, else by age, pace and needs."""
        if self.limits.transport is not None:
            return self.limits.transport
        need = self.need
        return (
            (need.age is not None and need.age >= self.thresholds.rider_age)
            or need.speed_m_s < SLOW_M_S
            or bool(self.limits.step_free)
            or self.rides
        )

    @property
    def from_home(self) -> bool:
        """Tell whether what is joined from home is in reach: as said, else by rung and needs."""
        if self.limits.from_home is not None:
            return bool(self.limits.from_home)
        return self.from_home_read or self.need.step == 0 or self.homebound

    @property
    def home_wished(self) -> bool:
        """Tell whether being joined from home is something that the person wishes of a place."""
        return bool(self.limits.from_home) or self.from_home_read

    @property
    def stays_at_home(self) -> bool:
        """Tell whether they can't go out, or it is too much as yet: rung 0, and joins from home.

        By the limit alone: a wish in words, which may be misread, empties no list.
        """
        said = self.limits.from_home
        return said == "only" or (self.need.step == 0 and bool(said))

    @property
    def is_minor(self) -> bool:
        """Tell whether the person is a minor, or must be taken for one: who would go to school."""
        age = self.need.age
        return age < ADULT if age is not None else not SCHOOL_NEEDS.isdisjoint(self.need.needs)

    @property
    def no_alcohol_known(self) -> bool:
        """Tell whether a place is out of the question that isn't known to serve no alcohol."""
        age = self.need.age
        young = self.is_minor if age is None else age < DRINKING_AGE
        return young or "addiction" in self.need.needs

    @property
    def spared_heavy_work(self) -> bool:
        return not STRAIN_NEEDS.isdisjoint(self.need.needs)

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


def prepare(
    need: Need, codebook: Codebook, now: datetime, thresholds: Thresholds | None = None
) -> Ask:
    """Return a need ready for arithmetic.

    now : aware; its day is asked for where the need names none, and of it only what is ahead counts
    thresholds : those of the municipality; None = those of a new installation

    Raises
    ------
    NoZone
        `now` isn't aware.
    """
    local = clock.in_japan(now)
    day = need.on or local.date()
    from_minute = local.hour * 60 + local.minute if day == local.date() else 0
    bits = codebook.bits
    limits = need.limits
    spoken = limits.languages or ()
    may_try_easy = "ja" not in spoken and not set(spoken) <= SIGNED
    meant = [codebook.meanings[code] for code in need.needs]
    numbers = thresholds or default_weighing().thresholds
    read = _activities_read(need, codebook)
    return Ask(
        need=need,
        origin=need.point,
        day=day,
        from_minute=from_minute,
        hours=hours_of(need.spans),
        needs=tuple((bits("need")[code], weight) for code, weight in need.needs.items()),
        activities=mask_of(need.wishes.activities or read, bits("activity")),
        activities_read=read,
        wish=liked_words(need.wishes.text or ""),
        from_home_read=limits.from_home is None and names_from_home(need.wishes.text or ""),
        languages=mask_of((*spoken, "easy_ja") if "ja" in spoken else spoken, bits("language")),
        easy_language=mask_of(("easy_ja",) if may_try_easy else (), bits("language")),
        audiences=audiences_of(need, codebook, numbers),
        heavy_work=mask_of(HEAVY_WORK, bits("activity")),
        lighter_work=mask_of(LIGHTER_WORK, bits("activity")),
        holds=None if limits.holds is None else mask_of(limits.holds, bits("requirement")),
        rides=any(m.rides for m in meant),
        homebound=any(m.from_home for m in meant),
        excluded_hosts=tuple(i.int & LOW_HALF for i in need.safety.exclude_organizations),
        excluded_resources=tuple(i.int & LOW_HALF for i in need.safety.exclude_resources),
        thresholds=numbers,
    )


def _activities_read(need: Need, codebook: Codebook) -> tuple[str, ...]:
    """Return the activities that the wish in words names, where none was chosen."""
    words, listed = need.wishes.text, codebook.vocabulary
    if need.wishes.activities or not words:
        return ()
    named = (code for code in activities_named(words) if listed.holds("activity", code))
    return tuple(dict.fromkeys(listed.current("activity", code) for code in named))
