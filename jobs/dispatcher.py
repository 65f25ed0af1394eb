"""Wakes Celery workers for what is due in the ledger, again and again until it is done."""

import logging
import threading
from collections.abc import Callable, Collection

import redis
from celery import Celery
from kombu.exceptions import OperationalError as BrokerError
from sqlalchemy.exc import SQLAlchemyError

from jobs.opened import ONLY, Programs
from jobs.program import Program
from jobs.runtime import tend
from jobs.schema import NewerSchema
from jobs.upkeep import is_anything_due, take_to_publish
from jobs.visiting import Visits

log = logging.getLogger("ibasho.jobs")

QUEUE = "ibasho"
LONGEST_QUEUE = 1_000
"""Messages that may wait in Redis: the ledger holds the rest, however long it is."""

AT_ONCE = 200
LEAST_QUEUE = 10
"""Messages that may wait for each municipality, however many there are."""


def queue_of(slug: str) -> str:
    """Return the queue of a municipality: a worker takes from them by turns."""
    return QUEUE if slug == ONLY else f"{QUEUE}.{slug}"


class Dispatcher:
    """A loop: what is due and was not published lately is published. Any number may run.

    pause_s : between two rounds
    again_after_s : after this a job that is still due is published again: a message may be lost
    """

    def __init__(
        self,
        program: Program | Programs,
        app: Celery,
        *,
        kinds: Collection[str],
        pause_s: float = 0.5,
        again_after_s: float = 15.0,
    ) -> None:
        self._programs = program if isinstance(program, Programs) else Programs.only(program)
        self._visits = Visits(self._programs.at_most)
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
            self._programs.look_again()
            here = self._visits.of_this_round(self._programs.slugs)
            tended = [(slug, self._with(slug, self._tend)) for slug in here]
            busy = {slug for slug, reached in tended if reached is not None}
            while busy and not self._stopping.is_set():
                # Of each a handful in turn: none waits until all of another's were sent.
                busy = {slug for slug in sorted(busy) if self._with(slug, self._publish)}
            self._stopping.wait(self._pause_s)

    def round(self) -> int:
        """Publish what is due, once; return how many messages were sent."""
        sent = 0
        for slug in self._programs.slugs:
            with self._programs.use(slug) as program:
                sent += self._publish(slug, program)
        return sent

    def _with(self, slug: str, do: Callable[[str, Program], int]) -> int | None:
        """Do something with a municipality's ledger; None where it can't be reached."""
        if self._stopping.is_set():
            return None
        try:
            with self._programs.use(slug) as program:
                return do(slug, program)
        except (SQLAlchemyError, NewerSchema):
            log.error("dispatcher_waiting reason=ledger_unreachable municipality=%s", slug)
        except (BrokerError, redis.RedisError, OSError):
            log.error("dispatcher_waiting reason=broker_unreachable municipality=%s", slug)
        except Exception as error:
            # Whatever is amiss with one (its keys, its folder), the others are not to wait for it.
            kind = type(error).__name__
            log.error("dispatcher_waiting reason=%s municipality=%s", kind, slug)
        return None

    @staticmethod
    def _tend(_slug: str, program: Program) -> int:
        tend(program)
        return 0

    def _publish(self, slug: str, program: Program) -> int:
        queue = queue_of(slug)
        with program.database.reading() as session:
            if not is_anything_due(session, self._kinds):
                return 0
        with self._app.connection_for_write() as connection:
            longest = max(LONGEST_QUEUE // len(self._programs.slugs), LEAST_QUEUE)
            free = longest - connection.default_channel.client.llen(queue)
            if free <= 0:
                return 0
            with program.database.writing(by="job") as session:
                ids = take_to_publish(
                    session,
                    kinds=self._kinds,
                    again_after_s=self._again_after_s,
                    limit=min(free, AT_ONCE),
                )
            # After the commit: nobody is woken for a row that isn't there.
            whose = () if slug == ONLY else (slug,)
            with connection.Producer() as producer:
                for job_id in ids:
                    said = (str(job_id), *whose)
                    self._app.send_task("run_job", said, producer=producer, queue=queue)
        return len(ids)
