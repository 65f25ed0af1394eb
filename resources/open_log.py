"""Follows the change log for open data: which entry changed when, as it is seen from outside.

An entry stands once, at its newest change. One that is open no more stays as a mark without any
content, at the change that closed it; what is done to it while it is closed moves nothing. One that
was never open has no mark: nobody learns that it exists.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import exists, func, insert, literal, select
from sqlalchemy.orm import Session

from resources.changes import latest_revision
from resources.models import Change, Location, Offering, Resource
from resources.open_fields import SHOWN, is_seen_outside
from resources.open_rows import Opened, OpenedUpto
from resources.public_entries import is_open, open_among
from resources.queries import offering_ids_touched
from resources.upsert import insert_into

READER = "open data"
REVISIONS_AT_ONCE = 2_000
IDS_AT_ONCE = 500

Position = tuple[int, datetime]


@dataclass
class _Touched:
    """What some revisions changed: each row's newest position, and the newest bulk load."""

    rows: dict[str, dict[uuid.UUID, Position]] = field(
        default_factory=lambda: {entity: {} for entity in SHOWN}
    )
    loaded: Position | None = None


def is_behind(session: Session) -> bool:
    """Tell whether the log has rows that were not followed; a read only."""
    seen = session.scalar(select(OpenedUpto.revision).where(OpenedUpto.name == READER))
    return latest_revision(session) > (seen or 0)


def follow(session: Session) -> int:
    """Bring the table of what is open up to the log; return how many of its rows moved.

    The position moves in the same transaction; of two that follow at once one waits.
    """
    session.execute(
        insert_into(session, OpenedUpto)
        .values(name=READER, revision=0)
        .on_conflict_do_nothing(index_elements=[OpenedUpto.name])
    )
    reader = session.scalars(
        select(OpenedUpto).where(OpenedUpto.name == READER).with_for_update()
    ).one()
    newest = latest_revision(session)
    if reader.revision >= newest:
        return 0
    before, moved = count_told(session), 0
    while reader.revision < newest:
        upto = min(reader.revision + REVISIONS_AT_ONCE, newest)
        touched = _touched(session, reader.revision + 1, upto)
        if touched.loaded is not None:
            moved += _sweep(session, touched.loaded)
        moved += _move(session, touched)
        reader.revision = upto
    session.flush()
    # Added to, not counted anew: a row that was lost would be forgotten.
    known = before if reader.entries is None else reader.entries
    reader.entries = known + count_told(session) - before
    session.flush()
    return moved


def count_told(session: Session) -> int:
    """Return of how many entries it is told that they are or were open."""
    return session.scalar(select(func.count()).select_from(Opened)) or 0


def not_followed_yet(session: Session, revision: int) -> tuple[set[uuid.UUID], bool]:
    """Return the offerings that changes after a revision may move, and whether one loads many."""
    touched = _touched(session, revision + 1, latest_revision(session))
    found: set[uuid.UUID] = set()
    if any(touched.rows.values()):
        found = _concerned(session, touched) | set(touched.rows["offering"])
    return found, touched.loaded is not None


def _touched(session: Session, first: int, last: int) -> _Touched:
    found = _Touched()
    changes = session.execute(
        select(
            Change.revision, Change.at, Change.entity, Change.entity_id, Change.action, Change.after
        )
        .where(Change.revision.between(first, last))
        .order_by(Change.revision)
    )
    for revision, at, entity, entity_id, action, after in changes:
        if action == "load":
            found.loaded = (revision, at)
        elif entity in found.rows and (
            action != "edit" or is_seen_outside(entity, set(after or ()))
        ):
            found.rows[entity][uuid.UUID(entity_id)] = (revision, at)
    return found


def _sweep(session: Session, position: Position) -> int:
    """Take in what a bulk load left in the catalogue, of which the log says nothing row by row."""
    revision, at = position
    known = select(Opened.offering_id).where(Opened.offering_id == Offering.id)
    new = (
        select(
            Offering.id, Offering.resource_id, literal(revision), literal(at, Opened.at.type),
            literal(True),
        )
        .join(Resource, Offering.resource_id == Resource.id)
        .outerjoin(Location, Offering.location_id == Location.id)
        .where(is_open(), ~exists(known.correlate(Offering)))
    )  # fmt: skip
    columns = ["offering_id", "resource_id", "modified", "at", "is_open"]
    added = session.execute(insert(Opened).from_select(columns, new))
    return max(getattr(added, "rowcount", 0), 0)


