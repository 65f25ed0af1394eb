"""Merges two entries into one as a person chose, field by field, and takes a merge back whole."""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from resources import changes, clock
from resources.changes import plain
from resources.commands import EditedMeanwhile, NotFound
from resources.history import TABLES, ChangedSince, stored_value
from resources.merged import MERGED, Merge, NotSame
from resources.models import Offering, Resource

NOT_CHOSEN = frozenset(
    {"id", "status", "status_reason", "invented", "source", "source_key", "original", "version",
     "created_at", "edited_at"}
)  # fmt: skip
RESOURCE_FIELDS = tuple(c.key for c in Resource.__table__.columns if c.key not in NOT_CHOSEN)
"""What is chosen side by side of two resources."""

OFFERING_FIELDS: dict[str, tuple[str, ...]] = {
    "location_id": ("location_id",),
    "schedule_text": ("schedule_text", "schedule"),  # the words and what was read from them
    "label": ("label",),
    "attendance": ("attendance",),
    "min_minutes": ("min_minutes",),
    "min_per_week": ("min_per_week",),
    "capacity": ("capacity",),
    "ends_on": ("ends_on",),
}
"""What is chosen of two offerings, where each resource has one; with the columns that go along.

Free places and verification aren't chosen: somebody said them of that one entry."""


class CannotMerge(ValueError):
    """Two entries that can't be merged so; `problem` says why.

    same (one and the same) / merged (one of them is merged away) / field (no such field) /
    offering (not its offering, or not one on each side) / ages (the youngest above the oldest)
    """

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"can't be merged: {problem}")


def merge_resources(
    session: Session,
    *,
    kept_id: uuid.UUID,
    merged_id: uuid.UUID,
    taken: Collection[str] = (),
    moved: Collection[uuid.UUID] = (),
    versions: tuple[int, int] | None = None,
    by: str,
) -> Merge:
    """Merge one resource into another. Both rows stay; the one merged away is never shown again.

    Parameters
    ----------
    taken : fields (of `RESOURCE_FIELDS`, or "offering." and one of `OFFERING_FIELDS`) that become
        what the one merged away says; all others stay what the kept one says
    moved : offerings of the one merged away that become the kept one's; the rest stay with it.
        What hangs on an offering (places taken, reports, counts) goes or stays with it.
    versions : of the kept and the merged one as they were shown; None skips the check

    Raises
    ------
    NotFound, EditedMeanwhile, CannotMerge
    """
    changes.acting(session, by=by)
    kept, merged = _both(session, kept_id, merged_id)
    if versions is not None and versions != (kept.version, merged.version):
        shown, stored = max(zip(versions, (kept.version, merged.version), strict=True))
        raise EditedMeanwhile("resource", shown, stored)
    offerings = _offerings(session, kept_id), _offerings(session, merged_id)
    writes = _Writes()
    for name in sorted(set(taken)):
        _take(writes, name, kept, merged, offerings)
    for offering_id in sorted(set(moved)):
        offering = next((o for o in offerings[1] if o.id == offering_id), None)
        if offering is None:
            raise CannotMerge("offering")
        writes.set(offering, "resource_id", kept.id)
    if not (
        _in_order(kept.age_min, kept.age_max)
        and _in_order(kept.accepted_age_min, kept.accepted_age_max)
    ):
        raise CannotMerge("ages")
    writes.set(merged, "status", MERGED)
    now = clock.now()
    kept.edited_at = now  # what it stands for has changed, whatever was taken
    made = Merge(
        id=uuid.uuid4(), kept_id=kept_id, merged_id=merged_id, writes=writes.rows, by=by, at=now
    )
    session.add(made)
    session.flush()
    return made


def _in_order(low: int | None, high: int | None) -> bool:
    return low is None or high is None or low <= high


