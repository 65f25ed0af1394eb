"""A week of several places without clashes: sessions a person can attend, and the ways between.

Which sessions go together is a search (OR-Tools CP-SAT): each place once, or as often as it expects
at least, no two at a time, time to walk from one to the next, and together they answer as much as
they can.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import Any

from sqlalchemy.orm import Session

from geodata.coordinates import LonLat
from matching.answers import Suggestion
from matching.hours import hours_of
from matching.need import Need
from matching.schemes import UNIT
from matching.store import IndexStore
from matching.suggest import suggest_placements
from matching.ways_between import WaysBetween, ways_for
from resources import clock, schedules
from resources.clock import JAPAN
from resources.queries import Entry, entries_by_offering

OPTIONS = 12
"""How many places of the list are considered."""

USUAL_SESSIONS = 3
"""Sessions a week where the person names no number."""

PER_DAY = 2

PAUSE_MINUTES = 10
"""Between two sessions of a day, besides the way."""

COVERING = UNIT
"""What it counts to answer all needs with the week, beside a place's score of at most the same."""


@dataclass(frozen=True)
class Option:
    """One session that could be part of the week.

    place : number of the place; needs : what it answers; score : ten-thousandths
    times : how many sessions of the place a week holds, where it holds any
    """

    place: int
    start: datetime
    end: datetime
    score: int
    needs: frozenset[str]
    at: LonLat | None
    times: int = 1


@dataclass(frozen=True)
class Planned:
    suggestion: Suggestion
    start: datetime
    end: datetime
    walk_minutes: int | None  # from the session before on the same day

    def as_json(self) -> dict[str, Any]:
        place = self.suggestion.place
        return {
            "offering": str(place.offering),
            "resource": str(place.resource),
            "name": place.name,
            "kind": place.kind,
            "invented": place.invented,
            "start": self.start.isoformat(timespec="minutes"),
            "end": self.end.isoformat(timespec="minutes"),
            "walk_minutes_from_before": self.walk_minutes,
        }


@dataclass(frozen=True)
class Week:
    """Sessions of seven days in order, and the needs they answer together."""

    first: date
    sessions: tuple[Planned, ...]
    answered: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "from": self.first.isoformat(),
            "sessions": [s.as_json() for s in self.sessions],
            "answered": list(self.answered),
        }


def week_of(
    session: Session,
    store: IndexStore,
    need: Need,
    *,
    scheme: str = "standard",
    now: datetime | None = None,
) -> Week:
    """Put a week together from the places that suit a need: the seven days from the day asked for.

    At most as many sessions as the person wants, `USUAL_SESSIONS` where nothing is said.

    Raises
    ------
    UnknownScheme
    """
    moment = (now or clock.now()).astimezone(JAPAN)
    first = need.on or moment.date()
    is_today = first == moment.date()
    begins = moment if is_today else datetime.combine(first, time(0), JAPAN)
    answer = suggest_placements(session, store, need, limit=OPTIONS, scheme=scheme, now=now)
    entries = entries_by_offering(session, [s.place.offering for s in answer.suggestions])
    usual = {t.code: t.facts.get("needs", []) for t in store.codebook.vocabulary.terms("kind")}
    worth = timedelta(minutes=store.weighing.thresholds.shortest_stay_minutes)
    options = []
    for number, s in enumerate(answer.suggestions):
        entry = entries.get(s.place.offering)
        if entry is None:
            continue
        offered = entry.resource.needs
        answers = frozenset(usual[s.place.kind] if offered is None else offered)
        at, times = _point(s), max(entry.offering.min_per_week or 1, 1)
        options += [
            Option(number, start, end, s.score, answers & frozenset(need.needs), at, times)
            for start, end in _attendable(entry, need, begins, first, worth)
        ]
    most = need.limits.sessions_per_week or USUAL_SESSIONS
    ways = ways_for(need, store.streets())
    chosen = best_week(options, need.needs, most=most, ways=ways)
    planned = []
    before: Option | None = None
    for option in chosen:
        same_day = before is not None and before.start.date() == option.start.date()
        way = ways.minutes(before.at, option.at) if before and same_day else None
        planned.append(Planned(answer.suggestions[option.place], option.start, option.end, way))
        before = option
    answered = sorted({n for option in chosen for n in option.needs})
    return Week(first, tuple(planned), tuple(answered))


def _point(s: Suggestion) -> LonLat | None:
    lon, lat = s.place.lon, s.place.lat
    return None if lon is None or lat is None else LonLat(lon, lat)


