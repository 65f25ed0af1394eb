"""Wakes Celery workers for what is due in the ledger, again and again until it is done."""

import logging
import threading
from collections.abc import Collection

import redis
from celery import Celery
from kombu.exceptions import OperationalError as BrokerError
from sqlalchemy.exc import SQLAlchemyError

from jobs.program import Program
from jobs.runtime import tend
from jobs.upkeep import take_to_publish

log = logging.getLogger("ibasho.jobs")

LONGEST_QUEUE = 1_000
"""Messages that may wait in Redis: the ledger holds the rest, however long it is."""


class Dispatcher:
    """A loop: what is due and was not published lately is published. Any number may run.

    pause_s : between two rounds
    again_after_s : after this a job that is still due is published again: a message may be lost
    """

    def __init__(
        self,
        program: Program,
        app: Celery,
        *,
        kinds: Collection[str],
        pause_s: float = 0.5,
        again_after_s: float = 15.0,
    ) -> None:
        self._program = program
        self._app = app
        self._kinds = kinds
        self._pause_s = pause_s
        self._again_after_s = again_after_s
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        """Go round until stopped. Neither a lost database nor a lost broker ends it."""
        while not self._stopping.is_set():
            try:
                tend(self._program)
                while self.round() and not self._stopping.is_set():
                    pass
            except SQLAlchemyError:
                log.error("dispatcher_waiting reason=ledger_unreachable")
            except (BrokerError, redis.RedisError, OSError):
                log.error("dispatcher_waiting reason=broker_unreachable")
            self._stopping.wait(self._pause_s)

    def round(self) -> int:
        """Publish what is due, once; return how many messages were sent."""
        queue = self._app.conf.task_default_queue
        with self._app.connection_for_write() as connection:
            if connection.default_channel.client.llen(queue) >= LONGEST_QUEUE:
                return 0
            with self._program.database.writing(by="job") as session:
                ids = take_to_publish(session, kinds=self._kinds, again_after_s=self._again_after_s)
            # After the commit: nobody is woken for a row that isn't there.
            with connection.Producer() as producer:
                for job_id in ids:
                    self._app.send_task("run_job", (str(job_id),), producer=producer)
        return len(ids)
