"""What is due by the calendar: contacts after joining, and what wants verifying."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casework.accounts import actor_of
from casework.case_models import Case, Notice
from casework.cases import sees
from casework.models import Account
from casework.notices import tell
from casework.placement_models import FollowUp
from casework.stalled import MANAGER_AFTER


def tell_contacts_due(session: Session, *, today: date) -> tuple[int, int]:
    """Tell of each contact once when its day has come (定着支援, 受け入れ先支援).

    The owner of the case is told, and where a week passes without it the managers of their agency;
    only who may see the case. Returns how many owners and managers were told.
    """
    owners = managers = 0
    due = (
        select(FollowUp, Case.owner_id)
        .join(Case, Case.id == FollowUp.case_id)
        .where(FollowUp.done_on.is_(None), FollowUp.due_on <= today, Case.state != "closed")
        .order_by(FollowUp.due_on, FollowUp.id)
    )
    for contact, owner_id in session.execute(due).all():
        owner = None if owner_id is None else session.get(Account, owner_id)
        if owner is None:
            continue
        if contact.told_on is None:
            contact.told_on = today
            owners += _tell(session, [owner], "follow_up_due", contact)
        if contact.manager_told_on is None and contact.due_on + MANAGER_AFTER < today:
            contact.manager_told_on = today
            heads = session.scalars(
                select(Account).where(
                    Account.agency == owner.agency, Account.role == "agency_manager",
                    Account.active,
                )
            ).all()  # fmt: skip
            managers += _tell(
                session, heads, "follow_up_due_manager", contact, about=owner.display_name
            )
    session.flush()
    return owners, managers


def _tell(
    session: Session, accounts: Collection[Account], kind: str, contact: FollowUp, about: str = ""
) -> int:
    ids = [a.id for a in accounts if sees(session, actor_of(a), contact.case_id)]
    tell(session, ids, kind, about=about, case_id=contact.case_id)
    return len(ids)


def tell_keepers(session: Session, *, roles: Collection[str], kind: str, about: str) -> int:
    """Tell everybody of some roles something about the catalogue; return how many were told.

    What they were told before of the same kind and haven't seen is taken back: it is no longer so.
    """
    ids = session.scalars(select(Account.id).where(Account.role.in_(roles), Account.active)).all()
    session.execute(
        delete(Notice)
        .where(Notice.kind == kind, Notice.seen_at.is_(None), Notice.account_id.in_(ids))
        .execution_options(synchronize_session=False)
    )
    tell(session, ids, kind, about=about)
    return len(ids)
