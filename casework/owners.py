"""Who may be responsible for a case or its next step: colleagues on its team, and nobody else."""

import uuid

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from casework.access import changeable
from casework.accounts import actor_of
from casework.cases import Opened
from casework.models import Account
from casework.notices import tell
from casework.placements import wrote
from casework.roles import WORKS_WITH_PEOPLE

GIVEN = "given_to_you"


class NotOnTeam(ValueError):
    """Somebody who doesn't work on the case, and so can't be responsible for anything of it."""

    def __init__(self) -> None:
        super().__init__("only who works on the case can be responsible for it")


def colleagues(session: Session, opened: Opened) -> list[Account]:
    """Return who may write to a case now, by agency and name."""
    facts = opened.facts
    rows = session.scalars(
        select(Account)
        .where(
            Account.active,
            Account.role.in_(WORKS_WITH_PEOPLE),
            or_(
                Account.agency.in_({t.agency for t in facts.team}),
                Account.id.in_({m.account_id for m in facts.members}),
            ),
        )
        .order_by(Account.agency, Account.display_name, Account.name)
    )
    return [a for a in rows if changeable(actor_of(a), facts, opened.at)]


def check_owner(session: Session, opened: Opened, account_id: uuid.UUID) -> None:
    """Raise `NotOnTeam` unless somebody may write to the case; they are told that it is theirs."""
    account = session.get(Account, account_id)
    if account is None or not changeable(actor_of(account), opened.facts, opened.at):
        raise NotOnTeam
    if account_id != opened.actor.account_id:
        tell(session, [account_id], GIVEN, about=opened.actor.by, case_id=opened.case.id)


def choose_owner(session: Session, opened: Opened, *, account_id: uuid.UUID) -> None:
    """Make somebody on the team responsible for the case. Raises `NotOnTeam`."""
    check_owner(session, opened, account_id)
    opened.case.owner_id = account_id
    session.flush()
    wrote(session, opened, "owner")
