"""Which places of participation suit a need, in which order, why, and what comes first."""

import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from geodata.streets import StreetGraph
from matching import near_misses, reasons
from matching.answers import (
    Answer,
    Miss,
    Suggestion,
)
from matching.ask import Ask, prepare
from matching.avoiding import avoiding
from matching.codebook import Codebook
from matching.fresh import is_full, places_named, places_to_show
from matching.full_places import full_places, lacking_room_alone
from matching.index import NOT_SERVED, Index, Served
from matching.learned import Learned
from matching.need import Need
from matching.on_foot import walks_for
from matching.order import Order
from matching.place_shown import PlaceShown
from matching.ranking import Scores, score
from matching.relaxing import hosts_at_rest, relaxation
from matching.rows import Rows
from matching.rules import Judged, judge
from matching.schemes import Scheme, Weighing, default_weighing
from matching.sight import Sight
from matching.store import IndexStore
from matching.variety import diverse, first_of_each, offerings_of
from resources import clock

Show = Callable[[Rows, Sequence[int]], dict[int, PlaceShown]]
"""Tells what is shown of some rows, by row number; one that is gone meanwhile is left out."""

MINIMUM = "minimum"

MISSES = 5
"""How many near misses are shown."""

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
    hubs: Collection[uuid.UUID] = (),
    weighing: Weighing | None = None,
    lists: Codebook | None = None,
    for_sharing: bool = False,
) -> Answer:
    """Suggest places of participation for a need, with reasons both ways.

    Parameters
    ----------
    session : reads the index's revision and the few offerings that are shown
    limit : how many suggestions at most
    scheme : name of the priority scheme
    now : aware; the present moment if None. Sessions already over today don't count.
    hubs : offerings that stand on too many lists, see `resources.hubs`; each is marked, and comes
           first only where it is truly the best
    weighing : schemes and thresholds to try in place of the municipality's own
    lists : closed lists to try in place of the municipality's own: the same codes, with other facts
    for_sharing : whether it is asked for seats to be shared among many. Then every offering that
                  fits is told, without variety, and where these are fewer than the limit, what
                  would be if it had a seat left

    Raises
    ------
    UnknownScheme
    """
    index = store.current(session)
    return answer_to(
        avoiding(session, need),
        index,
        lists or index.codebook or store.codebook,
        partial(places_to_show, session),
        limit=limit,
        scheme=scheme,
        now=now or clock.now(),
        streets=store.streets(),
        hubs=hubs,
        weighing=weighing or index.weighing,
        learned=index.learned,
        for_sharing=for_sharing,
    )


def answer_to(
    need: Need,
    index: Index,
    codebook: Codebook,
    show: Show,
    *,
    limit: int,
    scheme: str,
    now: datetime,
    streets: StreetGraph | None = None,
    hubs: Collection[uuid.UUID] = (),
    weighing: Weighing | None = None,
    learned: Learned | None = None,
    for_sharing: bool = False,
) -> Answer:
    """Put a need to an index, wherever it was made from.

    show : what is shown of some rows, with their free places as they stand now
    weighing : schemes and thresholds; None = those of a new installation
    learned : one more criterion, learned from outcomes; None = it doesn't count
    """
    weighing = weighing or default_weighing()
    weights, limit = weighing.scheme(scheme), max(limit, 0)
    ask = prepare(need, codebook, now, weighing.thresholds)
    walks = walks_for(ask, streets)
    reach = ask.reach_m(by_streets=walks is not None)
    radii = [None] if reach is None else [*(reach * w for w in WIDER), None]
    served = served_for(ask)
    for radius in radii:
        rows, distance_m = index.candidates(ask.origin, radius, served)
        sight = Sight(rows, distance_m, ask, codebook, walks)
        judged = judge(sight)
        near = near_misses.near_misses(sight, judged)
        if len(near) >= near_misses.FEWEST or len(rows) >= ENOUGH_LOOKED_AT:
            break
    # Only what may be shown is weighed: the rest is counted.
    near = near_misses.closest(near, sight, judged)
    fits = judged.fails == 0
    weighed = fits.copy()
    weighed[near] = True
    full = lacking_room_alone(judged) if for_sharing else np.zeros(0, np.int64)
    weighed[full] = True
    scores = score(sight, judged, weights, np.flatnonzero(weighed), hubs, learned)
    enough = scores.enough(weights)
    fitting, near = np.flatnonzero(fits & enough), near[enough[near]]
    suggestions, misses = _shown(
        show, sight, judged, scores, fitting, near, limit, None if for_sharing else weights
    )  # fmt: skip
    left = limit - len(suggestions)
    without_room = full_places(show, sight, judged, scores, full, left, weights) if left else ()
    looser = resting = None
    if not suggestions:
        wide, all_judged = sight, judged
        if radius is not None and radius == reach:  # as far again may be worth the way
            rows_out, out_m = index.candidates(ask.origin, radius * WIDER[1], served)
            wide = Sight(rows_out, out_m, ask, codebook, walks)
            all_judged = judge(wide)
        looser = relaxation(wide, all_judged, weights, learned)
        if for_sharing:
            resting = hosts_at_rest(wide, all_judged, weights, learned)
    return Answer(
        revision=index.revision,
        scheme=scheme,
        suggestions=suggestions,
        nearest_misses=misses,
        removed_by=_removed_by(judged, int(fits.sum()) - len(fitting)),
        relaxation=looser,
        considered=len(rows),
        fitting=len(fitting),
        learned=learned,
        from_accuracy_m=need.at.accuracy_m,
        activities_read=ask.activities_read,
        from_home_read=ask.from_home_read,
        full=without_room,
        resting=resting,
    )


def served_for(ask: Ask) -> Served:
    """Return how far out places count that come to fetch people, or are joined online."""
    if ask.would_ride or ask.from_home:
        return Served(ask.served_m, ask.would_ride, ask.from_home, ask.home_wished)
    return NOT_SERVED


def _shown(
    show: Show,
    sight: Sight,
    judged: Judged,
    scores: Scores,
    fitting: NDArray[np.int64],
    near: NDArray[np.int64],
    limit: int,
    weights: Scheme | None,
) -> tuple[tuple[Suggestion, ...], tuple[Miss, ...]]:
    """Pick what is shown, and read it again: a place that filled up meanwhile gives way.

    weights : by whose variety is picked; None = every offering
    """
    order = Order(judged.fails, scores.merit, sight.looks, sight.rows.records)
    misses = first_of_each(near, order, sight, MISSES)
    gone: set[int] = set()
    while True:  # ends: each turn either finishes or loses at least one candidate
        left = fitting[~np.isin(fitting, list(gone))] if gone else fitting
        if weights is None:
            picked = offerings_of(left, order, sight, limit)
        else:
            picked = diverse(left, order, sight, weights, limit)
        places = show(sight.rows, picked)
        lost = {i for i in picked if i not in places or is_full(places[i])}
        if not lost:
            break
        gone |= lost
    return (
        reasons.suggestions(sight.seen(picked), judged, scores, [places[i] for i in picked]),
        tuple(
            reasons.miss(p, judged, place)
            for p, place in zip(sight.seen(misses), places_named(sight.rows, misses), strict=True)
        ),
    )


def _removed_by(judged: Judged, too_little: int) -> dict[str, int]:
    """Count failures by rule, and as `minimum` what passes them all and answers too little."""
    counts = judged.removed.tolist()
    found = {r.code: n for r, n in zip(judged.rules, counts, strict=True) if n}
    return {**found, MINIMUM: too_little} if too_little else found
