"""The second factor of signing in: a code of six digits from somebody's telephone (RFC 6238)."""

import uuid

import pyotp
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.accounts import NoSuchAccount, recorded
from casework.models import Account
from casework.sealed_fields import KeyRing, seal, unseal
from resources import clock

STEP_S = 30
ISSUER = "Ibasho"


class WrongCode(ValueError):
    """A code that isn't this moment's, or that was used already."""

    def __init__(self) -> None:
        super().__init__("the code is wrong, or was used already")


def _place(account_id: uuid.UUID) -> tuple[str, str, str]:
    return "account", "totp", account_id.hex


def new_secret() -> str:
    """Return a fresh secret for somebody's telephone, in base 32."""
    return pyotp.random_base32()


def address_of(secret: str, name: str) -> str:
    """Return the address that authenticator programs read."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def _step_of(secret: str, code: str, after: int) -> int | None:
    """Return the step whose code this is: this one or a neighbour, later than `after`."""
    now = int(clock.now().timestamp()) // STEP_S
    totp = pyotp.TOTP(secret)
    for step in (now - 1, now, now + 1):
        if step > after and pyotp.utils.strings_equal(totp.at(step * STEP_S), code.strip()):
            return step
    return None


def turn_on(
    session: Session, ring: KeyRing, *, account_id: uuid.UUID, secret: str, code: str
) -> None:
    """Ask for a code from now on; the first one shows that the telephone has the secret.

    Raises `WrongCode`, `NoSuchAccount`.
    """
    account = session.get(Account, account_id)
    if account is None:
        raise NoSuchAccount
    step = _step_of(secret, code, 0)
    if step is None:
        raise WrongCode
    account.totp = seal(ring, _place(account_id), secret)
    account.totp_step = step
    session.flush()
    recorded(session, f"user:{account.name}", "permit", "account", str(account_id), ("totp",))


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


def turn_off(session: Session, *, account_id: uuid.UUID, by: str) -> None:
    """Ask for no code any more: for a telephone that is lost, by an administrator."""
    account = session.get(Account, account_id)
    if account is None:
        raise NoSuchAccount
    account.totp = account.totp_step = None
    session.flush()
    recorded(session, by, "revoke", "account", str(account_id), ("totp",))


def seal_again(session: Session, ring: KeyRing, *, limit: int = 500) -> int:
    """Seal secrets of older keys with the newest; return how many. For the rotation of keys."""
    rows = session.scalars(
        select(Account)
        .where(Account.totp.is_not(None), ~Account.totp.startswith(f"{ring.newest}:"))
        .limit(limit)
    ).all()
    for account in rows:
        assert account.totp is not None
        secret = unseal(ring, _place(account.id), account.totp)
        account.totp = seal(ring, _place(account.id), secret)
    session.flush()
    return len(rows)
