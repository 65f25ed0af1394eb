"""Runs the jobs in Celery workers. A message only wakes a worker: it carries a job's id."""

import logging
import os
import threading
import uuid
from collections.abc import Mapping
from typing import Any

import billiard.pool
import redis
from celery import Celery, bootsteps
from celery.signals import setup_logging, worker_process_init
from kombu.entity import Queue

from jobs.belonging import NOT_TOGETHER
from jobs.broker_lost import NoticesALostBroker
from jobs.dispatcher import QUEUE, Dispatcher, queue_of
from jobs.listed import LOOKED_AT_EVERY_S
from jobs.log_lines import fields, log_to_stderr
from jobs.municipalities import read_municipalities
from jobs.opened import ONLY, NoSuchMunicipality, Programs, programs_of
from jobs.runtime import run_one
from jobs.settings import Settings
from jobs.tasks import TASKS, Task

log = logging.getLogger("ibasho.jobs")

TASK_NAME = "run_job"
HARD_LIMIT_S = 3600
SOFT_LIMIT_S = 3300
ANSWER_WITHIN_S = 5


class UnfitBroker(RuntimeError):
    """A Redis that can't be used; the message says what to do."""

    def __init__(self, ja: str, en: str) -> None:
        self.ja = ja
        super().__init__(en)


def check_broker(redis_url: str) -> None:
    """Raise `UnfitBroker` where Redis doesn't answer, or would silently drop messages."""
    try:
        with redis.Redis.from_url(
            redis_url, socket_timeout=ANSWER_WITHIN_S, socket_connect_timeout=ANSWER_WITHIN_S
        ) as client:
            # INFO, not CONFIG GET: hosted servers forbid the latter.
            policy = client.info("memory").get("maxmemory_policy")
    except (redis.RedisError, OSError, ValueError):  # the last: an address that is none
        raise UnfitBroker(
            "Redisに接続できません。IBASHO_REDIS_URLと、Redisが動いているかを確認してください。",
            "Redis can't be reached; check IBASHO_REDIS_URL and that Redis is running.",
        ) from None
    if policy != "noeviction":
        raise UnfitBroker(
            f"このRedisは空きがなくなると処理の合図を捨てます（maxmemory-policy {policy}）。"
            "noevictionに変えてから始めてください。",
            f"this Redis drops messages when its memory is full (maxmemory-policy {policy}); "
            "set maxmemory-policy to noeviction and start again.",
        )


# A pool that ends waits half a minute for the word that its results were taken. Where a worker has
# failed nobody takes them any more; what was done stands in the ledger, so a moment is enough.
billiard.pool.GUARANTEE_MESSAGE_CONSUMPTION_RETRY_LIMIT = 10  # of a tenth of a second


def make_app(settings: Settings) -> Celery:
    """Return the Celery application with the settings under which nothing is lost for long."""
    app = Celery("ibasho", broker=settings.redis_url, set_as_current=False)
    queues = [queue_of(slug) for slug in read_municipalities(settings) or (ONLY,)]
    app.conf.update(
        task_default_queue=QUEUE,
        task_queues=[Queue(name, routing_key=name) for name in queues],  # type: ignore[no-untyped-call]
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_time_limit=HARD_LIMIT_S,
        task_soft_time_limit=SOFT_LIMIT_S,
        task_publish_retry=False,  # the next round of the dispatcher is the retry
        worker_prefetch_multiplier=1,
        worker_max_tasks_per_child=1000,
        worker_proc_alive_timeout=60.0,  # opening the program may take a while on a busy machine
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": 2 * HARD_LIMIT_S + 600,
            "socket_timeout": ANSWER_WITHIN_S,
            "socket_connect_timeout": ANSWER_WITHIN_S,
            "socket_keepalive": True,
            # A worker asks all queues at once, each time beginning with the one after the last.
            "queue_order_strategy": "round_robin",
            "priority_steps": [0],
        },
    )
    return app


