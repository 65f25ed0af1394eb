"""Slows down who guesses passwords, per name and source, so that nobody else is locked out."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from casework.models import Guess
from resources import clock

FREE_TRIES = 5
LONGEST_WAIT_S = 900
FORGOTTEN_AFTER = timedelta(days=1)


class TooManyTries(RuntimeError):
    """This name was tried too often from this source; `wait_s` says when to come back."""

    def __init__(self, wait_s: int) -> None:
        self.wait_s = wait_s
        super().__init__(f"too many tries; wait {wait_s} seconds")


def wait_after_s(tries: int) -> int:
    """Return the pause after so many tries in vain: none at first, then doubling, up to 15 min."""
    over = tries - FREE_TRIES
    return 0 if over < 0 else min(2**over, LONGEST_WAIT_S)


def _key(name: str, source: str) -> str:
    return hashlib.sha256(f"{name}\0{source}".encode("utf-8", "replace")).hexdigest()


def count_try(session: Session, *, name: str, source: str) -> None:
    """Count a try before its password is looked at; raise `TooManyTries` where it comes too soon.

    Counted before, so that a hundred tries at once are a hundred tries.
    """
    now = clock.now()
    old = delete(Guess).where(Guess.tried_at < now - FORGOTTEN_AFTER)
    session.execute(old.execution_options(synchronize_session=False))
    key = _key(name, source)
    row = session.get(Guess, key, with_for_update=True)
    if row is None:
        row = _first(session, key, now)
    wait_s = (row.not_before - now).total_seconds()
    if wait_s > 0:
        raise TooManyTries(int(wait_s) + 1)
    row.tries += 1
    row.tried_at = now
    row.not_before = now + timedelta(seconds=wait_after_s(row.tries))
    session.flush()


def _first(session: Session, key: str, now: datetime) -> Guess:
    row = Guess(key=key, tries=0, not_before=now, tried_at=now)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # another try at the same moment made the row
        return session.get_one(Guess, key, with_for_update=True)
    return row


def forget_tries(session: Session, *, name: str, source: str) -> None:
    """Start counting anew, after the right password."""
    session.execute(delete(Guess).where(Guess.key == _key(name, source)))
