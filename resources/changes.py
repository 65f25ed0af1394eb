"""The change log: every write to the catalogue appends a row, in the write's own transaction.

The rows are written by the session itself when it flushes, so no writer can forget them; who
writes must say who they are first (`acting`). On PostgreSQL writers take their turn by one advisory
lock, so revisions become visible in their order; SQLite has one writer anyway.
"""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, event, func, insert, inspect, select
from sqlalchemy.orm import Session

from resources import clock
from resources.models import Change, Logged
from resources.prepared import AsJson, insert_many
from resources.turns import wait_for_turn

_TABLE: Table = Change.__table__  # type: ignore[assignment]

LOCK = 0x1BA5_0001
"""Key of the advisory lock that puts writers of the log in a row."""


class NobodyActing(RuntimeError):
    """A write to the catalogue by nobody: call `acting(session, by=…)` first."""


def acting(session: Session, *, by: str) -> None:
    """Say who makes the writes of this session from now on (`user:…`, `job:…`, `cli`, `import`)."""
    session.info["by"] = by


NEWEST = select(func.max(Change.revision).label("revision"))
"""The newest revision that can be seen; none before the first."""


def latest_revision(session: Session) -> int:
    """Return the newest visible revision; 0 before the first."""
    return session.scalar(NEWEST) or 0


def changes_since(session: Session, revision: int) -> list[Change]:
    """Return the rows after a revision, in order."""
    rows = session.scalars(
        select(Change).where(Change.revision > revision).order_by(Change.revision)
    )
    return list(rows)


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value


def record(
    session: Session,
    *,
    entity: str,
    entity_id: str,
    action: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Append one row for a write that the session's flush doesn't see (a bulk load)."""
    _append(session, [_row(session, entity, entity_id, action, before, after)])


def _actor(session: Session) -> str:
    by: str = session.info.get("by") or ""
    if not by:
        raise NobodyActing("a write to the catalogue needs an actor")
    return by


def _row(
    session: Session,
    entity: str,
    entity_id: str,
    action: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> dict[str, Any]:
    return {
        "entity": entity,
        "entity_id": entity_id,
        "action": action,
        "by": _actor(session),
        "before": before,
        "after": after,
    }


def append_added(session: Session, rows: Sequence[tuple[str, str, AsJson]]) -> None:
    """Append rows that `many_rows` is about to insert: (entity, its id, its values)."""
    same: dict[str, Any] = {"action": "add", "by": _actor(session)}
    if moment := _turn_taken(session):
        same["at"] = moment
        whole = [{"entity": e, "entity_id": i, "after": after, **same} for e, i, after in rows]
        insert_many(session.connection(), _TABLE, whole)


def take_turn(session: Session) -> None:
    """Wait until all that others wrote is visible, and nobody writes but this transaction.

    What is looked up afterwards and isn't there may be added without a race.
    """
    if not session.info.get("trial"):
        wait_for_turn(session, LOCK)


def on_trial(session: Session) -> None:
    """Say that all this session writes will be taken back: it needs no log, and no turn in it."""
    session.info["trial"] = True


def _append(session: Session, rows: list[dict[str, Any]]) -> None:
    if moment := _turn_taken(session):
        session.connection().execute(insert(_TABLE), [{**row, "at": moment} for row in rows])


def _turn_taken(session: Session) -> datetime | None:
    """Wait for the turn; return the moment of all that is written at once, None for a trial."""
    if session.info.get("trial"):
        return None
    wait_for_turn(session, LOCK)
    return clock.now()


def _identity(state: Any) -> str:
    return "/".join(str(part) for part in state.mapper.primary_key_from_instance(state.obj()))


def _columns(state: Any) -> dict[str, Any]:
    obj = state.obj()
    values = ((a.key, getattr(obj, a.key)) for a in state.mapper.column_attrs)
    return {key: plain(value) for key, value in values if value is not None}


def _edited(state: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    before, after = {}, {}
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if history.has_changes() and (history.deleted or [None]) != history.added:
            before[attribute.key] = plain(history.deleted[0]) if history.deleted else None
            after[attribute.key] = plain(history.added[0]) if history.added else None
    return before, after


@event.listens_for(Session, "after_flush")
def _append_what_was_flushed(session: Session, _context: object) -> None:
    rows = []
    for obj in session.new:
        if isinstance(obj, Logged):
            state = inspect(obj)
            rows.append(
                _row(session, obj.__tablename__, _identity(state), "add", None, _columns(state))  # type: ignore[attr-defined]
            )
    for obj in session.dirty:
        if isinstance(obj, Logged):
            state = inspect(obj)
            before, after = _edited(state)
            if after:
                rows.append(
                    _row(session, obj.__tablename__, _identity(state), "edit", before, after)  # type: ignore[attr-defined]
                )
    for obj in session.deleted:
        if isinstance(obj, Logged):
            state = inspect(obj)
            rows.append(
                _row(session, obj.__tablename__, _identity(state), "remove", _columns(state), None)  # type: ignore[attr-defined]
            )
    if rows:
        _append(session, rows)
