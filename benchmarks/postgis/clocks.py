"""How long questions take: on the wall's clock, and on a processor.

On a shared machine much of the first is waiting for a processor that somebody else has.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple


class Taken(NamedTuple):
    """Milliseconds of one question."""

    wall: float
    processor: float


def clocked(
    ask: Callable[[Any], Any], questions: Sequence[Any], server: int | None = None
) -> list[Taken]:
    """Put the questions one after the other.

    server : the process that works for this one, whose time on a processor counts as well
    """
    taken = []
    for question in questions:
        of_server, here, now = _worked(server), time.thread_time(), time.perf_counter()
        ask(question)
        wall, own = time.perf_counter() - now, time.thread_time() - here
        taken.append(Taken(wall * 1e3, own * 1e3 + (_worked(server) - of_server) / 1e6))
    return taken


def _worked(process: int | None) -> int:
    """Return for how many nanoseconds a process has had a processor (Linux)."""
    if process is None:
        return 0
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0])


def part(times: list[float], at: float) -> float:
    """Return the time that a part of all doesn't exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * at))]
