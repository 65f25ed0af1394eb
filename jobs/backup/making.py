"""Writes a copy of the database and of the files beside it, while the program goes on.

All tables are read in one transaction that sees one moment (SQLite's WAL, PostgreSQL's REPEATABLE
READ), so nobody waits and nothing is torn; the files are read after it, since a file is written
before the row that names it. Copying a live SQLite file instead gives a damaged copy sooner or
later.
"""

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import pyrage
from sqlalchemy import Connection, Table, select

from casework.row_security import as_system
from jobs.backup import manifest
from jobs.backup.manifest import KEYS, BadBackup, Manifest, TableCopy
from jobs.backup.opening import unpacked
from jobs.backup.portable import forms_of, outward
from jobs.backup.proving import prove
from jobs.belonging import check_belonging
from jobs.schema import found
from jobs.settings import Settings
from jobs.tables import METADATA
from resources.database import Database

FOLDERS = ("gazetteer", "layers", "streets")
"""Folders of the home that belong in a copy; the index makes itself again."""

AT_ONCE = 2_000


@dataclass(frozen=True)
class Made:
    """A copy that was written."""

    path: Path
    manifest: Manifest
    encrypted: bool


def recipient_of(text: str) -> pyrage.x25519.Recipient | None:
    """Return whom a copy is encrypted for; None for an empty text. Raises `BadBackup`."""
    if not text:
        return None
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise BadBackup(
            "控えの宛先の鍵が読めません。age1 で始まる公開鍵を指定してください。",
            "The backup's recipient can't be read; give a public key that begins with age1.",
        ) from None


def make_backup(
    database: Database, settings: Settings, target: Path, *, recipient: str = ""
) -> Made:
    """Write a copy to a file that must not exist yet, proved before it gets its name.

    recipient : the public key (age1…) it is encrypted for; empty = it isn't, and holds no keys.
        It is proved before it is encrypted: the key that opens it isn't on this machine.

    Raises
    ------
    BadBackup
        The recipient can't be read, or the file exists.
    NotWhole
        What the copy would bring back isn't whole: the database itself has a fault.
    DatabaseLost, NoKeys, NoSecret
        The database or its keys are lost: a copy of the rest would bring nothing back.
    OSError
        The file can't be written; nothing is left of it.
    """
    reader = recipient_of(recipient)
    if target.exists():
        raise BadBackup(
            "その名前のファイルがすでにあります。別の名前を指定してください。",
            "A file of that name exists; give another name.",
        )
    check_belonging(database, settings)  # files can be lost while the program runs, too
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    # Without a name until it is encrypted: the file system forgets it when the process ends.
    with tempfile.TemporaryFile(dir=target.parent) as plain:
        said = _pack(database, settings, plain, with_keys=reader is not None)
        with unpacked(plain, encrypted=False) as backup:
            prove(backup, settings.home)
        plain.seek(0)
        try:
            with os.fdopen(_private(unfinished), "wb") as out:
                if reader is not None:
                    pyrage.encrypt_io(plain, out, [reader])
                else:
                    while block := plain.read(1 << 20):
                        out.write(block)
                out.flush()
                os.fsync(out.fileno())
            os.link(unfinished, target)  # fails where another copy of the name came first
        finally:
            with suppress(FileNotFoundError):
                unfinished.unlink()
    return Made(target, said, reader is not None)


def _private(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _pack(
    database: Database,
    settings: Settings,
    out: IO[bytes],
    *,
    with_keys: bool,
) -> Manifest:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        with database.snapshot(said=as_system("backup")) as connection:
            schema = found(connection) or ""
            tables = [_copy(connection, table, archive) for table in METADATA.sorted_tables]
        files = {}
        for path in _files(settings.home, with_keys=with_keys):
            name = path.relative_to(settings.home).as_posix()
            # A file may have been forgotten since it was listed.
            with suppress(FileNotFoundError):
                data = path.read_bytes()
                archive.writestr(f"home/{name}", data)
                files[name] = hashlib.sha256(data).hexdigest()
        said = Manifest(schema, made_at, tables, files)
        archive.writestr(manifest.NAME, manifest.written(said))
    return said


def _copy(connection: Connection, table: Table, archive: zipfile.ZipFile) -> TableCopy:
    forms = forms_of(table)
    out = outward(forms)
    keys = [column.name for column in table.primary_key]
    digest, count = hashlib.sha256(), 0
    rows = connection.execution_options(yield_per=AT_ONCE).execute(
        select(table).order_by(*table.primary_key)
    )
    with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as member:
        for block in rows.partitions():
            lines = "".join(
                json.dumps(out(row), ensure_ascii=False, separators=(",", ":")) + "\n"
                for row in block
            ).encode()
            digest.update(lines)
            member.write(lines)
            count += len(block)
    within = [
        column.name
        for column in table.columns
        if any(key.column.table is table for key in column.foreign_keys)
    ]
    return TableCopy(table.name, forms, keys, within, count, digest.hexdigest())


def _files(home: Path, *, with_keys: bool) -> Iterator[Path]:
    for name in FOLDERS + (KEYS if with_keys else ()):
        place = home / name
        if place.is_file():
            yield place
        elif place.is_dir():
            yield from sorted(p for p in place.rglob("*") if p.is_file() and not p.is_symlink())
