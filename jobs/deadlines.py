"""Connections that end at a moment, however slowly their bytes drip in."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, TypeVar

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

T = TypeVar("T")


class Deadline:
    """Ends the connections it watches when the time is over, in a handshake as in a body.

    A library's own time limits are for each read, and a host that sends a byte every second keeps
    within them for ever.
    """

    def __init__(self, at: float) -> None:
        """at : a moment of `time.monotonic()`"""
        self._at = at
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []

    def left_s(self) -> float:
        return max(self._at - time.monotonic(), 0.001)

    def is_over(self) -> bool:
        return time.monotonic() >= self._at

    def watch(self, connection: socket.socket) -> None:
        # A handle of our own, since the connection's is handed over to TLS.
        with self._lock:
            self._watched.append(connection.dup())
        if self.is_over():
            self.end()

    def end(self) -> None:
        with self._lock:
            for handle in self._watched:
                try:
                    handle.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # closed by then

    def close(self) -> None:
        with self._lock:
            for handle in self._watched:
                handle.close()
            self._watched = []


@contextmanager
def ended_at(moment: float) -> Iterator[Deadline]:
    """Give a deadline whose connections end at a moment of `time.monotonic()`."""
    deadline = Deadline(moment)
    timer = threading.Timer(deadline.left_s(), deadline.end)
    timer.daemon = True
    timer.start()
    try:
        yield deadline
    finally:
        timer.cancel()
        timer.join()
        deadline.close()


def within(deadline: Deadline, work: Callable[[], T]) -> T:
    """Return what a piece of work gives; raise `TimeoutError` where it takes until the deadline.

    For what has no time limit of its own (a look-up of a name); it is then left to itself.
    """
    done: Future[T] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:
            done.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return done.result(deadline.left_s())


class _Plain(HTTPConnection):
    # What the library hands to its own connections is theirs to know.
    def __init__(self, *args: Any, deadline: Deadline, **given: Any) -> None:
        super().__init__(*args, **given)
        self._deadline = deadline

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        self._deadline.watch(made)
        return made


class _Secure(HTTPSConnection):
    def __init__(self, *args: Any, deadline: Deadline, **given: Any) -> None:
        super().__init__(*args, **given)
        self._deadline = deadline

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        self._deadline.watch(made)
        return made


class PlainPool(urllib3.HTTPConnectionPool):
    """Connections by http; takes `deadline`."""

    ConnectionCls = _Plain


class SecurePool(urllib3.HTTPSConnectionPool):
    """Connections by https, the handshake within the deadline too; takes `deadline`."""

    ConnectionCls = _Secure
