"""Which places of participation suit a need, in which order, why, and what comes first."""

from datetime import datetime
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from matching import reasons
from matching.answers import (
    Answer,
    Miss,
    Relaxation,
    Suggestion,
)
from matching.ask import TRANSPORT_REACH_M, prepare
from matching.fresh import is_full, places_to_show
from matching.need import Need
from matching.ranking import Scores, diverse, in_order, metres, one_of_each, score
from matching.rules import Judged, judge
from matching.schemes import UNIT, Scheme, scheme_of
from matching.sight import Sight
from matching.store import IndexStore
from matching.times import times_of
from matching.verdicts import FAIL
from resources import clock

MISSES = 5
"""How many near misses are shown."""

MISSES_WEIGHED = 20
"""Of so many near misses, the closest ones, those that would fit best are shown."""

FEWEST_MISSES = 3
"""Where fewer are found within reach, the search goes farther out."""

WIDER = (1.0, 2.0, 4.0, 8.0)
"""Multiples of the person's reach in which near misses are looked for; then everywhere."""

ENOUGH_LOOKED_AT = 5_000
"""The search for near misses goes no farther once it has looked at so many places."""


def suggest_placements(
    session: Session,
    store: IndexStore,
    need: Need,
    *,
    limit: int = 10,
    scheme: str = "standard",
    now: datetime | None = None,
) -> Answer:
    """Suggest places of participation for a need, with reasons both ways.

    Parameters
    ----------
    session : reads the index's revision and the few offerings that are shown
    limit : how many suggestions at most
    scheme : name of the priority scheme
    now : aware; the present moment if None. Sessions already over today don't count where the
          need names no day.

    Raises
    ------
    UnknownScheme
    """
    weights = scheme_of(scheme)
    index = store.current(session)
    ask = prepare(need, store.codebook, now or clock.now())
    reach = ask.reach_m
    radii = (
        [None]
        if reach is None
        else [max(reach * w, TRANSPORT_REACH_M if ask.limits.transport else 0.0) for w in WIDER]
        + [None]
    )
    for radius in radii:
        rows, distance_m = index.candidates(ask.origin, radius)
        sight = Sight(rows, distance_m, times_of(rows, ask), ask, store.codebook)
        judged = judge(sight)
        near = _near_misses(sight, judged)
        if len(near) >= FEWEST_MISSES or len(rows) >= ENOUGH_LOOKED_AT:
            break
    # Only what may be shown is weighed: the rest is counted.
    near = _closest(near, sight, judged)
    weighed = np.union1d(np.flatnonzero(judged.fails == 0), near)
    kept, kept_judged = sight.only(weighed), judged.only(weighed)
    scores = score(kept, kept_judged, weights)
    fitting = np.flatnonzero(
        (kept_judged.fails == 0) & (scores.total >= round(weights.minimum_score * UNIT))
    )
    suggestions, misses = _shown(
        session, kept, kept_judged, scores, fitting, np.searchsorted(weighed, near), limit, weights
    )
    return Answer(
        revision=index.revision,
        scheme=scheme,
        suggestions=suggestions,
        nearest_misses=misses,
        removed_by=_removed_by(judged),
        relaxation=None if suggestions else _relaxation(judged),
        considered=len(rows),
        fitting=len(fitting),
    )


def _near_misses(sight: Sight, judged: Judged) -> NDArray[np.int64]:
    """Return the rows that fail one rule, or two where one would leave too few, and no other.

    Safety is never a near miss, and neither is what is closed, no place of participation, or
    somewhere in another municipality.
    """
    beyond_talk = [
        i for i, r in enumerate(judged.rules) if r.safety or r.code in ("kind", "published")
    ]
    hard = (judged.table[beyond_talk] == FAIL).any(axis=0) | np.isinf(sight.distance_m)
    one = np.flatnonzero((judged.fails == 1) & ~hard)
    if len(one) >= FEWEST_MISSES:
        return one
    return np.flatnonzero((judged.fails >= 1) & (judged.fails <= 2) & ~hard)


def _closest(near: NDArray[np.int64], sight: Sight, judged: Judged) -> NDArray[np.int64]:
    """Return the near misses that fail fewest rules and lie closest, in rising row numbers."""
    if len(near) <= MISSES_WEIGHED:
        return near
    high, low = sight.rows.ids
    away = metres(sight.distance_m[near])
    order = np.lexsort((low[near], high[near], away, judged.fails[near]))
    return np.sort(near[order[:MISSES_WEIGHED]])


def _shown(
    session: Session,
    sight: Sight,
    judged: Judged,
    scores: Scores,
    fitting: NDArray[np.int64],
    near: NDArray[np.int64],
    limit: int,
    weights: Scheme,
) -> tuple[tuple[Suggestion, ...], tuple[Miss, ...]]:
    """Pick what is shown, and read it again: a place that filled up meanwhile gives way."""
    merit = scores.merit()
    ordered = in_order(fitting, sight, merit)
    # Fewest failed rules first, then what would fit best.
    ranked = in_order(near, sight, merit)
    ranked = ranked[np.argsort(judged.fails[ranked], kind="stable")]
    misses = list(islice(one_of_each(ranked, sight), MISSES))
    gone: set[int] = set()
    while True:  # ends: each turn either finishes or loses at least one candidate
        left = ordered[~np.isin(ordered, list(gone))] if gone else ordered
        picked = diverse(left, sight, weights, limit)
        places = places_to_show(session, sight.rows, [*picked, *misses])
        lost = {i for i in picked if i not in places or is_full(places[i])}
        if not lost:
            break
        gone |= lost
    near_ones = [i for i in misses if i in places]
    seen = sight.seen([*picked, *near_ones])
    here, beyond = seen[: len(picked)], seen[len(picked) :]
    said = reasons.verdicts_of(here, judged)
    return (
        tuple(
            reasons.suggestion(p, verdicts, scores, places[p.i])
            for p, verdicts in zip(here, said, strict=True)
        ),
        tuple(reasons.miss(p, judged, places[p.i]) for p in beyond),
    )


def _removed_by(judged: Judged) -> dict[str, int]:
    counts = (judged.table == FAIL).sum(axis=1)
    return {r.code: int(n) for r, n in zip(judged.rules, counts, strict=True) if n}


def _relaxation(judged: Judged) -> Relaxation | None:
    """Return the one rule without which most places would fit; none for safety, or for nothing."""
    best: Relaxation | None = None
    for i, rule in enumerate(judged.rules):
        if rule.safety or rule.code in ("kind", "published"):
            continue
        only = int(((judged.table[i] == FAIL) & (judged.fails == 1)).sum())
        if only and (best is None or only > best.count):
            best = Relaxation(rule.code, rule.words, only)
    return best
