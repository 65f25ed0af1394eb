"""The copies that the clock asks for: their names, and how many are kept."""

import re
from datetime import datetime
from pathlib import Path

from resources.clock import JAPAN

OURS = re.compile(r"ibasho-\d{8}-\d{6}\.ibasho")
LEFT = re.compile(r"\.ibasho-\d{8}-\d{6}\.ibasho\.\d+")


def name_of(moment: datetime) -> str:
    """Return the name of a copy that is made at a moment; names in order are in time's order."""
    return f"ibasho-{moment.astimezone(JAPAN):%Y%m%d-%H%M%S}.ibasho"


def newest(folder: Path) -> Path | None:
    """Return the newest copy in a folder; None where there is none."""
    if not folder.is_dir():
        return None
    return max((p for p in folder.iterdir() if OURS.fullmatch(p.name)), default=None)


def forget_old(folder: Path, *, keep: int) -> int:
    """Remove all copies but the newest, and what broken ones left; return how many copies."""
    over = sorted((p for p in folder.iterdir() if OURS.fullmatch(p.name)), reverse=True)
    over = over[max(keep, 1) :]
    for path in [*over, *(p for p in folder.iterdir() if LEFT.fullmatch(p.name))]:
        path.unlink(missing_ok=True)
    return len(over)
