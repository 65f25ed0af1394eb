"""The key ring of the sealed fields: a file in the home's folder `keys`, made on first use."""

import base64
import json
import os
from functools import partial
from pathlib import Path

from casework.sealed_fields import KeyRing, new_ring
from casework.sealed_words import RING
from jobs.settings import Settings
from resources.database import Database

RING_FILE = "keys/ring.json"
"""Where the keys stand in the home folder."""


class NoKeys(RuntimeError):
    """The file of keys is damaged; without it what is sealed can't be read."""

    def __init__(self) -> None:
        super().__init__("keys/ring.json can't be read; bring it back from a copy")


def _file(settings: Settings) -> Path:
    return settings.home / RING_FILE


def key_ring(settings: Settings) -> KeyRing:
    """Return this installation's keys; the first call makes them. Raises `NoKeys`."""
    path = _file(settings)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(path, new_ring(), replace=False)
    return ring_in(path.read_bytes())


def ring_in(text: bytes) -> KeyRing:
    """Return the keys that a file holds. Raises `NoKeys`."""
    try:
        kept = json.loads(text)
        keys = {int(n): base64.b64decode(key) for n, key in kept["keys"].items()}
        return KeyRing(keys, base64.b64decode(kept["index"]))
    except (ValueError, KeyError, AttributeError):
        raise NoKeys from None


def write_ring(settings: Settings, ring: KeyRing) -> None:
    """Keep other keys than until now, in one step."""
    _write(_file(settings), ring, replace=True)


def give_keys(database: Database, settings: Settings) -> None:
    """Let the sessions of a database open and seal free texts with this installation's keys."""
    database.info[RING] = partial(key_ring, settings)


def _write(path: Path, ring: KeyRing, *, replace: bool) -> None:
    text = json.dumps(
        {
            "keys": {str(n): base64.b64encode(k).decode() for n, k in ring.keys.items()},
            "index": base64.b64encode(ring.index).decode(),
        }
    )
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(text, encoding="utf-8")
    if replace:
        fresh.replace(path)
        return
    try:
        os.link(fresh, path)  # whoever links first wins; the others read it
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
