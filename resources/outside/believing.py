"""Whether a source's word on free places becomes the offering's; and taking it back."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from resources import clock
from resources.booked import Allotment
from resources.commands import set_availability
from resources.models import Offering
from resources.outside.models import OutsideItem
from resources.outside.said import Word

SAID_BY = "source"


def believe(session: Session, *, item: OutsideItem, word: Word, by: str) -> bool:
    """Let a word become the offering's availability, where it may; tell whether it did.

    "Assess first" stays, and so does a waiting list while it is full: those are the host's words.
    """
    offering = _locked(session, item)
    today = clock.today()
    if _keeps_places(session, offering, today):
        item.problem = "own_places"
        return False
    status = _status(offering.availability, word)
    same = (offering.availability, offering.places) == (status, word.places)
    said_on = word.said_on or today
    if offering.availability_said_by == SAID_BY:
        after = item.after_on
        if same and word.said_on in (None, offering.availability_said_on):
            item.problem = None
            return False
    else:
        after = offering.availability_said_on
    # On the same day too: whoever asked the host then knows more than a file does.
    if after is not None and said_on <= after:
        item.problem = "older_word"
        return False
    item.after_on, item.problem = after, None
    set_availability(
        session,
        offering_id=offering.id,
        status=status,
        places=word.places,
        said_by=SAID_BY,
        said_on=said_on,
        by=by,
    )
    return True


def withdraw(session: Session, *, item: OutsideItem, by: str) -> bool:
    """Take the source's own word back, since the source has; others' words stay."""
    offering = _locked(session, item)
    if offering.availability_said_by != SAID_BY or offering.availability == "unknown":
        return False
    set_availability(
        session,
        offering_id=offering.id,
        status="unknown",
        places=None,
        said_by=SAID_BY,
        said_on=clock.today(),
        by=by,
    )
    return True


def _locked(session: Session, item: OutsideItem) -> Offering:
    statement = (
        select(Offering)
        .where(Offering.id == item.offering_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement).one()


def _keeps_places(session: Session, offering: Offering, today: date) -> bool:
    ahead = select(Allotment.id).where(
        Allotment.offering_id == offering.id, Allotment.last_on >= today
    )
    return session.scalar(ahead.limit(1)) is not None


def _status(now: str, word: Word) -> str:
    if now == "assess-first" or (now == "waitlist" and word.status == "none"):
        return now
    return word.status