def _attendable(
    entry: Entry, need: Need, begins: datetime, first: date, worth: timedelta
) -> list[tuple[datetime, datetime]]:
    """Return the sessions of seven days that the person can attend, cut to the person's hours.

    And to as long as they would stay, where one comes and goes at will.
    """
    if entry.offering.schedule is None:
        return []
    whole = entry.offering.attendance == "whole"
    enough = max(worth, timedelta(minutes=entry.offering.min_minutes or 0))
    limit = need.limits.minutes
    longest = timedelta.max if limit is None else timedelta(minutes=limit)
    last = datetime.combine(first + timedelta(days=7), time(0), JAPAN)
    found = []
    for s in schedules.next_sessions(schedules.from_json(entry.offering.schedule), begins, days=7):
        if not begins.date() <= s.start.date() or s.start >= last:
            continue
        if entry.offering.ends_on is not None and s.start.date() > entry.offering.ends_on:
            continue
        if whole and s.end - s.start > longest:
            continue
        parts = _within_hours(max(s.start, begins), s, need, enough=None if whole else enough)
        found += [
            (comes, goes if whole or limit is None else min(goes, comes + longest))
            for comes, goes in parts
        ]
    return found


def _within_hours(
    earliest: datetime, session: schedules.SessionTime, need: Need, *, enough: timedelta | None
) -> list[tuple[datetime, datetime]]:
    """Return the parts of a session in which the person can be there, but for those too short.

    earliest : when they could be there, of a session that may have begun
    enough : so long is worth coming; None = only the whole session is
    """
    start, end = session.start, session.end
    shortest = end - start if enough is None else min(end - start, enough)
    if not need.windows:
        return [(earliest, end)] if end - earliest >= shortest else []
    midnight = datetime.combine(start.date(), time(0), JAPAN)
    own, late = hours_of(need.spans)
    found = []
    for weekday, opens, closes in (*own, *late):
        if weekday != start.weekday():
            continue
        comes = max(earliest, midnight + timedelta(minutes=opens))
        goes = min(end, midnight + timedelta(minutes=closes))
        if goes - comes >= shortest and (comes, goes) not in found:
            found.append((comes, goes))
    return found


def clash(one: Option, other: Option, ways: WaysBetween) -> bool:
    """Tell whether two sessions can't be in one week: too close for the way, or of one place.

    On one day the way must be known, and no longer than the person would walk; a night that goes on
    after midnight is of the next day, too. A place is gone to on several days only where it expects
    that.
    """
    earlier, later = sorted((one, other), key=lambda o: (o.start, o.end))
    same_day = later.start.date() <= earlier.end.date()
    if one.place == other.place:
        return same_day or one.times == 1
    if not same_day:
        return False
    way = ways.minutes(one.at, other.at)
    if way is None or ways.is_too_long(way):
        return True
    return later.start - earlier.end < timedelta(minutes=way + PAUSE_MINUTES)


def best_week(
    options: Sequence[Option],
    needs: Mapping[str, int],
    *,
    most: int,
    ways: WaysBetween,
) -> list[Option]:
    """Return the sessions that go together and count most, in order of time.

    A week counts the scores of its sessions, and for each need that it answers `COVERING` × the
    need's share of all weights; so a second place for the same need counts less than one for
    another. Of a place that expects several sessions a week there are so many or none.
    """
    if not options:
        return []
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    taken = [model.new_bool_var(f"session {i}") for i in range(len(options))]
    for i, j in combinations(range(len(options)), 2):
        if clash(options[i], options[j], ways):
            model.add_at_most_one(taken[i], taken[j])
    for place, times in {o.place: o.times for o in options if o.times > 1}.items():
        goes = model.new_bool_var(f"place {place}")
        of_place = [t for t, o in zip(taken, options, strict=True) if o.place == place]
        model.add(sum(of_place) == times * goes)
    model.add(sum(taken) <= most)
    for day in sorted({o.start.date() for o in options}):
        model.add(
            sum(t for t, o in zip(taken, options, strict=True) if o.start.date() == day) <= PER_DAY
        )
    gains = [o.score * t for o, t in zip(options, taken, strict=True)]
    total = sum(needs.values())
    for code, weight in needs.items():
        answering = [t for t, o in zip(taken, options, strict=True) if code in o.needs]
        if answering:
            answered = model.new_bool_var(f"need {code}")
            model.add(sum(answering) >= answered)
            gains.append(round(COVERING * weight / total) * answered)
    model.maximize(sum(gains))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1  # the same answer each time
    solver.parameters.random_seed = 1
    status = solver.solve(model)
    assert status == cp_model.OPTIMAL, solver.status_name(status)
    chosen = [o for o, t in zip(options, taken, strict=True) if solver.boolean_value(t)]
    return sorted(chosen, key=lambda o: (o.start, o.end, o.place))


def worth(chosen: Sequence[Option], needs: Mapping[str, int]) -> int:
    """Return what a week counts, as `best_week` counts it."""
    answered = {n for option in chosen for n in option.needs} & set(needs)
    total = sum(needs.values())
    return sum(o.score for o in chosen) + sum(
        round(COVERING * needs[code] / total) for code in answered
    )
