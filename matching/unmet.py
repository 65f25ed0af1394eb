"""Counts that a need found nothing, without anything that tells whose it was."""

from datetime import date

from sqlalchemy.orm import Session

from matching.need import Need, minutes_of
from resources.unmet import district_near, record_unmet


def note_unmet(session: Session, need: Need, *, on: date) -> int:
    """Count a need's codes, the district it was asked from and its hours; return how many cells."""
    point = need.point
    return record_unmet(
        session,
        needs=need.needs,
        district=district_near(session, lon=point.lon, lat=point.lat),
        windows=[(minutes_of(w.start), minutes_of(w.end)) for w in need.windows],
        on=on,
    )
