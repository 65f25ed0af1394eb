"""The tables of the job ledger: jobs, the times of the clock that were seen, what was read."""

import uuid
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from resources.models import Base

LIVE = "state IN ('ready', 'running')"
"""Jobs that are still to be done: among these a dedupe key is unique."""


class Job(Base):
    """One piece of work: asked for in the transaction that needs it, done exactly once.

    It holds ids only, so nothing in it is about a person.
    """

    __tablename__ = "job"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    kind: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str | None] = mapped_column(String(100))  # an id, or a range of ids
    dedupe_key: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="ready")  # ready/running/done/dead
    # Asked for again while it ran: it may have read what changed since, so it is done once more.
    again: Mapped[bool] = mapped_column(default=False)
    priority: Mapped[int] = mapped_column(default=0)  # the lower, the sooner
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=5)
    run_after: Mapped[datetime]
    token: Mapped[uuid.UUID | None]  # of the claim in force: only its holder may finish the job
    lease_until: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    enqueued_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    progress_done: Mapped[int | None]
    progress_total: Mapped[int | None]
    said: Mapped[str | None] = mapped_column(String(60))  # code of a sentence in jobs.sentences
    facts: Mapped[dict[str, int | str] | None] = mapped_column(JSON(none_as_null=True))

    __table_args__ = (
        CheckConstraint("state IN ('ready', 'running', 'done', 'dead')", name="state_is_known"),
        Index(
            "uq_job_dedupe_key_live",
            "dedupe_key",
            unique=True,
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        # Few jobs are live at any time, many are done.
        Index(
            "ix_job_live_priority_run_after",
            "priority",
            "run_after",
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        Index("ix_job_enqueued_at", "enqueued_at"),
        Index("ix_job_state_finished_at", "state", "finished_at"),
    )


class Tick(Base):
    """A time at which a schedule was due; whoever inserts the row enqueues the job."""

    __tablename__ = "tick"

    schedule: Mapped[str] = mapped_column(String(60), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))


class LogReader(Base):
    """How far a reader of the change log has come."""

    __tablename__ = "log_reader"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    revision: Mapped[int]
