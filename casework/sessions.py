"""Signing in and out, and who a browser's session or another system's token stands for.

Signing in takes three transactions of the caller's, so that the slow part holds no lock:
`guessing.count_try` (writing), `check_password` (reading), then `sign_in` or `refuse` (writing).
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from casework import audit, guessing, passwords
from casework.access import Actor
from casework.accounts import (
    ACTOR,
    NAME,
    NoSuchAccount,
    actor_of,
    folded,
    recorded,
    token_hash,
)
from casework.audit import Attempt
from casework.models import Account, ApiToken, WebSession
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
    actor = actor_by_session(session, token)
    session.execute(delete(WebSession).where(WebSession.token_hash == token_hash(token)))
    if actor is not None:
        recorded(session, actor, "sign_out", "account", str(actor.account_id))


# Made once, and for columns alone: every request asks one of these two, and to make a statement
# and to map its rows takes longer than to ask it.
_BY_SESSION = (
    select(*ACTOR)
    .join(WebSession, WebSession.account_id == Account.id)
    .where(
        WebSession.token_hash == bindparam("hash"),
        WebSession.expires_at > bindparam("now"),
        Account.active,
    )
)
_BY_TOKEN = (
    select(ApiToken.scopes, *ACTOR)
    .join(Account, ApiToken.account_id == Account.id)
    .where(
        ApiToken.token_hash == bindparam("hash"),
        ApiToken.expires_at > bindparam("now"),
        ApiToken.revoked_at.is_(None),
        Account.active,
    )
)


def actor_by_session(session: Session, token: str) -> Actor | None:
    """Return who holds a session that is still good; None where there is none."""
    held = {"hash": token_hash(token), "now": clock.now()}
    account = session.execute(_BY_SESSION, held).one_or_none()
    return actor_of(account) if account else None


def actor_by_token(session: Session, token: str) -> tuple[Actor, frozenset[str]] | None:
    """Return as whom a token acts and its scopes; None where it isn't good (any more)."""
    held = {"hash": token_hash(token), "now": clock.now()}
    account = session.execute(_BY_TOKEN, held).one_or_none()
    return (actor_of(account), frozenset(account.scopes)) if account else None
