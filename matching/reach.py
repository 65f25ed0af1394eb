"""Rules about where a place is, and whether it is open to people at all."""

import math
from typing import Any

import numpy as np

from matching.ask import DETOUR, TRANSPORT_REACH_M
from matching.columns import STATUSES
from matching.sentences import Sentence, sentence
from matching.sight import Seen, Sight
from matching.verdicts import (
    Rule,
    Verdicts,
    always,
    no_change,
    says,
    shows_code,
    verdicts,
)


def _judge_published(s: Sight) -> Verdicts:
    return verdicts(s.rows["status"] == STATUSES.index("published"), np.ones(len(s.rows), bool))


def _judge_kind(s: Sight) -> Verdicts:
    return verdicts(s.codebook.participation[s.rows["kind"]], np.ones(len(s.rows), bool))


def _judge_reach(s: Sight) -> Verdicts:
    """Within the straight distance that the walking minutes and the radius allow.

    A point that is only known to some accuracy may lie on either side of the limit: unknown. So
    may a place without a point, unless its municipality lies elsewhere (infinite distance). Where
    the person would use transport and the place offers it, the area it serves must be asked.
    """
    limit = s.ask.reach_m
    assert limit is not None
    away = s.distance_m
    slack = s.rows["accuracy_m"].astype(np.float64)
    # A point of chome accuracy whose centre lies inside is taken as inside, only marked; a place
    # whose distance isn't known (NaN) is neither inside nor outside.
    inside, outside = away + slack <= limit, away - slack > limit
    if s.ask.limits.transport:
        served = (s.rows["transport"] == 1) & (away - slack <= TRANSPORT_REACH_M)
        outside &= ~served
    return inside.view(np.int8) - outside.view(np.int8)  # PASS = 1, FAIL = -1, UNKNOWN = 0


def _change_reach(p: Seen) -> Sentence | None:
    away = p.distance_m
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
    away = p.distance_m
    return "distance_m", round(away) if math.isfinite(away) else None


RULES: tuple[Rule, ...] = (
    Rule(
        "published",
        always,
        _judge_published,
        shows_code("status", STATUSES),
        says("published"),
        reads=("status",),
    ),
    Rule("kind", always, _judge_kind, _evidence_kind, no_change, reads=("kind",)),
    Rule("reach", lambda a: a.reach_m is not None, _judge_reach, _evidence_reach, _change_reach),
)
