"""Where a place of a form is: its address looked up, its pin, or a place that is known already."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from api.pages.forms import present
from api.places import located
from geodata.gazetteer import NoGazetteer
from jobs.program import Program
from resources.registration import BadRegistration

PIN_M = 20.0
"""How far off a pin may be that somebody put on the map."""

POINT = (
    "lon", "lat", "accuracy_m", "point_level", "point_source", "prefecture", "city", "town",
    "number",
)  # fmt: skip
"""What follows from the address and the pin."""


def placed(program: Program, session: Session, place: Mapping[str, Any]) -> dict[str, Any]:
    """Return a place with its point and the parts of its address.

    place : what is said of it; `lon` and `lat` are those of a pin, or None
    Raises `BadRegistration` for an address that isn't found and has no pin.
    """
    found: dict[str, Any] = {**place, **dict.fromkeys(POINT)}
    lon, lat = place.get("lon"), place.get("lat")
    if lon is not None and lat is not None:
        found |= {"lon": lon, "lat": lat, "accuracy_m": PIN_M}
        found |= {"point_level": "point", "point_source": "pin"}
    if place.get("address"):
        found |= _looked_up(program, session, place["address"], pinned=lon is not None)
    return found


def _looked_up(program: Program, session: Session, address: str, *, pinned: bool) -> dict[str, Any]:
    try:
        known = located(program, session, address)
    except NoGazetteer:
        known = None
    parts: dict[str, Any] = {}
    if known is not None:
        parts = present((n, getattr(known, n)) for n in ("prefecture", "city", "town", "number"))
    if pinned:
        return parts
    if known is None or known.town is None or known.lon is None:
        raise BadRegistration("location.address", "address")
    return parts | {
        "lon": known.lon, "lat": known.lat, "accuracy_m": known.accuracy_m,
        "point_level": known.level, "point_source": "gazetteer",
    }  # fmt: skip


def says_anything(place: Mapping[str, Any]) -> bool:
    """Tell whether a form says anything of a place; its visibility alone says nothing."""
    return any(v is not None for name, v in place.items() if name != "visibility")


def as_id(value: str | None, entity: str) -> uuid.UUID | None:
    """Return an id that a form carries. Raises `BadRegistration` for what is none."""
    if not value:
        return None
    try:
        return uuid.UUID(value)
    except ValueError:
        raise BadRegistration(f"{entity}.{entity}", "unknown_code") from None
