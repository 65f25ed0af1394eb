"""Passwords: hashed with argon2id, at most a few at a time, since each takes memory on purpose."""

import unicodedata
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

NONE = ""
"""Stands in the place of a hash where no password is set; nothing matches it."""

SHORTEST = 8
LONGEST = 1000

_hasher = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)  # KiB
# Without a bound, a flood of sign-ins would take 32 MiB for each thread of the server.
_at_once = BoundedSemaphore(4)


class WeakPassword(ValueError):
    """A password that is too short or too long."""

    def __init__(self) -> None:
        super().__init__(f"a password has {SHORTEST} to {LONGEST} characters")


class PasswordsDiffer(ValueError):
    """A new password that was typed twice, and not the same."""

    def __init__(self) -> None:
        super().__init__("the two passwords are not the same")


def typed_twice(password: str, again: str) -> None:
    """Make sure that a new password was typed the same twice. Raises `PasswordsDiffer`."""
    if password != again:
        raise PasswordsDiffer


def _bytes(password: str) -> bytes:
    # The same password typed on another keyboard may be composed differently. "replace": a lone
    # surrogate is simply a wrong password.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace")


def hashed(password: str) -> str:
    """Return the hash to store. Raises `WeakPassword`."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword
    with _at_once:
        return _hasher.hash(_bytes(password))


@cache
def _nobodys() -> str:
    return hashed("nobody has this password")


def matches(password_hash: str | None, password: str) -> bool:
    """Tell whether a password is the right one; as slowly where there is no hash to compare."""
    if len(password) > LONGEST:
        return False
    with _at_once:
        try:
            right = _hasher.verify(password_hash or _nobodys(), _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
    return right and bool(password_hash)
