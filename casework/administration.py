"""What an administrator does to the accounts of others, and can't do to their own."""

import uuid

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casework import accounts, invitations, second_factor
from casework.access import Actor
from casework.accounts import NoSuchAccount, recorded
from casework.audit import Attempt
from casework.consents import check_agency
from casework.models import Account, ApiToken, WebSession
from casework.roles import role as known_role
from resources import clock

DECIDES = "administrator"


class NotAnAdministrator(PermissionError):
    """Somebody who is no administrator wanted to decide about accounts."""

    def __init__(self) -> None:
        super().__init__("only an administrator decides about accounts")


class NotToOneself(PermissionError):
    """An administrator wanted to change what they themselves may do; the attempt is recorded."""

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        super().__init__("nobody decides about their own account; ask another administrator")


def _decided_by(by: Actor) -> None:
    if by.role != DECIDES or not by.active:
        raise NotAnAdministrator


def _of_another(session: Session, account_id: uuid.UUID, by: Actor, action: str) -> Account:
    _decided_by(by)
    if account_id == by.account_id:
        raise NotToOneself(Attempt(by.by, by, action, "account", str(account_id), allowed=False))
    account = session.get(Account, account_id)
    if account is None:
        raise NoSuchAccount
    return account


def end_everything(session: Session, account_id: uuid.UUID) -> None:
    """End all sessions of an account and revoke its tokens."""
    session.execute(delete(WebSession).where(WebSession.account_id == account_id))
    tokens = select(ApiToken).where(
        ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None)
    )
    for token in session.scalars(tokens):
        token.revoked_at = clock.now()


def renew(session: Session, *, account_id: uuid.UUID, by: Actor) -> str:
    """Return the code with which another's account gets a new password; see `invitations.renew`.

    Raises `NotToOneself`, `NoSuchAccount`.
    """
    account = _of_another(session, account_id, by, "permit")
    end_everything(session, account_id)
    return invitations.renew(session, account=account, by=by)


def lift_second_factor(session: Session, *, account_id: uuid.UUID, by: Actor) -> None:
    """Ask another's account for no code any more, for a telephone that is lost.

    Raises `NotToOneself`, `NoSuchAccount`.
    """
    _of_another(session, account_id, by, "revoke")
    second_factor.turn_off(session, account_id=account_id, by=by.by)


def change(
    session: Session, *, account_id: uuid.UUID, role: str, agency: str | None, by: Actor
) -> None:
    """Give another's account a role and an agency; its sessions end, its tokens are revoked.

    Raises `NotToOneself`, `NoSuchAccount`, `UnknownRole`, `NoSuchAgency`.
    """
    account = _of_another(session, account_id, by, "permit")
    if agency is not None:
        check_agency(session, agency)
    fresh = known_role(role).code
    changed = tuple(
        field
        for field, before, after in (
            ("role", account.role, fresh),
            ("agency", account.agency, agency),
        )
        if before != after
    )
    if not changed:
        return
    account.role, account.agency, account.edited_at = fresh, agency, clock.now()
    end_everything(session, account_id)
    session.flush()
    recorded(session, by, "permit", "account", str(account_id), changed)


def close(session: Session, *, account_id: uuid.UUID, by: Actor) -> None:
    """Close another's account: nobody is in it any more. Raises `NotToOneself`, `NoSuchAccount`."""
    _of_another(session, account_id, by, "revoke")
    end_everything(session, account_id)
    accounts.deactivate(session, account_id=account_id, by=by)


def reopen(session: Session, *, account_id: uuid.UUID, by: Actor) -> None:
    """Open another's closed account again. Raises `NotToOneself`, `NoSuchAccount`."""
    account = _of_another(session, account_id, by, "permit")
    account.active = True
    account.edited_at = clock.now()
    session.flush()
    recorded(session, by, "permit", "account", str(account_id), ("active",))
