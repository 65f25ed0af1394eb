"""Writes a file that only one process makes, however many begin at the same time."""

import os
from pathlib import Path


def write_once(path: Path, data: bytes) -> None:
    """Write what only this account may read, unless it is there already; never half of it.

    The folder must be there.
    """
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_bytes(data)
    try:
        os.link(fresh, path)  # whoever links first wins; the others read it
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
