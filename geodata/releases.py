"""Dated releases of a file in a folder, with a pointer to the one in force.

A release is never changed: a new one is written aside, renamed into place, and only then does the
pointer move. Whoever reads sees the old release or the new one, whole; an old answer can still be
given from an old release.
"""

import fcntl
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path


def current_release(folder: Path, name: str) -> Path | None:
    """Return the release of `name` in force, or None where there is none."""
    try:
        file_name = _pointer(folder, name).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    release = folder / file_name
    return release if release.is_file() else None


def releases(folder: Path, name: str) -> list[Path]:
    """Return all releases of `name`, the oldest first."""
    return sorted(folder.glob(f"{name}-[0-9]*Z-*.parquet"))


def names(folder: Path) -> list[str]:
    """Return what has releases in a folder."""
    return sorted(pointer.stem for pointer in folder.glob("*.current"))


def publish(folder: Path, name: str, write: Callable[[Path], None]) -> Path:
    """Write a new release with `write`, put it in force, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    # The random end keeps two releases of one second apart.
    day_and_time = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    release = folder / f"{name}-{day_and_time}-{uuid.uuid4().hex[:6]}.parquet"
    aside = release.with_suffix(".writing")
    try:
        write(aside)
        _flush_to_disk(aside)
        aside.replace(release)
    finally:
        aside.unlink(missing_ok=True)
    activate(folder, name, release)
    return release


def activate(folder: Path, name: str, release: Path) -> None:
    """Point to `release`, a file of this folder, from now on."""
    pointer = _pointer(folder, name)
    aside = pointer.with_suffix(f".{uuid.uuid4().hex[:6]}.writing")
    aside.write_text(release.name + "\n", encoding="utf-8")
    _flush_to_disk(aside)
    aside.replace(pointer)


@contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Let only one process at a time read, merge and publish in this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _pointer(folder: Path, name: str) -> Path:
    return folder / f"{name}.current"


def _flush_to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
