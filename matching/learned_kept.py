"""Keeps each run of learning: what was found, and the model where it may count."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from matching.learned import BadModel, Learned, learned_of
from resources import changes, clock
from resources.models import Base, Change, Logged


class LearningRun(Logged, Base):
    """One look at the recorded outcomes; the newest decides whether the criterion counts.

    outcomes : how many of which it is known whether the person stayed
    evaluation : what later outcomes said (see `evaluation.Evaluation`); nobody stands in it
    model : coefficients as `Learned.as_json`; None where it doesn't count
    """

    __tablename__ = "learning_run"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    made_at: Mapped[datetime] = mapped_column(index=True)
    outcomes: Mapped[int]
    reason: Mapped[str] = mapped_column(String(20))
    evaluation: Mapped[dict[str, Any]] = mapped_column(JSON(none_as_null=True))
    model: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    by: Mapped[str] = mapped_column(String(100))


def keep_run(
    session: Session,
    *,
    outcomes: int,
    evaluation: Mapping[str, Any],
    learned: Learned | None,
    by: str,
) -> LearningRun:
    """Store a run; from the next question on its model counts, or none does.

    evaluation : `Evaluation.as_json`, and how placements went (`went`), in counts
    """
    changes.acting(session, by=by)
    run = LearningRun(
        id=uuid.uuid4(),
        made_at=clock.now(),
        outcomes=outcomes,
        reason=evaluation["reason"],
        evaluation=dict(evaluation),
        model=None if learned is None else learned.as_json(),
        by=by,
    )
    session.add(run)
    session.flush()
    return run


def runs(session: Session, *, limit: int = 12) -> list[LearningRun]:
    """Return the runs, the newest first."""
    newest = select(LearningRun).order_by(LearningRun.made_at.desc(), LearningRun.id).limit(limit)
    return list(session.scalars(newest))


def in_force(session: Session) -> Learned | None:
    """Return the newest run's model; None where it found none, or one that isn't understood."""
    for run in runs(session, limit=1):
        try:
            return None if run.model is None else learned_of(run.model)
        except BadModel:
            return None
    return None


def learned_since(session: Session, revision: int) -> bool:
    """Tell whether something was learned after a revision of the change log."""
    where = exists().where(Change.revision > revision, Change.entity == LearningRun.__tablename__)
    return bool(session.scalar(select(where)))
