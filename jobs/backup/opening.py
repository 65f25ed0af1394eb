"""Opens a copy, decrypted where it must be, and checks each part against what it says of itself."""

import hashlib
import json
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyrage

from jobs.backup import manifest
from jobs.backup.manifest import BadBackup, Manifest, TableCopy, damaged
from jobs.backup.portable import inward

ENCRYPTED = b"age-encryption.org/"
AT_ONCE = 1_000

OURS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How a copy's parts are compressed; a damaged one may claim any other way."""

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What reading a damaged archive may end with."""


class Backup:
    """A copy that is open for reading."""

    def __init__(self, archive: zipfile.ZipFile, *, encrypted: bool) -> None:
        self._archive = archive
        self.encrypted = encrypted
        try:
            said = archive.read(manifest.NAME)
        except BROKEN:
            raise damaged() from None
        self.manifest: Manifest = manifest.read(said)

    def rows(self, table: TableCopy) -> Iterator[list[dict[str, Any]]]:
        """Give a table's rows in blocks; raise `BadBackup` where they aren't those written."""
        back = inward(table.columns)
        digest, count = hashlib.sha256(), 0
        block: list[dict[str, Any]] = []
        try:
            with self._archive.open(f"tables/{table.name}.jsonl") as member:
                for line in member:
                    digest.update(line)
                    count += 1
                    block.append(back(json.loads(line)))
                    if len(block) == AT_ONCE:
                        yield block
                        block = []
        except BROKEN:
            raise damaged() from None
        if count != table.rows or digest.hexdigest() != table.sha256:
            raise damaged()
        if block:
            yield block

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Give the files of the home folder. Raises `BadBackup`."""
        for name, sha256 in self.manifest.files.items():
            try:
                data = self._archive.read(f"home/{name}")
            except BROKEN:
                raise damaged() from None
            parts = Path(name).parts
            inside = not Path(name).is_absolute() and ".." not in parts
            if not inside or hashlib.sha256(data).hexdigest() != sha256:
                raise damaged()
            yield name, data


def identity_of(key: Path | None) -> pyrage.x25519.Identity | None:
    """Read the secret key that opens an encrypted copy. Raises `BadBackup`, `OSError`."""
    if key is None:
        return None
    try:
        lines = key.read_text(encoding="utf-8").splitlines()
        secret = [line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-")]
        return pyrage.x25519.Identity.from_str(secret[0])
    except (IndexError, UnicodeDecodeError, pyrage.IdentityError):
        raise BadBackup(
            "鍵のファイルが読めません。ibasho backup-key で作ったファイルを指定してください。",
            "The key file can't be read; name the file that ibasho backup-key made.",
        ) from None


@contextmanager
def open_backup(path: Path, *, key: Path | None = None) -> Iterator[Backup]:
    """Open a copy.

    key : the file with the secret key; needed for an encrypted copy

    Raises
    ------
    BadBackup
        No copy, a damaged one, or one that this key doesn't open.
    OSError
        The file can't be read.
    """
    with path.open("rb") as file:
        encrypted = file.read(len(ENCRYPTED)) == ENCRYPTED
        file.seek(0)
        if not encrypted:
            with unpacked(file, encrypted=False) as backup:
                yield backup
            return
        identity = identity_of(key)
        if identity is None:
            raise BadBackup(
                "この控えは暗号化されています。--key に鍵のファイルを指定してください。",
                "This backup is encrypted; give the key file with --key.",
            )
        # Without a name: what was decrypted is gone with the process.
        with tempfile.TemporaryFile(dir=path.parent) as plain:
            try:
                pyrage.decrypt_io(file, plain, [identity])
            except pyrage.DecryptError:
                raise BadBackup(
                    "この鍵では開けないか、ファイルが壊れています。鍵と控えの組を確かめてください。",
                    "This key doesn't open it, or the file is damaged; check that they belong "
                    "together.",
                ) from None
            except OSError as error:
                if error.errno is not None:
                    raise  # the disk's own
                raise damaged() from None  # a block that was altered, or the end that is missing
            with unpacked(plain, encrypted=True) as backup:
                yield backup


@contextmanager
def unpacked(file: IO[bytes], *, encrypted: bool) -> Iterator[Backup]:
    """Open what a copy is once it is decrypted. Raises `BadBackup`."""
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN:
        raise damaged() from None
    if any(member.compress_type not in OURS for member in archive.infolist()):
        raise damaged()
    with archive:
        yield Backup(archive, encrypted=encrypted)
