"""Puts a new key in force: everything that is sealed is sealed again with it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from casework import identities, sealed_words, second_factor
from casework.row_security import as_system
from casework.sealed_fields import KeyRing, with_new_key
from jobs.keys import write_ring
from jobs.program import Program

SEALED = (identities, second_factor, sealed_words)
"""Whatever seals something; each seals again what another key sealed."""


@dataclass(frozen=True)
class Rotated:
    """The key in force, how many values were sealed again, and whether it was made just now."""

    key: int
    sealed: int
    fresh: bool


def rotate_keys(program: Program) -> Rotated:
    """Add a key and seal everything again with it, a few hundred values in each transaction.

    One that was broken off is finished first: then no further key is made. Older keys stay in the
    ring, for copies of the database. Raises `CannotOpen`; what was sealed again by then stays so.
    """
    ring = program.ring()
    with program.database.reading(said=as_system("keys")) as session:
        fresh = not _any_older(session, ring)
    if fresh:
        ring = with_new_key(ring)
    count, kept = 0, not fresh
    while True:
        with program.database.writing(by="cli", said=as_system("keys")) as session:
            n = sum(part.seal_again(session, ring) for part in SEALED)
            if not kept:
                # After the first values were opened, so that no key joins a wrong ring; and before
                # anything sealed with it is committed.
                write_ring(program.settings, ring)
                kept = True
        count += n
        if not n:
            return Rotated(ring.newest, count, fresh)


def _any_older(session: Session, ring: KeyRing) -> bool:
    return any(part.any_older(session, ring) for part in SEALED)
