"""The key ring of the sealed fields: a file in the home's folder `keys`, made on first use."""

import base64
import json
import os
from pathlib import Path

from casework import identities, second_factor
from casework.row_security import as_system
from casework.sealed_fields import KeyRing, new_ring, with_new_key
from jobs.program import Program
from jobs.settings import Settings


class NoKeys(RuntimeError):
    """The file of keys is damaged; without it what is sealed can't be read."""

    def __init__(self) -> None:
        super().__init__("keys/ring.json can't be read; bring it back from a copy")


def _file(settings: Settings) -> Path:
    return settings.home / "keys" / "ring.json"


def key_ring(settings: Settings) -> KeyRing:
    """Return this installation's keys; the first call makes them. Raises `NoKeys`."""
    path = _file(settings)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(path, new_ring(), replace=False)
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        keys = {int(n): base64.b64decode(key) for n, key in kept["keys"].items()}
        return KeyRing(keys, base64.b64decode(kept["index"]))
    except (ValueError, KeyError, AttributeError):
        raise NoKeys from None


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


def rotate_keys(program: Program) -> tuple[int, int]:
    """Add a key and seal everything again with it; return its number and how many values.

    Older keys stay in the ring, for copies of the database. May be broken off and run again.
    """
    ring = with_new_key(key_ring(program.settings))
    _write(_file(program.settings), ring, replace=True)
    sealed = 0
    while True:
        with program.database.writing(by="cli", said=as_system("keys")) as session:
            n = identities.seal_again(session, ring) + second_factor.seal_again(session, ring)
        sealed += n
        if not n:
            return ring.newest, sealed
