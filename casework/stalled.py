"""Steps that nobody took in time: their owners are told, and a week later the agency's managers."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.accounts import actor_of
from casework.cases import sees
from casework.models import Account
from casework.notices import tell
from casework.placement_models import Placement

MANAGER_AFTER = timedelta(days=7)


def tell_what_stalls(session: Session, *, today: date) -> tuple[int, int]:
    """Tell of each overdue step once; return how many owners and managers were told.

    Only who may see the case is told of it.
    """
    owners = managers = 0
    late = select(Placement).where(Placement.next_on < today).order_by(Placement.id)
    for placement in session.scalars(late):
        if placement.told_on is None and _tell_owner(session, placement):
            placement.told_on = today
            owners += 1
        late_since = placement.next_on or today
        if placement.manager_told_on is None and late_since + MANAGER_AFTER < today:
            managers += _tell_managers(session, placement)
            placement.manager_told_on = today
    session.flush()
    return owners, managers


def _tell_owner(session: Session, placement: Placement) -> bool:
    owner = session.get_one(Account, placement.owner_id)
    if not sees(session, actor_of(owner), placement.case_id):
        return False
    tell(session, [owner.id], "placement_stalled", about="", case_id=placement.case_id)
    return True


def _tell_managers(session: Session, placement: Placement) -> int:
    owner = session.get_one(Account, placement.owner_id)
    rows = session.scalars(
        select(Account).where(
            Account.agency == owner.agency, Account.role == "agency_manager", Account.active
        )
    )
    ids = [m.id for m in rows if sees(session, actor_of(m), placement.case_id)]
    kind = "placement_stalled_manager"
    tell(session, ids, kind, about=owner.display_name, case_id=placement.case_id)
    return len(ids)