def _move(session: Session, touched: _Touched) -> int:
    """Move every offering that a change touches, and those that open or close with it."""
    moved = 0
    for ids in _chunks(sorted(_concerned(session, touched), key=str)):
        moved += _move_some(session, ids, touched)
    for ids in _chunks(sorted(_removed(session, touched), key=str)):
        moved += _bury(session, {i: touched.rows["offering"][i] for i in ids})
    return moved


def _chunks(ids: Sequence[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    yield from (list(ids[i : i + IDS_AT_ONCE]) for i in range(0, len(ids), IDS_AT_ONCE))


def _concerned(session: Session, touched: _Touched) -> set[uuid.UUID]:
    """Return the offerings of all resources that a change may have opened or closed."""
    found: set[uuid.UUID] = set()
    for entity in ("organization", "resource", "location"):
        for ids in _chunks(list(touched.rows[entity])):
            found |= offering_ids_touched(session, **{f"{entity}s": ids})
    found |= set(touched.rows["offering"])
    # An offering without a place closes with a place of the same resource (see `public_entries`).
    siblings: set[uuid.UUID] = set()
    for ids in _chunks(list(found)):
        resources = select(Offering.resource_id).where(Offering.id.in_(ids))
        siblings.update(
            session.scalars(select(Offering.id).where(Offering.resource_id.in_(resources)))
        )
    return siblings


def _move_some(session: Session, ids: list[uuid.UUID], touched: _Touched) -> int:
    links = session.execute(
        select(Offering.id, Offering.resource_id, Offering.location_id, Resource.organization_id)
        .join(Resource, Offering.resource_id == Resource.id)
        .where(Offering.id.in_(ids))
    ).all()
    now_open = open_among(session, ids)
    known = {
        o.offering_id: o for o in session.scalars(select(Opened).where(Opened.offering_id.in_(ids)))
    }
    last = max(p for rows in touched.rows.values() for p in rows.values())
    moved = 0
    for offering, resource, location, organization in links:
        own = _newest(touched, offering, resource, location, organization)
        row, opens = known.get(offering), offering in now_open
        if row is None and opens:
            modified, at = own or last
            session.add(
                Opened(
                    offering_id=offering, resource_id=resource, modified=modified, at=at,
                    is_open=True,
                )
            )  # fmt: skip
        elif row is not None and (row.is_open != opens or (opens and own and own > _at(row))):
            # One that closes or opens with another of its resource moves with the newest change.
            row.modified, row.at = max(own or last, _at(row))
            row.resource_id, row.is_open = resource, opens
        else:
            continue
        moved += 1
    session.flush()
    return moved


def _at(row: Opened) -> Position:
    return row.modified, row.at


def _newest(
    touched: _Touched,
    offering: uuid.UUID,
    resource: uuid.UUID,
    location: uuid.UUID | None,
    organization: uuid.UUID | None,
) -> Position | None:
    """Return the newest change to any part of an entry; None where none of them changed."""
    rows = touched.rows
    found = [
        rows["offering"].get(offering),
        rows["resource"].get(resource),
        rows["location"].get(location) if location else None,
        rows["organization"].get(organization) if organization else None,
    ]
    return max((p for p in found if p is not None), default=None)


def _removed(session: Session, touched: _Touched) -> set[uuid.UUID]:
    left: set[uuid.UUID] = set()
    for ids in _chunks(list(touched.rows["offering"])):
        left.update(session.scalars(select(Offering.id).where(Offering.id.in_(ids))))
    return set(touched.rows["offering"]) - left


def _bury(session: Session, gone: dict[uuid.UUID, Position]) -> int:
    """Mark offerings that the catalogue doesn't hold any more."""
    count = 0
    for row in session.scalars(select(Opened).where(Opened.offering_id.in_(gone), Opened.is_open)):
        row.modified, row.at = gone[row.offering_id]
        row.is_open = False
        count += 1
    session.flush()
    return count
