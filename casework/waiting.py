"""Those for whom a place is being looked for, so that their owners hear of a new one that fits."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.access import Actor
from casework.accounts import actor_of
from casework.case_models import Notice
from casework.cases import cases_waiting
from casework.declines import need_for
from casework.models import Account
from casework.notices import tell

FITS = "place_fits"


@dataclass(frozen=True)
class Waiting:
    """A case without a placement under way: whom to tell, and what to ask the engine.

    need : the question, as in the engine's contract; no name stands in it
    """

    case_id: uuid.UUID
    owner_id: uuid.UUID
    need: dict[str, Any]


def people_waiting(
    session: Session, *, by: str, owners: tuple[uuid.UUID, uuid.UUID] | None = None
) -> Iterator[Waiting]:
    """Give those who wait for a place; the look at each is recorded as that of a job.

    Only cases that rest on consent, and that their owner may see now: a case of a 支援会議 leaves
    no trace outside it, and what an owner may no longer see isn't told to them.
    by : the job
    owners : the first and the last account, in the order of their ids, of those whose people are
        given; None = everybody's
    """
    staff = select(Account).where(Account.active).order_by(Account.id)
    if owners is not None:
        staff = staff.where(Account.id.between(*owners))
    for account in session.scalars(staff):
        owner: Actor = actor_of(account)
        for opened in cases_waiting(session, owner=owner, by=by):
            yield Waiting(opened.case.id, account.id, need_for(session, opened))


def tell_of_place(session: Session, waiting: Waiting, offering_id: uuid.UUID) -> bool:
    """Tell a case's owner that a place may fit; False where they were told of it before."""
    about = str(offering_id)
    told = select(Notice.id).where(
        Notice.case_id == waiting.case_id, Notice.kind == FITS, Notice.about == about
    )
    if session.scalar(told.limit(1)) is not None:
        return False
    tell(session, [waiting.owner_id], FITS, about=about, case_id=waiting.case_id)
    return True
