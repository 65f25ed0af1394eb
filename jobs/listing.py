"""What people see of the ledger: what ran, what waits, what is dead and why."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from jobs.dialects import now_of
from jobs.models import Job
from jobs.progress import progress_here
from jobs.sentences import KINDS, UNKNOWN_KIND, kind_name, sentence
from jobs.states import State
from jobs.upkeep import oldest_due_age_s
from resources.clock import JAPAN

LOOKED_AT = 2_000
"""Of the jobs done lately, from so many it is told how fast a worker is."""

DEAD_AT_MOST = 500
"""So many dead jobs are listed before the others; how many there are is told by their count."""


@dataclass(frozen=True)
class JobShown:
    """A job as it is shown; `note` says what came of it, or why it is waiting or dead."""

    id: uuid.UUID
    kind: str
    subject: str | None
    state: str
    attempts: int
    max_attempts: int
    run_after: datetime
    enqueued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    progress: tuple[int, int] | None
    said: str | None
    facts: dict[str, int | str]

    def name(self, language: str = "ja") -> str:
        return kind_name(self.kind, language)

    def note(self, language: str = "ja") -> str:
        if self.said is not None:
            return sentence(self.said, self.facts, language)
        if self.kind not in KINDS and self.state == "ready":
            return UNKNOWN_KIND[0 if language == "ja" else 1]
        return ""

    def as_json(self, language: str = "ja") -> dict[str, Any]:
        """Return what goes out; times in Japan's time, `progress` as "done / total"."""
        return {
            "id": str(self.id),
            "kind": self.kind,
            "name": self.name(language),
            "subject": self.subject,
            "state": self.state,
            "attempts": self.attempts,
            "max_attempts": self.max_attempts,
            "run_after": _shown(self.run_after),
            "enqueued_at": _shown(self.enqueued_at),
            "started_at": _shown(self.started_at),
            "finished_at": _shown(self.finished_at),
            "progress": None
            if self.progress is None
            else f"{self.progress[0]} / {self.progress[1]}",
            "note": self.note(language),
            "facts": self.facts,
        }


def list_jobs(
    session: Session, limit: int = 50, *, state: str | None = None, kind: str | None = None
) -> list[JobShown]:
    """Return jobs, the newest first: of one state or one kind where it is given."""
    wanted = []
    if state is not None:
        wanted.append(Job.state == state)
    if kind is not None:
        wanted.append(Job.kind == kind)
    return _newest(session, limit, *wanted)


def dead_then_newest(session: Session, limit: int) -> list[JobShown]:
    """Return the dead jobs, `DEAD_AT_MOST` at most, and behind them the newest of all others.

    A dead job waits for somebody to decide; among the newest it would soon be out of sight.
    """
    dead = _newest(session, DEAD_AT_MOST, Job.state == State.DEAD)
    return dead + _newest(session, limit, Job.state != State.DEAD)


def _newest(session: Session, limit: int, *wanted: ColumnElement[bool]) -> list[JobShown]:
    found = select(Job).where(*wanted).order_by(Job.enqueued_at.desc(), Job.id).limit(limit)
    return [_job_shown(job) for job in session.scalars(found)]


def job_shown(session: Session, job_id: uuid.UUID) -> JobShown | None:
    """Return one job; None where there is none."""
    job = session.get(Job, job_id)
    return None if job is None else _job_shown(job)


def count_by_state(session: Session) -> dict[str, int]:
    """Return how many jobs are ready, running, done and dead."""
    counts = {state.value: 0 for state in State}
    for state, count in session.execute(select(Job.state, func.count()).group_by(Job.state)):
        counts[state] = count
    return counts


def count_by_kind(session: Session) -> dict[tuple[str, str], int]:
    """Return how many jobs there are of each (kind, state)."""
    rows = session.execute(select(Job.kind, Job.state, func.count()).group_by(Job.kind, Job.state))
    return {(kind, state): count for kind, state, count in rows}


@dataclass(frozen=True)
class Throughput:
    """How much was done in the last hour, and how fast a worker is while it works."""

    done: int
    per_worker_s: float  # jobs in a second of one worker's work


def throughput(session: Session) -> Throughput:
    """Return what was done in the last hour; the speed is that of the newest `LOOKED_AT`."""
    since = now_of(session) - timedelta(hours=1)
    lately = (Job.state == "done", Job.finished_at > since)
    done = session.scalar(select(func.count()).where(*lately)) or 0
    newest = select(Job.started_at, Job.finished_at).where(*lately, Job.started_at.is_not(None))
    rows = session.execute(newest.order_by(Job.finished_at.desc()).limit(LOOKED_AT)).all()
    # A job that was over before the clock moved still took some time.
    spans = [(end - began).total_seconds() for began, end in rows if began and end]
    worked_s = max(sum(spans), 0.001)
    return Throughput(done, len(spans) / worked_s)


def oldest_due_s(session: Session) -> float | None:
    """Return how many seconds the oldest due job has been waiting; None where nothing is due."""
    return oldest_due_age_s(session)


def _job_shown(job: Job) -> JobShown:
    progress = progress_here(job.id) if job.state == "running" else None
    if progress is None and job.progress_done is not None and job.progress_total is not None:
        progress = (job.progress_done, job.progress_total)

    return JobShown(
        job.id,
        job.kind,
        job.subject,
        job.state,
        job.attempts,
        job.max_attempts,
        job.run_after,
        job.enqueued_at,
        job.started_at,
        job.finished_at,
        progress,
        job.said,
        job.facts or {},
    )


def _shown(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(JAPAN).isoformat(timespec="seconds")
