"""What single thing to loosen where nothing fits: which rule, how far, and how much it brings."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.straight import DETOUR
from matching.answers import Relaxation
from matching.columns import CONVERSATIONS, NEVER, NOISES
from matching.conditions import allows_level
from matching.host import pause_over
from matching.hours import DAY
from matching.learned import Learned
from matching.need_values import MOST_METRES, MOST_MINUTES, MOST_WINDOWS
from matching.order import Order
from matching.other_hours import (
    is_another_day,
    minutes_of_change,
    session_of_change,
    smallest_changes,
)
from matching.ranking import score
from matching.reach import LONGEST_WALK, walk_minutes
from matching.rules import Judged
from matching.schemes import Scheme
from matching.sentences import Sentence, joined, sentence
from matching.sight import Sight
from matching.times import weekday_mask
from matching.variety import places_of
from matching.verdicts import FAIL
from resources.days import DAYS
from resources.unmet import PARTS_OF_DAY

ROUNDED_M = 100
"""A radius is widened by whole hundreds of metres."""


@dataclass(frozen=True)
class Brought:
    """Rows that a loosening brings, and the place of each: a list shows each place once.

    rows, places : (n,); places are numbers from 0 without a gap, of which there are `count`
    """

    rows: NDArray[np.int64]
    places: NDArray[np.int64]

    @property
    def count(self) -> int:
        return int(self.places.max()) + 1

    def least(self, asked: NDArray[Any]) -> NDArray[Any]:
        """Return of each place the least that is asked in any of its rows."""
        order = np.lexsort((asked, self.places))
        first = np.unique(self.places[order], return_index=True)[1]
        return np.asarray(asked[order][first])


def relaxation(
    sight: Sight, judged: Judged, scheme: Scheme, learned: Learned | None = None
) -> Relaxation | None:
    """Return the one rule without which most places would be suggested, and a way to loosen it.

    A place counts, once as on a list, that fails this rule alone, and is good enough for the list
    otherwise: what would score too little, or answers nothing that matters, is brought by no
    loosening. Nobody can loosen an age, so that is named only where it is all there is. None for
    safety, and where no single rule would do.
    """
    brought = _brought_by_each(sight, judged, scheme, learned)
    if not brought:
        return None
    # Of those that bring as many the first; an age only where nothing else brings any.
    k = max(brought, key=lambda k: (judged.rules[k].code != "age", brought[k].count, -k))
    return _told(sight, judged, k, brought[k])


def hosts_at_rest(
    sight: Sight, judged: Judged, scheme: Scheme, learned: Learned | None = None
) -> Relaxation | None:
    """Return from when hosts receive people again of places that fit but for that; else None."""
    brought = _brought_by_each(sight, judged, scheme, learned)
    found = (k for k in brought if judged.rules[k].code == "host_rest")
    k = next(found, None)
    return None if k is None else _told(sight, judged, k, brought[k])


def _brought_by_each(
    sight: Sight, judged: Judged, scheme: Scheme, learned: Learned | None
) -> dict[int, Brought]:
    """Return the rows that would be suggested without a rule, by its number; none without any."""
    for_good = sight.looks["set_aside_day"] >= NEVER
    elsewhere = np.isinf(sight.looks["distance_m"])
    if sight.ask.home_wished:
        elsewhere &= sight.rows["online"] != 1
    alone = np.flatnonzero((judged.fails == 1) & ~elsewhere & ~for_good)
    scores = score(sight, judged, scheme, alone, (), learned)
    enough = scores.enough(scheme)
    order = Order(judged.fails, scores.merit, sight.looks, sight.rows.records)
    found = {}
    for k, rule in enumerate(judged.rules):
        if not rule.is_beyond_talk:
            rows = alone[(judged.table[k, alone] == FAIL) & enough[alone]]
            if len(rows):
                found[k] = Brought(rows, places_of(rows, order, sight))
    return found


def _told(sight: Sight, judged: Judged, k: int, brought: Brought) -> Relaxation:
    rule = judged.rules[k]
    change, count, patch = _change(rule.code, sight, brought)
    return Relaxation(rule.code, rule.words, brought.count, change, count, patch)


Loosened = tuple[Sentence | None, int, dict[str, Any] | None]
"""A loosening in words, how many places it lets in, and what it changes of the need."""


def _change(code: str, sight: Sight, brought: Brought) -> Loosened:
    """Return the loosening that lets at least half of some places in."""
    if code == "windows":
        return _another_time(sight, brought)
    if code == "reach":
        return _farther(sight, brought)
    if code == "host_rest":
        return _host_takes_again(sight, brought)
    if code in _LEVELS:
        return _another_level(code, _LEVELS[code], sight, brought)
    if code in _ASKED_OF_OTHERS:
        return sentence(f"change.{code}"), brought.count, None
    if code == "at_home":
        # Who goes out may still wish to join from home, but on the first rung nobody does both.
        left = sight.ask.need.step != 0
        return sentence("change.at_home"), brought.count, {"limits": {"from_home": left}}
    if code in _GIVEN_UP:
        return sentence(f"change.{code}"), brought.count, {"limits": {_GIVEN_UP[code]: False}}
    if code not in _MEASURES:
        return None, 0, None
    column, limit, words = _MEASURES[code]
    table = sight.looks if column in (sight.looks.dtype.names or ()) else sight.rows.records
    values = np.sort(brought.least(np.ceil(table[column][brought.rows]).astype(np.int64)))
    enough = int(values[_half(len(values))])
    return words(enough), int((values <= enough).sum()), {"limits": {limit: enough}}


def _half(n: int) -> int:
    """Return the number of the last of those that make at least half of n, from 0."""
    return (n - 1) // 2


_MEASURES: dict[str, tuple[str, str, Callable[[int], Sentence]]] = {
    "fee": ("fee_yen", "max_yen", lambda n: sentence("change.fee", yen=n)),
    "group_size": ("group_size", "group_size", lambda n: sentence("change.group_size", people=n)),
    "minutes": ("shortest_stay", "minutes", lambda n: sentence("change.minutes", minutes=n)),
    "sessions_per_week": (
        "min_per_week",
        "sessions_per_week",
        lambda n: sentence("change.sessions_per_week", times=n),
    ),
}
"""Rules about a measure: its column, the limit of the need, and the words for allowing so much."""


_LEVELS = {"noise": NOISES, "conversation": CONVERSATIONS}
"""Rules about a level, of which the need allows some; the column and the limit have its name."""

_GIVEN_UP = {"pay": "pay_wanted", "smoking": "no_smoking", "animals": "no_animals"}
"""Rules about what a place has or hasn't, and the limit that asks for it."""

