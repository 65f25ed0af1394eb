"""Codes on paper that stand in for a lost telephone: each works once, only hashes are stored.

Making and checking take the time of argon2 on purpose, so both are parted from the writing: a
caller hashes and looks first, and writes in a transaction of its own.
"""

import re
import secrets
import unicodedata
import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from casework import passwords
from casework.accounts import NoSuchAccount, recorded
from casework.models import Account, RecoveryCode
from resources import clock

HOW_MANY = 10
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""None that is taken for another when a code is read from paper."""

GROUP, GROUPS = 4, 3
SHAPE = re.compile(f"[{LETTERS}]{{{GROUP * GROUPS}}}")


def new_codes() -> list[str]:
    """Return fresh codes, as K7Q2-M9XD-4HTR; the first group finds a code, the rest opens.

    What opens has 40 random bits, each guess takes the time of argon2, and guesses are slowed down
    by `guessing`.
    """
    selectors: set[str] = set()
    while len(selectors) < HOW_MANY:
        selectors.add(_letters(GROUP))
    rest = GROUP * (GROUPS - 1)
    return [_parted(selector + _letters(rest)) for selector in sorted(selectors)]


def _letters(n: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(n))


def _parted(letters: str) -> str:
    return "-".join(letters[i : i + GROUP] for i in range(0, len(letters), GROUP))


def plain(code: str) -> str | None:
    """Return a code's letters, however they were typed; None for what can't be one."""
    folded = unicodedata.normalize("NFKC", code).upper()
    letters = "".join(c for c in folded if c.isalnum())
    return letters if SHAPE.fullmatch(letters) else None


def hashed(codes: Sequence[str]) -> dict[str, str]:
    """Return the hash of each code by its selector."""
    letters = [found for code in codes if (found := plain(code)) is not None]
    return {code[:GROUP]: passwords.hashed(code) for code in letters}


def store_codes(session: Session, *, account_id: uuid.UUID, hashes: Mapping[str, str]) -> None:
    """Put codes in the place of all that an account had. Raises `NoSuchAccount`."""
    account = session.get(Account, account_id)
    if account is None:
        raise NoSuchAccount
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    now = clock.now()
    session.add_all(
        RecoveryCode(account_id=account_id, selector=selector, code_hash=code_hash, made_at=now)
        for selector, code_hash in hashes.items()
    )
    session.flush()
    by = f"user:{account.name}"
    recorded(session, by, "permit", "account", str(account_id), ("recovery_codes",))


def matching(session: Session, *, account_id: uuid.UUID | None, code: str) -> str | None:
    """Return the selector of an account's unused code; as slowly where there is none.

    account_id : None for a name or password that was wrong, of which nothing may be told
    """
    letters = plain(code)
    if letters is None:
        return None
    selector = letters[:GROUP]
    kept = None
    if account_id is not None:
        kept = session.scalar(
            select(RecoveryCode.code_hash).where(
                RecoveryCode.account_id == account_id,
                RecoveryCode.selector == selector,
                RecoveryCode.used_at.is_(None),
            )
        )
    return selector if passwords.matches(kept, letters) else None


def use_code(session: Session, *, account_id: uuid.UUID, selector: str) -> bool:
    """Use up a code; False where another sign-in was quicker."""
    account = session.get(Account, account_id)
    if account is None or account.totp is None:
        return False
    done = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.selector == selector,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    if done.rowcount != 1:
        return False
    by = f"user:{account.name}"
    recorded(session, by, "edit", "account", str(account_id), ("recovery_code",))
    return True


def codes_left(session: Session, account_id: uuid.UUID) -> int:
    """Return how many codes an account could still use."""
    left = select(func.count()).where(
        RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
    )
    return session.scalars(left).one()
