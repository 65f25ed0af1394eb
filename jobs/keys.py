"""The key ring of the sealed fields: a file in the home's folder `keys`.

It is made on first use, and never where something is sealed already: a ring beside the right one
would seal what comes next with keys that nobody keeps.
"""

import base64
import json
import os
from functools import partial
from pathlib import Path

from casework.row_security import as_system
from casework.sealed_fields import KEY_BYTES, KeyRing, new_ring
from casework.sealed_stored import any_sealed, are_its_keys
from casework.sealed_words import RING
from jobs.settings import Settings
from jobs.written_once import write_once
from resources.database import Database

RING_FILE = "keys/ring.json"
"""Where the keys stand in the home folder."""


class NoKeys(RuntimeError):
    """The keys are lost, damaged or another data's; without them what is sealed can't be read."""

    def __init__(self, ja: str, en: str) -> None:
        self.ja = ja
        super().__init__(en)


def keys_lost() -> NoKeys:
    return NoKeys(
        "鍵のファイル keys/ring.json がありません。控えの keys フォルダーを IBASHO_HOME に"
        "戻してください。新しい鍵は作りません。",
        "keys/ring.json is missing, although there is sealed data; put the folder keys back into "
        "IBASHO_HOME from the backup. No new keys are made.",
    )


def keys_damaged() -> NoKeys:
    return NoKeys(
        "鍵のファイル keys/ring.json を読めません。控えから戻してください。",
        "keys/ring.json can't be read; put it back from the backup",
    )


def keys_of_others() -> NoKeys:
    return NoKeys(
        "鍵のファイル keys/ring.json は、このデータのものではありません。"
        "このデータの控えから戻してください。",
        "keys/ring.json doesn't open what is sealed in this database; put back the one from this "
        "data's backup",
    )


def _file(settings: Settings) -> Path:
    return settings.home / RING_FILE


def key_ring(settings: Settings) -> KeyRing:
    """Return this installation's keys. Raises `NoKeys`, also where none were made yet."""
    try:
        text = _file(settings).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise keys_lost() from None
    except IsADirectoryError:
        raise keys_damaged() from None
    return ring_in(text)


def made_ring(settings: Settings) -> KeyRing:
    """Return this installation's keys, made where there are none.

    Only for whoever knows that nothing is sealed yet. Raises `NoKeys`.
    """
    path = _file(settings)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_once(path, _written(new_ring()))
    return key_ring(settings)


def ring_of(database: Database, settings: Settings) -> KeyRing:
    """Return this installation's keys; the first call makes them. Raises `NoKeys`."""
    if not _file(settings).exists():
        with database.snapshot(said=as_system("keys")) as connection:
            if any_sealed(connection):
                raise keys_lost()
        return made_ring(settings)
    return key_ring(settings)


def check_keys(database: Database, settings: Settings) -> None:
    """Raise `NoKeys` where the keys at hand aren't those of what the database holds sealed."""
    has_keys = _file(settings).exists()
    ring = key_ring(settings) if has_keys else None
    with database.snapshot(said=as_system("keys")) as connection:
        if ring is not None and not are_its_keys(connection, ring):
            raise keys_of_others()
        if ring is None and any_sealed(connection):
            raise keys_lost()


def ring_in(text: bytes) -> KeyRing:
    """Return the keys that a file holds. Raises `NoKeys`."""
    try:
        kept = json.loads(text)
        keys = {int(n): base64.b64decode(key) for n, key in kept["keys"].items()}
        ring = KeyRing(keys, base64.b64decode(kept["index"]))
    except (ValueError, KeyError, AttributeError, TypeError):
        raise keys_damaged() from None
    if not keys or any(len(key) != KEY_BYTES for key in (*keys.values(), ring.index)):
        raise keys_damaged()
    return ring


def write_ring(settings: Settings, ring: KeyRing) -> None:
    """Keep other keys than until now, in one step."""
    path = _file(settings)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_bytes(_written(ring))
    fresh.replace(path)


def give_keys(database: Database, settings: Settings) -> None:
    """Let the sessions of a database open and seal free texts with this installation's keys."""
    database.info[RING] = partial(ring_of, database, settings)


def _written(ring: KeyRing) -> bytes:
    kept = {
        "keys": {str(n): base64.b64encode(k).decode() for n, k in ring.keys.items()},
        "index": base64.b64encode(ring.index).decode(),
    }
    return json.dumps(kept).encode()