_ASKED_OF_OTHERS = ("gender", "languages", "step_free", "staff_present", "with_child", "places")
"""Rules that somebody else's help lets a place pass: what the need says stays as it is."""


def _another_level(code: str, levels: tuple[str, ...], sight: Sight, brought: Brought) -> Loosened:
    """Return the least level that lets half of some places in."""
    found = np.sort(brought.least(sight.rows[code][brought.rows]))
    enough = int(found[_half(len(found))])
    words = allows_level(code, levels[enough], sight.codebook)
    return words, int((found <= enough).sum()), {"limits": {code: levels[enough]}}


def _farther(sight: Sight, brought: Brought) -> Loosened:
    """Return how much farther, on foot or straight, lets the nearer half of some places in.

    A point that is known to some accuracy counts as near as it may be, as the rule counts it.
    """
    need, limit_m, rows = sight.ask.need, sight.ask.walk_limit_m, brought.rows
    slack = sight.rows["accuracy_m"][rows].astype(np.float64)
    walk = sight.looks["walk_m"][rows] - slack * DETOUR
    straight = sight.looks["distance_m"][rows] - slack
    farther = np.zeros(len(rows))
    for away, limit in ((walk, limit_m), (straight, need.radius_m)):
        if limit is not None:
            farther = np.maximum(farther, away / limit)
    nearest = brought.least(farther)
    nearer = farther <= np.sort(nearest)[_half(len(nearest))]
    patch: dict[str, Any] = {}
    words = []
    reached = np.ones(len(rows), np.bool_)
    if limit_m is not None and need.walk_minutes is not None:
        farthest = float(walk[nearer].max())
        minutes: float = walk_minutes(farthest, need.speed_m_s)
        while farthest > minutes * 60.0 * need.speed_m_s:  # by a last digit
            minutes += 1
        if minutes > MOST_MINUTES:  # no question may say so much; one without a limit may
            patch["walk_minutes"] = None
            words.append(sentence("relax.any_way"))
            minutes = math.inf
        elif minutes > need.walk_minutes:
            patch["walk_minutes"] = minutes
            how = "walk" if minutes <= LONGEST_WALK else "far"
            words.append(sentence(f"relax.{how}", minutes=minutes))
        reached &= walk <= max(minutes, need.walk_minutes) * 60.0 * need.speed_m_s
    if need.radius_m is not None:
        # Whole hundreds: no single metres are told of where a place is.
        metres: float = math.ceil(float(straight[nearer].max()) / ROUNDED_M) * ROUNDED_M
        if metres > MOST_METRES:
            patch["radius_m"] = None
            words.append(sentence("relax.any_distance"))
            metres = math.inf
        elif metres > need.radius_m:
            patch["radius_m"] = metres
            words.append(sentence("relax.radius", metres=metres))
        reached &= straight <= max(metres, need.radius_m)
    return joined(words), len(np.unique(brought.places[reached])), patch


