"""Waits for a condition, never for a time."""

import threading
import time
from collections.abc import Callable


def until(condition: Callable[[], object], *, within_s: float = 120.0, what: str = "") -> None:
    """Return as soon as the condition holds; fail when it never does.

    The deadline is patience, no claim about speed: a worker on a busy machine starts slowly.
    """
    deadline = time.monotonic() + within_s
    looking_again = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within_s:.0f} s: {what or condition}")
        looking_again.wait(0.03)
