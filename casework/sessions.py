"""Signing in and out; whom a session or a token lets act is told by `casework.arriving`.

Signing in takes three transactions of the caller's, so that the slow part holds no lock:
`guessing.count_try` (writing), `check_password` (reading), then `sign_in` or `refuse` (writing).
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casework import arriving, audit, guessing, passwords
from casework.accounts import (
    NAME,
    NoSuchAccount,
    actor_of,
    folded,
    recorded,
    token_hash,
)
from casework.audit import Attempt
from casework.models import Account, WebSession
from resources import clock


@dataclass(frozen=True)
class Check:
    """Whether a password was right, and for which account (None: there is none of that name)."""

    account_id: uuid.UUID | None
    right: bool


def check_password(session: Session, *, name: str, password: str) -> Check:
    """Tell whether name and password belong together; takes as long for a name nobody has."""
    name = folded(name)
    account = None
    if NAME.fullmatch(name):  # anything else no account has, and not every database can look up
        account = session.scalar(select(Account).where(Account.name == name))
    right = passwords.matches(account.password_hash if account else None, password)
    return Check(account.id if account else None, bool(account and account.active and right))


def sign_in(
    session: Session,
    *,
    account_id: uuid.UUID,
    source: str,
    hours: float,
    replaces: str | None = None,
) -> str:
    """Open a session for an account whose password was right; return what its cookie holds.

    replaces : what the cookie held until now; that session ends, so no token outlives a sign-in
    """
    account = session.get(Account, account_id)
    if account is None or not account.active:
        raise NoSuchAccount
    now = clock.now()
    expired = delete(WebSession).where(WebSession.expires_at < now)
    session.execute(expired.execution_options(synchronize_session=False))
    if replaces:
        session.execute(delete(WebSession).where(WebSession.token_hash == token_hash(replaces)))
    token = secrets.token_urlsafe(32)
    expires_at = now + timedelta(hours=hours)
    session.add(
        WebSession(
            token_hash=token_hash(token),
            account_id=account.id,
            created_at=now,
            expires_at=expires_at,
        )
    )
    guessing.forget_tries(session, name=account.name, source=source)
    actor = actor_of(account)
    recorded(session, actor, "sign_in", "account", str(account.id))
    return token


def refuse(session: Session, *, account_id: uuid.UUID) -> None:
    """Record that somebody tried to sign in to an account in vain."""
    attempt = Attempt("nobody", None, "sign_in", "account", str(account_id), allowed=False)
    audit.record(session, attempt)


def sign_out(session: Session, *, token: str) -> None:
    """End a session; does nothing where it has ended already."""
    actor = arriving.by_session(session.connection(), token).actor
    session.execute(delete(WebSession).where(WebSession.token_hash == token_hash(token)))
    if actor is not None:
        recorded(session, actor, "sign_out", "account", str(actor.account_id))
