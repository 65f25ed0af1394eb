"""A point at which a job stops until it is told to go on, so that a fault comes just there."""

import os
from pathlib import Path

from labour.waiting import until


def say_at_gate(home: Path, job: object) -> Path:
    """Say outside that a job has come here, in which process; return the folder of the word."""
    folder = home / "slow"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{job}.{os.getpid()}").touch()
    return folder


def wait_at_gate(home: Path, job: object) -> None:
    """Say so, and wait for the word."""
    until((say_at_gate(home, job) / "go").exists, within_s=60)


def slow_jobs_begun(home: Path) -> list[int]:
    """Return the processes that hold a slow job, as far as they have said so."""
    return [int(p.name.rpartition(".")[2]) for p in (home / "slow").glob("*.*")]


def at_gate(home: Path, job: str) -> list[int]:
    """Return the processes in which a job came to the gate, the same one once."""
    return [int(p.name.rpartition(".")[2]) for p in (home / "slow").glob(f"{job}.*")]


def open_gate(home: Path) -> None:
    """Give the word: whatever waits goes on, and nothing waits any more."""
    (home / "slow").mkdir(parents=True, exist_ok=True)
    (home / "slow" / "go").touch()
