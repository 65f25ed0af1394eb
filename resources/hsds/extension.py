"""The profile's own field `ibasho`: what we know of an entry and HSDS has no field for.

It holds only what is known, and only what `open_fields` lets out. Lists that are known to be empty
("nothing is required") stand in `none_of`, since an HSDS attribute can't say so.
"""

from typing import Any

from resources.changes import plain
from resources.hsds.taxonomies import LISTS
from resources.models import Base, Location, Offering, Organization, Resource
from resources.open_fields import SHOWN

NAME = "ibasho"

ELSEWHERE: dict[str, frozenset[str]] = {
    "organization": frozenset(
        {"name", "description", "corporate_number", "phone", "email", "url"}
    ),
    "resource": frozenset(
        {"organization_id", "name", "alias", "description", "kind", "age_min", "age_max",
         "needs", "activities", "audience", "requirements", "languages", "steps", "noise",
         "conversation", "fee_yen", "phone", "email", "url"}
    ),
    "location": frozenset(
        {"name", "address", "postcode", "lon", "lat", "accessibility"}
    ),
    "offering": frozenset({"resource_id", "location_id", "label"}),
}  # fmt: skip
"""Fields that HSDS itself has a place for."""


def own_fields(entity: str) -> list[str]:
    """Return the fields of a table that travel in `ibasho`, in a fixed order."""
    return sorted(SHOWN[entity] - ELSEWHERE[entity])


def extension_of(row: Organization | Resource | Location | Offering) -> dict[str, Any]:
    """Return the object that stands under `ibasho`."""
    entity = _table(row)
    found = {name: plain(getattr(row, name)) for name in own_fields(entity)}
    known = {name: value for name, value in found.items() if value is not None}
    if isinstance(row, Resource):
        empty = [c for c in (*LISTS.values(), "steps") if getattr(row, c) == []]
        if empty:
            known["none_of"] = sorted(empty)
    return known


def _table(row: Base) -> str:
    return str(row.__tablename__)
