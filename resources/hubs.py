"""Which places stand on too many lists: the same two hubs for everybody help nobody."""

import uuid
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from resources.derived import Suggested
from resources.verify_next import COUNTED_DAYS

LISTED = 5
"""How many places a list shows to staff, where suggestions are counted."""


def hubs(session: Session, *, today: date, share: float, fewest_lists: int) -> frozenset[uuid.UUID]:
    """Return the offerings that stood on more than a share of the lists of the last days.

    share : 0 … 1; fewest_lists : before so many lists, a share says nothing and there are no hubs
    Lists aren't counted themselves, only what was on them: as many are reckoned as the counts fill
    with `LISTED` places each.
    """
    rows = session.execute(
        select(Suggested.offering_id, func.sum(Suggested.times))
        .where(Suggested.on > today - timedelta(days=COUNTED_DAYS))
        .group_by(Suggested.offering_id)
    ).all()
    lists = sum(int(times) for _, times in rows) / LISTED
    if lists < fewest_lists:
        return frozenset()
    return frozenset(offering for offering, times in rows if int(times) > share * lists)
