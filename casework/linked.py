"""Which account somebody of the identity provider signs in to; none is ever made by it."""

import hashlib
import uuid

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casework import audit
from casework.access import Actor
from casework.accounts import NAME, NoSuchAccount, folded, recorded
from casework.administration import NotAnAdministrator, NotToOneself
from casework.audit import Attempt
from casework.models import Account, LinkedSubject
from resources import clock


class NobodyLinked(LookupError):
    """Somebody of the provider who has no account here; `account_id` where one was refused."""

    problem = "nobody_linked"

    def __init__(self) -> None:
        super().__init__("the identity provider knows this person, but no account is linked")


def subject_hash(issuer: str, subject: str) -> str:
    """Return what is stored of somebody at a provider."""
    return hashlib.sha256(f"{issuer}\0{subject}".encode("utf-8", "replace")).hexdigest()


def account_of(session: Session, *, issuer: str, subject: str, name: str | None) -> uuid.UUID:
    """Return the account of somebody at the provider; the first time by `name`, then by subject.

    name : a claim that the provider answers for, equal to the sign-in name; None = links alone
    Raises `NobodyLinked`.
    """
    key = subject_hash(issuer, subject)
    kept = session.get(LinkedSubject, key)
    if kept is not None:
        account = session.get(Account, kept.account_id)
    elif name is not None and NAME.fullmatch(folded(name)):
        account = session.scalar(select(Account).where(Account.name == folded(name)))
    else:
        account = None
    if account is None or not account.active or account.demo:
        raise NobodyLinked
    if kept is None:
        # A name that is given to somebody else later must not lead to the account of the first.
        if _linked(session, account.id):
            raise NobodyLinked
        _link(session, key, account.id)
        recorded(session, f"user:{account.name}", "permit", "account", str(account.id), ("link",))
    return account.id


def _linked(session: Session, account_id: uuid.UUID) -> bool:
    which = select(LinkedSubject.subject_hash).where(LinkedSubject.account_id == account_id)
    return session.scalar(which) is not None


def _link(session: Session, key: str, account_id: uuid.UUID) -> None:
    session.add(LinkedSubject(subject_hash=key, account_id=account_id, linked_at=clock.now()))
    session.flush()


def link(session: Session, *, account_id: uuid.UUID, issuer: str, subject: str, by: Actor) -> None:
    """Link another's account to somebody at the provider, in place of any link before.

    subject : the provider's own id of that person (`sub`); empty = no link any more
    Raises `NotToOneself`, `NotAnAdministrator`, `NoSuchAccount`.
    """
    if by.role != "administrator":
        raise NotAnAdministrator
    if account_id == by.account_id:
        attempt = Attempt(by.by, by, "permit", "account", str(account_id), ("link",), allowed=False)
        raise NotToOneself(attempt)
    account = session.get(Account, account_id)
    if account is None or account.demo:
        raise NoSuchAccount
    session.execute(delete(LinkedSubject).where(LinkedSubject.account_id == account_id))
    if subject.strip():
        _link(session, subject_hash(issuer, subject.strip()), account_id)
    action = "permit" if subject.strip() else "revoke"
    recorded(session, by, action, "account", str(account_id), ("link",))


def refused(session: Session, *, problem: str) -> None:
    """Record that a sign-in by the identity provider was refused, and why, in one word."""
    attempt = Attempt("nobody", None, "sign_in", "identity_provider", problem[:64], allowed=False)
    audit.record(session, attempt)
