"""The ledgers of several municipalities are worked off by turns, and never by one another."""

import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from labour.servers import ROOT, SUPPORT, RedisServer, Worker, end_all
from labour.tasks import TEST_TASKS, effects, make_effects_table
from labour.waiting import until
from log_read import read_back
from sqlalchemy import func, insert, select, text
from towns import Towns

from jobs.celery_runner import TASK_NAME, make_app
from jobs.dispatcher import LONGEST_QUEUE, Dispatcher, queue_of
from jobs.keys import RING_FILE
from jobs.ledger import enqueue
from jobs.models import Job
from jobs.opened import Programs
from jobs.program import Program
from jobs.runtime import run_pending
from jobs.thread_runner import ThreadRunner
from resources import clock

MANY = 100_000


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    yield server
    server.stop()


def _ask_for_many(program: Program, count: int) -> None:
    now = clock.now()
    rows = [
        {
            "id": uuid.uuid4(), "kind": "count", "state": "ready", "again": False, "priority": 0,
            "attempts": 0, "max_attempts": 5, "run_after": now, "enqueued_at": now,
        }
        for _ in range(count)
    ]  # fmt: skip
    with program.database.writing(by="test") as session:
        session.execute(insert(Job), rows)


def _ask(program: Program) -> str:
    with program.database.writing(by="test") as session:
        return str(enqueue(session, "count"))


def _done(program: Program) -> int:
    with program.database.reading() as session:
        done = select(func.count()).where(Job.kind == "count", Job.state == "done")
        return session.scalar(done) or 0


def _prepared(programs: Programs) -> list[Program]:
    made = []
    for slug in programs.slugs:
        program = programs.take(slug)
        make_effects_table(program.database)
        made.append(program)
    return made


def test_a_hundred_thousand_jobs_of_one_do_not_keep_the_other_waiting(tmp_path: Path) -> None:
    programs = Towns(tmp_path, None).programs()
    kita, minami = _prepared(programs)
    _ask_for_many(kita, MANY)
    asked = _ask(minami)
    # One ledger after the other: the second waits however long the first one is.
    run_pending(kita, 50, tasks=TEST_TASKS)
    before = _done(kita)
    assert (before, _done(minami)) == (50, 0)
    runner = ThreadRunner(programs, tasks=TEST_TASKS, pause_s=0.05)
    runner.start()
    until(lambda: _done(minami) == 1, what="the one job of the other")
    assert runner.stop()
    assert effects(minami.database) == {asked: 1}
    assert asked not in effects(kita.database)
    assert _done(kita) < MANY / 100
    programs.close()


def test_messages_of_one_leave_room_for_those_of_the_other(
    bare_postgres_url: str, broker: RedisServer, tmp_path: Path
) -> None:
    towns = Towns(tmp_path, bare_postgres_url, runner="celery", redis_url=broker.url)
    programs = towns.programs()
    kita, minami = _prepared(programs)
    _ask_for_many(kita, 1_500)
    asked = _ask(minami)
    app = make_app(towns.given)
    dispatcher = Dispatcher(programs, app, kinds=("count",))
    while dispatcher.round():
        pass
    assert broker.client.llen(queue_of(towns.kita.slug)) == LONGEST_QUEUE // 2
    assert broker.client.llen(queue_of(towns.minami.slug)) == 1
    worker = Worker(towns.environment(), "celery", "1")
    try:
        until(lambda: _done(minami) == 1, what="the one job of the other")
        # Behind all of the first one's messages it would have been the last.
        assert _done(kita) < LONGEST_QUEUE / 4
        assert effects(minami.database) == {asked: 1}
        assert worker.stop() == 0
    finally:
        end_all([worker])
        programs.close()


