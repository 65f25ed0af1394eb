"""Lets a worker notice that its broker went away just as it was told that a message is done.

Celery only logs that the word didn't arrive, and counts the message as one that is still at hand.
Where that happens to as many as it takes at once, it asks for no more and so never notices that
the connection is gone: it stands still until it is started again.
"""

import logging
from collections.abc import Callable

from celery.worker.request import Request
from kombu.asynchronous import get_event_loop

log = logging.getLogger("ibasho.jobs")


class NoticesALostBroker(Request):  # type: ignore[misc]
    """A message at hand; where its broker can't be told what became of it, all begins anew."""

    def acknowledge(self) -> None:
        if not self.acknowledged:
            self._tell(self.message.ack)

    def reject(self, requeue: bool = False) -> None:
        if not self.acknowledged:
            self._tell(lambda: self.message.reject(requeue=requeue))

    def _tell(self, tell: Callable[[], object]) -> None:
        try:
            tell()
        except self._connection_errors as error:
            log.warning("broker_lost reason=%s", type(error).__name__)
            _begin_anew(error)
        self.acknowledged = True


def _begin_anew(error: Exception) -> None:
    """Let the loop that waits for messages end as where it notices the loss by itself."""

    def fail() -> None:
        raise error

    loop = get_event_loop()
    if loop is not None:
        loop.call_soon(fail)  # type: ignore[no-untyped-call]
