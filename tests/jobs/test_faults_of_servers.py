"""Redis gone or frozen, a clock that moved: no job is lost, none is doubled."""

import os
import socket
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from door import add_staff, browser, make_program, sign_in
from kombu.exceptions import OperationalError as BrokerError
from labour.gates import slow_jobs_begun
from labour.sites import NaiveSite, Site
from labour.tasks import effects
from labour.waiting import until
from sqlalchemy import func, select

from api.app import create_app
from jobs.celery_runner import TASK_NAME, make_app
from jobs.ledger import enqueue
from jobs.models import Job
from jobs.program import Program
from jobs.settings import Settings
from resources import clock
from resources.database import Database

GONE_S = float(os.environ.get("IBASHO_GONE_SECONDS", "7"))
"""How long Redis is away: longer than a worker waits for its answer. `make faults`: a minute."""

BROKER_MISSED = b"dispatcher_waiting reason=broker_unreachable"


def ask_while_it_is_gone(site: Site) -> list[str]:
    """Ask for a job again and again, for as long as Redis is to be away."""
    asked, over = [], time.monotonic() + GONE_S
    while time.monotonic() < over:
        asked += site.ask(1)
        time.sleep(GONE_S / 20)
    return asked


def test_a_redis_that_is_killed_delays_jobs_and_loses_none(
    celery_site: Site, tmp_path: Path
) -> None:
    broker = celery_site.broker
    assert broker is not None
    said = celery_site.home / "said"
    celery_site.work(said=said)
    jobs = celery_site.ask(10)
    until(lambda: celery_site.done() == 10)
    naive = NaiveSite(tmp_path / "naive", beside=celery_site)
    naive.send("waits")
    assert naive.waiting() == 1
    broker.kill()
    jobs += ask_while_it_is_gone(celery_site)
    until(lambda: BROKER_MISSED in said.read_bytes(), what="Redis was missed")
    broker.start()
    assert naive.waiting() == 0  # a message that was the work is gone, and nobody was told
    naive.close()
    jobs += celery_site.ask(5)
    until(lambda: celery_site.done() == len(jobs), what="all done after Redis came back")
    assert effects(celery_site.database) == dict.fromkeys(jobs, 1)


@pytest.mark.parametrize("as_celery", [False, True], ids=["ours", "Celery's way"])
def test_a_redis_that_dies_while_all_are_at_work_is_asked_again(
    celery_site: Site, as_celery: bool
) -> None:
    """Both processes end their jobs while nobody can be told: Celery's own way then stands still.

    Each job is done all the same; what is asked for afterwards is the question.
    """
    broker, slow = celery_site.broker, celery_site.home / "slow"
    assert broker is not None
    celery_site.work(as_celery=as_celery)
    jobs = celery_site.ask(2, "count_slowly")
    until(lambda: slow.is_dir() and len(list(slow.iterdir())) == 2, what="both are at work")
    broker.kill()
    (slow / "go").touch()
    until(lambda: celery_site.done() == 2, what="both are done")
    time.sleep(2)  # the word that they are has found nobody
    broker.start()
    jobs += celery_site.ask(10)
    if as_celery:
        with pytest.raises(AssertionError, match="asked for afterwards"):
            until(lambda: celery_site.done() > 2, within_s=8, what="asked for afterwards")
        return
    until(lambda: celery_site.done() == 12, what="what is asked for afterwards is done")
    assert effects(celery_site.database) == dict.fromkeys(jobs, 1)


def test_a_redis_that_is_frozen_delays_jobs_and_loses_none(celery_site: Site) -> None:
    broker = celery_site.broker
    assert broker is not None
    slow, said = celery_site.home / "slow", celery_site.home / "said"
    celery_site.work(said=said)
    jobs = celery_site.ask(10)
    until(lambda: celery_site.done() == 10)
    jobs += celery_site.ask(2, "count_slowly")
    until(lambda: len(slow_jobs_begun(celery_site.home)) == 2, what="both are at work")
    broker.freeze()
    (slow / "go").touch()
    jobs += ask_while_it_is_gone(celery_site)
    until(lambda: celery_site.done() == 12, what="both are done, though nobody could be told")
    until(lambda: BROKER_MISSED in said.read_bytes(), what="its time to answer was over")
    broker.thaw()
    until(lambda: celery_site.done() == len(jobs), what="all done after Redis went on")
    assert effects(celery_site.database) == dict.fromkeys(jobs, 1)


