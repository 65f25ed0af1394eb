"""Which places stand on too many lists: the same two hubs for everybody help nobody."""

import uuid
from datetime import date, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from resources.derived import ListsShown, Suggested
from resources.verify_next import COUNTED_DAYS

LISTED = 5
"""How many places a list shows to staff, where suggestions are counted."""


def hubs(session: Session, *, today: date, share: float, fewest_lists: int) -> frozenset[uuid.UUID]:
    """Return the offerings that stood on more than a share of the lists of the last days.

    share : 0 … 1; fewest_lists : before so many lists, a share says nothing and there are no hubs
    """
    since = today - timedelta(days=COUNTED_DAYS)
    lists = _lists(session, since)
    if lists < fewest_lists:
        return frozenset()
    often = (
        select(Suggested.offering_id)
        .where(Suggested.on > since)
        .group_by(Suggested.offering_id)
        .having(func.sum(Suggested.times) > share * lists)
    )
    return frozenset(session.scalars(often))


def _lists(session: Session, since: date) -> float:
    """Return how many lists with a place on them were shown after a day.

    Of a day on which lists weren't counted, or not by every program that ran, there are at least
    as many as its places fill with `LISTED` each; these count then.
    """
    counted = _by_day(
        session,
        select(ListsShown.on, func.sum(ListsShown.lists - ListsShown.with_nothing))
        .where(ListsShown.on > since)
        .group_by(ListsShown.on),
    )
    places = _by_day(
        session,
        select(Suggested.on, func.sum(Suggested.times))
        .where(Suggested.on > since)
        .group_by(Suggested.on),
    )
    return sum(
        max(counted.get(day, 0), places.get(day, 0) / LISTED) for day in counted.keys() | places
    )


def _by_day(session: Session, found: Select[date, int]) -> dict[date, int]:
    return {day: int(count) for day, count in session.execute(found)}
