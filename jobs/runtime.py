"""Runs jobs: claim, work, finish. The same for the thread in the server and for Celery."""

import logging
import threading
import time
import traceback
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError

from casework.row_security import as_system
from jobs.following import follow_changes, is_behind
from jobs.ledger import (
    Claimed,
    Outcome,
    Refused,
    TakenOver,
    claim,
    fail,
    finish,
    leave_to_others,
    let_go,
    still_alive,
)
from jobs.log_lines import fields
from jobs.program import Program
from jobs.progress import forget_progress
from jobs.schedule import schedule_of, tick, unseen
from jobs.stopping import Stopped, heeding
from jobs.tasks import TASKS, Task
from jobs.upkeep import bury_lost, is_any_lost, is_anything_due

if TYPE_CHECKING:
    from jobs.opened import Programs
    from jobs.thread_runner import ThreadRunner

log = logging.getLogger("ibasho.jobs")
BY = "job"


def start_runner(program: "Program | Programs") -> "ThreadRunner":
    """Start the thread that runs the jobs in this process; its `stop()` ends it."""
    from jobs.thread_runner import ThreadRunner

    runner = ThreadRunner(program)
    runner.start()
    return runner


def tend(program: Program) -> None:
    """Ask for what the clock and the change log ask for, and bury what killed its workers.

    Reads first: on SQLite a write would stop all other writers, once a second.
    """
    table = schedule_of(program.settings)
    with program.database.reading() as session:
        clock_asks, log_asks = bool(unseen(session, table)), is_behind(session)
        lost = is_any_lost(session)
    if clock_asks or log_asks:
        # First the log: what it asks for may be what the clock's work has to follow.
        with program.database.writing(by=BY) as session:
            follow_changes(session)
            tick(session, table)
    if lost:
        with program.database.writing(by=BY) as session:
            buried = bury_lost(session)
        log.error("jobs_buried count=%d reason=worker_lost", buried)


def run_pending(program: Program, limit: int = 1000, *, tasks: Mapping[str, Task] = TASKS) -> int:
    """Run what is due, here and now, and what that asks for; return how many jobs were taken."""
    count = 0
    tend(program)
    while count < limit:
        if run_one(program, tasks=tasks):
            count += 1
            continue
        tend(program)
        if not run_one(program, tasks=tasks):
            return count
        count += 1
    return count


def run_one(
    program: Program,
    job_id: uuid.UUID | None = None,
    *,
    tasks: Mapping[str, Task] = TASKS,
    stopping: threading.Event | None = None,
) -> bool:
    """Take one due job (or the given one, if it is due) and do it; False where there is none.

    stopping : set when the process is to end; the job heeds it between its pieces, and is due again

    Never raises for what a task does: that is put in the ledger, where people see it.
    """
    lease_seconds = program.settings.lease_seconds
    if job_id is None:
        # A claim is a write, which on SQLite makes all others wait; so look first.
        with program.database.reading() as session:
            if not is_anything_due(session, tasks.keys()):
                return False
    with program.database.writing(by=BY) as session:
        job = claim(session, lease_seconds=lease_seconds, kinds=tasks.keys(), job_id=job_id)
        if job is None and job_id is not None and leave_to_others(session, job_id, tasks.keys()):
            log.info("job_left id=%s reason=unknown_kind", job_id)
    if job is None:
        return False
    program.look_again()
    began = time.monotonic()
    log.info("job_started id=%s kind=%s attempt=%d", job.id, job.kind, job.attempt)
    try:
        with _signs_of_life(program, job), heeding(stopping):
            outcome = _work(program, job, tasks[job.kind])
    except TakenOver:
        log.warning("job_taken_over id=%s kind=%s", job.id, job.kind)
    except Stopped:
        _let_go(program, job)
    except Exception as error:
        _put_back(program, job, error)
    else:
        took_ms = round((time.monotonic() - began) * 1000)
        log.info(fields("job_done", id=job.id, kind=job.kind, said=outcome.said, ms=took_ms))
    finally:
        forget_progress(job.id)
    return True


def _work(program: Program, job: Claimed, task: Task) -> Outcome:
    """Do the work and mark the job as done in one transaction: both happen, or neither."""
    brought = task.before(program, job) if task.before is not None else None
    run = brought or task.run
    said = as_system(f"job:{job.kind}")
    with program.database.writing(by=f"{BY}:{job.kind}", said=said) as session:
        outcome = run(program, session, job)
        session.flush()
        finish(session, job, outcome)
    return outcome


def _let_go(program: Program, job: Claimed) -> None:
    try:
        with program.database.writing(by=BY) as session:
            let_go(session, job)
    except TakenOver:
        log.warning("job_taken_over id=%s kind=%s", job.id, job.kind)
    else:
        log.info("job_let_go id=%s kind=%s", job.id, job.kind)


def _put_back(program: Program, job: Claimed, error: Exception) -> None:
    refused = error if isinstance(error, Refused) else _unexpected(error)
    try:
        with program.database.writing(by=BY) as session:
            dead = fail(session, job, refused)
    except TakenOver:
        log.warning("job_taken_over id=%s kind=%s", job.id, job.kind)
        return
    log.log(
        logging.ERROR if dead else logging.WARNING,
        fields(
            "job_dead" if dead else "job_put_back",
            id=job.id, kind=job.kind, attempt=job.attempt, said=refused.said, facts=refused.facts,
        ),
    )  # fmt: skip


def _unexpected(error: Exception) -> Refused:
    if type(error).__name__ == "SoftTimeLimitExceeded":
        return Refused("too_long")
    # The error's own message may hold data of a person; its kind and place never do.
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    return Refused("failed", error=type(error).__name__, place=place)


@contextmanager
def _signs_of_life(program: Program, job: Claimed) -> Iterator[None]:
    """Lengthen the lease while the work goes on, so that only a silent worker loses its job."""
    if program.database.is_sqlite:
        yield  # nobody else can claim while the work writes, and nobody else runs jobs
        return
    over = threading.Event()

    def beat() -> None:
        lease_seconds = program.settings.lease_seconds
        while not over.wait(lease_seconds / 3):
            try:
                with program.database.writing(by=BY) as session:
                    if not still_alive(session, job, lease_seconds=lease_seconds):
                        return
            except OperationalError:
                continue  # the next beat, or the commit, will tell

    thread = threading.Thread(target=beat, name=f"life-of-{job.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
