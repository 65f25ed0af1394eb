"""Keeps a municipality's schemes and thresholds: reading, saving, their history, taking back.

A scheme is never removed, only retired: answers and other systems name it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching.scheme_models import PriorityScheme, Threshold
from matching.schemes import (
    THRESHOLDS,
    USUAL,
    BadScheme,
    Scheme,
    Weighing,
    checked,
    checked_thresholds,
    default_weighing,
    still_allowed,
)
from matching.sentences import sentence
from resources import changes
from resources.history import ChangedSince, NothingToUndo
from resources.models import Change

ENTITIES = ("priority_scheme", "threshold")

FIELDS = ("ja", "en", "weights", "minimum_score", "per_host", "per_kind", "active")
"""What is edited of a scheme, by its names in the table."""


class SavedMeanwhile(RuntimeError):
    """Somebody else saved schemes or thresholds since the ones that were shown."""

    def __init__(self) -> None:
        super().__init__("the schemes were changed meanwhile")


def read_weighing(session: Session) -> Weighing:
    """Return what the municipality weighs by; what was never saved is as in a new installation."""
    default = default_weighing()
    rows = session.scalars(
        select(PriorityScheme).order_by(PriorityScheme.position, PriorityScheme.code)
    ).all()
    schemes = {r.code: _scheme(r) for r in rows} or default.schemes
    kept = session.execute(select(Threshold.name, Threshold.value)).all()
    # What an older version kept, and this one takes no more, stops no list.
    given = still_allowed({row.name: row.value for row in kept})
    return Weighing(schemes, replace(default.thresholds, **given))


def _scheme(row: PriorityScheme) -> Scheme:
    weights = {**default_weighing().schemes[USUAL].weights, **row.weights}
    return Scheme(
        row.code, row.ja, row.en, weights, row.minimum_score, row.per_host, row.per_kind,
        row.active,
    )  # fmt: skip


def weighing_revision(session: Session, *, since: int = 0) -> int:
    """Return the newest revision of the log that changed schemes or thresholds; 0 for none.

    since : only those after this one count
    """
    newest = select(func.max(Change.revision)).where(
        Change.entity.in_(ENTITIES), Change.revision > since
    )
    return session.scalar(newest) or 0


def save_scheme(session: Session, *, scheme: Scheme, shown: int | None, by: str) -> None:
    """Save a scheme, new or changed.

    shown : `weighing_revision` of what the change was made on; None = whatever stands there

    Raises
    ------
    BadScheme
    SavedMeanwhile
    """
    _lock(session, shown, by)
    kept = checked(scheme)
    rows = {r.code: r for r in session.scalars(select(PriorityScheme))}
    if kept.code == USUAL and not kept.active:
        raise BadScheme("active", sentence("scheme_bad.usual"))
    row = rows.get(kept.code)
    if row is None:
        position = max((r.position for r in rows.values()), default=-1) + 1
        session.add(_row(kept, position))
    else:
        for name in FIELDS:
            if getattr(row, name) != getattr(kept, name):
                setattr(row, name, getattr(kept, name))
    session.flush()


def save_thresholds(
    session: Session, *, given: Mapping[str, Any], shown: int | None, by: str
) -> None:
    """Save some thresholds; as `save_scheme`."""
    _lock(session, shown, by)
    rows = {r.name: r for r in session.scalars(select(Threshold))}
    for name, value in checked_thresholds(given).items():
        if rows[name].value != value:
            rows[name].value = value
    session.flush()


def _lock(session: Session, shown: int | None, by: str) -> None:
    """Take the tables for this transaction; the first edit copies those of the beginning."""
    changes.acting(session, by=by)
    # Locked before the revision is looked at: who waited here sees what the one before saved.
    known = set(session.scalars(select(Threshold.name).with_for_update()))
    session.scalars(select(PriorityScheme.code).with_for_update()).all()
    if shown is not None and weighing_revision(session, since=shown):
        raise SavedMeanwhile
    default = default_weighing()
    if not session.scalar(select(func.count()).select_from(PriorityScheme)):
        session.add_all(_row(s, i) for i, s in enumerate(default.schemes.values()))
    session.add_all(
        Threshold(name=n, value=getattr(default.thresholds, n))
        for n in THRESHOLDS
        if n not in known
    )
    session.flush()


def _row(scheme: Scheme, position: int) -> PriorityScheme:
    return PriorityScheme(
        code=scheme.code, position=position, **{name: getattr(scheme, name) for name in FIELDS}
    )


def history_of(session: Session, *, limit: int = 20) -> list[Change]:
    """Return the edits of schemes and thresholds, newest first."""
    rows = session.scalars(
        select(Change)
        .where(Change.entity.in_(ENTITIES), Change.action == "edit")
        .order_by(Change.revision.desc())
        .limit(limit)
    )
    return list(rows)


def undo_edit(session: Session, *, revision: int, by: str) -> None:
    """Take one edit back; that is an edit as well.

    Raises
    ------
    NothingToUndo
        No such revision, or none that edited a scheme or a threshold.
    ChangedSince
        What it wrote was written again since; nothing is taken back then.
    """
    _lock(session, None, by)
    change = session.get(Change, revision)
    if change is None or change.entity not in ENTITIES or change.action != "edit":
        raise NothingToUndo("only an edit can be taken back")
    table = PriorityScheme if change.entity == "priority_scheme" else Threshold
    row: Any = session.get_one(table, change.entity_id)
    before, after = change.before or {}, change.after or {}
    since = tuple(name for name, value in after.items() if getattr(row, name) != value)
    if since:
        raise ChangedSince(since)
    for name in after:
        setattr(row, name, before[name])
    session.flush()
