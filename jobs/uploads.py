"""Files that were sent to be imported: each in a folder named by its id, under its own name."""

import re
import shutil
import time
import uuid
from pathlib import Path
from typing import BinaryIO

LONGEST_NAME = 100


def keep_upload(folder: Path, *, name: str, content: BinaryIO) -> uuid.UUID:
    """Store a file that was sent and return the id by which a job finds it."""
    upload_id = uuid.uuid4()
    target = folder / str(upload_id)
    target.mkdir(parents=True)
    # A name is what somebody sent: only its last part, and only letters, digits, dots and dashes.
    safe = re.sub(r"[^\w.-]", "_", Path(name).name).lstrip(".")[-LONGEST_NAME:] or "file"
    with (target / safe).open("xb") as out:
        shutil.copyfileobj(content, out)
    return upload_id


def upload_of(folder: Path, upload_id: uuid.UUID) -> Path | None:
    """Return the file of an id; None where there is none any more."""
    target = folder / str(upload_id)
    files = [p for p in target.iterdir() if p.is_file()] if target.is_dir() else []
    return files[0] if len(files) == 1 else None


def forget_old_uploads(folder: Path, *, days: int) -> int:
    """Remove files that were sent so many days ago; return how many."""
    if not folder.is_dir():
        return 0
    before = time.time() - days * 86_400
    old = [p for p in folder.iterdir() if p.is_dir() and p.stat().st_mtime < before]
    for target in old:
        shutil.rmtree(target, ignore_errors=True)
    return len(old)
