"""The second factor of signing in: a code of six digits from somebody's telephone (RFC 6238)."""

import uuid
from datetime import timedelta

import pyotp
from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from casework.accounts import NoSuchAccount, recorded
from casework.models import Account, RecoveryCode
from casework.sealed_fields import KeyRing, seal, unseal
from resources import clock

STEP_S = 30
ISSUER = "Ibasho"
OFFER_LASTS = timedelta(minutes=15)
"""How long a secret waits for the first code from the telephone it was shown to."""


class WrongCode(ValueError):
    """A code that isn't this moment's, or that was used already."""

    def __init__(self) -> None:
        super().__init__("the code is wrong, or was used already")


class NothingOffered(LookupError):
    """No secret waits for its first code: none was asked for, or its time is over."""

    def __init__(self) -> None:
        super().__init__("no secret is waiting; begin again")


class MustKeep(PermissionError):
    """Somebody whose role must use a second factor wanted to be without one."""

    def __init__(self) -> None:
        super().__init__("this role must use a second factor")


def _place(account_id: uuid.UUID, column: str = "totp") -> tuple[str, str, str]:
    return "account", column, account_id.hex


def _account(session: Session, account_id: uuid.UUID) -> Account:
    account = session.get(Account, account_id)
    if account is None:
        raise NoSuchAccount
    return account


def new_secret() -> str:
    """Return a fresh secret for somebody's telephone, in base 32."""
    return pyotp.random_base32()


def address_of(secret: str, name: str) -> str:
    """Return the address that authenticator programs read."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def offer(session: Session, ring: KeyRing, *, account_id: uuid.UUID) -> None:
    """Make a secret that waits, sealed, for the first code of the telephone it is shown to.

    The factor that is in use until then goes on. Raises `NoSuchAccount`.
    """
    account = _account(session, account_id)
    account.totp_offered = seal(ring, _place(account_id, "totp_offered"), new_secret())
    account.totp_offered_at = clock.now()
    session.flush()


def offered(session: Session, ring: KeyRing, *, account_id: uuid.UUID) -> str:
    """Return the secret that waits for its first code. Raises `NothingOffered`."""
    account = _account(session, account_id)
    kept, since = account.totp_offered, account.totp_offered_at
    if kept is None or since is None or clock.now() >= since + OFFER_LASTS:
        raise NothingOffered
    return unseal(ring, _place(account_id, "totp_offered"), kept)


def _step_of(secret: str, code: str, after: int) -> int | None:
    """Return the step whose code this is: this one or a neighbour, later than `after`."""
    now = int(clock.now().timestamp()) // STEP_S
    totp = pyotp.TOTP(secret)
    for step in (now - 1, now, now + 1):
        if step > after and pyotp.utils.strings_equal(totp.at(step * STEP_S), code.strip()):
            return step
    return None


def turn_on(session: Session, ring: KeyRing, *, account_id: uuid.UUID, code: str) -> None:
    """Ask for a code from now on; the first one shows that the telephone has the secret.

    Raises `WrongCode`, `NothingOffered`, `NoSuchAccount`.
    """
    secret = offered(session, ring, account_id=account_id)
    account = _account(session, account_id)
    step = _step_of(secret, code, 0)
    if step is None:
        raise WrongCode
    account.totp = seal(ring, _place(account_id), secret)
    account.totp_step = step
    account.totp_offered = account.totp_offered_at = None
    session.flush()
    recorded(session, f"user:{account.name}", "permit", "account", str(account_id), ("totp",))


def is_on(session: Session, account_id: uuid.UUID) -> bool:
    """Tell whether an account is asked for a code."""
    return _account(session, account_id).totp is not None


def check_code(session: Session, ring: KeyRing, *, account_id: uuid.UUID, code: str) -> bool:
    """Tell whether an account asks for no code, or this is the right one; each works once."""
    account = session.get(Account, account_id, with_for_update=True)
    if account is None:
        return False
    if account.totp is None:
        return True
    step = _step_of(unseal(ring, _place(account_id), account.totp), code, account.totp_step or 0)
    if step is None:
        return False
    account.totp_step = step
    session.flush()
    return True


def forget(session: Session, account: Account) -> None:
    """Take an account's secret, and the codes that stand in for it, away."""
    account.totp = account.totp_step = account.totp_offered = account.totp_offered_at = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    session.flush()


def turn_off(session: Session, *, account_id: uuid.UUID, by: str) -> None:
    """Ask for no code any more: by its owner, or by an administrator for a lost telephone."""
    forget(session, _account(session, account_id))
    recorded(session, by, "revoke", "account", str(account_id), ("totp",))


def _older(ring: KeyRing) -> ColumnElement[bool]:
    newest = f"{ring.newest}:"
    kept = (Account.totp, Account.totp_offered)
    return or_(*(column.is_not(None) & ~column.startswith(newest) for column in kept))


def any_older(session: Session, ring: KeyRing) -> bool:
    """Tell whether a secret is sealed with another key than the newest."""
    return session.execute(select(Account.id).where(_older(ring)).limit(1)).first() is not None


def seal_again(session: Session, ring: KeyRing, *, limit: int = 500) -> int:
    """Seal secrets of older keys with the newest; return how many. For the rotation of keys."""
    rows = session.scalars(select(Account).where(_older(ring)).limit(limit).with_for_update()).all()
    for account in rows:
        for column in ("totp", "totp_offered"):
            kept, place = getattr(account, column), _place(account.id, column)
            if kept is not None:
                setattr(account, column, seal(ring, place, unseal(ring, place, kept)))
    session.flush()
    return len(rows)
