"""Places that would fit and have no seat left: nobody is sent there, but one more seat would do."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from matching import reasons
from matching.answers import Suggestion
from matching.fresh import is_full
from matching.order import Order
from matching.place_shown import PlaceShown
from matching.ranking import Scores
from matching.rows import Rows
from matching.rules import Judged
from matching.schemes import Scheme
from matching.sight import Sight
from matching.variety import offerings_of
from matching.verdicts import FAIL


def lacking_room_alone(judged: Judged) -> NDArray[np.int64]:
    """Return the rows that fail the rule `places` and no other."""
    (k,) = (k for k, rule in enumerate(judged.rules) if rule.code == "places")
    return np.flatnonzero((judged.fails == 1) & (judged.table[k] == FAIL))


def full_places(
    show: Callable[[Rows, Sequence[int]], dict[int, PlaceShown]],
    sight: Sight,
    judged: Judged,
    scores: Scores,
    full: NDArray[np.int64],
    limit: int,
    weights: Scheme,
) -> tuple[Suggestion, ...]:
    """Return of the full rows the offerings that would fit if they had room, at most `limit`.

    show : as for a list. One where a seat has come free meanwhile is left out: it is no full place.
    full : from `lacking_room_alone`; `scores` holds them
    """
    if not len(full):
        return ()
    enough = full[scores.enough(weights)[full]]
    order = Order(judged.fails, scores.merit, sight.looks, sight.rows.records)
    picked = offerings_of(enough, order, sight, limit)
    places = show(sight.rows, picked)
    still = [i for i in picked if i in places and is_full(places[i])]
    return reasons.suggestions(sight.seen(still), judged, scores, [places[i] for i in still])
