"""Lets a job notice between its pieces that its process is to end, so that nobody waits for it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_asked: ContextVar[threading.Event | None] = ContextVar("asked_to_stop", default=None)


class Stopped(RuntimeError):
    """The process is to end: what the job did is rolled back, and the job is due again."""

    def __init__(self) -> None:
        super().__init__("the process is to end; the job is due again")


@contextmanager
def heeding(asked: threading.Event | None) -> Iterator[None]:
    """Let the work of this thread heed that it was asked to stop; None: nobody asks it."""
    before = _asked.set(asked)
    try:
        yield
    finally:
        _asked.reset(before)


def heed_stop() -> None:
    """Raise `Stopped` if this thread's work was asked to stop; called between pieces of a job."""
    asked = _asked.get()
    if asked is not None and asked.is_set():
        raise Stopped
