"""Writes an invented place's description: its opening, and in words what its fields say."""

import random
from collections.abc import Mapping
from typing import Any

import numpy as np

from geodata.coordinates import LonLat, great_circle_m
from jobs.demo.facts import stations
from jobs.demo.kinds import words

INVENTED = "（架空）"
METRES_A_MINUTE = 62.0
"""66 m a minute on foot, with ways a little longer than the straight line."""


def description(
    opening: str, facts: Mapping[str, Any], at: LonLat | None, r: random.Random, most: int = 4
) -> str:
    """Return the description; a few of the true sentences, in a fixed order."""
    sentences = _true_sentences(facts, at)
    kept = sorted(r.sample(range(len(sentences)), min(most, len(sentences))))
    return INVENTED + opening + "".join(r.choice(sentences[i]) for i in kept)


def _true_sentences(facts: Mapping[str, Any], at: LonLat | None) -> list[list[str]]:
    say = words()["say"]
    size, yen, pay = (facts.get(name) for name in ("group_size", "fee_yen", "pay_yen_hour"))
    found = [
        (facts.get("noise") == "low", say["quiet"]),
        (facts.get("noise") == "high", say["lively"]),
        (facts.get("conversation") == "none", say["no_talk"]),
        (size is not None and size <= 8, say["small"]),
        (size is not None and size >= 20, say["large"]),
        (facts.get("staff_present"), say["staff"]),
        (facts.get("visit_first"), say["visit"]),
        (facts.get("accompaniment"), say["accompany"]),
        (facts.get("with_child"), say["child"]),
        ("tea" in (facts.get("activities") or ()), say["snacks"]),
        (yen == 0 and not facts.get("pays"), say["free"]),
        (bool(yen), say["fee"]),
        (bool(pay), say["pay"]),
        (facts.get("transport"), say["transport"]),
        (facts.get("step_free") is False, say["stairs"]),
        (facts.get("step_free") is True, say["flat"]),
    ]
    sentences = [[s.format(n=size, yen=yen or pay) for s in said] for true, said in found if true]
    near = None if at is None else nearest_station(at)
    if near is not None:
        name, minutes = near
        sentences.append([s.format(s=name, m=minutes) for s in say["station"]])
    return sentences


def nearest_station(at: LonLat) -> tuple[str, int] | None:
    """Return the nearest station and the minutes on foot; None where it takes more than 15."""
    names = list(stations())
    lon, lat = (np.array(v) for v in zip(*stations().values(), strict=True))
    distance_m = great_circle_m(at, lon, lat)
    i = int(distance_m.argmin())
    minutes = max(1, round(float(distance_m[i]) / METRES_A_MINUTE))
    return (names[i], minutes) if minutes <= 15 else None
