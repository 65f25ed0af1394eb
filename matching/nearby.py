"""Which gathering places can be reached from a point and are open when one gets there."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from geodata.compiled import compiled
from geodata.coordinates import LonLat
from geodata.pace import USUAL_SPEED_M_S, USUAL_WALK_MINUTES
from geodata.walking import walks_from
from matching.ask import straight_reach_m
from matching.columns import PUBLISHED
from matching.encoding import day_number
from matching.fresh import is_full, places_to_show
from matching.hours import DAY
from matching.index import Index
from matching.need import BadNeed
from matching.need_values import FIRST_DAY, LAST_DAY
from matching.on_foot import on_foot
from matching.place_shown import PlaceShown
from matching.rows import Rows, Slots, eve_of
from matching.sentences import Sentence, joined, sentence
from matching.store import IndexStore
from matching.sureness import sure_words
from resources import clock
from resources.clock import JAPAN

OPEN, UNCERTAIN, UNKNOWN, SHUT = 0, 1, 2, 3
WORDS = ("open", "uncertain", "unknown")

FIRST_MOMENT = datetime.combine(FIRST_DAY, time(0), JAPAN)
BEYOND = datetime.combine(LAST_DAY + timedelta(days=1), time(0), JAPAN)

SPARE = 10
"""Places that are read at once beyond those wanted."""


@dataclass(frozen=True)
class NearbyQuestion:
    """Where from, how far, when, and for how long at least.

    when : aware; None = now
    minutes_left : how long a place must stay open after one gets there
    without_steps : for a wheelchair or a pram; steps are known where the streets are
    kinds : codes; None = every kind where people gather
    """

    at: LonLat
    walk_minutes: float = USUAL_WALK_MINUTES
    speed_m_s: float = USUAL_SPEED_M_S
    radius_m: float | None = None
    when: datetime | None = None
    minutes_left: int = 30
    kinds: Sequence[str] | None = None
    without_steps: bool = False
    limit: int = 20


@dataclass(frozen=True)
class NearbyPlace:
    """A place within reach; `open` is open, uncertain (a holiday) or unknown (no hours known).

    distance_m : the way over the streets where that is the route, else the straight distance
    arrive_at : when one gets there who leaves at the time asked for
    minutes_left : how long it is open from then on; None where its hours aren't known
    """

    place: PlaceShown
    open: str
    open_until: datetime | None
    distance_m: int
    walk_minutes: int
    route: str
    arrive_at: datetime

    @property
    def minutes_left(self) -> int | None:
        if self.open_until is None:
            return None
        return int((self.open_until - self.arrive_at).total_seconds() // 60)

    @property
    def confidence_words(self) -> Sentence:
        """What is known of room, verification, sessions and answers, on the day of arrival."""
        return joined(sure_words(self.place, self.arrive_at.date()))

    def as_json(self) -> dict[str, Any]:
        until = None if self.open_until is None else clock.to_the_minute(self.open_until)
        return {
            **self.place.as_json(),
            "confidence_words": self.confidence_words.as_json(),
            "open": self.open,
            "open_until": until,
            "distance_m": self.distance_m,
            "walk_minutes": self.walk_minutes,
            "route": self.route,
            "arrive_at": clock.to_the_minute(self.arrive_at),
            "minutes_left": self.minutes_left,
        }


@dataclass(frozen=True)
class NearbyAnswer:
    revision: int
    at: LonLat
    when: datetime
    places: tuple[NearbyPlace, ...]
    removed_by: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        return {
            "revision": self.revision,
            "at": {"lon": self.at.lon, "lat": self.at.lat},
            "when": clock.to_the_minute(self.when),
            "places": [p.as_json() for p in self.places],
            "removed_by": self.removed_by,
        }


def nearby_places(
    session: Session,
    store: IndexStore,
    question: NearbyQuestion,
    *,
    now: datetime | None = None,
) -> NearbyAnswer:
    """Find gathering places that one can walk to and that then stay open long enough.

    Places that are surely open come first; those that a holiday may close, or whose hours aren't
    known, follow, marked so: they may be open, and a call tells. Hidden places and places without a
    point are never among them.

    Raises
    ------
    BadNeed
        The moment lies beyond the years that may be asked for.
    NoZone
        It isn't aware.
    """
    when = _to_the_minute(question.when or now or clock.now())
    index = store.current(session)
    rows, metres, walk_m, by_streets = _within_walk(store, index, question)
    walk = np.ceil(walk_m / question.speed_m_s / 60.0)
    state, until = _opening(rows, when, walk, question.minutes_left)
    codebook = index.codebook or store.codebook
    kinds = codebook.gathering
    if question.kinds is not None:
        kinds = np.isin(np.array(codebook.kinds), list(question.kinds))
    ends, today = rows["ends_day"], day_number(when.date())
    # What ended yesterday may still be open after midnight.
    last_night = (ends == today - 1) & (state <= UNCERTAIN)
    wanted = (
        kinds[rows["kind"]]
        & (rows["status"] == PUBLISHED)
        & ((ends < 0) | (ends >= today) | last_night)
    )
    found = np.flatnonzero(wanted & (state != SHUT))
    high, low = rows["id_high"], rows["id_low"]
    order = found[
        np.lexsort((low[found], high[found], walk_m[found], walk[found], state[found] > OPEN))
    ]
    removed = {"closed": int((wanted & (state == SHUT)).sum())}
    places, full = _shown(session, rows, order, question.limit)
    if full:
        removed["places"] = full
    midnight = datetime.combine(when.date(), time(0), JAPAN)
    return NearbyAnswer(
        index.revision,
        question.at,
        when,
        tuple(
            NearbyPlace(
                place,
                WORDS[int(state[i])],
                midnight + timedelta(minutes=int(until[i])) if until[i] >= 0 else None,
                int(metres[i]),
                int(walk[i]),
                "streets" if by_streets[i] else "straight",
                when + timedelta(minutes=int(walk[i])),
            )
            for i, place in places
        ),
        {k: n for k, n in removed.items() if n},
    )


def _to_the_minute(asked: datetime) -> datetime:
    """Return the moment in Japan's time, of the years in which any question may ask."""
    if asked.utcoffset() is None:
        raise clock.NoZone
    # Before it is turned to Japan's time: at the ends of the calendar it can't be.
    if not FIRST_MOMENT <= asked < BEYOND:
        years = {"first": FIRST_DAY.year, "last": LAST_DAY.year}
        raise BadNeed("when", sentence("need.bad_moment", **years))
    return clock.in_japan(asked).replace(second=0, microsecond=0)


