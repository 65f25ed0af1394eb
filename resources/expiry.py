"""Closes what is over: a resource whose offerings have all had their last day.

A host's rest that has ended needs nothing: the date itself says so.
"""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from resources.commands import set_status
from resources.lifecycle import LAST_DAY_OVER
from resources.models import Offering, Resource

OPEN = ("published", "paused")


def close_what_ended(session: Session, *, today: date, by: str, limit: int = 500) -> int:
    """Close resources of which every offering ended before today; return how many.

    limit : at most so many in one transaction; call again while it returns as many.
    """
    # Of an offering without a last day nobody has said that it ends.
    ended = (
        select(Offering.resource_id)
        .join(Resource, Offering.resource_id == Resource.id)
        .where(Resource.status.in_(OPEN))
        .group_by(Offering.resource_id)
        .having(func.count(Offering.ends_on) == func.count(), func.max(Offering.ends_on) < today)
        .order_by(Offering.resource_id)
        .limit(limit)
    )
    ids = list(session.scalars(ended))
    for resource_id in ids:
        set_status(session, resource_id=resource_id, status="closed", reason=LAST_DAY_OVER, by=by)
    return len(ids)
