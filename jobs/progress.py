"""How far a running job has come: for those who look at the jobs page."""

import time
import uuid
from collections.abc import Callable

from sqlalchemy import update

from jobs.dialects import others_may_write
from jobs.ledger import Claimed
from jobs.models import Job
from jobs.stopping import heed_stop
from resources.database import Database

LEAST_PAUSE_S = 1.0

_here: dict[uuid.UUID, tuple[int, int]] = {}
"""What this process works on: on SQLite the work itself is the one writer."""


def progress_of(database: Database, job: Claimed) -> Callable[[int, int], None]:
    """Return the function that a long task calls with how many of how many it has done.

    It raises `Stopped` where the process is to end.
    """
    said_at = 0.0

    def say(done: int, total: int) -> None:
        nonlocal said_at
        heed_stop()
        _here[job.id] = (done, total)
        if database.is_sqlite or time.monotonic() - said_at < LEAST_PAUSE_S:
            return
        said_at = time.monotonic()
        with database.writing(by=f"job:{job.kind}") as session:
            assert others_may_write(session)
            session.execute(
                update(Job)
                .where(Job.id == job.id, Job.token == job.token)
                .values(progress_done=done, progress_total=total)
                .execution_options(synchronize_session=False)
            )

    return say


def progress_here(job_id: uuid.UUID) -> tuple[int, int] | None:
    """Return how far a job of this process has come; None where it says nothing."""
    return _here.get(job_id)


def forget_progress(job_id: uuid.UUID) -> None:
    _here.pop(job_id, None)
