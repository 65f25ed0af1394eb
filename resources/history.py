"""What was edited in an entry, field by field; and taking an edit back."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from resources import changes, clock
from resources.commands import NotFound
from resources.merged import MERGED
from resources.models import Change, Location, Logged, Offering, Organization, Resource

TABLES: dict[str, type[Logged]] = {
    "organization": Organization,
    "resource": Resource,
    "location": Location,
    "offering": Offering,
}
TELLING = frozenset(
    {
        "name", "address", "town", "number", "building", "postcode", "lon", "lat", "accuracy_m",
        "point_level", "point_source", "district", "accessibility",
    }
)  # fmt: skip
"""What tells where a place is; of a hidden one it is shown to nobody by a list or a history."""

UNTOLD = frozenset({"version", "edited_at", "created_at"})
"""Columns that change with every edit and say nothing to people."""


class ChangedSince(RuntimeError):
    """An edit can't be taken back: what it wrote was written again since."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        self.fields = fields
        super().__init__("what the edit wrote was changed since")


class NothingToUndo(ValueError):
    """An entry of the log that is no edit: adding and loading aren't taken back this way."""


@dataclass(frozen=True)
class Edit:
    """One entry of the log as people read it.

    fields : (column, before, after), without what changes with every edit; empty but for edits
    holds : no later edit wrote one of the fields, so it may be taken back
    """

    revision: int
    at: datetime
    by: str
    entity: str
    entity_id: str
    action: str
    fields: tuple[tuple[str, Any, Any], ...]
    holds: bool = True

    @property
    def can_be_undone(self) -> bool:
        return self.action == "edit" and bool(self.fields) and self.holds and not self._of_a_merge

    @property
    def _of_a_merge(self) -> bool:
        """Tell whether a merge wrote it, which is taken back as a whole (see `merging`)."""
        return any(
            name == "resource_id" or (name == "status" and MERGED in (before, after))
            for name, before, after in self.fields
        )


def edits_of(
    session: Session, entities: Iterable[tuple[str, uuid.UUID]], limit: int = 20
) -> list[Edit]:
    """Return what was written to some entries, newest first.

    entities : (table, id); an edit that only touched `UNTOLD` is left out
    """
    wanted = [(entity, str(own)) for entity, own in entities]
    rows = session.scalars(
        select(Change)
        .where(tuple_(Change.entity, Change.entity_id).in_(wanted))
        .order_by(Change.revision.desc())
        .limit(limit)
    )
    written_later: set[tuple[str, str]] = set()
    found = []
    for edit in map(_edit, rows):
        written = {(edit.entity_id, name) for name, _, _ in edit.fields}
        if written or edit.action != "edit":
            found.append(replace(edit, holds=not written & written_later))
        written_later |= written
    return found


def columns_of(row: Any) -> dict[str, Any]:
    """Return the columns of a stored row by name."""
    return {c.key: getattr(row, c.key) for c in row.__mapper__.column_attrs}


def as_of(session: Session, row: Any, revision: int) -> dict[str, Any]:
    """Return the columns of a stored row as they were at a revision of the log."""
    table: type[Logged] = type(row)
    found = columns_of(row)
    for change in _edits_since(session, row, revision):
        for name, before in (change.before or {}).items():
            found[name] = stored_value(table, name, before)
    return found


def written_since(session: Session, row: Any, revision: int) -> dict[str, str]:
    """Return which fields of a stored row were edited after a revision, and by whom last."""
    found: dict[str, str] = {}
    for change in _edits_since(session, row, revision):
        for name in change.after or {}:
            if name not in UNTOLD:
                found.setdefault(name, change.by)
    return found


def _edits_since(session: Session, row: Any, revision: int) -> list[Change]:
    """Return the edits of a row after a revision, the newest first."""
    statement = select(Change).where(
        Change.entity == row.__tablename__,
        Change.entity_id == str(row.id),
        Change.action == "edit",
        Change.revision > revision,
    )
    return list(session.scalars(statement.order_by(Change.revision.desc())))


def _edit(row: Change) -> Edit:
    before, after = row.before or {}, row.after or {}
    fields = tuple((f, before.get(f), after[f]) for f in after if f not in UNTOLD)
    told = fields if row.action == "edit" else ()
    return Edit(row.revision, row.at, row.by, row.entity, row.entity_id, row.action, told)


def edit_at(session: Session, revision: int) -> Edit | None:
    """Return one entry of the log; None where there is none."""
    row = session.get(Change, revision)
    return None if row is None else _edit(row)


def ever_hidden(session: Session, locations: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of some places that are hidden, or were before one of the edits kept."""
    ids = list(locations)
    found = set(
        session.scalars(
            select(Location.id).where(Location.id.in_(ids), Location.visibility == "hidden")
        )
    )
    rows = session.execute(
        select(Change.entity_id, Change.before, Change.after).where(
            Change.entity == "location", Change.entity_id.in_([str(i) for i in ids])
        )
    )
    for own, before, after in rows:
        if "hidden" in {(before or {}).get("visibility"), (after or {}).get("visibility")}:
            found.add(uuid.UUID(own))
    return found


def undo(
    session: Session, *, revision: int, by: str, among: Iterable[tuple[str, uuid.UUID]]
) -> None:
    """Take one edit back: its fields become what they were before it. That is an edit as well.

    among : the entries that the edit must belong to

    Raises
    ------
    NotFound
        No such revision, or of another entry.
    NothingToUndo
    ChangedSince
        A later edit wrote one of the fields; nothing is taken back then.
    """
    changes.acting(session, by=by)
    row = session.get(Change, revision)
    if row is None or (row.entity, row.entity_id) not in {(e, str(own)) for e, own in among}:
        raise NotFound("revision")
    edit = _edit(row)
    if not edit.can_be_undone:
        raise NothingToUndo("only an edit can be taken back")
    table = TABLES[edit.entity]
    entry = session.get(table, uuid.UUID(edit.entity_id), with_for_update=True)
    if entry is None:
        raise NotFound(edit.entity)
    since = tuple(f for f, _, after in edit.fields if changes.plain(getattr(entry, f)) != after)
    if since:
        raise ChangedSince(since)
    for name, before, _ in edit.fields:
        setattr(entry, name, stored_value(table, name, before))
    if isinstance(entry, Location) and any(name == "lon" for name, _, _ in edit.fields):
        entry.district = None  # follows the point again (see `placing`)
    if hasattr(entry, "edited_at"):
        entry.edited_at = clock.now()
    session.flush()


def stored_value(table: type[Logged], name: str, value: Any) -> Any:
    """Return a value of the log as its column takes it."""
    if value is None:
        return None
    kind = table.__table__.columns[name].type.python_type  # type: ignore[attr-defined]
    if kind is uuid.UUID:
        return uuid.UUID(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is date:
        return date.fromisoformat(value)
    return value
