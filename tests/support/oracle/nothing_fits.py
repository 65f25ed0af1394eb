"""What isn't on a list, found slowly: which rule removed how many, near misses, what to loosen."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time

from geodata.straight import DETOUR
from matching.rules import RULES
from oracle.reference import DAYS, SAFETY, Looked, Reference
from resources.clock import JAPAN
from resources.unmet import PARTS_OF_DAY

NEVER_LOOSENED = SAFETY | {"kind", "published", "sober"}
ORDER = [rule.code for rule in RULES]


@dataclass
class NothingFits:
    """All that an answer says besides its list, from every offering looked at one by one."""

    reference: Reference
    looked: list[Looked]

    def reach(self) -> float | None:
        need = self.reference.need
        limits = [] if need.radius_m is None else [need.radius_m]
        if need.walk_minutes is not None:
            limits.append(need.walk_minutes * 60 * need.speed_m_s / DETOUR + 1)
        return min(limits, default=None)

    def within(self, radius: float | None) -> list[Looked]:
        return [x for x in self.looked if self._is_within(x, radius)]

    def _is_within(self, x: Looked, radius: float | None) -> bool:
        if radius is None:
            return True
        r = self.reference
        if r.joined_from_home(x.entry):
            return True
        if x.distance is None:
            return not r.elsewhere(x.entry)
        away = x.distance - r.accuracy(x.entry)
        place = x.entry.resource
        served = (r.would_ride() and place.transport) or (r.from_home() and place.online)
        return away <= radius or bool(served and away <= r.served())

    def searched(self) -> tuple[float | None, list[Looked], list[Looked]]:
        """Return how far was looked, what was looked at, and the near misses among it."""
        reach = self.reach()
        for radius in [None] if reach is None else [reach, 2 * reach, 4 * reach, 8 * reach, None]:
            found = self.within(radius)
            near = self.near(found)
            if len(near) >= 3 or radius is None:
                return radius, found, near
        raise AssertionError

    def near(self, found: list[Looked]) -> list[Looked]:
        talkable = [
            x
            for x in found
            if x.fails
            and not NEVER_LOOSENED & set(x.fails)
            and not self._for_good(x)
            and not self._of_another_age(x)
            and not self._not_to_be_said(x)
        ]
        one = [x for x in talkable if len(x.fails) == 1]
        return one if len(one) >= 3 else [x for x in talkable if len(x.fails) <= 2]

    def _of_another_age(self, x: Looked) -> bool:
        age = self.reference.need.age
        low, high = self.reference.ages(x.entry)
        return age is not None and (
            (low is not None and low > age + 10) or (high is not None and high < age - 10)
        )

    def _not_to_be_said(self, x: Looked) -> bool:
        """Whether it is among people of another life or age, or for another gender and no fit."""
        r = x.entry.resource
        usual = self.reference.vocabulary.term("kind", r.kind).facts.get("audience")
        received = r.accepted_audience or r.audience or usual or ()
        circle = {"bereaved", "carers", "dementia", "foreign", "parents", "recovering"}
        age = self.reference.need.age
        if age is not None:
            numbers = self.reference.numbers
            circle |= {"children"} if age > 17 + 10 else set()
            circle |= {"youth"} if age > numbers.youth_age + 10 or age < 12 - 10 else set()
            circle |= {"elderly"} if age < numbers.elderly_age - 10 else set()
        another = "gender" in x.fails and len(x.fails) > 1
        return another or ("audience" in x.fails and set(received) <= circle)

    def _for_good(self, x: Looked) -> bool:
        """Whether no change brings it: it lies elsewhere, or was set aside without an end."""
        r, h = x.entry.resource, x.entry.organization
        elsewhere = self.reference.elsewhere(x.entry)
        return (elsewhere and not self.reference.joined_from_home(x.entry)) or any(
            a.until is None and (r.id == a.resource or (h is not None and h.id == a.organization))
            for a in self.reference.need.set_aside
        )

    def nearest_misses(self, near: list[Looked]) -> list[Looked]:
        def far(x: Looked) -> int:
            return 10**9 if x.metres is None else x.metres

        near = sorted(near, key=lambda x: (len(x.fails), far(x), x.entry.offering.id.int))[:40]
        near = [x for x in near if self.good_enough(x)]
        near.sort(
            key=lambda x: (
                len(x.fails), -x.score * (100 + x.confidence), far(x), x.entry.offering.id.int,
            )
        )  # fmt: skip
        met: list[Looked] = []
        for x in near:
            if x.entry.resource.id in {m.entry.resource.id for m in met}:
                continue
            if not any(self.reference.same_place(x.entry, m.entry) for m in met):
                met.append(x)
        return met[:5]

    def removed_by(self, found: list[Looked]) -> dict[str, int]:
        counts = Counter(code for x in found for code in x.fails)
        too_little = sum(not x.fails and not self.good_enough(x) for x in found)
        return {**counts, "minimum": too_little} if too_little else dict(counts)

    def good_enough(self, x: Looked) -> bool:
        return x.relevant and x.score >= round(self.reference.scheme.minimum_score * 10_000)

    def relaxation(self, radius: float | None) -> tuple[str, int] | None:
        """Ask again with each rule left out in turn; the first that brings most."""
        reach = self.reach()
        if radius is not None and radius == reach:
            radius = 2 * radius
        among = [x for x in self.within(radius) if not self._for_good(x)]
        brought = [
            (code, len(self.places([x for x in among if self._fits_without(x, code)])))
            for code in ORDER
            if code not in NEVER_LOOSENED
        ]
        # Nobody can loosen an age: that is named only where it is all there is.
        best = max(brought, key=lambda b: (b[1] > 0 and b[0] != "age", b[1]))
        return best if best[1] else None

    def offerings(self, radius: float | None, code: str) -> int:
        """Count what a rule alone keeps out, each offering by itself."""
        reach = self.reach()
        among = self.within(2 * radius if radius is not None and radius == reach else radius)
        return sum(not self._for_good(x) and self._fits_without(x, code) for x in among)

    def places(self, found: list[Looked]) -> list[list[Looked]]:
        """Put together what is one place: of one resource, or the entry of another source."""

        def far(x: Looked) -> int:
            return 10**9 if x.metres is None else x.metres

        found = sorted(
            found,
            key=lambda x: (-x.score * (100 + x.confidence), far(x), x.entry.offering.id.int),
        )
        met: list[list[Looked]] = []
        for x in found:
            own = [p for p in met if any(x.entry.resource.id == y.entry.resource.id for y in p)]
            same = [p for p in met if self.reference.same_place(x.entry, p[0].entry)]
            if own or same:
                (own or same)[0].append(x)
            else:
                met.append([x])
        return met

    def part_of_a_weekday(self, radius: float | None) -> tuple[str, str, str, int] | None:
        """The day, from, to, and how many places of what only the hours keep out they bring.

        Of several parts of a day, the one that changes the person's hours least: on a stated day,
        then the fewest minutes for all the places it brings, then the first session of any of them.
        Where no part brings any, all of a day.
        """
        reach = self.reach()
        if radius is not None and radius == reach:
            radius = 2 * radius
        out = [
            x
            for x in self.within(radius)
            if not self._for_good(x) and self._fits_without(x, "windows")
        ]
        places = self.places(out)
        return self._best_part(places, [*PARTS_OF_DAY.values()]) or self._best_part(
            places, [(0, 1440)]
        )

    def _best_part(
        self, places: list[list[Looked]], parts: list[tuple[int, int]]
    ) -> tuple[str, str, str, int] | None:
        best = None
        for day in DAYS:
            for opens, closes in parts:
                each = [
                    [a for x in place if (a := self._least_asked(x, day, opens, closes))]
                    for place in places
                ]
                asked = [min(of_one) for of_one in each if of_one]
                if not asked:
                    continue
                this = (
                    -len(asked), sum(a[0] for a in asked), sum(a[1] for a in asked),
                    min(a[2:] for a in asked), opens,
                )  # fmt: skip
                if best is None or this < best[0]:
                    best = (this, day, opens, closes)
        if best is None:
            return None
        (less, *_), day, opens, closes = best
        begins, ends = (f"{m // 60:02d}:{m % 60:02d}" for m in (opens, closes))
        return day, begins, ends, -less

    def _least_asked(self, x: Looked, day: str, opens: int, closes: int) -> tuple | None:
        """What the session of a place asks that can be attended in a part of a day; the least."""
        r, found = self.reference, []
        for s in r.sessions(x.entry) or []:
            midnight = datetime.combine(s.start.date(), time(0), JAPAN)
            start = (s.start - midnight).total_seconds() / 60
            end = (s.end - midnight).total_seconds() / 60
            stay = (
                end - start
                if x.entry.offering.attendance == "whole"
                else min(end - start, r.least_stay(x.entry))
            )
            here = min(end, closes) - max(start, opens) >= stay
            if DAYS[s.start.weekday()] == day and here:
                found.append((*r.asks(x.entry, s), s.start, s.end))
        return min(found, default=None)

    def _fits_without(self, x: Looked, code: str) -> bool:
        left = {c: v for c, v in x.verdicts.items() if c != code}
        return bool(x.fails) and "fail" not in left.values() and self.good_enough(x)


def loosened(need: dict[str, object], patch: dict[str, object]) -> dict[str, object]:
    """Return a need with a JSON merge patch applied."""
    found = dict(need)
    for name, value in patch.items():
        old = found.get(name)
        both = isinstance(value, dict) and isinstance(old, dict)
        found[name] = loosened(old, value) if both else value  # type: ignore[arg-type]
    return found
