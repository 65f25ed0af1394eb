"""Brings a copy back: into an empty database, whole or not at all."""

import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, bindparam, func, inspect, select
from sqlalchemy.engine import make_url

from casework.row_security import as_system
from casework.sealed_fields import KeyRing
from casework.sealed_words import RING
from jobs.backup.checking import Finding, findings
from jobs.backup.manifest import KEYS, BadBackup, TableCopy
from jobs.backup.opening import Backup
from jobs.backup.portable import SQL
from jobs.dialects import continue_numbering
from jobs.keys import RING_FILE, key_ring, made_ring, ring_in
from jobs.schema import NewerSchema, knows, upgrade
from jobs.settings import Settings
from resources.database import Database


class NotEmpty(RuntimeError):
    """There is data where the copy should go; nothing was written."""

    def __init__(self, ja: str, en: str) -> None:
        self.ja = ja
        super().__init__(en)


class NotWhole(RuntimeError):
    """What was brought back isn't what the copy says; nothing of it was kept."""

    def __init__(self, found: list[Finding]) -> None:
        self.found = found
        super().__init__("; ".join(f.en for f in found))


def restore_backup(backup: Backup, settings: Settings) -> None:
    """Bring a copy back into the database and the home folder that the settings name.

    An SQLite file is made aside, checked, and put in its place by one rename; on PostgreSQL all
    rows come in one transaction. The files and keys are put before that rename or commit: cut off
    in between, there are keys without a database, and the same copy can be brought back again.
    Then the schema is brought up to this program's.

    Raises
    ------
    NotEmpty
        The database holds rows, or the home another key: nothing is overwritten.
    NewerSchema, BadBackup, NotWhole
        Nothing was kept.
    """
    if not knows(backup.manifest.schema):
        raise NewerSchema(backup.manifest.schema)
    settings.home.mkdir(parents=True, exist_ok=True)
    _refuse_other_keys(backup, settings.home)
    ring = _ring_of(backup, settings)
    put_files = partial(_put_files, backup, settings.home)
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite":
        _restore_aside(backup, Path(str(url.database)), ring, put_files)
    else:
        database = Database(settings.database)
        database.info[RING] = ring
        try:
            fill(database, backup, last=put_files)
        finally:
            database.close()


def _ring_of(backup: Backup, settings: Settings) -> Callable[[], KeyRing]:
    """Return how to get the keys that will be in force: the copy's own, else the home's.

    Only a copy from before texts were sealed needs them, on its way to this program's schema.
    """
    for name, data in backup.files():
        if name == RING_FILE:
            return partial(ring_in, data)
    rows = {table.name: table.rows for table in backup.manifest.tables}
    # A name, which older schemas sealed too, means that there were keys: then these must be there.
    return partial(key_ring if rows.get("person_identity") else made_ring, settings)


def fill(database: Database, backup: Backup, *, last: Callable[[], None] | None = None) -> None:
    """Bring a copy's rows into an empty database, and its schema up to this program's.

    last : done when all rows are there and whole, before they are committed

    Raises `NotEmpty`, `BadBackup`, `NotWhole`.
    """
    _refuse_rows(database)
    upgrade(database, to=backup.manifest.schema)
    with database.connecting(said=as_system("restore")) as connection:
        _clear(connection, backup)
        for table in backup.manifest.tables:
            _load(connection, backup, table)
        continue_numbering(connection, [(t.name, t.keys) for t in backup.manifest.tables])
        wrong = findings(connection, backup.manifest)
        if wrong:
            raise NotWhole(wrong)
        if last is not None:
            last()
    upgrade(database)


def _restore_aside(
    backup: Backup, path: Path, ring: Callable[[], KeyRing], put_files: Callable[[], None]
) -> None:
    if path.exists():
        database = Database(f"sqlite:///{path}")
        try:
            _refuse_rows(database)
        finally:
            database.close()
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    database = Database(f"sqlite:///{aside}")
    database.info[RING] = ring
    try:
        fill(database, backup)
        database.close()  # the last to close writes the log of SQLite into the file
        put_files()
        _empty_log(path)
        aside.replace(path)
        _sync_folder(path.parent)
    finally:
        database.close()
        for rest in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{aside}{rest}").unlink()


def _empty_log(path: Path) -> None:
    """Remove what SQLite keeps beside an empty file that is replaced."""
    for rest in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{path}{rest}").unlink()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refuse_rows(database: Database) -> None:
    with database.connecting(said=as_system("restore")) as connection:
        names = set(inspect(connection).get_table_names()) - {"alembic_version"}
        for name in sorted(names):
            # What `ibasho migrate` makes by itself is no data.
            if connection.scalar(select(func.count()).select_from(Table(name, MetaData()))):
                raise NotEmpty(
                    "データベースにすでにデータがあります。空のデータベースか、"
                    "別のIBASHO_HOMEを指定してください。",
                    "The database holds data already; name an empty database, "
                    "or another IBASHO_HOME.",
                )


def _refuse_other_keys(backup: Backup, home: Path) -> None:
    for name, data in backup.files():
        path = home / name
        is_key = name.partition("/")[0] in KEYS
        if is_key and path.exists() and (not path.is_file() or path.read_bytes() != data):
            raise NotEmpty(
                f"{name} が控えのものと違います。別のIBASHO_HOMEを指定してください。",
                f"{name} differs from the backup's; name another IBASHO_HOME.",
            )


def _put_files(backup: Backup, home: Path) -> None:
    folders = {home}
    for name, data in backup.files():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # Always of the same name: where this was cut off, the next restore takes it away.
        fresh = path.with_name(f".{path.name}.restored")
        fresh.touch(mode=0o600)
        with fresh.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(path)
        folders.add(path.parent)
    for folder in folders:
        _sync_folder(folder)


def _table(copy: TableCopy) -> Table:
    columns = [Column(name, SQL[form]()) for name, form in copy.columns.items()]
    return Table(copy.name, MetaData(), *columns)


def _clear(connection: Connection, backup: Backup) -> None:
    """Remove the rows that a migration itself put in: the copy has its own."""
    for copy in reversed(backup.manifest.tables):
        table = _table(copy)
        if connection.scalar(select(func.count()).select_from(table)):
            connection.execute(table.delete())


def _load(connection: Connection, backup: Backup, copy: TableCopy) -> None:
    table = _table(copy)
    later: list[dict[str, Any]] = []
    for block in backup.rows(copy):
        for row in block:
            if any(row[name] is not None for name in copy.within):
                later.append({f"_{name}": row[name] for name in (*copy.keys, *copy.within)})
                row.update(dict.fromkeys(copy.within))
        connection.execute(table.insert(), block)
    if later:
        # All rows are there now, so each finds the one it refers to.
        which = [table.c[name] == bindparam(f"_{name}") for name in copy.keys]
        said: dict[str, Any] = {name: bindparam(f"_{name}") for name in copy.within}
        connection.execute(table.update().where(*which).values(said), later)


__all__ = ["BadBackup", "NotEmpty", "NotWhole", "fill", "restore_backup"]
