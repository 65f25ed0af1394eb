"""Rules about where a place is, and whether it is open to people at all."""

import math
from typing import Any, Literal

from geodata.compiled import compiled
from geodata.points import ROUGH_M, is_rough
from geodata.straight import DETOUR
from matching.columns import PUBLISHED, STATUSES
from matching.sentences import Sentence, joined, sentence
from matching.sight import Seen
from matching.verdicts import (
    FAIL,
    PASS,
    UNKNOWN,
    Rule,
    always,
    no_change,
    says,
    shown_flag,
    shows,
    shows_code,
    verdict,
)

LONGEST_WALK = 60
"""Minutes; nobody is told to walk longer."""

STEP_M = 100
"""How much farther is told in such steps; farther from the middle of a town, by `ROUGH_M`."""


@compiled
def published(p: Any, _look: Any, _a: Any) -> int:
    return verdict(p["status"] == PUBLISHED, True)


@compiled
def kind(p: Any, _look: Any, a: Any) -> int:
    return verdict(a["participation"][p["kind"]], True)


@compiled
def reach(p: Any, look: Any, a: Any) -> int:
    """Within the way on foot that the minutes allow, and within the radius.

    A point that is only known to some accuracy may lie on either side of the limit: unknown. So
    may a place without a point, unless its municipality lies elsewhere (infinite distance). Where
    the person would use transport and the place offers it, the area it serves must be asked; and
    where they often can't go out and it can be joined online, how. What can be joined from home is
    in reach of whoever wishes that, wherever it lies.
    """
    away, slack = look["distance_m"], p["accuracy_m"]
    walk, walk_slack = look["walk_m"], slack * DETOUR
    if walk + walk_slack <= a["walk_limit_m"] and away + slack <= a["radius_m"]:
        return PASS
    if a["home_wished"] != 0 and p["online"] == 1:
        return PASS
    # A place whose distance isn't known (NaN) is neither inside nor outside.
    outside = walk - walk_slack > a["walk_limit_m"] or away - slack > a["radius_m"]
    served = away - slack <= a["served_m"] and (
        (a["transport"] != 0 and p["transport"] == 1) or (a["online"] != 0 and p["online"] == 1)
    )
    return FAIL if outside and not served else UNKNOWN


@compiled
def would_be_fetched(p: Any, look: Any, a: Any) -> bool:
    """Tell whether somebody gets to a place only if it comes to fetch them, which must be asked."""
    too_far = look["walk_m"] > a["walk_limit_m"] or look["distance_m"] > a["radius_m"]
    return bool(too_far and a["transport"] != 0 and p["transport"] == 1)


WayIn = Literal["ride", "online"]


def way_in(p: Seen) -> WayIn | None:
    """Return how a place is reached if not on foot: from home where that is wished, else where it
    is too far to walk to fetched, or from home too.
    """
    if p.ask.home_wished and p["online"] == 1:
        return "online"
    limit, radius = p.ask.walk_limit_m, p.ask.need.radius_m
    too_far = limit is not None and p["walk_m"] > limit
    if not too_far and (radius is None or p["distance_m"] <= radius):
        return None
    if p.ask.would_ride and p["transport"] == 1:
        return "ride"
    return "online" if p.ask.from_home and p["online"] == 1 else None


@compiled
def at_home(p: Any, _look: Any, _a: Any) -> int:
    """For who stands on rung 0 and would join from home: what isn't joined from there is too much.

    A place that doesn't say that it can be is somewhere to go to.
    """
    return verdict(p["online"] == 1, True)


def _change_at_home(p: Seen) -> Sentence:
    return sentence("change.at_home" if p["online"] == 0 else "change.at_home_unknown")


_WAYS = {"ride": "change.reach_transport", "online": "change.join_online"}


def _way_to_reach(p: Seen) -> Sentence | None:
    way = way_in(p)
    return None if way is None else sentence(_WAYS[way])


