"""Fields that name a person, encrypted at rest: AES-256-GCM, bound to table, column and row.

A value copied into another row, column or table can't be opened there (NIST SP 800-38D:
additional authenticated data). The keys stand outside the database; each value says which key
it was sealed with, so that keys can rotate while the program runs.
"""

import base64
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


class CannotOpen(ValueError):
    """A sealed value that was altered, moved to another place, or whose key is not in the ring."""

    def __init__(self) -> None:
        super().__init__("a sealed field can't be opened; bring back this data's keys/ring.json")


@dataclass(frozen=True)
class KeyRing:
    """The keys by their numbers; the newest seals, all open. `index` makes blind indexes."""

    keys: Mapping[int, bytes]
    index: bytes

    @property
    def newest(self) -> int:
        return max(self.keys)

    def __repr__(self) -> str:
        return f"KeyRing({len(self.keys)} keys)"  # never the keys


def new_ring() -> KeyRing:
    """Return a ring with one fresh key."""
    return KeyRing({1: secrets.token_bytes(KEY_BYTES)}, secrets.token_bytes(KEY_BYTES))


def with_new_key(ring: KeyRing) -> KeyRing:
    """Return the ring with one more key, which seals from now on."""
    return KeyRing({**ring.keys, ring.newest + 1: secrets.token_bytes(KEY_BYTES)}, ring.index)


def _bound(place: tuple[str, str, str]) -> bytes:
    return "\0".join(place).encode()


def seal(ring: KeyRing, place: tuple[str, str, str], text: str) -> str:
    """Return a text as it is stored.

    place : table, column, and the id of the row
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(ring.keys[ring.newest]).encrypt(nonce, text.encode(), _bound(place))
    return f"{ring.newest}:{base64.b64encode(nonce + sealed).decode()}"


def unseal(ring: KeyRing, place: tuple[str, str, str], stored: str) -> str:
    """Return what a stored value says. Raises `CannotOpen`."""
    number, _, rest = stored.partition(":")
    try:
        key = ring.keys[int(number)]
        whole = base64.b64decode(rest, validate=True)
        opened = AESGCM(key).decrypt(whole[:NONCE_BYTES], whole[NONCE_BYTES:], _bound(place))
    except (KeyError, ValueError, InvalidTag):
        raise CannotOpen from None
    return opened.decode()


def key_of(stored: str) -> int:
    """Return the number of the key with which a value was sealed."""
    return int(stored.partition(":")[0])


def blind_index(ring: KeyRing, column: str, text: str) -> str:
    """Return what is stored to find a value by exact look-up, which tells nothing without the key.

    Width, case and spaces don't matter.
    """
    folded = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hmac.new(ring.index, f"{column}\0{folded}".encode(), hashlib.sha256).hexdigest()
