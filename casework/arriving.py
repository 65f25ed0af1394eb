"""Who a request comes from, and how far the catalogue has come: asked by one statement.

Every request asks it before anything else, often after a pause. Nothing is kept between requests:
a token that was taken back, a session that was ended or an account that was closed counts at once.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, bindparam, or_, select, true

from casework import passwords
from casework.access import Actor
from casework.accounts import token_hash
from casework.models import Account, ApiToken, WebSession
from resources import clock
from resources.changes import NEWEST
from resources.prepared import Prepared


@dataclass(frozen=True)
class Arriving:
    """What is known as a request comes.

    revision : the newest one of the change log; 0 before the first, None where it can't be asked
    actor : who sends it; None where it is nobody, or what was shown isn't good (any more)
    scopes : what a token may do; None without one
    """

    revision: int | None
    actor: Actor | None = None
    scopes: frozenset[str] | None = None


# In the order of `Actor`'s fields. Neither a hash nor the secret of a second factor is read.
_ACTOR = (
    Account.id, Account.name, Account.role, Account.agency, Account.language, Account.active,
    Account.display_name,
    or_(Account.totp.is_not(None), Account.password_hash == passwords.NONE).label("second_factor"),
)  # fmt: skip


def _with_revision(who: Select[*tuple[Any, ...]]) -> Prepared:
    # One row always: the revision is asked for whoever it is.
    newest, found = NEWEST.subquery(), who.subquery()
    columns = select(newest.c.revision, *found.c)
    return Prepared(columns.select_from(newest.outerjoin(found, true())))


_NOBODY = Prepared(NEWEST)
_BY_SESSION = _with_revision(
    select(*_ACTOR)
    .join(WebSession, WebSession.account_id == Account.id)
    .where(
        WebSession.token_hash == bindparam("hash"),
        WebSession.expires_at > bindparam("now"),
        Account.active,
    )
)
_BY_TOKEN = _with_revision(
    select(*_ACTOR, ApiToken.scopes)
    .join(ApiToken, ApiToken.account_id == Account.id)
    .where(
        ApiToken.token_hash == bindparam("hash"),
        ApiToken.expires_at > bindparam("now"),
        ApiToken.revoked_at.is_(None),
        Account.active,
    )
)


def nobody(connection: Connection) -> Arriving:
    """Return what is known where nothing was shown."""
    ((revision,),) = _NOBODY.rows(connection)
    return Arriving(revision or 0)


def by_session(connection: Connection, token: str) -> Arriving:
    """Return what is known of who holds a browser's session."""
    ((revision, *account),) = _BY_SESSION.rows(connection, _held(token))
    return Arriving(revision or 0, None if account[0] is None else Actor(*account))


def by_token(connection: Connection, token: str) -> Arriving:
    """Return what is known of whom another system's token lets act."""
    ((revision, *account, scopes),) = _BY_TOKEN.rows(connection, _held(token))
    if account[0] is None:
        return Arriving(revision or 0)
    return Arriving(revision or 0, Actor(*account), frozenset(scopes))


def _held(token: str) -> dict[str, Any]:
    return {"hash": token_hash(token), "now": clock.now()}
