"""A small catalogue with an entry of every sort that may or may not be open data."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from resources import clock
from resources.models import Location, Offering, Organization, Resource

VERIFIED = date(2026, 11, 1)
SECRET = "門外不出"
"""Stands in every field of what isn't open, so that a test can look for it in what was answered."""

OPEN = {
    "plain": {},
    "no_host": {"host": None},
    "no_place": {"place": None},
    "no_point": {"place": {"lon": None, "lat": None}},
    "full": {"offering": {"availability": "none", "places": 0}},
}
CLOSED = {
    "draft": {"resource": {"status": "draft"}},
    "review": {"resource": {"status": "review"}},
    "paused": {"resource": {"status": "paused"}},
    "closed": {"resource": {"status": "closed"}},
    "unverified": {"offering": {"verified_on": None}},
    "team": {"place": {"visibility": "team"}},
    "hidden": {"place": {"visibility": "hidden"}},
}


def add_entry(
    session: Session,
    *,
    name: str,
    resource: dict[str, Any] | None = None,
    place: dict[str, Any] | str | None = "",
    host: dict[str, Any] | str | None = "",
    offering: dict[str, Any] | None = None,
) -> Offering:
    """Add one entry; None for `place` or `host` leaves it out."""
    now = clock.now()
    stamps = {"created_at": now, "edited_at": now}
    organization = None
    if host is not None:
        facts = {"name": f"架空の会 {name}", "invented": True, **(host or {})}  # type: ignore[dict-item]
        organization = Organization(id=uuid.uuid4(), **facts, **stamps)
        session.add(organization)
    location = None
    if place is not None:
        facts = {
            "name": f"見本の家 {name}", "address": f"東京都豊島区南大塚三丁目1-1 {name}",
            "prefecture": "東京都", "city": "豊島区", "town": "南大塚三丁目", "number": "1-1",
            "lon": 139.7286, "lat": 35.7317, "postcode": "170-0005",
            **(place or {}),  # type: ignore[dict-item]
        }  # fmt: skip
        location = Location(id=uuid.uuid4(), **facts, **stamps)
        session.add(location)
    session.flush()
    made = Resource(
        id=uuid.uuid4(),
        organization_id=organization.id if organization else None,
        **{"name": f"見本の場 {name}", "kind": "salon", "invented": True, **(resource or {})},
        **stamps,
    )
    session.add(made)
    session.flush()
    sat = Offering(
        id=uuid.uuid4(),
        resource_id=made.id,
        location_id=location.id if location else None,
        **{"verified_on": VERIFIED, "verified_by": "staff", **(offering or {})},
        **stamps,
    )
    session.add(sat)
    session.flush()
    return sat


def add_every_sort(session: Session) -> dict[str, Offering]:
    """Add each sort of entry; what may not be open carries `SECRET` wherever words may stand."""
    made = {}
    for name, parts in OPEN.items():
        made[name] = add_entry(session, name=name, **parts)
    for name, parts in CLOSED.items():
        said = {part: dict(parts.get(part) or {}) for part in ("resource", "place", "host")}
        said["resource"] |= {"name": f"{SECRET}{name}", "description": SECRET, "alias": SECRET}
        said["host"] |= {"name": f"{SECRET}{name}"}
        said["place"] |= {"name": SECRET, "address": SECRET, "town": SECRET, "building": SECRET}
        made[name] = add_entry(session, name=SECRET, offering=parts.get("offering"), **said)
    # By telephone only, but of the shelter whose place is hidden.
    by_telephone = Offering(
        id=uuid.uuid4(),
        resource_id=made["hidden"].resource_id,
        verified_on=VERIFIED,
        created_at=clock.now(),
        edited_at=clock.now(),
    )
    session.add(by_telephone)
    session.flush()
    return made | {"hidden_by_telephone": by_telephone}
