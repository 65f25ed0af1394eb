"""What somebody does to their own account: password, language, tokens."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casework.access import Actor
from casework.accounts import BadAccount, NoSuchAccount, add_token, recorded
from casework.models import Account, ApiToken, WebSession
from resources import clock

LONGEST_TOKEN_DAYS = 365


class WrongPassword(PermissionError):
    """The password that somebody typed to change something of their own is not theirs."""

    def __init__(self) -> None:
        super().__init__("the password is wrong")


class NoSuchToken(LookupError):
    """A token that isn't one's own, or doesn't exist."""

    def __init__(self) -> None:
        super().__init__("no such token")


def account_of(session: Session, actor: Actor) -> Account:
    """Return the account of who is signed in."""
    account = session.get(Account, actor.account_id)
    if account is None or not account.active:
        raise NoSuchAccount
    return account


def change_password(session: Session, *, password_hash: str, by: Actor) -> None:
    """Set another password (its hash is of `passwords.hashed`); every session ends, this one too.

    The caller checks the old password before, and opens a fresh session after.
    """
    account = account_of(session, by)
    account.password_hash = password_hash
    account.edited_at = clock.now()
    session.execute(delete(WebSession).where(WebSession.account_id == account.id))
    session.flush()
    recorded(session, by, "edit", "account", str(account.id), ("password",))


def choose_language(session: Session, *, language: str, by: Actor) -> None:
    """Store in which language somebody reads the pages. Raises `BadAccount`."""
    if language not in ("ja", "en"):
        raise BadAccount("a language is ja or en")
    account_of(session, by).language = language


def own_tokens(session: Session, actor: Actor) -> list[ApiToken]:
    """Return somebody's tokens that still hold, the newest first."""
    held = select(ApiToken).where(
        ApiToken.account_id == actor.account_id,
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_at > clock.now(),
    )
    return list(session.scalars(held.order_by(ApiToken.created_at.desc())))


def add_own_token(
    session: Session, *, label: str, scopes: Collection[str], days: int, by: Actor
) -> str:
    """Make a token of one's own; return it, to be shown this once. Raises `BadAccount`."""
    label = label.strip()
    if not 1 <= len(label) <= 200 or not label.isprintable():
        raise BadAccount("a token's label has 1 to 200 characters")
    if not 1 <= days <= LONGEST_TOKEN_DAYS:
        raise BadAccount(f"a token holds 1 to {LONGEST_TOKEN_DAYS} days")
    return add_token(
        session,
        account_id=by.account_id,
        label=label,
        scopes=scopes,
        expires_at=clock.now() + timedelta(days=days),
        by=by,
    )


def revoke_own_token(session: Session, *, token_hash: str, by: Actor) -> None:
    """End a token of one's own; another's is as if there were none. Raises `NoSuchToken`."""
    token = session.get(ApiToken, token_hash)
    if token is None or token.account_id != by.account_id:
        raise NoSuchToken
    token.revoked_at = token.revoked_at or clock.now()
    session.flush()
    recorded(session, by, "revoke", "token", str(by.account_id))
