"""The thread in the server process: nothing to install, and nothing lost when it is killed."""

import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from labour.gates import slow_jobs_begun
from labour.servers import Worker, end_all
from labour.tasks import TEST_TASKS, count, effects, make_effects_table
from labour.waiting import until
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from jobs.ledger import Claimed, Outcome, claim, enqueue
from jobs.models import Job
from jobs.program import Program
from jobs.progress import progress_of
from jobs.runtime import run_one, start_runner
from jobs.schema import upgrade
from jobs.stopping import Stopped, heed_stop, heeding
from jobs.tasks import TASKS, Task
from jobs.thread_runner import ThreadRunner
from resources.database import Database
from resources.derived import OfferingState
from resources.likely import count_likely


class Site:
    """A home folder whose SQLite file a process of its own works on."""

    def __init__(self, home: Path) -> None:
        home.mkdir()
        self.home = home
        self.database = Database(f"sqlite:///{home / 'ibasho.sqlite3'}")
        upgrade(self.database)
        make_effects_table(self.database)
        self.workers: list[Worker] = []

    def start(self) -> Worker:
        worker = Worker({"IBASHO_HOME": str(self.home)}, "thread", forked=True)
        self.workers.append(worker)
        return worker

    def ask(self, kind: str, count: int = 1) -> list[str]:
        with self.database.writing(by="test") as session:
            return [str(enqueue(session, kind)) for _ in range(count)]

    def done(self) -> int:
        with self.database.reading() as session:
            kinds = Job.kind.in_(tuple(TEST_TASKS))
            return len(session.scalars(select(Job.id).where(Job.state == "done", kinds)).all())


def standing(database: Database, job: str) -> tuple[str, int]:
    """Return a job's state, and how many attempts count."""
    with database.reading() as session:
        found = session.get_one(Job, uuid.UUID(job))
        return found.state, found.attempts


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path / "site")
    yield made
    end_all(made.workers)
    made.database.close()


def test_a_runner_that_is_stopped_finishes_the_job_at_hand(site: Site) -> None:
    [job] = site.ask("count_slowly")
    worker = site.start()
    until(lambda: slow_jobs_begun(site.home), what="the slow job begun")
    (site.home / "slow" / "go").touch()
    assert worker.stop() == 0
    assert effects(site.database) == {job: 1}


def test_a_runner_that_is_stopped_leaves_a_job_of_many_pieces_for_later(site: Site) -> None:
    [job] = site.ask("count_in_pieces")
    first = site.start()
    until(lambda: slow_jobs_begun(site.home), what="the first piece begun")
    assert first.stop() == 0  # nobody says that the job may end
    assert standing(site.database, job) == ("ready", 0)
    assert effects(site.database) == {}
    (site.home / "slow" / "go").touch()
    site.start()
    until(lambda: site.done() == 1, what="the job done by the next process")
    assert effects(site.database) == {job: 1}


def test_what_a_stopped_job_did_is_rolled_back_on_both_databases(program: Program) -> None:
    asked = threading.Event()

    def in_pieces(program: Program, session: Session, job: Claimed) -> Outcome:
        outcome = count(program, session, job)
        asked.set()
        heed_stop()
        return outcome

    with program.database.writing(by="test") as session:
        job = str(enqueue(session, "count", max_attempts=1))
    for _ in range(2):  # the attempts don't count, or the second would find none left
        assert run_one(program, tasks={"count": Task(in_pieces)}, stopping=asked)
        assert standing(program.database, job) == ("ready", 0)
    assert effects(program.database) == {}
    assert run_one(program, tasks=TEST_TASKS)
    assert effects(program.database) == {job: 1}


def test_a_comparison_and_an_import_heed_that_they_are_to_stop(
    program: Program, register: Callable[..., uuid.UUID]
) -> None:
    for _ in range(2):
        register()
    asked = threading.Event()
    asked.set()
    tasks = {"compare_entries": TASKS["compare_entries"]}
    with program.database.writing(by="test") as session:
        enqueue(session, "compare_entries", dedupe_key="compare_entries")
    assert run_one(program, tasks=tasks, stopping=asked)
    with program.database.reading() as session:
        assert count_likely(session) == 0
    assert run_one(program, tasks=tasks)
    with program.database.reading() as session:
        assert count_likely(session) == 1
    nobody = Claimed(uuid.uuid4(), "import_file", None, uuid.uuid4(), 1, 5)
    with heeding(asked), pytest.raises(Stopped):
        progress_of(program.database, nobody)(1, 2)


def test_a_running_server_follows_what_is_registered(
    program: Program, register: Callable[..., uuid.UUID]
) -> None:
    runner = start_runner(program)
    try:
        offering = register()

        def refreshed() -> bool:
            with program.database.reading() as session:
                return session.get(OfferingState, offering) is not None

        until(refreshed, what="the new place refreshed")
    finally:
        assert runner.stop()


def test_what_stood_as_running_in_the_file_is_done_at_the_next_start(
    sqlite_program: Program,
) -> None:
    database = sqlite_program.database
    with database.writing(by="test") as session:
        job_id = enqueue(session, "count")
        assert claim(session, lease_seconds=3600, kinds=("count",)) is not None
    runner = ThreadRunner(sqlite_program, tasks=TEST_TASKS, pause_s=0.01)
    runner.start()
    try:
        until(lambda: effects(database) == {str(job_id): 1})
    finally:
        assert runner.stop()


def test_a_ledger_that_cannot_be_reached_for_a_while_does_not_end_the_runner(
    sqlite_program: Program,
) -> None:
    database = sqlite_program.database
    runner = ThreadRunner(sqlite_program, tasks=TEST_TASKS, pause_s=0.01)
    with database.writing(by="test") as session:
        session.execute(text("ALTER TABLE job RENAME TO job_away"))
    with pytest.raises(OperationalError), database.writing(by="test") as session:
        enqueue(session, "count")
    runner._thread.start()
    with database.writing(by="test") as session:
        session.execute(text("ALTER TABLE job_away RENAME TO job"))
        job_id = enqueue(session, "count")
    try:
        until(lambda: effects(database) == {str(job_id): 1})
    finally:
        assert runner.stop()
