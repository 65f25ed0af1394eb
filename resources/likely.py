"""The pairs of entries that may be one, kept in a table: brought up from the change log, then read.

The table says which pairs to look at, and in which order. What speaks for a pair is worked out
again from the two entries as they stand whenever it is shown, so nothing is told of a place that
has become hidden since.
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, and_, delete, func, insert, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from resources.duplicates import Proposal, proposals_among, proposals_of_pairs
from resources.merged import MERGED, NotSame
from resources.models import Base, Change, Offering, Resource

TELLING: dict[str, frozenset[str]] = {
    "resource": frozenset({"name", "name_kana", "alias", "kind", "phone", "status"}),
    "location": frozenset({"address", "lon", "lat", "visibility"}),
    "offering": frozenset({"resource_id", "location_id"}),
}
"""The columns that are compared; an edit of any other changes no pair."""

AT_ONCE = 500


class LikelyPair(Base):
    """Two entries that may be one; derived, so not in the change log, and disposable.

    one_id : the smaller of the two ids
    """

    __tablename__ = "likely_pair"

    one_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True
    )
    other_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True
    )
    weight: Mapped[float]

    __table_args__ = (Index(None, "other_id"), Index(None, "weight"))


def touched_between(session: Session, first: int, last: int) -> set[uuid.UUID] | None:
    """Return the resources of which some revisions changed what is compared.

    None where the log doesn't say which: a bulk load.
    """
    found: dict[str, set[uuid.UUID]] = {entity: set() for entity in TELLING}
    rows = session.execute(
        select(Change.entity, Change.entity_id, Change.action, Change.before, Change.after).where(
            Change.revision.between(first, last),
            or_(Change.entity.in_(TELLING), Change.action == "load"),
        )
    )
    for entity, entity_id, action, before, after in rows:
        if action == "load":
            return None
        if action == "edit" and not TELLING[entity] & set(after or ()):
            continue
        if entity == "offering":  # of both, where it went from one resource to another
            found["resource"].update(
                uuid.UUID(said["resource_id"])
                for said in (before, after)
                if said and said.get("resource_id")
            )
        found[entity].add(uuid.UUID(entity_id))
    return found["resource"] | _resources_of(session, found["offering"], found["location"])


def _resources_of(
    session: Session, offerings: Collection[uuid.UUID], locations: Collection[uuid.UUID]
) -> set[uuid.UUID]:
    found: set[uuid.UUID] = set()
    for column, ids in ((Offering.id, offerings), (Offering.location_id, locations)):
        for some in _chunks(ids):
            found.update(session.scalars(select(Offering.resource_id).where(column.in_(some))))
    return found


def _chunks(ids: Iterable[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    ordered = sorted(ids)
    yield from (ordered[i : i + AT_ONCE] for i in range(0, len(ordered), AT_ONCE))


def find_pairs(
    session: Session,
    *,
    touched: Collection[uuid.UUID] | None,
    between: Callable[[], None] | None = None,
) -> list[LikelyPair]:
    """Return the pairs that may be one as the catalogue stands; a read only.

    touched : only pairs with one of these resources; None = all pairs
    between : called now and then; what it raises ends the search
    """
    return [
        LikelyPair(one_id=p.one.resource, other_id=p.other.resource, weight=p.likeness.weight)
        for p in proposals_among(session, of=touched, between=between)
    ]


def keep_pairs(
    session: Session, found: Iterable[LikelyPair], *, touched: Collection[uuid.UUID] | None
) -> None:
    """Let the table hold what was found of some resources (None = of all) instead of what it held.

    A pair of a resource that is gone by now is passed over.
    """
    if touched is None:
        session.execute(delete(LikelyPair))
    for some in _chunks(touched or ()):
        either = or_(LikelyPair.one_id.in_(some), LikelyPair.other_id.in_(some))
        session.execute(delete(LikelyPair).where(either))
    rows = [{"one_id": p.one_id, "other_id": p.other_id, "weight": p.weight} for p in found]
    there = _still_there(session, {i for row in rows for i in (row["one_id"], row["other_id"])})
    rows = [row for row in rows if row["one_id"] in there and row["other_id"] in there]
    if rows:
        session.execute(insert(LikelyPair), rows)


def _still_there(session: Session, ids: set[Any]) -> set[uuid.UUID]:
    found: set[uuid.UUID] = set()
    for some in _chunks(ids):
        found.update(session.scalars(select(Resource.id).where(Resource.id.in_(some))))
    return found


def _to_decide() -> Select[uuid.UUID, uuid.UUID]:
    """Select the pairs of which both stand, and which nobody found to be two."""
    one, other = aliased(Resource), aliased(Resource)
    pair = LikelyPair
    two_indeed = and_(NotSame.one_id == pair.one_id, NotSame.other_id == pair.other_id)
    return (
        select(pair.one_id, pair.other_id)
        .join(one, one.id == pair.one_id)
        .join(other, other.id == pair.other_id)
        .outerjoin(NotSame, two_indeed)
        .where(
            one.status.not_in(("closed", MERGED)),
            other.status.not_in(("closed", MERGED)),
            NotSame.one_id.is_(None),
        )
    )


def count_likely(session: Session) -> int:
    """Return how many pairs wait for somebody's decision."""
    pairs = _to_decide().subquery()
    return session.scalar(select(func.count()).select_from(pairs)) or 0


def likely_pairs(session: Session, *, offset: int = 0, limit: int = 20) -> list[Proposal]:
    """Return pairs that wait for somebody's decision, the likeliest first, with their evidence.

    A pair that was edited apart since the table was brought up is left out.
    """
    rows = session.execute(
        _to_decide()
        .order_by(LikelyPair.weight.desc(), LikelyPair.one_id, LikelyPair.other_id)
        .offset(offset)
        .limit(limit)
    )
    return proposals_of_pairs(session, [(one, other) for one, other in rows])
