"""A plain reference of the engine: goes through all offerings one by one, in Python, no arrays.

It follows the words of docs/matching.md, not the code of `matching`; only the closed lists, the
file of weights and thresholds and the text vectors' definition are shared. What the wishes say was
read by hand (`wishes_read`).
"""

import math
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.streets import StreetGraph
from matching.learned import Learned
from matching.need import Need
from matching.schemes import Scheme, Thresholds
from oracle.on_foot import Walker
from oracle.wishes_read import WISHES_READ
from resources import schedules
from resources.clock import JAPAN
from resources.host_experience import HostExperience
from resources.models import Location, Resource
from resources.queries import Entry, _entries
from resources.vocabulary import Vocabulary
from resources.witnessed import HostAsked, SessionSeen

RADIUS_M = 6_371_008.8
DETOUR = 1.3
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
NOISES = ["low", "medium", "high"]
CIRCLES = {"bereaved", "carers", "dementia", "foreign", "parents", "recovering"}
TALK = ["none", "optional", "expected"]
SAFETY = {
    "exclude_host", "exclude_resource", "exclude_area", "protected", "no_children", "no_alcohol",
    "child_safe",
}  # fmt: skip


def away_m(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    a = (
        math.sin(math.radians(lat2 - lat1) / 2) ** 2
        + math.cos(math.radians(lat1))
        * math.cos(math.radians(lat2))
        * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    )
    return 2 * RADIUS_M * math.asin(math.sqrt(a))


@dataclass
class Looked:
    """One offering as the reference sees it."""

    entry: Entry
    distance: float | None
    metres: int | None
    verdicts: dict[str, str]
    contributions: dict[str, float]
    confidence: int
    relevant: bool

    @property
    def fails(self) -> list[str]:
        return [r for r, v in self.verdicts.items() if v == "fail"]

    @property
    def score(self) -> int:
        whole = sum(round_half_even(v * 10_000) for v in self.contributions.values())
        return min(whole, 10_000)  # rounding alone makes nothing better than wholly good


def latest_words(session: Session) -> dict[UUID, tuple[list[Any], list[Any]]]:
    """The four latest words on each offering's sessions, and on its host's answers."""
    found: dict[UUID, tuple[list[Any], list[Any]]] = defaultdict(lambda: ([], []))
    seen = sorted(session.scalars(select(SessionSeen)), key=lambda s: (s.at, s.said_by))
    newest = {(s.offering_id, s.on): s.held for s in seen}
    for (offering, on), held in sorted(newest.items(), key=lambda word: word[0][1], reverse=True):
        found[offering][0].append((on, held))
    asked = sorted(session.scalars(select(HostAsked)), key=lambda q: (q.asked_on, q.id))
    for q in reversed(asked):
        word = (q.answered_on, True) if q.answered_on else (q.silent_from, False)
        found[q.offering_id][1].append(word)
    return {
        offering: (sessions[:4], answers[:4]) for offering, (sessions, answers) in found.items()
    }


def round_half_even(value: float) -> int:
    return round(value)


def _bare(name: str) -> str:
    """A name in one width and case, without blanks and marks."""
    return "".join(c for c in unicodedata.normalize("NFKC", name).lower() if c.isalnum())


@cache
def thresholds_at_first() -> Any:
    """The thresholds of a new installation, as they stand in their file."""
    path = Path(__file__).resolve().parents[3] / "matching" / "schemes.toml"
    written = tomllib.loads(path.read_text(encoding="utf-8"))["thresholds"]
    return SimpleNamespace(**{name: first for name, (first, *_) in written.items()})


def chance_of_staying(learned: Learned, values: dict[str, float], kind: str) -> float:
    """1 ÷ (1 + e^−(intercept + Σ coefficient × value + that of the kind)); not asked = ½."""
    exponent = learned.intercept + learned.kinds.get(kind, 0.0)
    for code, coefficient in learned.criteria.items():
        exponent += coefficient * values.get(code, 0.5)
    return 0.0 if exponent < -700 else 1.0 / (1.0 + math.exp(-exponent))


def learned_share(learned: Learned) -> float:
    return learned.weight / (100 + learned.weight)


def three(known: bool, passes: bool) -> str:
    return "unknown" if not known else "pass" if passes else "fail"


def yes(value: bool | None, wanted: bool = True) -> str:
    return three(value is not None, value is wanted)


class Reference:
    def __init__(
        self,
        vocabulary: Vocabulary,
        need: Need,
        now: datetime,
        scheme: Scheme,
        streets: StreetGraph | None = None,
        numbers: Thresholds | None = None,
        learned: Learned | None = None,
    ) -> None:
        self.vocabulary = vocabulary
        self.need = need
        local = now.astimezone(JAPAN)
        self.day = need.on or local.date()
        start = time(local.hour, local.minute) if self.day == local.date() else time(0)
        self.start = datetime.combine(self.day, start, JAPAN)
        self.scheme = scheme
        self.numbers = numbers or thresholds_at_first()
        self.learned = learned
        wish = WISHES_READ[need.wishes.text or ""]
        self.wished = set(need.wishes.activities) or set(wish.activities)
        self.words = wish.words
        said = need.limits.from_home
        self.home_wished = wish.from_home if said is None else said is not False
        self.held: dict[UUID, list[schedules.SessionTime] | None] = {}
        self.attended: dict[UUID, list[schedules.SessionTime]] = {}
        self.stays: dict[tuple[int, int, int], int] = {}
        self.locations: list[Location] = []
        self.track_records: dict[UUID, tuple[list[Any], list[Any]]] = {}
        self.experiences: dict[UUID, HostExperience] = {}
        limit = None if need.walk_minutes is None else need.walk_minutes * 60 * need.speed_m_s
        searched = 2_500 if limit is None else 2 * limit
        wheels = bool(need.limits.step_free)
        self.walker = (
            None if streets is None else Walker.starting(streets, need.point, searched, wheels)
        )

    @property
    def worth(self) -> int:
        """Minutes in the person's hours that make a session worth coming to."""
        return self.numbers.shortest_stay_minutes

    def least_stay(self, entry: Entry) -> int:
        """Minutes that are worth coming for, and that the place wants one to stay."""
        return max(self.worth, entry.offering.min_minutes or 0)

    # ---- facts --------------------------------------------------------------------------------

    def distance(self, entry: Entry) -> float | None:
        place = entry.location
        if place is None or place.lon is None or place.lat is None:
            return None
        if place.visibility == "hidden":
            return None
        point = self.need.point
        return away_m(point.lon, point.lat, place.lon, place.lat)

    def elsewhere(self, entry: Entry) -> bool:
        """Whether a place without a point has a municipality whose places all lie elsewhere."""
        place = entry.location
        if place is None or not place.city or self.distance(entry) is not None:
            return False
        if place.visibility == "hidden":
            return False
        blocks = {
            self.block(p.lon, p.lat)
            for p in self.locations
            if (p.prefecture, p.city) == (place.prefecture, place.city)
            and p.lon is not None
            and p.lat is not None
            and p.visibility != "hidden"
        }
        x, y = self.block(self.need.point.lon, self.need.point.lat)
        return bool(blocks) and all(abs(x - bx) > 1 or abs(y - by) > 1 for bx, by in blocks)

    def same_place(self, one: Entry, other: Entry) -> bool:
        a, b = one.location, other.location
        if _bare(one.resource.name) != _bare(other.resource.name):
            return False
        if self.distance(one) is None or self.distance(other) is None:
            return False
        assert a is not None and b is not None  # noqa: PT018 - as the distances are known
        return away_m(a.lon, a.lat, b.lon, b.lat) <= 300

    def block(self, lon: float, lat: float) -> tuple[int, int]:
        return math.floor(lon / 0.1), math.floor(lat / 0.1)

    def accuracy(self, entry: Entry) -> float:
        place = entry.location
        if place is None or place.visibility == "hidden" or place.accuracy_m is None:
            return 0.0
        import struct

        return float(struct.unpack("f", struct.pack("f", place.accuracy_m))[0])

    def walk(self, entry: Entry) -> tuple[float | None, bool]:
        """Return metres on foot, and whether they are those of streets."""
        away, place = self.distance(entry), entry.location
        if away is None:
            return None, False
        straight = round(away) * DETOUR
        if self.walker is None:
            return straight, False
        assert place is not None
        assert place.lon is not None
        assert place.lat is not None
        metres = self.walker.metres_to(place.lon, place.lat)
        if metres is None:
            return straight, False
        if metres > self.walker.limit_m:
            return max(straight, self.walker.limit_m), False
        return max(round(metres), round(away)), True

    def reach(self, entry: Entry) -> str:
        need = self.need
        away, slack, (walk, _) = self.distance(entry), self.accuracy(entry), self.walk(entry)
        r = entry.resource
        served = (self.would_ride() and r.transport) or (self.from_home() and r.online)
        if away is None or walk is None:
            if self.joined_from_home(entry):
                return "pass"
            return "fail" if self.elsewhere(entry) else "unknown"
        inside, outside = True, False
        if need.walk_minutes is not None:
            limit = need.walk_minutes * 60 * need.speed_m_s
            inside &= walk + slack * DETOUR <= limit
            outside |= walk - slack * DETOUR > limit
        if need.radius_m is not None:
            inside &= away + slack <= need.radius_m
            outside |= away - slack > need.radius_m
        if inside or self.joined_from_home(entry):
            return "pass"
        return "fail" if outside and not (served and away - slack <= self.served()) else "unknown"

    def joined_from_home(self, entry: Entry) -> bool:
        """Whether the person wishes to join from home, and can here, wherever it lies."""
        return bool(self.home_wished and entry.resource.online)

    def metres(self, entry: Entry) -> int | None:
        away, (walk, by_streets) = self.distance(entry), self.walk(entry)
        return None if away is None or walk is None else round(walk if by_streets else away)

    @staticmethod
    def ages(entry: Entry) -> tuple[int | None, int | None]:
        """The youngest and oldest who are really received; of what isn't said, whom it is for."""
        r = entry.resource
        low = r.age_min if r.accepted_age_min is None else r.accepted_age_min
        high = r.age_max if r.accepted_age_max is None else r.accepted_age_max
        if low is not None and high is not None and low > high:
            return r.accepted_age_min, r.accepted_age_max
        return low, high

    def sessions(self, entry: Entry) -> list[schedules.SessionTime] | None:
        own = entry.offering.id
        if own not in self.held:
            self.held[own] = self.sessions_ahead(entry)
        return self.held[own]

    def sessions_ahead(self, entry: Entry) -> list[schedules.SessionTime] | None:
        if entry.offering.schedule is None:
            return None
        schedule = schedules.from_json(entry.offering.schedule)
        midnight = datetime.combine(self.day, time(0), JAPAN)
        last = midnight + timedelta(days=56)
        found = []
        for session in schedules.next_sessions(schedule, midnight, days=56):
            if not midnight <= session.start < last:
                continue
            left = session.end - max(session.start, self.start)
            if left < self.wanted(entry, session):
                continue
            if entry.offering.ends_on and session.start.date() > entry.offering.ends_on:
                continue
            found.append(session)
        limit = self.need.limits.minutes
        if entry.offering.attendance != "whole" or limit is None:
            return found
        return [s for s in found if s.end - s.start <= timedelta(minutes=limit)] or found

    def can_attend(self, entry: Entry, session: schedules.SessionTime) -> bool:
        if not self.need.windows:
            return True
        midnight = datetime.combine(session.start.date(), time(0), JAPAN)
        start = (max(session.start, self.start) - midnight).total_seconds() // 60
        end = (session.end - midnight).total_seconds() // 60
        longest = self.longest_stay(session.start.weekday(), int(start), int(end))
        return timedelta(minutes=longest) >= self.wanted(entry, session)

    def wanted(self, entry: Entry, session: schedules.SessionTime) -> timedelta:
        """How long one must be there for it to be worth coming, or for the host."""
        length = session.end - session.start
        return (
            length
            if entry.offering.attendance == "whole"
            else min(length, timedelta(minutes=self.least_stay(entry)))
        )

    def attendable(self, entry: Entry) -> list[schedules.SessionTime]:
        own = entry.offering.id
        if own not in self.attended:  # asked for by several rules and criteria
            ahead = self.sessions(entry) or []
            self.attended[own] = [s for s in ahead if self.can_attend(entry, s)]
        return self.attended[own]

    def longest_stay(self, weekday: int, start: int, end: int) -> int:
        """The most minutes in a row, of so many from a midnight, in which the person can come."""
        asked = (weekday, start, end)
        if asked not in self.stays:  # most sessions of a catalogue have the hours of others
            free = "".join(
                "x" if self.is_free(weekday * 1440 + minute) else " "
                for minute in range(start, end)
            )
            self.stays[asked] = max(len(run) for run in free.split(" "))
        return self.stays[asked]

    def is_free(self, minute: int) -> bool:
        """Whether the person can come in a minute of the week, counted from Monday."""
        return minute % (7 * 1440) in self.free_minutes

    @cached_property
    def free_minutes(self) -> set[int]:
        found: set[int] = set()
        for window in self.need.windows:
            midnight = DAYS.index(window.day) * 1440
            w0 = int(window.start[:2]) * 60 + int(window.start[3:])
            w1 = int(window.end[:2]) * 60 + int(window.end[3:])
            found.update(range(midnight + w0, midnight + w1))
        return found

    def least_change(self, entry: Entry) -> schedules.SessionTime | None:
        """The session ahead for which the person would have to change the hours least."""
        asked = [(*self.asks(entry, s), s.start, s.end, s) for s in self.sessions(entry) or []]
        return min(asked, key=lambda a: a[:4])[-1] if asked else None

    def asks(self, entry: Entry, session: schedules.SessionTime) -> tuple[bool, int]:
        """Whether a session asks for another day, and for how many minutes that aren't stated.

        Tries every minute at which the person could come, for every stated time of that weekday,
        and of the day after where the session runs on into it.
        """
        midnight = datetime.combine(session.start.date(), time(0), JAPAN)
        start = int((session.start - midnight).total_seconds()) // 60
        end = int((session.end - midnight).total_seconds()) // 60
        least = self.least_stay(entry)
        stay = end - start if entry.offering.attendance == "whole" else min(end - start, least)
        stretched = []
        stated = self.stated_hours(session.start.weekday())
        if end > 1440:
            after = self.stated_hours((session.start.weekday() + 1) % 7)
            stated |= {(w0 + 1440, w1 + 1440) for w0, w1 in after}
        for w0, w1 in stated:
            for comes in range(start, end - stay + 1):
                earlier, later = max(w0 - comes, 0), max(comes + stay - w1, 0)
                stretched.append(earlier + later)
        return (False, min(stretched)) if stretched else (True, stay)

    def stated_hours(self, weekday: int) -> set[tuple[int, int]]:
        """From when to when the person can come without a gap, of hours on a weekday."""
        found = set()
        for minute in range(1440):
            if not self.is_free(weekday * 1440 + minute):
                continue
            begins = ends = minute
            while begins > -7 * 1440 and self.is_free(weekday * 1440 + begins - 1):
                begins -= 1
            while ends < 7 * 1440 and self.is_free(weekday * 1440 + ends):
                ends += 1
            found.add((begins, ends))
        return found

    def change_of_hours(self, entry: Entry) -> str:
        """What is said of a place that isn't open when the person can come."""
        session = self.least_change(entry)
        if session is None:
            return "開催が再開されれば可"
        day, next_day = ("月火水木金土日"[s.weekday()] for s in (session.start, session.end))
        opens, closes = f"{day}曜{session.start:%H:%M}", f"{session.end:%H:%M}"
        if session.end.date() == session.start.date():
            span = f"{opens}～{closes}"
        elif closes == "00:00":
            span = f"{opens}～24:00"
        else:
            span = f"{opens}～{next_day}曜{closes}"
        stay = self.least_stay(entry)
        all_of_it = entry.offering.attendance == "whole"
        if all_of_it or timedelta(minutes=stay) >= session.end - session.start:
            return f"{span}に来られれば可"
        return f"{span}のうち{stay}分来られれば可"

    def shortest(self, entry: Entry) -> int | None:
        o = entry.offering
        if o.attendance == "whole" and o.schedule is not None:
            ahead = self.attendable(entry) or self.sessions(entry) or []
            can = [s.end - s.start for s in ahead]
            all_of_them = [r.end - r.start for r in schedules.from_json(o.schedule).rules]
            lengths = [int(c.total_seconds()) // 60 for c in can] or all_of_them
            return max(min(lengths), o.min_minutes or 0) if lengths else o.min_minutes
        if o.min_minutes is not None:
            return o.min_minutes
        return 0 if o.attendance == "drop_in" else None

    # ---- rules ----------------------------------------------------------------------------------

    def verdicts(self, entry: Entry) -> dict[str, str]:
        need, limits, safety = self.need, self.need.limits, self.need.safety
        o, r, p, h = entry.offering, entry.resource, entry.location, entry.organization
        facts = self.vocabulary.term("kind", r.kind).facts
        out: dict[str, str] = {}
        out["published"] = three(True, r.status == "published")
        out["kind"] = three(True, bool(facts["participation"]))
        if need.walk_minutes is not None or need.radius_m is not None:
            out["reach"] = self.reach(entry)
        if need.age is not None:
            low, high = self.ages(entry)
            known = low is not None or high is not None
            fits = (low or 0) <= need.age <= (200 if high is None else high)
            out["age"] = three(known, fits)
        out["audience"] = self.audience(entry)
        if limits.gender is not None:
            out["gender"] = three(r.gender is not None, r.gender in ("any", limits.gender))
        else:
            out["gender"] = "pass" if r.gender == "any" else "unknown"
        if limits.languages:
            out["languages"] = self.languages(set(limits.languages), set(r.languages or []))
        sessions = self.sessions(entry)
        attendable = self.attendable(entry)
        over = o.ends_on is not None and o.ends_on < self.day
        out["windows"] = three(sessions is not None or over, bool(attendable))
        if limits.minutes is not None:
            shortest = self.shortest(entry)
            out["minutes"] = three(shortest is not None, (shortest or 0) <= limits.minutes)
        if limits.sessions_per_week is not None:
            out["sessions_per_week"] = three(
                o.min_per_week is not None, (o.min_per_week or 0) <= limits.sessions_per_week
            )
        full = o.availability == "none" or (o.availability == "capacity" and o.places == 0)
        out["places"] = three(o.availability != "unknown", not full)
        at_home = self.joined_from_home(entry)  # then nobody enters the building
        if limits.step_free:
            out["step_free"] = "pass" if at_home else yes(p.step_free if p else None)
        if limits.staff_present:
            out["staff_present"] = yes(r.staff_present)
        if limits.max_yen is not None:
            out["fee"] = three(r.fee_yen is not None, (r.fee_yen or 0) <= limits.max_yen)
        if limits.pay_wanted:
            out["pay"] = yes(r.pays)
        if limits.noise:
            out["noise"] = three(
                r.noise is not None,
                r.noise is not None and NOISES.index(r.noise) <= NOISES.index(limits.noise),
            )
        if limits.group_size is not None:
            out["group_size"] = three(
                r.group_size is not None, (r.group_size or 0) <= limits.group_size
            )
        if limits.conversation:
            out["conversation"] = three(
                r.conversation is not None,
                r.conversation is not None
                and TALK.index(r.conversation) <= TALK.index(limits.conversation),
            )
        if limits.with_child:
            out["with_child"] = "pass" if at_home else yes(r.with_child)
        if limits.holds is None or limits.holds_open:
            asked_for = r.requirements
            met = asked_for is not None and set(asked_for) <= set(limits.holds or ())
            out["requirements"] = "pass" if met else "unknown"
        else:
            asked = facts.get("requires", []) if r.requirements is None else r.requirements
            held = set(asked) <= set(limits.holds)
            out["requirements"] = three(r.requirements is not None or not held, held)
        resting = h is not None and h.resting_until is not None and h.resting_until >= self.day
        cap = h.accompanied_cap if h else None
        now = h.accompanied_now if h else None
        at_cap = cap is not None and (now or 0) >= cap
        known = resting or at_cap or (cap is not None and now is not None)
        out["host_rest"] = three(known, not (resting or at_cap))
        if not facts.get("accompanies", True):
            out["host_rest"] = "pass"
        if limits.from_home == "only" or (need.step == 0 and limits.from_home):
            out["at_home"] = "pass" if r.online else "fail"
        if limits.no_smoking:
            out["smoking"] = "pass" if at_home else yes(r.smoking, False)
        if limits.no_animals:
            out["animals"] = "pass" if at_home else yes(r.animals, False)
        if self.younger_than(20) or "addiction" in need.needs:
            out["sober"] = yes(r.alcohol, False)
        elif limits.with_child:
            out["sober"] = "fail" if r.alcohol else "pass"
        if {"injury", "illness", "frailty"} & set(need.needs):
            out["strain"] = self.strain(set(r.activities or []))
        if need.step is not None:
            out["step"] = three(
                bool(r.steps),
                any(abs(s - need.step) <= self.numbers.step_gap_rungs for s in r.steps or []),
            )
        if need.set_aside:
            asides = [
                x for x in need.set_aside if r.id == x.resource or (h and h.id == x.organization)
            ]
            out["set_aside"] = three(
                True, all(x.until is not None and x.until <= self.day for x in asides)
            )
        if safety.exclude_organizations:
            ok = h is not None and h.id not in safety.exclude_organizations
            out["exclude_host"] = "pass" if ok else "fail"
        if safety.exclude_resources:
            out["exclude_resource"] = "fail" if r.id in safety.exclude_resources else "pass"
        if safety.exclude_areas:
            out["exclude_area"] = self.area(entry)
        if safety.protected:
            ok = r.confirms_participants is True and r.publishes_members is False
            out["protected"] = "pass" if ok else "fail"
        if safety.no_children_present:
            out["no_children"] = "pass" if r.children_present is False else "fail"
        if safety.no_alcohol:
            out["no_alcohol"] = "pass" if r.alcohol is False else "fail"
        if self.younger_than(18):
            out["child_safe"] = "pass" if r.child_safe is True else "fail"
        return out

    def younger_than(self, age: int) -> bool:
        """Whether the person is so young; who would go to school is, where no age is said."""
        if self.need.age is None:
            return bool({"truancy", "bullying", "young_carer"} & set(self.need.needs))
        return self.need.age < age

    def served(self) -> float:
        """How far out a place with transport or online counts."""
        radius = self.need.radius_m
        far = self.numbers.transport_reach_m
        return far if radius is None else min(radius, far)

    def would_ride(self) -> bool:
        need, limits = self.need, self.need.limits
        if limits.transport is not None:
            return limits.transport
        return bool(
            (need.age or 0) >= self.numbers.rider_age
            or need.speed_m_s < 0.9
            or limits.step_free
            or self.told_of_needs("rides")
        )

    def from_home(self) -> bool:
        said = self.need.limits.from_home
        if said is not None:
            return said is not False
        by_itself = self.need.step == 0 or bool(self.told_of_needs("from_home"))
        return self.home_wished or by_itself

    def told_of_needs(self, name: str) -> list[Any]:
        """What the lists say of the person's needs, of those that say anything."""
        facts = [self.vocabulary.term("need", code).facts for code in self.need.needs]
        return [f[name] for f in facts if f.get(name)]

    def languages(self, spoken: set[str], offered: set[str]) -> str:
        if not offered:
            return "unknown"
        if spoken & offered or ("ja" in spoken and "easy_ja" in offered):
            return "pass"
        return "unknown" if "easy_ja" in offered and spoken - {"jsl"} else "fail"

    def strain(self, offered: set[str]) -> str:
        if not offered:
            return "unknown"
        if "delivery" not in offered:
            return "pass"
        lighter = {"cleaning", "light_work", "office_work", "shop_work", "kitchen_work"}
        return "unknown" if offered & lighter else "fail"

    def area(self, entry: Entry) -> str:
        place = entry.location
        if self.distance(entry) is None or place is None:
            return "fail"
        assert place.lon is not None
        assert place.lat is not None
        for area in self.need.safety.exclude_areas:
            gap = away_m(area.lon, area.lat, place.lon, place.lat) - self.accuracy(entry)
            if gap <= area.radius_m:
                return "fail"
        return "pass"

    def audience(self, entry: Entry) -> str:
        r = entry.resource
        asked = r.accepted_audience or r.audience
        if r.accepted_audience and not set(r.accepted_audience) & set(r.audience or ()):
            addressed = [code for code in r.audience or () if code != "anyone"]
            received = self._received_here(r.kind, asked)
            formally = self._received(addressed)
            own = self.vocabulary.term("kind", r.kind).facts.get("audience") or ()
            named = [c for c in asked if c in ("women", "men", "foreign") and c not in own]
            if named and self._received(named) == "fail":
                return received
            return "unknown" if received == "fail" and formally != "fail" else received
        usual = self.vocabulary.term("kind", r.kind).facts.get("audience")
        if not asked and usual:
            return "fail" if self._received(usual) == "fail" else "unknown"
        return self._received_here(r.kind, asked) if asked else "unknown"

    def _received_here(self, kind: str, asked: Sequence[str]) -> str:
        """At a place that names its kind's own people, some words only say which of them it is for.

        Who is one of those, and may have small children, may be one of the parents meant.
        """
        usual = self.vocabulary.term("kind", kind).facts.get("audience") or ()
        if not {*usual, "bereaved", "carers", "dementia", "recovering"} & set(asked):
            return self._received(asked)
        only_which = [c for c in asked if c in ("women", "men", "foreign") and c not in usual]
        found = self._received([code for code in asked if code not in only_which])
        age = self.need.age
        a_parent = age is None or 18 <= age < self.numbers.elderly_age
        if found == "fail" and "parents" in asked and a_parent:
            return "fail" if self._received(only_which) == "fail" else "unknown"
        if found == "pass" and only_which and self._received(only_which) != "pass":
            return "unknown"
        return found

    def _received(self, asked: Sequence[str]) -> str:
        need = self.need
        is_one: dict[str, str] = {"anyone": "yes"}
        for need_code, weight in need.needs.items():
            codes = self.vocabulary.term("need", need_code).facts.get("audience_maybe") or ()
            if weight < self.own_trouble():  # theirs, and not their kin's
                codes = [code for code in codes if code != "carers"]
            is_one |= dict.fromkeys(codes, "maybe")
        if not need.needs:
            for term in self.vocabulary.terms("need"):
                for fact in ("audience", "audience_maybe"):
                    told = set(term.facts.get(fact) or ()) - CIRCLES
                    is_one |= dict.fromkeys(told, "maybe")
        for codes in self.told_of_needs("audience"):
            is_one |= dict.fromkeys(codes, "yes")
        if {"handbook", "recipient_certificate"} & set(need.limits.holds or ()):
            is_one["disability"] = "yes"
        if need.limits.with_child:
            is_one["parents"] = "yes"
        for code, low, high in (
            ("elderly", self.numbers.elderly_age, 200),
            ("children", 0, 17),
            ("youth", 12, self.numbers.youth_age),
        ):
            if need.age is None:
                is_one[code] = "maybe"
            elif low <= need.age <= high:
                is_one[code] = "yes"
        for code, gender in (("women", "female"), ("men", "male")):
            if need.limits.gender == gender:
                is_one[code] = "yes"
            elif need.limits.gender in (None, "other"):
                is_one[code] = "maybe"
        answers = {is_one.get(code, "no") for code in asked}
        if "yes" in answers:
            return "pass"
        return "unknown" if "maybe" in answers else "fail"

    def own_trouble(self) -> int:
        """What the heaviest need weighs that makes the person one of those kin stand beside."""
        found = 0
        for code, weight in self.need.needs.items():
            codes = self.vocabulary.term("need", code).facts.get("audience") or ()
            if {"recovering", "withdrawn", "mental_health", "dementia", "disability"} & set(codes):
                found = max(found, weight)
        return found

    def of_circles(self, resource: Resource) -> set[str]:
        """The needs of those for whom a circle is there that says nothing of needs."""
        received = set(resource.accepted_audience or resource.audience or ())
        circles = CIRCLES & received
        if "anyone" in received:
            return set()
        terms = self.vocabulary.terms("need")
        return {t.code for t in terms if circles & set(t.facts.get("audience") or ())}

    # ---- criteria ---------------------------------------------------------------------------------

    def values(self, entry: Entry, text_of: Any) -> dict[str, float]:
        need, limits, r, o = self.need, self.need.limits, entry.resource, entry.offering
        out: dict[str, float] = {}
        if need.needs:
            usual = self.vocabulary.term("kind", r.kind).facts["needs"]
            answered = {*usual, *self.of_circles(r)} if r.needs is None else r.needs
            first = self.vocabulary.term("kind", r.kind).facts.get("first_needs") or answered
            covered = 0.0
            for n, w in need.needs.items():
                if n in answered:
                    guessed = r.needs is None and n not in self.of_circles(r)
                    less = 1.0 if n in first else self.numbers.other_needs_percent / 100
                    covered += w * less * (self.numbers.usual_percent / 100 if guessed else 1.0)
            essential = {n for n, w in need.needs.items() if w == 3}
            wished = self.wished & set(r.activities or ())
            if essential and not wished and not essential & set(answered):
                covered *= self.numbers.beside_percent / 100
            out["needs"] = covered / sum(need.needs.values())
        parts = []
        if self.wished:
            offered = self.wished & set(r.activities or ())
            parts.append(len(offered) / len(self.wished) if r.activities else 0.5)
        if self.home_wished:
            parts.append(0.5 if r.online is None else float(r.online))
        if self.words:
            parts.append(math.sqrt(text_of(entry)))
        if parts:
            out["wishes"] = sum(parts) / len(parts)
        walk, _ = self.walk(entry)
        minutes = None if walk is None else walk / need.speed_m_s / 60
        out["nearness"] = (
            0.5 if minutes is None else 2 ** (-minutes / self.numbers.near_half_minutes)
        )
        if self.elsewhere(entry):
            out["nearness"] = 0.0
        if self.home_wished and r.online:
            out["nearness"] = 1.0
        sessions = self.sessions(entry)
        if sessions is None:
            out["time"] = 0.5
        else:
            end = datetime.combine(self.day, time(0), JAPAN) + timedelta(days=28)
            days = {s.start.date() for s in self.attendable(entry) if s.start < end}
            wished = 4 * limits.sessions_per_week if limits.sessions_per_week else 2
            out["time"] = min(1.0, len(days) / wished)
        moods = []
        if limits.noise:
            moods.append(self.calm(r.noise, NOISES, limits.noise))
        if limits.conversation:
            moods.append(self.calm(r.conversation, TALK, limits.conversation))
        if limits.group_size is not None:
            moods.append(
                0.5 if r.group_size is None else min(1.0, limits.group_size / r.group_size)
            )
        if moods:
            out["atmosphere"] = sum(moods) / len(moods)
        if need.step is not None:
            worth = [0.5]
            if r.steps:
                table = {-1: 0.5, 0: 0.8, 1: 1.0}
                worth = [table.get(s - need.step, 0.0) for s in r.steps]
            out["step"] = max(worth)
        flag = {True: 1.0, False: 0.0, None: 0.5}
        visit = self.numbers.visit_percent / 100
        out["first_contact"] = visit * flag[r.visit_first] + (1 - visit) * flag[r.accompaniment]
        if r.fee_yen is None:
            out["cost"] = 0.5
        elif limits.max_yen is None:
            out["cost"] = 2 ** (-r.fee_yen / self.numbers.fee_half_yen)
        else:
            out["cost"] = min(1.0, max(0.0, 1 - 0.5 * r.fee_yen / max(limits.max_yen, 1)))
        out["freshness"] = self.fresh(
            o.verified_on, self.vocabulary.term("kind", r.kind).facts["term_days"]
        )
        h = entry.organization
        if not self.vocabulary.term("kind", r.kind).facts.get("accompanies", True):
            room = 1.0
        elif h is None or h.accompanied_cap is None or h.accompanied_now is None:
            room = 0.5
        else:
            free = (h.accompanied_cap - h.accompanied_now) / max(h.accompanied_cap, 1)
            room = min(1.0, max(0.0, free))
        told = self.experiences.get(h.id) if h else None
        experience = answers = 0.5
        if told is not None:
            for people in (told.accompanied, told.stayed):
                half = self.numbers.experience_half_people
                experience += 0.25 * people / (people + half) if people else 0.0
            if told.answer_days is not None:
                answers = 2 ** (-told.answer_days / self.numbers.answer_half_days)
        n = self.numbers
        whole = n.host_room + n.host_experience + n.host_answers
        out["host"] = (
            n.host_room / whole * room
            + n.host_experience / whole * experience
            + n.host_answers / whole * answers
        )
        return out

    def calm(self, level: str | None, order: list[str], wanted: str) -> float:
        if level is None:
            return 0.5
        table = {0: [1.0, 0.4, 0.0], 1: [1.0, 0.85, 0.2], 2: [1.0, 0.85, 0.7]}
        return table[order.index(wanted)][order.index(level)]

    def fresh(self, day: date | None, term: float) -> float:
        if day is None:
            return 0.0
        return 2 ** (-max((self.day - day).days, 0) / term)

    def kept(self, words: Sequence[tuple[date, bool]], term: float) -> float:
        """The share of yes to be expected after the four latest words, each by its freshness."""
        yes = sum(self.fresh(day, term) for day, said in words if said)
        no = sum(self.fresh(day, term) for day, said in words if not said and day <= self.day)
        return (yes + 1) / (yes + no + 2)

    def comes(self, entry: Entry) -> float:
        """How sure it is that a place comes to fetch somebody who can't walk there."""
        need, (walk, _), away = self.need, self.walk(entry), self.distance(entry)
        if entry.resource.transport is not True or not self.would_ride() or walk is None:
            return 1.0
        limit = None if need.walk_minutes is None else need.walk_minutes * 60 * need.speed_m_s
        near = (limit is None or walk <= limit) and (need.radius_m is None or away <= need.radius_m)
        return 1.0 if near else 1 / (1 + (away / self.numbers.ride_half_m) ** 3)

    # ---- together -----------------------------------------------------------------------------------

    def look(self, entry: Entry, text_of: Any) -> Looked:
        verdicts = self.verdicts(entry)
        values = self.values(entry, text_of)
        used = {c: self.scheme.weights[c] for c in values if self.scheme.weights.get(c, 0) > 0}
        all_weights = sum(used.values())
        o = entry.offering
        term = self.vocabulary.term("kind", entry.resource.kind).facts["term_days"]
        unknown = sum(1 for v in verdicts.values() if v == "unknown")
        said = (
            0.0
            if o.availability == "unknown"
            else self.fresh(o.availability_said_on, self.numbers.room_half_days)
        )
        n = self.numbers
        whole = n.sure_known + n.sure_verified + n.sure_room
        sure = (
            n.sure_known / whole * (1 - unknown / len(verdicts))
            + n.sure_verified / whole * self.fresh(o.verified_on, term)
            + n.sure_room / whole * said
        )
        sessions, answers = self.track_records.get(o.id, ((), ()))
        moved = n.sessions_percent / 100 * (2 * self.kept(sessions, term) - 1)
        moved += n.answers_percent / 100 * (2 * self.kept(answers, term) - 1)
        sure += moved * (1 - sure if moved > 0 else sure)
        needed = [verdicts.get("step_free"), verdicts.get("with_child")]
        if "ja" not in (self.need.limits.languages or ()):
            needed.append(verdicts.get("languages"))
        if "unknown" in needed:
            sure *= self.numbers.unsure_access_percent / 100
        sure *= self.comes(entry)
        return Looked(
            entry,
            self.distance(entry),
            self.metres(entry),
            verdicts,
            self.contributions(values, used, all_weights, entry.resource.kind),
            round_half_even(100 * sure),
            self.relevant(entry, text_of),
        )

    def contributions(
        self, values: dict[str, float], used: dict[str, float], whole: float, kind: str
    ) -> dict[str, float]:
        found = {c: values[c] * (w / whole) for c, w in used.items()}
        if self.learned is None:
            return found
        share = learned_share(self.learned)
        rest = 1.0 - share
        found = {c: values[c] * (w / whole * rest) for c, w in used.items()}
        likely = chance_of_staying(self.learned, {c: values[c] for c in used}, kind)
        return {**found, "learned": likely * share}

    def relevant(self, entry: Entry, text_of: Any) -> bool:
        """Whether it answers a need that weighs no less than one below the heaviest, or a wish."""
        need, r = self.need, entry.resource
        if not need.needs:
            return True
        if self.wished & set(r.activities or []):
            return True
        if self.words and text_of(entry) >= self.numbers.alike_percent / 100:
            return True
        least = max(max(need.needs.values()) - 1, 1)
        heaviest = max(need.needs.values())
        usual = self.vocabulary.term("kind", r.kind).facts["needs"]
        if r.needs is None:
            most = {n for n, w in need.needs.items() if w == heaviest}
            kinds = [k.facts for k in self.vocabulary.terms("kind") if k.facts.get("participation")]
            guessable = all(any(n in k["needs"] for k in kinds) for n in most)
            return not guessable or bool(most & {*usual, *self.of_circles(r)})
        return any(
            (w >= least and n in r.needs) or (w == heaviest and n in usual)
            for n, w in need.needs.items()
        )

    def suggest(
        self, session: Session, limit: int, text_of: Any
    ) -> tuple[list[Looked], list[Looked]]:
        """Return the list, and every offering as it was looked at."""
        entries = _entries(session)
        self.track_records = latest_words(session)
        told = session.scalars(select(HostExperience))
        self.experiences = {row.organization_id: row for row in told}
        self.locations = [e.location for e in entries if e.location is not None]
        looked = [self.look(e, text_of) for e in entries]
        fit = [
            x
            for x in looked
            if not x.fails and x.relevant and x.score >= round(self.scheme.minimum_score * 10_000)
        ]
        fit.sort(
            key=lambda x: (
                -x.score * (100 + x.confidence),
                10**9 if x.metres is None else x.metres,
                x.entry.offering.id.int,
            )
        )
        picked: list[Looked] = []
        passed_over: list[Looked] = []
        hosts: Counter[Any] = Counter()
        kinds: Counter[str] = Counter()
        seen = set()
        met: list[Entry] = []
        for x in fit:
            if len(picked) == limit:
                break
            r = x.entry.resource
            if r.id in seen:
                continue
            seen.add(r.id)
            if any(self.same_place(x.entry, other) for other in met):
                continue
            met.append(x.entry)
            if (
                r.organization_id is not None and hosts[r.organization_id] >= self.scheme.per_host
            ) or kinds[r.kind] >= self.scheme.per_kind:
                passed_over.append(x)
                continue
            hosts[r.organization_id] += 1
            kinds[r.kind] += 1
            picked.append(x)
        return picked + passed_over[: limit - len(picked)], looked