def _host_takes_again(sight: Sight, brought: Brought) -> Loosened:
    """Return from when the hosts of half of some places pause no more, or that one can take more.

    No day is known on which a host that accompanies as many as it can will take somebody again, and
    none at all on which one begins that accompanies nobody.
    """
    hosts = sight.rows.records[brought.rows[np.unique(brought.places, return_index=True)[1]]]
    pauses = hosts["resting_day"] >= sight.ask.day_number
    at_its_cap = (hosts["host_cap"] >= 0) & (np.maximum(hosts["host_now"], 0) >= hosts["host_cap"])
    for full, words in (
        (~at_its_cap, None),
        (at_its_cap & (hosts["host_cap"] > 0), sentence("change.host_cap")),
        (at_its_cap, sentence("change.host_begins")),
    ):
        if words is not None and (full & ~pauses).any():
            return words, int((full & ~pauses).sum()), None
        if (full & pauses).any():
            until = np.sort(hosts["resting_day"][full & pauses])
            last = int(until[_half(len(until))])
            when = [pause_over(last), *([] if words is None else [words])]
            return joined(when), int((until <= last).sum()), None
    raise AssertionError("a host that neither pauses nor is at its cap")


def _another_time(sight: Sight, brought: Brought) -> Loosened:
    """Return the part of a weekday in which most of some places can be attended.

    Of several, the one that asks for the smallest change of the person's hours, as near misses do.
    All of a weekday only where every session runs on from one part into the next.
    """
    found = _best_time(sight, brought, PARTS_OF_DAY) or _best_time(sight, brought, _ALL_DAY)
    if found is None:
        return None, 0, None
    count, day, part = found
    if part in PARTS_OF_DAY:
        words = sentence("relax.windows", day=sentence(f"day.{day}"), part=sentence(f"part.{part}"))
    else:
        words = sentence("relax.all_day", day=sentence(f"day.{day}"))
    begins, ends = (f"{m // 60:02d}:{m % 60:02d}" for m in {**PARTS_OF_DAY, **_ALL_DAY}[part])
    hours = [w.model_dump(by_alias=True) for w in sight.ask.need.windows]
    more = [*hours, {"day": day, "from": begins, "to": ends}]
    return words, count, {"windows": more} if len(more) <= MOST_WINDOWS else None


_ALL_DAY = {"all_day": (0, DAY)}


def _best_time(
    sight: Sight, brought: Brought, parts: Mapping[str, tuple[int, int]]
) -> tuple[int, str, str] | None:
    """Return how many places some part of a weekday brings, the day and the part; None = none."""
    sessions, rows = sight.sessions, brought.rows
    records = sight.rows.records[rows]
    best: tuple[tuple[int, ...], str, str] | None = None
    for number, day in enumerate(DAYS):
        among = np.uint64(weekday_mask(sessions.eve.weekday(), number))
        for part, (opens, closes) in parts.items():
            changes = smallest_changes(
                sessions, rows, records, among=among, opens=opens, closes=closes
            )
            there = changes >= 0
            if not there.any():
                continue
            changes = Brought(rows[there], brought.places[there]).least(changes[there])
            asked = (
                -len(changes),
                int(is_another_day(changes).sum()),
                int(minutes_of_change(changes).sum()),
                int(session_of_change(changes).min()),
                opens,
            )
            if best is None or asked < best[0]:
                best = (asked, day, part)
    return None if best is None else (-best[0][0], *best[1:])
