"""Tells the owner of a case that a place which came to nothing may be proposed again."""

import uuid
from datetime import date, timedelta

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from casework.accounts import actor_of
from casework.case_models import Case
from casework.cases import sees
from casework.declines import OVER
from casework.models import Account
from casework.notices import tell
from casework.placement_models import Placement
from resources.models import Offering, Resource

LATEST = timedelta(days=30)
"""A day that passed longer ago, while no job ran, is old news: the place is on the lists again."""


def tell_of_asking_again(session: Session, *, today: date) -> int:
    """Tell of each decline, or end, once when its day has come; return how many were told.

    Not told is who may no longer see the case, of a closed case, of a place that isn't open any
    more, and where the place was asked again meanwhile. The notice names neither person nor place.
    """
    told = 0
    for placement, owner_id in session.execute(_whose_day_has_come(today)).all():
        owner = None if owner_id is None else session.get(Account, owner_id)
        if owner is None or not owner.active:
            continue
        if not sees(session, actor_of(owner), placement.case_id):
            continue
        tell(session, [owner.id], "ask_again", about="", case_id=placement.case_id)
        placement.told_on = today
        told += 1
    session.flush()
    return told


def _whose_day_has_come(today: date) -> Select[Placement, uuid.UUID | None]:
    later = aliased(Placement)
    asked_since = select(later.id).where(
        later.case_id == Placement.case_id,
        later.offering_id == Placement.offering_id,
        later.id != Placement.id,
        # As in `declines.set_aside`: of one offering the newest placement counts.
        or_(
            later.started_on > Placement.started_on,
            and_(
                later.started_on == Placement.started_on,
                or_(
                    later.state.not_in(OVER),
                    and_(later.state.in_(OVER), later.id > Placement.id),
                ),
            ),
        ),
    )
    return (
        select(Placement, Case.owner_id)
        .join(Case, Case.id == Placement.case_id)
        .join(Offering, Offering.id == Placement.offering_id)
        .join(Resource, Resource.id == Offering.resource_id)
        .where(
            Placement.state.in_(OVER),
            Placement.told_on.is_(None),
            Placement.ask_again_on <= today,
            Placement.ask_again_on > today - LATEST,
            Case.state != "closed",
            Resource.status == "published",
            ~asked_since.exists(),
        )
        .order_by(Placement.ask_again_on, Placement.id)
    )
