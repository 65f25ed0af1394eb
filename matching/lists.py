"""The lists of many people at once: which places, in which order; reasons are given one by one."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from sqlalchemy.orm import Session

from matching.ask import prepare
from matching.avoiding import avoiding
from matching.fresh import free_places, leaves_no_room
from matching.need import Need
from matching.on_foot import walks_for
from matching.order import Order
from matching.ranking import score
from matching.rules import judge
from matching.schemes import USUAL, default_weighing
from matching.sight import Sight
from matching.store import IndexStore
from matching.suggest import served_for
from matching.variety import diverse
from resources import clock

POINTS_KEPT = 64
"""From so many points what lies around is kept for the next who ask from there."""


class Listed(NamedTuple):
    """One place of a list, as `Suggestion` has it.

    score : ten-thousandths; confidence : hundredths
    """

    offering: uuid.UUID
    score: int
    confidence: int


def lists_for(
    session: Session,
    store: IndexStore,
    needs: Iterable[Need],
    *,
    limit: int = 10,
    scheme: str = USUAL,
    now: datetime | None = None,
) -> Iterator[tuple[Listed, ...]]:
    """Yield for each need the places that `suggest_placements` would list, in its order.

    No near misses are looked for, nothing is put into words, and free places are read again once
    for all: for a night's work on a hundred thousand people, and for sharing places among them.

    Parameters
    ----------
    session : must not see changes of others meanwhile, as within one transaction
    now : aware; the same present moment for all

    Raises
    ------
    UnknownScheme
    """
    index = store.current(session)
    codebook = index.codebook or store.codebook
    weighing = index.weighing or default_weighing()
    weights = weighing.scheme(scheme)
    moment = now or clock.now()
    streets = store.streets()
    room = _Room(session)
    # An address is known to its town, so many people ask from one point.
    around = lru_cache(POINTS_KEPT)(index.candidates)
    for need in needs:
        ask = prepare(avoiding(session, need), codebook, moment, weighing.thresholds)
        walks = walks_for(ask, streets)
        rows, distance_m = around(
            ask.origin, ask.reach_m(by_streets=walks is not None), served_for(ask)
        )
        sight = Sight(rows, distance_m, ask, codebook, walks)
        judged = judge(sight)
        fits = judged.fails == 0
        scores = score(sight, judged, weights, np.flatnonzero(fits), learned=index.learned)
        fitting = np.flatnonzero(fits & scores.enough(weights))
        order = Order(judged.fails, scores.merit, sight.looks, rows.records)
        left = fitting
        while True:
            picked = diverse(left, order, sight, weights, limit)
            ids = rows.ids(picked)
            lost = [k for k, i in zip(picked, ids, strict=True) if not room.is_left(i, ids)]
            if not lost:
                break
            left = left[~np.isin(left, lost)]
        sums, sure = scores.total[picked].tolist(), scores.confidence[picked].tolist()
        yield tuple(map(Listed, map(room.names.__getitem__, ids), sums, sure))


class _Room:
    """Whether offerings have room, as the database has it; each is read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._left: dict[int, bool] = {}
        self.names: dict[int, uuid.UUID] = {}

    def is_left(self, offering: int, beside: Sequence[int]) -> bool:
        """Tell of one offering; what isn't known of those beside it is read with it."""
        if offering not in self._left:
            asked = [i for i in beside if i not in self._left]
            said = free_places(self._session, asked)
            self.names |= {i: uuid.UUID(int=i) for i in asked}
            self._left |= {
                i: i in said and not leaves_no_room(said[i][0], said[i][1]) for i in asked
            }
        return self._left[offering]