def test_a_message_for_nobody_or_with_the_id_of_another_does_nothing(
    bare_postgres_url: str, broker: RedisServer, tmp_path: Path
) -> None:
    towns = Towns(tmp_path, bare_postgres_url, runner="celery", redis_url=broker.url)
    programs = towns.programs()
    kita, minami = _prepared(programs)
    ahead = "UPDATE job SET run_after = run_after + interval '1 day'"  # nobody dispatches it
    asked = _ask(kita)
    with kita.database.writing(by="test") as session:
        session.execute(text(ahead))
    app = make_app(towns.given)
    last = _ask(minami)
    with app.connection_for_write() as connection:
        for slug in ("nobody", towns.minami.slug):
            queue = queue_of(towns.minami.slug)
            app.send_task(TASK_NAME, (asked, slug), connection=connection, queue=queue)
        app.send_task(
            TASK_NAME, (last, towns.minami.slug), connection=connection,
            queue=queue_of(towns.minami.slug),
        )  # fmt: skip
    worker = Worker(towns.environment(), "celery", "1")
    try:
        until(lambda: _done(minami) == 1, what="the job that is its own")
        assert worker.stop() == 0
    finally:
        end_all([worker])
    assert effects(minami.database) == {last: 1}
    assert effects(kita.database) == {}
    programs.close()


def refused_worker(towns: Towns) -> str:
    """Start a worker that can't start; return what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", "worker", "--concurrency", "1"],
        env={
            **os.environ, **towns.environment(), "LANG": "en_US.UTF-8",
            "PYTHONPATH": os.pathsep.join([str(SUPPORT), str(ROOT)]),
        },
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2
    return done.stderr


def spoil_keys(home: Path) -> None:
    ring = home / RING_FILE
    ring.parent.mkdir(parents=True, exist_ok=True)
    ring.write_text("not a ring", encoding="utf-8")


def test_a_worker_refuses_a_newer_schema_with_one_sentence(
    bare_postgres_url: str, broker: RedisServer, tmp_path: Path
) -> None:
    towns = Towns(tmp_path, bare_postgres_url, runner="celery", redis_url=broker.url)
    programs = towns.programs()
    with programs.use(towns.minami.slug) as minami, minami.database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    programs.close()
    said = refused_worker(towns)
    assert said.count("\n") == 1
    assert "newer" in said


def test_one_that_cannot_be_opened_stops_neither_the_dispatcher_nor_the_other(
    bare_postgres_url: str, broker: RedisServer, tmp_path: Path
) -> None:
    towns = Towns(tmp_path, bare_postgres_url, runner="celery", redis_url=broker.url)
    programs = towns.programs()
    with programs.use(towns.kita.slug) as kita, kita.database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    programs.close()
    programs = towns.programs()
    with programs.use(towns.minami.slug) as minami:
        _ask(minami)
    dispatcher = Dispatcher(programs, make_app(towns.given), kinds=("count",), pause_s=0.05)
    thread = threading.Thread(target=dispatcher.run)
    thread.start()
    until(lambda: broker.client.llen(queue_of(towns.minami.slug)) == 1, what="the other's message")
    assert thread.is_alive()
    dispatcher.stop()
    thread.join()
    programs.close()


def test_one_whose_keys_are_damaged_is_named_and_left_while_the_others_go_on(
    bare_postgres_url: str, broker: RedisServer, tmp_path: Path
) -> None:
    towns = Towns(tmp_path, bare_postgres_url, runner="celery", redis_url=broker.url)
    programs = towns.programs()
    kita, minami = _prepared(programs)
    waiting, asked = _ask(kita), _ask(minami)
    with kita.database.reading() as session:
        assert session.get_one(Job, uuid.UUID(waiting)).state == "ready"
    spoil_keys(kita.settings.home)
    said = tmp_path / "said"
    worker = Worker(towns.environment(), "celery", "1", said=said)
    try:
        until(lambda: _done(minami) == 1, what="the job of the other")
        assert effects(minami.database) == {asked: 1}
        assert _done(kita) == 0
        broker.kill()
        until(lambda: b"logger=celery" in said.read_bytes(), what="Celery says what it misses")
    finally:
        end_all([worker])
        programs.close()
    lines = [read_back(line) for line in said.read_text(encoding="utf-8").splitlines()]
    closed = [line for line in lines if line.get("event") == "municipality_closed"]
    assert [line["municipality"] for line in closed] == [towns.kita.slug]
    assert "backup" in closed[0]["reason"]
    assert all({"time", "level", "logger"} <= line.keys() for line in lines)


def test_a_worker_that_can_open_nobody_says_why(
    bare_postgres_url: str, broker: RedisServer, tmp_path: Path
) -> None:
    towns = Towns(tmp_path, bare_postgres_url, runner="celery", redis_url=broker.url)
    for town in (towns.kita, towns.minami):
        spoil_keys(town.settings.home)
    assert "can't be read; put it back from the backup" in refused_worker(towns).splitlines()[-1]
