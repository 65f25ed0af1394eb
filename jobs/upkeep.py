"""Keeps the ledger moving: what to wake workers for, what was lost, how long work has waited."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, delete, func, null, or_, select, update
from sqlalchemy.orm import Session, aliased

from jobs.dialects import now_of, passing_over_taken
from jobs.ledger import due
from jobs.models import Job, Tick


def take_to_publish(
    session: Session, *, kinds: Collection[str], again_after_s: float, limit: int = 200
) -> list[uuid.UUID]:
    """Return due jobs that no message was sent for lately, and note that one is sent now."""
    now = now_of(session)
    other = aliased(Job)
    silent = or_(
        other.published_at.is_(None),
        other.published_at < now - timedelta(seconds=again_after_s),
        # The message arrived, and whoever took the job has not been heard of since.
        and_(other.state == "running", other.published_at < other.lease_until),
    )
    wanted = (
        select(other.id)
        .where(due(now, other), other.kind.in_(kinds), silent)
        .order_by(other.priority, other.run_after, other.id)
        .limit(limit)
    )
    ids = list(session.scalars(passing_over_taken(wanted)))
    if ids:
        session.execute(
            update(Job)
            .where(Job.id.in_(ids))
            .values(published_at=now)
            .execution_options(synchronize_session=False)
        )
    return ids


def is_anything_due(session: Session, kinds: Collection[str]) -> bool:
    """Tell whether there is a job to claim; a read only."""
    which = select(Job.id).where(due(now_of(session)), Job.kind.in_(kinds)).limit(1)
    return session.scalar(which) is not None


def is_any_lost(session: Session) -> bool:
    """Tell whether a job used up its attempts without ever reporting; a read only."""
    return session.scalar(select(Job.id).where(_lost(now_of(session))).limit(1)) is not None


def bury_lost(session: Session) -> int:
    """Mark as dead what used up its attempts without ever reporting: it killed its workers."""
    now = now_of(session)
    rows = session.execute(
        update(Job)
        .where(_lost(now))
        .values(
            state="dead",
            finished_at=now,
            token=null(),
            lease_until=null(),
            said="worker_lost",
            facts={},
        )
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(rows)


def _lost(now: datetime) -> ColumnElement[bool]:
    return and_(Job.state == "running", Job.lease_until < now, Job.attempts >= Job.max_attempts)


def release_left_behind(session: Session) -> int:
    """Make ready what an earlier process of this machine left running. For SQLite, at start."""
    rows = session.execute(
        update(Job)
        .where(Job.state == "running", Job.attempts < Job.max_attempts)
        .values(state="ready", token=null(), lease_until=null())
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    ).all()
    worn_out = (
        update(Job)
        .where(Job.state == "running")
        .values(lease_until=now_of(session) - timedelta(seconds=1))
        .execution_options(synchronize_session=False)
    )
    session.execute(worn_out)
    return len(rows)


def oldest_due_age_s(session: Session) -> float | None:
    """Return how long the oldest due job has been waiting; None where nothing is due."""
    now = now_of(session)
    since = case((Job.state == "running", Job.lease_until), else_=Job.run_after)
    oldest = session.scalar(select(func.min(since)).where(due(now)))
    return None if oldest is None else max((now - oldest).total_seconds(), 0.0)


def forget_old(
    session: Session, *, done_days: int, dead_days: int, limit: int = 10_000
) -> tuple[int, int]:
    """Remove what ended long ago: done jobs, dead jobs, times of the clock; return how many."""
    now = now_of(session)
    over = or_(
        (Job.state == "done") & (Job.finished_at < now - timedelta(days=done_days)),
        (Job.state == "dead") & (Job.finished_at < now - timedelta(days=dead_days)),
    )
    ids = list(session.scalars(select(Job.id).where(over).order_by(Job.finished_at).limit(limit)))
    for start in range(0, len(ids), 500):
        session.execute(
            delete(Job)
            .where(Job.id.in_(ids[start : start + 500]))
            .execution_options(synchronize_session=False)
        )
    # The newest of each schedule stays: it is what tells that this time was seen.
    newest = select(Tick.schedule, func.max(Tick.due_at).label("due_at")).group_by(Tick.schedule)
    kept = newest.subquery()
    stays = select(kept.c.due_at).where(kept.c.schedule == Tick.schedule).scalar_subquery()
    ticks = session.execute(
        delete(Tick)
        .where(Tick.due_at < now - timedelta(days=done_days), Tick.due_at < stays)
        .returning(Tick.schedule)
        .execution_options(synchronize_session=False)
    ).all()
    return len(ids), len(ticks)
