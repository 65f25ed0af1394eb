"""A day on which a session doesn't take place, put into a schedule as a one-off closure."""

import uuid
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from resources import changes, clock
from resources.commands import NotFound
from resources.models import Offering
from resources.schedules import Closed, from_json, to_json


def close_on(session: Session, *, offering_id: uuid.UUID, day: date, by: str) -> Offering:
    """Close an offering on one day; its other days stay as they are.

    A day that is closed already changes nothing. Raises `NotFound` (also where no schedule is
    known), `BadSchedule`.
    """
    changes.acting(session, by=by)
    offering = session.get(Offering, offering_id, with_for_update=True, populate_existing=True)
    if offering is None or offering.schedule is None:
        raise NotFound("offering")
    schedule = from_json(offering.schedule)
    if any(day in c.dates for c in schedule.closed):
        return offering
    once = Closed(dates=(day,))
    offering.schedule = to_json(replace(schedule, closed=(*schedule.closed, once)))
    offering.edited_at = clock.now()
    session.flush()
    return offering
