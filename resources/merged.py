"""Tables of what people decided about likely duplicates: merged into one, or two places indeed."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from resources.models import Base, Logged, Resource

MERGED = "merged"
"""The status of a resource that was merged into another: neither suggested nor published."""


class Merge(Logged, Base):
    """A resource that a person merged into another, with all that this wrote.

    writes : [{"entity", "id", "before", "after"}], so that it can be taken back field by field
    undone_at : when it was taken back; None = it holds
    """

    __tablename__ = "merge"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    kept_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), index=True
    )
    merged_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), index=True
    )
    writes: Mapped[list[dict[str, Any]]] = mapped_column(JSON(none_as_null=True))
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]
    undone_by: Mapped[str | None] = mapped_column(String(100))
    undone_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("kept_id <> merged_id", name="two_resources"),)


class NotSame(Logged, Base):
    """Two resources that a person found to be two; the pair isn't proposed again.

    one_id : the smaller of the two ids
    """

    __tablename__ = "not_same"

    one_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True
    )
    other_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True
    )
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]


def kept_instead(session: Session, resource_id: uuid.UUID) -> uuid.UUID | None:
    """Return the resource into which another was merged, however often; None where it wasn't."""
    found: uuid.UUID | None = None
    current = resource_id
    for _ in range(100):  # merges form no circle: what is merged away takes nothing in
        row = session.scalar(
            select(Merge.kept_id).where(Merge.merged_id == current, Merge.undone_at.is_(None))
        )
        if row is None:
            return found
        found = current = row
    return found


def astray(session: Session) -> tuple[set[uuid.UUID], set[uuid.UUID]]:
    """Return the resources merged away that lead to none that was kept, and those in a circle.

    There are none unless somebody wrote past `resources.merging`.
    """
    merged = set(session.scalars(select(Resource.id).where(Resource.status == MERGED)))
    holds = select(Merge.merged_id, Merge.kept_id).where(Merge.undone_at.is_(None))
    into = {row.merged_id: row.kept_id for row in session.execute(holds)}
    kept = set(session.scalars(select(Resource.id).where(Resource.id.in_(select(Merge.kept_id)))))
    nowhere, in_a_circle = set(), set()
    for start in merged:
        seen, current = {start}, start
        while current in into and into[current] not in seen:
            current = into[current]
            seen.add(current)
        if current in into:
            in_a_circle.add(start)
        elif current in merged or current not in kept:
            nowhere.add(start)
    return nowhere, in_a_circle


def avoided_too(
    session: Session,
    *,
    resources: Collection[uuid.UUID],
    organizations: Collection[uuid.UUID],
) -> set[uuid.UUID]:
    """Return the resources that stand for others which somebody must keep away from.

    resources : ids that may have been merged into others since they were noted
    organizations : hosts whose resources may have been merged into those of other hosts
    """
    if not resources and not organizations:
        return set()
    found: set[uuid.UUID] = set()
    wanted = or_(
        Merge.merged_id.in_(list(resources)), Resource.organization_id.in_(list(organizations))
    )
    for _ in range(100):
        kept = set(
            session.scalars(
                select(Merge.kept_id)
                .join(Resource, Merge.merged_id == Resource.id)
                .where(Merge.undone_at.is_(None), wanted)
            )
        )
        if kept <= found:
            return found
        found |= kept
        wanted = or_(Merge.merged_id.in_(list(kept)))
    return found


def merges_that_hold(session: Session, *, limit: int = 20) -> Sequence[Merge]:
    """Return the merges that hold, newest first."""
    return session.scalars(
        select(Merge)
        .where(Merge.undone_at.is_(None))
        .order_by(Merge.at.desc(), Merge.id)
        .limit(limit)
    ).all()


def merges_into(session: Session, resource_id: uuid.UUID) -> Sequence[Merge]:
    """Return the merges that hold into a resource, newest first."""
    return session.scalars(
        select(Merge)
        .where(Merge.kept_id == resource_id, Merge.undone_at.is_(None))
        .order_by(Merge.at.desc(), Merge.id)
    ).all()


def newest_not_same(session: Session, *, limit: int = 20) -> Sequence[NotSame]:
    """Return the pairs that were found to be two, newest first."""
    return session.scalars(
        select(NotSame).order_by(NotSame.at.desc(), NotSame.one_id, NotSame.other_id).limit(limit)
    ).all()


def pairs_not_same(session: Session) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Return the pairs that were found to be two, the smaller id first."""
    return {
        (one, other) for one, other in session.execute(select(NotSame.one_id, NotSame.other_id))
    }
