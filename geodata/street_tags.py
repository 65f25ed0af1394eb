"""Which ways of OpenStreetMap can be walked, and which of them not on wheels."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NOT_ON_FOOT = frozenset(
    {
        "motorway", "motorway_link", "bus_guideway", "busway", "raceway", "construction",
        "proposed", "abandoned", "razed", "platform", "escape", "no",
    }
)  # fmt: skip
"""Values of `highway` that are no way on foot. 国道 are `trunk` in Japan and have pavements."""

CLOSED = frozenset({"no", "private", "customers", "delivery", "military", "use_sidepath"})
OPEN = frozenset({"yes", "designated", "permissive", "destination"})

_TAG = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')
_WORD = re.compile(r"[a-z_]+")


def walkable(
    highway: Sequence[str | None], others: Sequence[str | None]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which ways can be walked, and which of them have steps.

    highway : value of that tag; a list in text form ("['residential', 'steps']") where a tool has
        joined several ways into one
    others : all other tags as GDAL writes them, '"foot"=>"no","access"=>"private"'; None = none
    """
    pairs = [
        _verdict(_WORD.findall(kind or ""), dict(_TAG.findall(other or "")))
        for kind, other in zip(highway, others, strict=True)
    ]
    table = np.array(pairs, bool).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _verdict(kinds: list[str], tags: dict[str, str]) -> tuple[bool, bool]:
    steps = "steps" in kinds and "yes" not in (tags.get("wheelchair"), tags.get("ramp:wheelchair"))
    steps = steps or tags.get("wheelchair") == "no"
    foot = tags.get("foot", "")
    if foot in OPEN:
        return bool(kinds), steps
    closed = foot in CLOSED or tags.get("access") in CLOSED or tags.get("motorroad") == "yes"
    return bool(kinds) and not closed and NOT_ON_FOOT.isdisjoint(kinds), steps
