"""Rules about where a place is, and whether it is open to people at all."""

import math
from typing import Any

from geodata.compiled import compiled
from matching.ask import DETOUR, TRANSPORT_REACH_M
from matching.columns import STATUSES
from matching.sentences import Sentence, sentence
from matching.sight import Seen
from matching.verdicts import (
    FAIL,
    PASS,
    UNKNOWN,
    Rule,
    always,
    no_change,
    says,
    shows_code,
    verdict,
)

_PUBLISHED = STATUSES.index("published")


@compiled
def published(p: Any, _look: Any, _a: Any) -> int:
    return verdict(p["status"] == _PUBLISHED, True)


@compiled
def kind(p: Any, _look: Any, a: Any) -> int:
    return verdict(a["participation"][p["kind"]], True)


@compiled
def reach(p: Any, look: Any, a: Any) -> int:
    """Within the straight distance that the walking minutes and the radius allow.

    A point that is only known to some accuracy may lie on either side of the limit: unknown. So
    may a place without a point, unless its municipality lies elsewhere (infinite distance). Where
    the person would use transport and the place offers it, the area it serves must be asked.
    """
    away, slack = look["distance_m"], p["accuracy_m"]
    if away + slack <= a["reach_m"]:
        return PASS
    # A place whose distance isn't known (NaN) is neither inside nor outside.
    outside = away - slack > a["reach_m"]
    served = a["transport"] and p["transport"] == 1 and away - slack <= TRANSPORT_REACH_M
    return FAIL if outside and not served else UNKNOWN


def _change_reach(p: Seen) -> Sentence | None:
    away = p["distance_m"]
    if not math.isfinite(away):
        return None
    if p["transport"] == 1 and away - p["accuracy_m"] <= TRANSPORT_REACH_M:
        return sentence("change.reach_transport")
    walk = p.ask.walk_reach_m
    if walk is not None and away > walk:
        minutes = walk_minutes(away, p.ask.need.speed_m_s)
        assert p.ask.need.walk_minutes is not None
        more = max(1, minutes - int(p.ask.need.walk_minutes))
        return sentence("change.reach_walk", minutes=more)
    assert p.ask.need.radius_m is not None
    return sentence("change.reach_radius", metres=math.ceil(away - p.ask.need.radius_m))


def walk_minutes(distance_m: float, speed_m_s: float) -> int:
    """Return the minutes on foot, rounded up, over a straight distance × `DETOUR`."""
    return math.ceil(distance_m * DETOUR / speed_m_s / 60.0)


def _evidence_kind(p: Seen) -> tuple[str, Any]:
    return "kind", p.codebook.kinds[p["kind"]]


def _evidence_reach(p: Seen) -> tuple[str, Any]:
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
        lambda a: a.reach_m is not None,
        reach,
        _evidence_reach,
        _change_reach,
        reads=("metres",),
    ),
)
