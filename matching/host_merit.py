"""What speaks for a host, each 0 … 1: its experience, how soon it answers, and its room."""

from typing import Any

import numpy as np

from geodata.compiled import compiled
from matching.terms import NEUTRAL


@compiled
def experience_of_host(accompanied: int, stayed: int, half: float) -> float:
    """Return ½ where nothing is told, and more with each band of people received, and who stayed.

    ½ + ¼ n ÷ (n + half) of the people received + the same of those who stayed for three months:
    few tell little.
    """
    found = NEUTRAL
    if accompanied > 0:
        found += 0.25 * accompanied / (accompanied + half)
    if stayed > 0:
        found += 0.25 * stayed / (stayed + half)
    return found


@compiled
def answers_of_host(days: int, half_days: float) -> float:
    """Return 2 ** (−days / half_days) of the usual days to an answer."""
    return NEUTRAL if days < 0 else float(np.exp2(-days / half_days))


@compiled
def room_of_host(p: Any, _look: Any, a: Any) -> float:
    """Share of the host's room for accompanying people that is free; all, where none is needed."""
    if a["accompanies"][p["kind"]] == 0:
        return 1.0
    cap, now = p["host_cap"], p["host_now"]
    if cap < 0 or now < 0:
        return NEUTRAL
    return float(min(max((cap - now) / max(cap, 1), 0.0), 1.0))
