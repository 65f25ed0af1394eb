"""Accounts of staff, and the tokens with which other systems act as one."""

import hashlib
import re
import secrets
import unicodedata
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casework import audit, passwords
from casework.access import Actor
from casework.audit import Attempt
from casework.consents import check_agency
from casework.models import Account, ApiToken, WebSession
from casework.roles import role as known_role
from resources import clock

NAME = re.compile(r"[\w.@+-]{1,100}")
SCOPES = ("read", "write")
TOKEN_DAYS = 365


class BadAccount(ValueError):
    """An account that can't be made as asked."""


class NoSuchAccount(LookupError):
    """No account of that name, or one that is no longer active."""

    def __init__(self) -> None:
        super().__init__("no such account")


def folded(name: str) -> str:
    """Return a sign-in name as it is stored: width and case don't matter."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def token_hash(token: str) -> str:
    """Return what is stored of a token."""
    # A plain hash will do: the token has 256 random bits, there is nothing to guess.
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def actor_of(account: Account) -> Actor:
    """Return who an account signs in."""
    return Actor(
        account_id=account.id,
        name=account.name,
        role=account.role,
        agency=account.agency,
        language=account.language,
        active=account.active,
        display_name=account.display_name,
        second_factor=account.totp is not None or account.password_hash == passwords.NONE,
    )


def add_account(
    session: Session,
    *,
    name: str,
    password: str,
    role: str,
    agency: str | None,
    display_name: str,
    by: Actor | str,
    demo: bool = False,
    language: str = "ja",
) -> Account:
    """Make an account.

    Raises `BadAccount`, `UnknownRole`, `NoSuchAgency`, `WeakPassword`.
    """
    name = folded(name)
    if not NAME.fullmatch(name):
        raise BadAccount("a sign-in name has 1 to 100 letters, digits or . @ + - _")
    if not 1 <= len(display_name) <= 200 or not display_name.isprintable():
        raise BadAccount("a display name has 1 to 200 characters")
    if session.scalar(select(Account.id).where(Account.name == name)) is not None:
        raise BadAccount("this sign-in name is taken")
    if agency is not None:
        check_agency(session, agency)
    now = clock.now()
    account = Account(
        id=uuid.uuid4(),
        name=name,
        display_name=display_name,
        password_hash=passwords.hashed(password),
        role=known_role(role).code,
        agency=agency,
        language=language,
        demo=demo,
        active=True,
        created_at=now,
        edited_at=now,
    )
    session.add(account)
    session.flush()
    recorded(session, by, "permit", "account", str(account.id), ("role", "agency"))
    return account


def recorded(
    session: Session,
    by: Actor | str,
    action: str,
    entity: str,
    entity_id: str,
    fields: tuple[str, ...] = (),
) -> None:
    """Append a row to the audit for what was done to an account."""
    actor = by if isinstance(by, Actor) else None
    name = by.by if isinstance(by, Actor) else by
    audit.record(session, Attempt(name, actor, action, entity, entity_id, fields))


def actor_by_id(session: Session, account_id: uuid.UUID) -> Actor:
    """Return who an active account signs in; raise `NoSuchAccount` where there is none."""
    account = session.get(Account, account_id)
    if account is None or not account.active:
        raise NoSuchAccount
    return actor_of(account)


def account_named(session: Session, name: str) -> Account:
    """Return the active account of a name; raise `NoSuchAccount` where there is none."""
    account = session.scalar(select(Account).where(Account.name == folded(name), Account.active))
    if account is None:
        raise NoSuchAccount
    return account


def display_names(session: Session) -> dict[uuid.UUID, str]:
    """Return how each account is called on the pages."""
    return {
        row.id: row.display_name
        for row in session.execute(select(Account.id, Account.display_name))
    }


def demo_accounts(session: Session) -> list[Account]:
    """Return the accounts of the demo, for the sign-in page of a demo."""
    rows = session.scalars(
        select(Account)
        .where(Account.demo, Account.active)
        .order_by(Account.created_at, Account.name)
    )
    return list(rows)


def deactivate(session: Session, *, account_id: uuid.UUID, by: Actor | str) -> None:
    """Close an account: its sessions and tokens end at once. Raises `NoSuchAccount`."""
    account = session.get(Account, account_id)
    if account is None:
        raise NoSuchAccount
    account.active = False
    account.edited_at = clock.now()
    session.execute(delete(WebSession).where(WebSession.account_id == account_id))
    session.flush()
    recorded(session, by, "revoke", "account", str(account_id))


def add_token(
    session: Session,
    *,
    account_id: uuid.UUID,
    label: str,
    scopes: Collection[str],
    by: Actor | str,
    expires_at: datetime | None = None,
) -> str:
    """Make a token with which another system acts as an account; it is shown this once only.

    scopes : `read`, `write` or both
    expires_at : in a year where nothing is said
    Raises `NoSuchAccount`, `BadAccount`.
    """
    if not scopes or not set(scopes) <= set(SCOPES):
        raise BadAccount(f"a token's scopes are {' and '.join(SCOPES)}")
    account = session.get(Account, account_id)
    if account is None or not account.active:
        raise NoSuchAccount
    token = f"ibasho_{secrets.token_urlsafe(32)}"
    now = clock.now()
    session.add(
        ApiToken(
            token_hash=token_hash(token),
            account_id=account_id,
            label=label,
            scopes=[scope for scope in SCOPES if scope in scopes],
            created_by=by.by if isinstance(by, Actor) else by,
            created_at=now,
            expires_at=expires_at or now + timedelta(days=TOKEN_DAYS),
            revoked_at=None,
        )
    )
    session.flush()
    recorded(session, by, "permit", "token", str(account_id), tuple(scopes))
    return token
