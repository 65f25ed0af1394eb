"""A small disk that a test can fill, in either setting."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest


class SmallDisk:
    """A folder on a tmpfs of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Take all the room that is left."""
        with self._ballast.open("ab", buffering=0) as full:
            try:
                while full.write(b"\0" * 4096):
                    pass
            except OSError as error:
                if "space" not in str(error):
                    raise

    def clear(self) -> None:
        self._ballast.unlink()


@contextmanager
def small_disk(megabytes: int) -> Iterator[SmallDisk]:
    """Mount a small disk; skip the test where that isn't possible."""
    # Not pytest's folder, which a server under another name may not enter.
    folder = Path(tempfile.mkdtemp(prefix="ibasho-disk-"))
    folder.chmod(0o755)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    try:
        if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("a small disk can be mounted by root only")
        try:
            yield SmallDisk(folder)
        finally:
            subprocess.run(["umount", str(folder)], check=True)
    finally:
        folder.rmdir()


@contextmanager
def tablespace(server: str, folder: Path) -> Iterator[str]:
    """Let a server of the test run's own keep databases in a folder; give the name for that.

    At the end they are dropped, with whatever still uses them.
    """
    name, place = "small", folder / "tables"
    place.mkdir()
    if os.geteuid() == 0:
        shutil.chown(place, "pgserver")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE {name} LOCATION '{place}'")
        try:
            yield name
        finally:
            inside = connection.execute(
                "SELECT datname FROM pg_database d JOIN pg_tablespace t ON t.oid = dattablespace "
                "WHERE spcname = %s", (name,),
            ).fetchall()  # fmt: skip
            for (database,) in inside:
                connection.execute(f'DROP DATABASE "{database}" WITH (FORCE)')
            connection.execute(f"DROP TABLESPACE {name}")
