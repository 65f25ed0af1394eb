"""Celery workers on real Redis and PostgreSQL: killed, woken six times, left without messages."""

import os
import signal
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from labour.gates import slow_jobs_begun
from labour.servers import RedisServer, Worker, end_all
from labour.tasks import effects, make_effects_table
from labour.waiting import until
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from jobs.celery_runner import QUEUE, TASK_NAME, UnfitBroker, check_broker, make_app
from jobs.ledger import enqueue
from jobs.models import Job
from jobs.schema import upgrade
from jobs.settings import Settings
from resources.database import Database

LEASE_S = 2


class Site:
    """One installation: a ledger on PostgreSQL, a Redis, and workers."""

    def __init__(self, database: Database, url: str, broker: RedisServer, home: Path) -> None:
        self.database = database
        self.broker = broker
        self.home = home
        self.workers: list[Worker] = []
        self.environment = {
            "IBASHO_HOME": str(home),
            "IBASHO_DATABASE_URL": url,
            "IBASHO_RUNNER": "celery",
            "IBASHO_REDIS_URL": broker.url,
            "IBASHO_LEASE_SECONDS": str(LEASE_S),
        }
        self.settings = Settings(home=home, database_url=url, runner="celery", redis_url=broker.url)

    def start_worker(self, concurrency: int = 2) -> Worker:
        worker = Worker(self.environment, "celery", str(concurrency), forked=True)
        self.workers.append(worker)
        return worker

    def ask(self, kind: str, count: int = 1, **options: int) -> list[str]:
        with self.database.writing(by="test") as session:
            return [str(enqueue(session, kind, **options)) for _ in range(count)]  # type: ignore[arg-type]

    def states(self) -> dict[str, int]:
        with self.database.reading() as session:
            rows = session.execute(
                select(Job.state, func.count())
                .where(Job.kind.in_(("count", "count_slowly", "stumble", "kill_the_worker")))
                .group_by(Job.state)
            )
            return {row[0]: row[1] for row in rows}

    def all_done(self, count: int) -> Callable[[], bool]:
        return lambda: self.states() == {"done": count}


@pytest.fixture
def site(postgres_url: str, tmp_path: Path) -> Iterator[Site]:
    name = f"t{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    url = make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    database = Database(url)
    upgrade(database)
    make_effects_table(database)
    broker = RedisServer(tmp_path)
    made = Site(database, url, broker, tmp_path / "home")
    yield made
    end_all(made.workers)
    broker.stop()
    database.close()


def test_each_job_is_done_once_however_often_it_is_delivered(site: Site) -> None:
    jobs = site.ask("count", 10)
    app = make_app(site.settings)
    with app.connection_for_write() as connection:
        for job_id in jobs * 6:
            app.send_task(TASK_NAME, (job_id,), connection=connection)
    site.start_worker()
    until(site.all_done(10), what="all jobs done")
    until(lambda: site.broker.client.llen(QUEUE) == 0, what="all messages taken")
    assert site.workers[0].stop() == 0
    assert effects(site.database) == dict.fromkeys(jobs, 1)


def test_when_redis_forgets_everything_the_ledger_sends_it_again(site: Site) -> None:
    naive = make_app(site.settings)
    jobs = site.ask("count", 20)
    with naive.connection_for_write() as connection:
        for job_id in jobs:
            naive.send_task(TASK_NAME, (job_id,), connection=connection, queue="naive")
            naive.send_task(TASK_NAME, (job_id,), connection=connection)
    site.broker.client.flushall()
    # A message that carried the work itself is gone, and nobody was told.
    assert site.broker.client.llen("naive") == 0
    site.start_worker()
    until(site.all_done(20), what="all jobs done though all messages were lost")
    assert effects(site.database) == dict.fromkeys(jobs, 1)


def test_a_worker_that_is_told_to_stop_finishes_what_it_has(site: Site) -> None:
    [job] = site.ask("count_slowly")
    worker = site.start_worker(concurrency=1)
    until(lambda: slow_jobs_begun(site.home), what="the slow job begun")
    os.kill(worker.pid, signal.SIGTERM)
    (site.home / "slow" / "go").touch()
    assert worker.stop() == 0
    assert effects(site.database) == {job: 1}


def test_the_settings_under_which_a_killed_worker_gives_its_message_back() -> None:
    conf = make_app(Settings(runner="celery")).conf
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.task_ignore_result
    assert conf.worker_prefetch_multiplier == 1
    assert conf.accept_content == ["json"]
    assert not conf.worker_enable_remote_control
    options = conf.broker_transport_options
    assert options["visibility_timeout"] > 2 * conf.task_time_limit > 2 * conf.task_soft_time_limit
    assert options["socket_timeout"]


NO_MESSAGES = (
    b"{\xff",
    b'{"hello": 1}',
    b'{"body": "W10=", "headers": {}, "content-type": "application/json"}',
)
NO_JOBS: tuple[tuple[str, tuple[object, ...], dict[str, object]], ...] = (
    (TASK_NAME, (), {}),
    (TASK_NAME, ("no id",), {}),
    (TASK_NAME, (7,), {}),
    (TASK_NAME, (str(uuid.uuid4()),), {}),
    (TASK_NAME, (str(uuid.uuid4()), ["a list"]), {}),
    (TASK_NAME, (str(uuid.uuid4()),), {"hello": 1}),
    ("no_such_task", (str(uuid.uuid4()),), {}),
)


def test_messages_of_any_shape_lose_nothing_where_a_worker_that_ended_is_started_again(
    site: Site,
) -> None:
    """What isn't a message at all ends the worker that takes it, which its unit starts again."""
    jobs = site.ask("count", 20)
    app = make_app(site.settings)
    with app.connection_for_write() as connection:
        for task, args, words in NO_JOBS:
            app.send_task(task, args, words, connection=connection)
    for message in NO_MESSAGES:
        site.broker.client.lpush(QUEUE, message)
    site.start_worker()

    def done_as_under_systemd() -> bool:
        if site.workers[-1].code() is not None:
            assert site.workers[-1].code() != 0  # Restart=on-failure
            site.start_worker()
        return site.all_done(20)() and site.broker.client.llen(QUEUE) == 0

    until(done_as_under_systemd, what="all jobs done, and nothing left of the others")
    assert len(site.workers) <= 1 + len(NO_MESSAGES)
    assert effects(site.database) == dict.fromkeys(jobs, 1)


def test_a_redis_that_drops_messages_is_refused_with_what_to_do(tmp_path: Path) -> None:
    broker = RedisServer(tmp_path, policy="allkeys-lru")
    try:
        with pytest.raises(UnfitBroker, match="noeviction") as refused:
            check_broker(broker.url)
    finally:
        broker.stop()
    assert "noeviction" in refused.value.ja


def test_a_redis_that_is_not_there_is_named_with_what_to_do(tmp_path: Path) -> None:
    broker = RedisServer(tmp_path)
    broker.stop()
    with pytest.raises(UnfitBroker, match="IBASHO_REDIS_URL"):
        check_broker(broker.url)