def _within_walk(
    store: IndexStore, index: Index, question: NearbyQuestion
) -> tuple[Rows, NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return the rows that can be walked to, their metres as shown and on foot, and by what way.

    A point that is only roughly known counts from its middle.
    """
    limit_m = question.walk_minutes * 60.0 * question.speed_m_s
    radius_m = math.inf if question.radius_m is None else question.radius_m
    streets = store.streets()
    if streets is not None and question.without_steps:
        streets = streets.step_free
    walks = None if streets is None else walks_from(streets, question.at, limit_m)
    reach = min(straight_reach_m(limit_m, by_streets=walks is not None), radius_m)
    rows, distance_m = index.candidates(question.at, reach)
    walk_m, by_streets = on_foot(rows, distance_m, walks)
    within = np.flatnonzero((walk_m <= limit_m) & (distance_m <= radius_m))
    metres = np.where(by_streets, walk_m, np.rint(distance_m))[within]
    return rows.only(within), metres, walk_m[within], by_streets[within]


def _opening(
    rows: Rows, when: datetime, walk: NDArray[np.float64], minutes_left: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each row's state on arrival, and until when it is open (minutes; −1 = unknown)."""
    slots: Slots = rows.slots(eve_of(when.date()))
    arrival = (when.hour * 60 + when.minute + walk).astype(np.int64)
    state = np.where(rows["schedule_known"] == 1, SHUT, UNKNOWN).astype(np.int64)
    until = np.full(len(rows), -1, np.int64)
    _look_when_open(
        slots.pointer, slots.start, slots.end, slots.held, slots.uncertain, rows["ends_day"],
        day_number(when.date()), arrival, minutes_left, state, until,
    )  # fmt: skip
    return state, until


@compiled
def _look_when_open(
    pointer: NDArray[np.int64],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    held: NDArray[np.uint64],
    uncertain: NDArray[np.uint64],
    ends_day: NDArray[np.int32],
    today: int,
    arrival: NDArray[np.int64],
    minutes_left: int,
    state: NDArray[np.int64],
    until: NDArray[np.int64],
) -> None:
    for i in range(len(arrival)):
        for doubted in range(2):  # what a holiday may cancel counts only where the rest won't do
            sure = np.uint64(0) if doubted else ~np.uint64(0)
            open_until = np.int64(-1)
            goes_on = True
            while goes_on:  # one session may follow upon the other: a day upon a day
                goes_on = False
                for s in range(pointer[i], pointer[i + 1]):
                    on = held[s] & ~(uncertain[s] & sure)
                    # Yesterday's that run past midnight, today's, and tomorrow's.
                    for bit in range(3):
                        if not (on >> np.uint64(bit)) & np.uint64(1):
                            continue
                        if 0 <= ends_day[i] < today + bit - 1:
                            continue
                        opens, closes = start[s] + (bit - 1) * DAY, end[s] + (bit - 1) * DAY
                        from_then = arrival[i] if open_until < 0 else open_until
                        if opens <= from_then and max(open_until, arrival[i] - 1) < closes:
                            open_until, goes_on = closes, True
            if open_until >= 0 and open_until - arrival[i] >= minutes_left:
                state[i], until[i] = UNCERTAIN if doubted else OPEN, open_until
                break


def _shown(
    session: Session, rows: Rows, order: NDArray[np.int64], limit: int
) -> tuple[list[tuple[int, PlaceShown]], int]:
    """Read the places to show again, in order; those that are full or gone give way."""
    out: list[tuple[int, PlaceShown]] = []
    resource_of = rows["resource"]
    seen: set[int] = set()
    full = 0
    while len(order) and len(out) < limit:
        # As many as are still wanted, and some more, for a few will be full.
        chunk = order[: limit - len(out) + SPARE].tolist()
        order = order[len(chunk) :]
        fresh = places_to_show(session, rows, chunk)
        for i in chunk:
            place, resource = fresh.get(i), int(resource_of[i])
            if place is None or resource in seen:
                continue
            if is_full(place):
                full += 1
                continue
            seen.add(resource)
            out.append((i, place))
            if len(out) == limit:
                break
    return out, full
