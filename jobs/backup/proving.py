"""Proves a copy by bringing it back into a database that is thrown away."""

import tempfile
from pathlib import Path

from casework.sealed_fields import new_ring
from casework.sealed_words import RING
from jobs.backup.opening import Backup
from jobs.backup.restoring import fill
from resources.database import Database


def prove(backup: Backup, folder: Path) -> None:
    """Bring a copy back into a database of its own, look whether it is whole, throw it away.

    folder : where there is room for that database for a while; only this account can read it
    Raises `BadBackup`, `NewerSchema`, `NotWhole`.
    """
    with tempfile.TemporaryDirectory(dir=folder, prefix=".proof-") as inside:
        database = Database(f"sqlite:///{Path(inside) / 'proof.sqlite3'}")
        ring = new_ring()  # for texts of a copy from before they were sealed: thrown away as well
        database.info[RING] = lambda: ring
        try:
            fill(database, backup)
        finally:
            database.close()
    for _name, _data in backup.files():
        pass  # reading them checks them