class _Writes:
    """What a merge writes, noted as it is written."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def set(self, entry: Resource | Offering, name: str, value: Any) -> None:
        before = getattr(entry, name)
        if before == value:
            return
        own = str(entry.id)
        row = next((r for r in self.rows if r["id"] == own), None)
        if row is None:
            row = {"entity": entry.__tablename__, "id": own, "before": {}, "after": {}}
            self.rows.append(row)
        row["before"][name], row["after"][name] = plain(before), plain(value)
        setattr(entry, name, value)
        entry.edited_at = clock.now()


def _both(session: Session, kept_id: uuid.UUID, merged_id: uuid.UUID) -> tuple[Resource, Resource]:
    if kept_id == merged_id:
        raise CannotMerge("same")
    # In one order, so that two people who merge the same pair don't wait for each other.
    rows = session.scalars(
        select(Resource)
        .where(Resource.id.in_([kept_id, merged_id]))
        .order_by(Resource.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {r.id: r for r in rows}
    if len(found) < 2:
        raise NotFound("resource")
    if any(r.status == MERGED for r in found.values()):
        raise CannotMerge("merged")
    return found[kept_id], found[merged_id]


def _offerings(session: Session, resource_id: uuid.UUID) -> list[Offering]:
    statement = select(Offering).where(Offering.resource_id == resource_id).order_by(Offering.id)
    return list(session.scalars(statement.with_for_update()))


def _take(
    writes: _Writes,
    name: str,
    kept: Resource,
    merged: Resource,
    offerings: tuple[list[Offering], list[Offering]],
) -> None:
    if name in RESOURCE_FIELDS:
        writes.set(kept, name, getattr(merged, name))
        return
    part, _, column = name.partition(".")
    if part != "offering" or column not in OFFERING_FIELDS:
        raise CannotMerge("field")
    mine, theirs = offerings
    if len(mine) != 1 or len(theirs) != 1:
        raise CannotMerge("offering")
    for each in OFFERING_FIELDS[column]:
        writes.set(mine[0], each, getattr(theirs[0], each))


def undo_merge(session: Session, *, merge_id: uuid.UUID, by: str) -> Merge:
    """Take a merge back: every field it wrote becomes what it was, on both sides.

    Raises
    ------
    NotFound
        No such merge, or it was taken back already.
    ChangedSince
        Something that it wrote was written again since, or the kept one was merged away; nothing
        is taken back then.
    """
    changes.acting(session, by=by)
    merge = session.get(Merge, merge_id, with_for_update=True, populate_existing=True)
    if merge is None or merge.undone_at is not None:
        raise NotFound("merge")
    entries = _written(session, merge)
    since = [
        name
        for row in merge.writes
        for name, after in row["after"].items()
        # What was taken back alone already is as it was.
        if plain(getattr(entries[row["id"]], name)) not in (after, row["before"][name])
    ]
    kept = session.get_one(Resource, merge.kept_id, populate_existing=True)
    if kept.status == MERGED:
        since.append("status")
    if since:
        raise ChangedSince(tuple(since))
    now = clock.now()
    for row in merge.writes:
        entry = entries[row["id"]]
        for name, before in row["before"].items():
            setattr(entry, name, stored_value(type(entry), name, before))
        entry.edited_at = now
    kept.edited_at = now
    merge.undone_by, merge.undone_at = by, now
    session.flush()
    return merge


def _written(session: Session, merge: Merge) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in sorted(merge.writes, key=lambda r: (r["entity"] != "resource", r["id"])):
        entry = session.get(
            TABLES[row["entity"]], uuid.UUID(row["id"]), with_for_update=True,
            populate_existing=True,
        )  # fmt: skip
        if entry is None:
            raise NotFound(row["entity"])
        found[row["id"]] = entry
    return found


def say_not_same(session: Session, *, one: uuid.UUID, other: uuid.UUID, by: str) -> None:
    """Store that two resources are two; said twice it is one word. Raises `NotFound`."""
    changes.acting(session, by=by)
    pair = min(one, other), max(one, other)
    if one == other:
        raise CannotMerge("same")
    if any(session.get(Resource, i) is None for i in pair):
        raise NotFound("resource")
    if session.get(NotSame, pair) is None:
        session.add(NotSame(one_id=pair[0], other_id=pair[1], by=by, at=clock.now()))
        session.flush()


def take_back_not_same(session: Session, *, one: uuid.UUID, other: uuid.UUID, by: str) -> None:
    """Let a pair be proposed again. Raises `NotFound`."""
    changes.acting(session, by=by)
    found = session.get(NotSame, (min(one, other), max(one, other)))
    if found is None:
        raise NotFound("pair")
    session.delete(found)
    session.flush()
