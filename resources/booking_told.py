"""What taken places say of an offering: its status and number follow its next open session."""

import uuid
from collections.abc import Collection
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from resources import changes, clock
from resources.booked import Allotment
from resources.models import Offering

SAID_BY = "booking"


def tell_offerings(session: Session, ids: Collection[uuid.UUID]) -> int:
    """Bring free places up to what the allotments of offerings say; return how many changed.

    The next session or period that has a place left speaks for its offering; where none has, it is
    full. "Assess first" stays, and so does a waiting list while it is full: those are the host's
    words. An offering without allotments ahead is left as it is.
    """
    today = clock.today()
    left = _places_left(session, ids, today)
    # All rows are locked before the first is recorded, and always in one order: on PostgreSQL the
    # change log is a lock too, and two writers must not wait for each other.
    offerings = session.execute(
        select(Offering.id, Offering.availability, Offering.places)
        .where(Offering.id.in_(left))
        .order_by(Offering.id)
        .with_for_update()
    ).all()
    changed = 0
    # Counted again: before the locks were ours, others may have taken places.
    left = _places_left(session, ids, today)
    for offering_id, availability, places in offerings:
        now = left.get(offering_id, 0)
        status = _status(availability, now)
        if (availability, places) == (status, now):
            continue
        values = {
            "availability": status,
            "places": now,
            "availability_said_on": today,
            "availability_said_by": SAID_BY,
        }
        session.execute(
            update(Offering)
            .where(Offering.id == offering_id)
            .values(**values, version=Offering.version + 1),
            execution_options={"synchronize_session": False},
        )
        changes.record(
            session,
            entity="offering",
            entity_id=str(offering_id),
            action="edit",
            before={"availability": availability, "places": places},
            after={k: changes.plain(v) for k, v in values.items()},
        )
        changed += 1
    return changed


def _places_left(session: Session, ids: Collection[uuid.UUID], today: date) -> dict[uuid.UUID, int]:
    """Return how many places the next session of each has that has any; 0 where none has."""
    ahead = session.execute(
        select(Allotment.offering_id, Allotment.capacity - Allotment.held)
        .where(Allotment.offering_id.in_(ids), Allotment.last_on >= today)
        .order_by(Allotment.first_on, Allotment.starts, Allotment.last_on)
    )
    left: dict[uuid.UUID, int] = {}
    for offering_id, n in ahead:
        if not left.get(offering_id):
            left[offering_id] = n
    return left


def offerings_with_places(session: Session, after: uuid.UUID | None, limit: int) -> list[uuid.UUID]:
    """Return the next offerings, by id, that have allotments; days pass without a booking."""
    statement = select(Allotment.offering_id).distinct().order_by(Allotment.offering_id)
    if after is not None:
        statement = statement.where(Allotment.offering_id > after)
    return list(session.scalars(statement.limit(limit)))


def _status(now: str, left: int) -> str:
    if now == "assess-first" or (now == "waitlist" and not left):
        return now
    return "capacity" if left else "none"
