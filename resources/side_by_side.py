"""Two entries side by side: what differs, what a person may choose, what hangs on each."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from resources.booked import Allotment, Hold
from resources.booking import TAKEN
from resources.commands import NotFound
from resources.duplicates import Proposal, likeness_of
from resources.merging import OFFERING_FIELDS, RESOURCE_FIELDS
from resources.models import Location, Offering, Organization, Resource


@dataclass(frozen=True)
class Choice:
    """A field that the two know differently; `name` is what `merge_resources` takes."""

    name: str
    kept: Any
    other: Any


@dataclass(frozen=True)
class Offered:
    """An offering of the one that would be merged away.

    taken : places that are held or confirmed in it
    """

    offering: Offering
    location: Location | None
    taken: int


@dataclass(frozen=True)
class SideBySide:
    """What a person looks at before merging `other` into `kept`.

    same : fields that both know alike
    organizations, locations : by id, those that the choices name
    """

    kept: Resource
    other: Resource
    choices: tuple[Choice, ...]
    same: tuple[str, ...]
    offered: tuple[Offered, ...]
    likeness: Proposal | None
    organizations: dict[uuid.UUID, Organization]
    locations: dict[uuid.UUID, Location]


def side_by_side(session: Session, *, kept_id: uuid.UUID, other_id: uuid.UUID) -> SideBySide:
    """Return two resources side by side. Raises `NotFound`."""
    kept, other = session.get(Resource, kept_id), session.get(Resource, other_id)
    if kept is None or other is None or kept_id == other_id:
        raise NotFound("resource")
    mine, theirs = _offerings(session, kept_id), _offerings(session, other_id)
    pairs = [(name, getattr(kept, name), getattr(other, name)) for name in RESOURCE_FIELDS]
    if len(mine) == 1 and len(theirs) == 1:
        pairs += [
            (f"offering.{name}", getattr(mine[0], name), getattr(theirs[0], name))
            for name in OFFERING_FIELDS
        ]
    taken = _taken(session, [o.id for o in theirs])
    places = [i for o in (*mine, *theirs) if (i := o.location_id) is not None]
    hosts = [i for r in (kept, other) if (i := r.organization_id) is not None]
    locations = {p.id: p for p in session.scalars(select(Location).where(Location.id.in_(places)))}
    return SideBySide(
        kept=kept,
        other=other,
        choices=tuple(
            Choice(*p)
            for p in pairs
            if p[1] != p[2] and not _one_place(p[0], p[1], p[2], locations)
        ),
        same=tuple(name for name, one, two in pairs if one == two and one is not None),
        offered=tuple(
            Offered(o, locations.get(o.location_id) if o.location_id else None, taken.get(o.id, 0))
            for o in theirs
        ),
        likeness=likeness_of(session, kept_id, other_id),
        organizations={
            h.id: h for h in session.scalars(select(Organization).where(Organization.id.in_(hosts)))
        },
        locations=locations,
    )


def _one_place(name: str, one: Any, other: Any, locations: dict[uuid.UUID, Location]) -> bool:
    """Tell whether two locations say the same, so that there is nothing to choose."""
    if name != "offering.location_id" or one is None or other is None:
        return False
    facts = ("address", "building", "lon", "lat", "visibility", "step_free", "accessibility")
    return all(getattr(locations[one], f) == getattr(locations[other], f) for f in facts)


def _offerings(session: Session, resource_id: uuid.UUID) -> list[Offering]:
    return list(
        session.scalars(
            select(Offering).where(Offering.resource_id == resource_id).order_by(Offering.id)
        )
    )


def _taken(session: Session, offerings: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    rows = session.execute(
        select(Allotment.offering_id, func.count(Hold.id))
        .join(Hold, Hold.allotment_id == Allotment.id)
        .where(Allotment.offering_id.in_(offerings), Hold.state.in_(TAKEN))
        .group_by(Allotment.offering_id)
    )
    return {offering: int(n) for offering, n in rows}
