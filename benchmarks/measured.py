"""Keeps what a benchmark measured where the program reads it, with date, machine and command."""

import json
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "jobs" / "measured"


def keep(name: str, command: str, figures: Mapping[str, float]) -> Path:
    """Write figures; they are shipped with the program and worked with by `jobs.capacity`."""
    path = FOLDER / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    facts = {
        "command": command,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}",
        "figures": {key: float(f"{value:.4g}") for key, value in sorted(figures.items())},
    }
    path.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return path
