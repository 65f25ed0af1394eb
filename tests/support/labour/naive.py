"""What many programs do instead of a ledger: the message is the work, or the row is looked at twice.

Only to be compared with: `python -m labour.naive celery N`; `thread` with the order of its two
transactions, `do-mark` or `mark-do`; `memory` with the jobs that the process was asked for.
"""

import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable

from celery import Celery
from kombu.entity import Queue
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from jobs.celery_runner import make_app
from jobs.settings import Settings, read_settings
from labour.gates import say_at_gate, wait_at_gate

TASK = "naive_count"
"""With Celery's best settings: told to be done when it is done."""
EARLY_TASK = "naive_count_early"
"""As Celery does by itself: told to be done when it begins."""

WORK_S = 0.002
QUEUE, PREFIX = "naive", "naive."
UNACKED = PREFIX + "unacked_index"
VISIBLE_AGAIN_S = 1

MUCH_WRITTEN = "INSERT INTO much VALUES (:job, :words)"
TODO = "CREATE TABLE IF NOT EXISTS todo (number VARCHAR(36) PRIMARY KEY, done INTEGER DEFAULT 0)"


def naive_app(settings: Settings) -> Celery:
    """Return an application with the product's settings, and keys of its own in Redis.

    A message that nobody has told to be done comes back after a second, not after hours.
    """
    app = make_app(settings)
    options = app.conf.broker_transport_options
    app.conf.update(
        task_default_queue=QUEUE,
        task_queues=[Queue(QUEUE, routing_key=QUEUE)],  # type: ignore[no-untyped-call]
        broker_transport_options={
            **options, "global_keyprefix": PREFIX, "visibility_timeout": VISIBLE_AGAIN_S,
        },
    )  # fmt: skip
    return app


def _engine(settings: Settings) -> Engine:
    url = make_url(settings.database)
    if url.get_backend_name() == "postgresql":
        return create_engine(url.set(drivername="postgresql+psycopg"))
    return create_engine(url, connect_args={"timeout": 30})


def _count(engine: Engine, number: str, then: Callable[[], None] = lambda: None) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO effect VALUES (:job, :process)"),
            {"job": number, "process": os.getpid()},
        )
        if number.endswith("much"):  # a row finds room on a full disk as soon as a page is freed
            words = os.urandom(500_000).hex()
            connection.execute(text(MUCH_WRITTEN), {"job": number, "words": words})
        then()


def celery_worker(concurrency: int) -> int:
    """Let each message carry the work itself, and where it stops: before, inside, after or kills."""
    settings = read_settings()
    app, engine = naive_app(settings), _engine(settings)

    def naive_count(number: str, stops: str = "") -> None:
        def stop(where: str) -> None:
            if stops == where:
                wait_at_gate(settings.home, number)

        time.sleep(WORK_S)
        if stops == "raises":
            raise ValueError(number)
        if stops == "kills":
            say_at_gate(settings.home, number)
            os.kill(os.getpid(), signal.SIGKILL)
        stop("before")
        _count(engine, number, lambda: stop("inside"))
        stop("after")

    app.task(name=TASK)(naive_count)
    app.task(name=EARLY_TASK, acks_late=False, reject_on_worker_lost=False)(naive_count)
    worker = app.Worker(
        concurrency=concurrency, pool="prefork", loglevel="CRITICAL", without_gossip=True,
        without_mingle=True, without_heartbeat=True, quiet=True,
    )  # fmt: skip
    engine.dispose()
    worker.start()
    return 0


def thread_worker(order: str = "do-mark") -> None:
    """Look for a row that is to be done, do it, and mark it: three transactions.

    Between the last two a row whose number begins with `slow` stops at the gate, one of `raises`
    fails, and one of `kills` ends the process.
    """
    settings = read_settings()
    engine = _engine(settings)
    which = text("SELECT number FROM todo WHERE done = 0 ORDER BY number LIMIT 1")

    def mark(number: str) -> None:
        with engine.begin() as connection:
            connection.execute(text("UPDATE todo SET done = 1 WHERE number = :n"), {"n": number})

    def do(number: str) -> None:
        time.sleep(WORK_S)
        _count(engine, number)

    def one() -> bool:
        with engine.begin() as connection:
            number = connection.scalar(which)
        if number is None:
            return False
        first, second = (do, mark) if order == "do-mark" else (mark, do)
        first(number)
        if number.startswith("slow"):
            wait_at_gate(settings.home, number)
        if number.startswith("raises"):
            raise ValueError(number)
        if number.startswith("kills"):
            say_at_gate(settings.home, number)
            os.kill(os.getpid(), signal.SIGKILL)
        second(number)
        return True

    while True:
        try:
            if one():
                continue
        except (SQLAlchemyError, ValueError):
            say_at_gate(settings.home, "failed")
            engine.dispose()  # and goes on with whatever is to be done then
        time.sleep(0.05)


def memory_worker(*numbers: str) -> None:
    """Work on what this process was asked for, behind the answers that were sent already.

    Told to stop, it ends the piece of work at hand.
    """
    settings = read_settings()
    engine, waiting = _engine(settings), deque(numbers)
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    while waiting and not over.is_set():
        number = waiting.popleft()
        _count(engine, number)
        if number.startswith("slow"):
            wait_at_gate(settings.home, number)


if __name__ == "__main__":
    if sys.argv[1] == "memory":
        memory_worker(*sys.argv[2:])
        sys.exit()
    if sys.argv[1] == "celery":
        sys.exit(celery_worker(int(sys.argv[2])))
    thread_worker(*sys.argv[2:])