def register(app: Celery, settings: Settings, tasks: Mapping[str, Task] = TASKS) -> None:
    """Give the application its one task: every kind of job goes by the same name.

    Celery throws away a message whose task it doesn't know; a job of an unknown kind stays in the
    ledger and is shown.
    """
    opened: dict[int, Programs] = {}

    def programs_of_this_process() -> Programs:
        # Each process of the pool has connections of its own: they don't survive a fork.
        process = os.getpid()
        if process not in opened:
            opened.clear()
            opened[process] = programs_of(settings)
        return opened[process]

    def open_early(**_: Any) -> None:
        programs = programs_of_this_process()
        if programs.slugs == (ONLY,):
            with programs.use(ONLY):
                pass

    worker_process_init.connect(open_early, weak=False)

    @app.task(name=TASK_NAME, Request=NoticesALostBroker)  # type: ignore[untyped-decorator]
    def run_job(job_id: str, slug: str = ONLY) -> None:
        programs = programs_of_this_process()
        programs.look_again()
        try:
            with programs.use(slug) as program:
                run_one(program, uuid.UUID(job_id), tasks=tasks)
        except NoSuchMunicipality:
            # Sent by a program whose list is longer; the job waits in its own ledger.
            log.warning("job_left id=%s reason=no_such_municipality", job_id)


def run_worker(
    settings: Settings,
    *,
    concurrency: int | None = None,
    tasks: Mapping[str, Task] = TASKS,
) -> int:
    """Work until told to stop (SIGTERM finishes the jobs at hand); return the exit code.

    Raises `UnfitBroker`.
    """
    check_broker(settings.redis_url)
    log_to_stderr(settings.log_level)
    setup_logging.connect(_as_it_is, weak=False)
    programs = programs_of(settings)
    _open_each(programs)
    app = make_app(settings)
    register(app, settings, tasks)
    app.steps["consumer"].add(_following_queues(programs))
    dispatcher = Dispatcher(programs, app, kinds=tuple(tasks))
    thread = threading.Thread(target=dispatcher.run, name="dispatcher", daemon=True)
    thread.start()
    worker = app.Worker(
        concurrency=concurrency,
        pool="prefork",
        loglevel="WARNING",
        hostname=f"{QUEUE}-{os.getpid()}@%h",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
    )
    try:
        worker.start()
    finally:
        dispatcher.stop()
        thread.join(2 * ANSWER_WITHIN_S)
        programs.close()
    return int(worker.exitcode or 0)


def _open_each(programs: Programs) -> None:
    """Bring each schema up before the processes of the pool open it.

    One whose data and keys aren't there together is left to itself: its jobs wait, the others go
    on. Raises what it raised where no other is there, and `NewerSchema` for any of them.
    """
    left: list[Exception] = []
    for slug in programs.slugs:
        try:
            with programs.use(slug) as program:
                program.make_keys()
        except NOT_TOGETHER as error:
            log.error(fields("municipality_closed", municipality=slug, reason=error))
            left.append(error)
    if left and len(left) == len(programs.slugs):
        raise left[0]


def _following_queues(programs: Programs) -> type[bootsteps.StartStopStep]:
    """Return what lets a worker take from the queues of the municipalities that are listed now."""

    class FollowsQueues(bootsteps.StartStopStep):  # type: ignore[misc]
        requires = ("celery.worker.consumer:Tasks",)

        def start(self, consumer: Any) -> None:
            self.timer = consumer.timer.call_repeatedly(LOOKED_AT_EVERY_S, self.look, (consumer,))

        def stop(self, _consumer: Any) -> None:
            self.timer.cancel()

        def look(self, consumer: Any) -> None:
            wanted = {queue_of(slug) for slug in programs.slugs}
            taken = set(consumer.app.amqp.queues.consume_from)
            for name in sorted(wanted - taken):
                consumer.app.amqp.queues.add(Queue(name, routing_key=name))  # type: ignore[no-untyped-call]
                consumer.add_task_queue(name)
            for name in sorted(taken - wanted):
                consumer.cancel_task_queue(name)

    return FollowsQueues


def _as_it_is(**_: Any) -> None:
    """Tell Celery that logging is set up: it then leaves it alone."""


def main(settings: Settings) -> int:
    """Start a worker with as many processes as the machine has processors."""
    return run_worker(settings)
