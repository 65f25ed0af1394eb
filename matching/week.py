"""A week of several places without clashes: sessions a person can attend, and the ways between.

Which go together, and when one comes to each, is `week_search`.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from geodata.coordinates import LonLat
from matching.answers import Suggestion
from matching.hours import hours_of
from matching.need import Need
from matching.schemes import Thresholds
from matching.store import IndexStore
from matching.suggest import suggest_placements
from matching.ways_between import ways_for
from matching.week_search import Option, Stay, best_week
from resources import clock, schedules
from resources.clock import JAPAN
from resources.queries import Entry, entries_by_offering

OPTIONS = 12
"""How many places of the list are considered."""

USUAL_SESSIONS = 3
"""Sessions a week where the person names no number."""


@dataclass(frozen=True)
class Planned:
    """A stay at a place: from when to when, and between when and when it could be."""

    suggestion: Suggestion
    start: datetime
    end: datetime
    opens: datetime
    closes: datetime
    walk_minutes: int | None  # from the session before on the same day
    uncertain: bool = False  # a public holiday may cancel it

    @property
    def is_part(self) -> bool:
        """Tell whether one could as well come earlier or later."""
        return (self.start, self.end) != (self.opens, self.closes)

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
            "within": {
                "start": self.opens.isoformat(timespec="minutes"),
                "end": self.closes.isoformat(timespec="minutes"),
            },
            "walk_minutes_from_before": self.walk_minutes,
            "uncertain": self.uncertain,
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

    At most as many sessions as the person wants, `USUAL_SESSIONS` where nothing is said. Where one
    comes and goes at will, they stay as long as they said, else `usual_stay_minutes`.

    Raises
    ------
    UnknownScheme
    """
    moment = clock.in_japan(now or clock.now())
    first = need.on or moment.date()
    is_today = first == moment.date()
    begins = moment if is_today else datetime.combine(first, time(0), JAPAN)
    answer = suggest_placements(session, store, need, limit=OPTIONS, scheme=scheme, now=now)
    entries = entries_by_offering(session, [s.place.offering for s in answer.suggestions])
    usual = {t.code: t.facts.get("needs", []) for t in store.codebook.vocabulary.terms("kind")}
    options = []
    for number, s in enumerate(answer.suggestions):
        entry = entries.get(s.place.offering)
        if entry is None:
            continue
        offered = entry.resource.needs
        answers = frozenset(usual[s.place.kind] if offered is None else offered)
        at, times = _point(s, need), max(entry.offering.min_per_week or 1, 1)
        options += [
            Option(
                number,
                opens,
                closes,
                stay,
                s.score,
                answers & frozenset(need.needs),
                at,
                times,
                uncertain,
            )
            for opens, closes, stay, uncertain in _attendable(
                entry, need, begins, first, store.weighing.thresholds
            )
        ]
    most = need.limits.sessions_per_week or USUAL_SESSIONS
    ways = ways_for(need, store.streets())
    chosen = best_week(options, need.needs, most=most, ways=ways)
    planned = []
    before: Stay | None = None
    for stay in chosen:
        option = stay.option
        same_day = before is not None and before.start.date() == stay.start.date()
        way = ways.minutes(before.option.at, option.at) if before and same_day else None
        suggestion = answer.suggestions[option.place]
        planned.append(
            Planned(
                suggestion,
                stay.start,
                stay.end,
                option.opens,
                option.closes,
                way,
                option.uncertain,
            )
        )
        before = stay
    answered = sorted({n for stay in chosen for n in stay.option.needs})
    return Week(first, tuple(planned), tuple(answered))


def _point(s: Suggestion, need: Need) -> LonLat | None:
    """Return where the person is meanwhile: at the place, or at home where it is joined there."""
    if s.way_in == "online":
        return need.point
    lon, lat = s.place.lon, s.place.lat
    return None if lon is None or lat is None else LonLat(lon, lat)


def _attendable(
    entry: Entry, need: Need, begins: datetime, first: date, numbers: Thresholds
) -> list[tuple[datetime, datetime, int, bool]]:
    """Return the sessions of seven days that the person can attend, cut to the person's hours.

    With the minutes that they would stay (all of it where that is expected), and whether a holiday
    may cancel it.
    """
    if entry.offering.schedule is None:
        return []
    whole = entry.offering.attendance == "whole"
    enough = max(numbers.shortest_stay_minutes, entry.offering.min_minutes or 0)
    said = need.limits.minutes
    usual = max(numbers.usual_stay_minutes, enough) if said is None else said
    last = datetime.combine(first + timedelta(days=7), time(0), JAPAN)
    found = []
    for s in schedules.next_sessions(schedules.from_json(entry.offering.schedule), begins, days=7):
        if not begins.date() <= s.start.date() or s.start >= last:
            continue
        if entry.offering.ends_on is not None and s.start.date() > entry.offering.ends_on:
            continue
        if whole and said is not None and s.end - s.start > timedelta(minutes=said):
            continue
        earliest = max(s.start, begins)
        shortest = None if whole else timedelta(minutes=enough)
        for comes, goes in _within_hours(earliest, s, need, enough=shortest):
            length = int((goes - comes).total_seconds()) // 60
            found.append((comes, goes, length if whole else min(length, usual), s.uncertain))
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