def waits_for_redis(settings: Settings) -> bool:
    """Tell whether whoever sends the message while a request is answered waits for a second."""

    def send() -> None:
        with suppress(BrokerError):
            make_app(settings).send_task(TASK_NAME, (str(uuid.uuid4()),))

    sending = threading.Thread(target=send, daemon=True)
    sending.start()
    sending.join(1)
    return sending.is_alive()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_request_waits_for_redis(database: Database, tmp_path: Path) -> None:
    """A Redis that answers nobody: whoever connected to it would wait."""
    with socket.socket() as redis:
        redis.bind(("127.0.0.1", 0))
        redis.listen()
        redis.setblocking(False)
        program = make_program(database, tmp_path / "home")
        settings = replace(
            program.settings, runner="celery",
            redis_url=f"redis://127.0.0.1:{redis.getsockname()[1]}/0",
        )  # fmt: skip
        program = replace(program, settings=settings)
        client = browser(create_app(settings, program))
        add_staff(program, "administrator", None)
        sign_in(client, "administrator")
        before = jobs_in(program)
        _register(program)
        for path in ("/", "/jobs", "/resources", "/health/ready", "/metrics"):
            assert client.get(path).status_code == 200, path
        with program.database.writing(by="test") as session:
            enqueue(session, "refresh_all")
        assert jobs_in(program) > before
        with pytest.raises(BlockingIOError):
            redis.accept()
        assert waits_for_redis(settings)


def jobs_in(program: Program) -> int:
    with program.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Job)) or 0


def _register(program: Program) -> None:
    """Ask for a job as the product does when something changed."""
    from jobs.following import follow_changes
    from resources.commands import register_resource
    from resources.registration import Registration

    part = Registration.model_validate({"resource": {"name": "見本", "kind": "salon"}})
    with program.database.writing(by="test") as session:
        register_resource(session, registration=part, vocabulary=program.vocabulary, by="test")
        follow_changes(session)


@pytest.mark.parametrize("naive", [False, True], ids=["ours", "its own clock"])
def test_a_machine_whose_clock_is_an_hour_late_keeps_the_job_that_it_works_on(
    shared_site: Site, naive: bool
) -> None:
    """By its own clock its lease is long over for all others, who then do the same work beside it."""
    jobs = shared_site.ask(1, "count_slowly", due=clock.now() - timedelta(hours=2))
    shared_site.work(clock_moved_s=-3600, naive_clock=naive)
    until(lambda: slow_jobs_begun(shared_site.home), what="the late machine is at work")
    shared_site.work(naive_clock=naive)
    jobs += shared_site.ask(10)
    if naive:
        until(lambda: len(slow_jobs_begun(shared_site.home)) == 2, what="begun by another too")
        return
    until(lambda: shared_site.done() == 10, what="the others done, beside the one at hand")
    assert len(slow_jobs_begun(shared_site.home)) == 1
    (shared_site.home / "slow" / "go").touch()
    until(lambda: shared_site.done() == 11, what="done by the late machine")
    assert len(slow_jobs_begun(shared_site.home)) == 1
    assert effects(shared_site.database) == dict.fromkeys(jobs, 1)


def test_the_job_of_a_machine_that_dies_with_its_clock_an_hour_early_is_taken_over(
    shared_site: Site,
) -> None:
    """By its own clock its lease would have an hour left."""
    jobs = shared_site.ask(1, "count_slowly")
    early = shared_site.work(clock_moved_s=3600)
    until(lambda: slow_jobs_begun(shared_site.home), what="the early machine is at work")
    early.kill()
    (shared_site.home / "slow" / "go").touch()
    jobs += shared_site.ask(10)
    shared_site.work()
    until(lambda: shared_site.done() == 11, within_s=60, what="taken over")
    assert effects(shared_site.database) == dict.fromkeys(jobs, 1)


@pytest.mark.parametrize(
    ("moved_s", "naive"),
    [(-3600, False), (3600, False), (3600, True)],
    ids=["late", "early", "early, by leases alone"],
)
def test_a_clock_that_is_put_right_by_an_hour_doubles_nothing_and_loses_nothing(
    thread_site: Site, moved_s: int, naive: bool
) -> None:
    """On SQLite the clock is the machine's own, so it isn't leases that tell what was left behind."""
    jobs = thread_site.ask(1, "count_slowly", due=clock.now() - timedelta(hours=2))
    jobs += thread_site.ask(10)
    wrong = thread_site.work(clock_moved_s=moved_s, naive_clock=naive)
    until(lambda: slow_jobs_begun(thread_site.home), what="begun by the wrong clock")
    wrong.kill()
    assert effects(thread_site.database) == {}
    (thread_site.home / "slow" / "go").touch()
    thread_site.work(naive_clock=naive)
    until(lambda: thread_site.done() >= 10, what="what was only asked for is done")
    if naive:
        with pytest.raises(AssertionError, match="left behind"):
            until(lambda: thread_site.done() == 11, within_s=4, what="what was left behind is done")
        return
    until(lambda: thread_site.done() == 11, what="what was left behind is done")
    assert effects(thread_site.database) == dict.fromkeys(jobs, 1)
