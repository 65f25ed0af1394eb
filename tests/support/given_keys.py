"""Gives a database that a test opens itself the keys of what is sealed, as the program does."""

from casework.sealed_fields import new_ring
from casework.sealed_words import RING
from resources.database import Database


def with_keys(database: Database) -> Database:
    ring = new_ring()
    database.info[RING] = lambda: ring
    return database
