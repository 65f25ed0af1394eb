"""The tables of the job ledger: jobs, times of the clock, what was read, files that were sent."""

import uuid
from datetime import date, datetime
from typing import Any

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


class SentFile(Base):
    """A file that somebody sent to be imported: tried first, then taken in or dropped.

    It lies in the database, so any worker on any machine can read it.

    content : None once it was taken in or dropped
    state : sent → checked / refused; checked → asked → imported, or dropped
    report : of the trial, then of the import, as `jobs.sent_files.kept_report` writes it
    job_id : the job that tries it or takes it in
    """

    __tablename__ = "sent_file"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(100))
    format: Mapped[str] = mapped_column(String(10))
    encoding: Mapped[str | None] = mapped_column(String(20))
    verified_on: Mapped[date | None]
    content: Mapped[bytes | None]
    size_bytes: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="sent")
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    job_id: Mapped[uuid.UUID | None]
    sent_by: Mapped[str] = mapped_column(String(100))
    sent_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(String(100))
    decided_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("format IN ('opendata', 'hsds', 'catalogue')", name="format_is_known"),
        CheckConstraint(
            "state IN ('sent', 'checked', 'refused', 'asked', 'imported', 'dropped')",
            name="state_is_known",
        ),
        Index(None, "sent_at"),
    )


class SentPart(Base):
    """A part of a large file that is taken in, for whichever worker takes it.

    number : 0 = the rows for which nothing needs to be written
    content : the rows, as `resources.import_parts` writes them; None once they are taken in
    result : what became of them
    """

    __tablename__ = "sent_part"

    file_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("sent_file.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    job_id: Mapped[uuid.UUID | None]


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
