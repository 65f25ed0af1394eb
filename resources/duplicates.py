"""Proposes which entries may be one and the same place; nothing is ever merged by itself."""

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import product

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from resources.blocking import Known, pairs_to_compare
from resources.merged import MERGED, pairs_not_same
from resources.models import Location, Offering, Resource
from resources.registration import Registration
from resources.same_place import Facts, Likeness, compare

NEAR_DEGREES = 0.02
"""Some two kilometres: farther apart, two entries aren't compared."""

PAIRS_BETWEEN = 1_000
"""Pairs after which a long search lets others say that it is to end: some ten milliseconds."""


@dataclass(frozen=True)
class Proposal:
    """Two entries that may be one."""

    one: Known
    other: Known
    likeness: Likeness


_COLUMNS = select(
    Resource.id,
    Resource.name,
    Resource.name_kana,
    Resource.kind,
    Resource.phone,
    Resource.alias,
    Location.address,
    Location.lon,
    Location.lat,
    Location.visibility,
)


def _known(
    resource: uuid.UUID,
    name: str,
    kana: str | None,
    kind: str,
    phone: str | None,
    alias: str | None,
    address: str | None,
    lon: float | None,
    lat: float | None,
    visibility: str | None,
) -> Known:
    if visibility == "hidden":  # its evidence would tell where it is
        address = lon = lat = None
    return Known(resource, Facts(name, kana, kind, address, phone, lon, lat, alias))


def _entries(session: Session, *conditions: object) -> list[Known]:
    statement = (
        _COLUMNS.outerjoin(Offering, Offering.resource_id == Resource.id)
        .outerjoin(Location, Offering.location_id == Location.id)
        .where(Resource.status.not_in(("closed", MERGED)), *conditions)  # type: ignore[arg-type]
        .order_by(Resource.id)
    )
    return [_known(*tuple(row)) for row in session.execute(statement)]


def facts_of(registration: Registration) -> Facts:
    """Return what is compared of something about to be registered."""
    r, place = registration.resource, registration.location
    if place is None or place.visibility == "hidden":
        return Facts(r.name, r.name_kana, r.kind, phone=r.phone, alias=r.alias)
    return Facts(
        r.name, r.name_kana, r.kind, place.address, r.phone, place.lon, place.lat, r.alias
    )  # fmt: skip


def duplicates_of(session: Session, facts: Facts, *, limit: int = 5) -> list[Proposal]:
    """Return the entries that something about to be registered may be, the likeliest first."""
    conditions: list[object] = []
    if facts.lon is not None and facts.lat is not None:
        near = Location.lon.between(
            facts.lon - NEAR_DEGREES, facts.lon + NEAR_DEGREES
        ) & Location.lat.between(facts.lat - NEAR_DEGREES, facts.lat + NEAR_DEGREES)
        conditions.append(or_(near, Location.lon.is_(None)))
    this = Known(uuid.UUID(int=0), facts)
    best: dict[uuid.UUID, Proposal] = {}
    for known in _entries(session, *conditions):
        proposal = Proposal(this, known, compare(facts, known.facts))
        before = best.get(known.resource)
        if proposal.likeness.enough and (
            before is None or proposal.likeness.weight > before.likeness.weight
        ):
            best[known.resource] = proposal
    ordered = sorted(best.values(), key=lambda p: (-p.likeness.weight, p.other.resource))
    return ordered[:limit]


def duplicates_within(session: Session) -> list[Proposal]:
    """Return the pairs of entries of the catalogue that may be one, the likeliest first.

    Without the pairs that somebody found to be two. Reads and compares the whole catalogue:
    `resources.likely` keeps the answer.
    """
    two_indeed = pairs_not_same(session)
    found = [
        p for p in proposals_among(session) if (p.one.resource, p.other.resource) not in two_indeed
    ]
    return sorted(found, key=lambda p: (-p.likeness.weight, p.one.resource, p.other.resource))


def proposals_among(
    session: Session,
    *,
    of: Collection[uuid.UUID] | None = None,
    between: Callable[[], None] | None = None,
) -> list[Proposal]:
    """Return each pair of resources that may be one, by their likest places; `one` is the smaller.

    of : only pairs in which at least one resource is among these
    between : called once every `PAIRS_BETWEEN` pairs; what it raises ends the search
    """
    if of is not None and not of:
        return []
    best: dict[tuple[uuid.UUID, uuid.UUID], Proposal] = {}
    for number, (one, other) in enumerate(pairs_to_compare(_entries(session), of=of)):
        if between is not None and number % PAIRS_BETWEEN == 0:
            between()
        _keep_likest(best, Proposal(one, other, compare(one.facts, other.facts)))
    return [p for p in best.values() if p.likeness.enough]


def proposals_of_pairs(
    session: Session, pairs: Sequence[tuple[uuid.UUID, uuid.UUID]]
) -> list[Proposal]:
    """Return those of some pairs that may be one as they stand now, in the order given."""
    wanted = {i for pair in pairs for i in pair}
    places: dict[uuid.UUID, list[Known]] = {}
    for known in _entries(session, Resource.id.in_(wanted)) if wanted else ():
        places.setdefault(known.resource, []).append(known)
    best: dict[tuple[uuid.UUID, uuid.UUID], Proposal] = {}
    for a, b in pairs:
        for one, other in product(places.get(a, ()), places.get(b, ())):
            _keep_likest(best, Proposal(one, other, compare(one.facts, other.facts)))
    return [best[pair] for pair in pairs if pair in best and best[pair].likeness.enough]


def _keep_likest(best: dict[tuple[uuid.UUID, uuid.UUID], Proposal], proposal: Proposal) -> None:
    one, other = proposal.one, proposal.other
    if one.resource > other.resource:
        one, other = other, one
        proposal = Proposal(one, other, proposal.likeness)
    before = best.get((one.resource, other.resource))
    if before is None or proposal.likeness.weight > before.likeness.weight:
        best[one.resource, other.resource] = proposal


def among_added(session: Session, added: Collection[uuid.UUID]) -> list[Proposal]:
    """Return which resources just added may be others that were there before, the likeliest first.

    Of each the likeliest other; `one` is what was added.
    """
    if not added or len(added) == session.scalar(select(func.count(Resource.id))):
        return []
    entries = _entries(session)
    if all(e.resource in added for e in entries):
        return []
    best: dict[uuid.UUID, Proposal] = {}
    for one, other in pairs_to_compare(entries, of=added):
        if (one.resource in added) == (other.resource in added):
            continue
        new, known = (one, other) if one.resource in added else (other, one)
        proposal = Proposal(new, known, compare(new.facts, known.facts))
        before = best.get(new.resource)
        if proposal.likeness.enough and (
            before is None or proposal.likeness.weight > before.likeness.weight
        ):
            best[new.resource] = proposal
    return sorted(best.values(), key=lambda p: (-p.likeness.weight, p.one.resource))


def likeness_of(session: Session, one: uuid.UUID, other: uuid.UUID) -> Proposal | None:
    """Return the evidence on two resources, however alike; None where one of them has no offering.

    A resource at several places is compared by the likest of them.
    """
    entries = _entries(session, Resource.id.in_([one, other]))
    pairs = [
        Proposal(a, b, compare(a.facts, b.facts))
        for a in entries
        if a.resource == one
        for b in entries
        if b.resource == other
    ]
    return max(pairs, key=lambda p: p.likeness.weight, default=None)