def _change_reach(p: Seen) -> Sentence | None:
    """Say what lets a place in: another way than on foot or more minutes, and a wider radius."""
    if p["online"] == 1 and not (_would_be_fetched(p) and _farther(p) is None):
        return sentence("change.reach_online")
    if not math.isfinite(p["distance_m"]):
        return None
    way, farther = _another_way(p), _farther(p)
    if farther is not None and p.ask.would_ride and _would_be_fetched(p):
        return sentence("change.reach_radius", farther=farther)
    minutes = None if way is not None else _more_minutes(p)
    if way is None and minutes is None:
        way = sentence("change.reach_far")
    if farther is None:
        return way or sentence("change.reach_walk", minutes=minutes)
    if way is not None:
        return joined([way, sentence("change.reach_radius", farther=farther)])
    if minutes == 0:
        return sentence("change.reach_radius", farther=farther)
    return sentence("change.reach_both", minutes=minutes, farther=farther)


def _another_way(p: Seen) -> Sentence | None:
    """Return by which way but on foot a place is reached that is too far to walk to."""
    if _more_minutes(p) == 0:
        return None
    if _would_be_fetched(p):
        return sentence("change.reach_transport")
    if p["transport"] == 1 and p.ask.would_ride:
        return sentence("change.reach_fetched")
    return None


def _would_be_fetched(p: Seen) -> bool:
    """Tell whether a place may fetch people from where the person is."""
    nearest = p["distance_m"] - p["accuracy_m"]
    return bool(p["transport"] == 1 and nearest <= p.ask.thresholds.transport_reach_m)


def _more_minutes(p: Seen) -> int | None:
    """Return how many minutes more on foot let a place in; None where nobody walks so far.

    A point that is known to some accuracy counts as near as it may be, as the rule counts it.
    """
    limit = p.ask.walk_limit_m
    nearest = p["walk_m"] - p["accuracy_m"] * DETOUR
    if limit is None or nearest <= limit:
        return 0
    allowed, speed = p.ask.need.walk_minutes, p.ask.need.speed_m_s
    assert allowed is not None
    more = max(math.ceil(nearest / speed / 60.0 - allowed), 1)
    if allowed + more > LONGEST_WALK:
        return None
    while nearest > (allowed + more) * 60.0 * speed:  # by a last digit
        more += 1
    return None if allowed + more > LONGEST_WALK else more


def _farther(p: Seen) -> str | None:
    """Return how much wider a radius lets a place in; None where it is wide enough."""
    radius = p.ask.need.radius_m
    nearest = p["distance_m"] - p["accuracy_m"]
    if radius is None or nearest <= radius:
        return None
    rough = is_rough(p["accuracy_m"]) or is_rough(p.ask.need.at.accuracy_m)
    step = int(ROUGH_M) if rough else STEP_M
    metres = math.ceil((nearest - radius) / step) * step
    return f"{metres} m" if metres < 1000 else f"{metres / 1000:g} km"


def walk_minutes(walk_m: float, speed_m_s: float) -> int:
    """Return the minutes for so many metres on foot, rounded up."""
    return math.ceil(walk_m / speed_m_s / 60.0)


def _evidence_kind(p: Seen) -> tuple[str, Any]:
    return "kind", p.codebook.kinds[p["kind"]]


def _evidence_reach(p: Seen) -> tuple[str, Any]:
    if p.ask.home_wished and way_in(p) == "online":
        return "online", True
    return "distance_m", p.metres


RULES: tuple[Rule, ...] = (
    Rule(
        "published",
        always,
        published,
        shows_code("status", STATUSES),
        says("published"),
        reads=("status",),
    ),
    Rule("kind", always, kind, _evidence_kind, no_change, reads=("kind",)),
    Rule(
        "reach",
        lambda a: a.walk_limit_m is not None or a.need.radius_m is not None,
        reach,
        _evidence_reach,
        _change_reach,
        reads=("metres", "walk_m", "online"),
        way=_way_to_reach,
    ),
    Rule(
        "at_home",
        lambda a: a.stays_at_home,
        at_home,
        shows("online", shown_flag),
        _change_at_home,
        reads=("online",),
    ),
)
