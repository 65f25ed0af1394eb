"""Places of one name, told apart by when they take place, where, and who runs them."""

import uuid
from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy.orm import Session

from resources.queries import Entry, entries_by_offering
from resources.schedule_print import print_schedule
from resources.schedules import from_json


def told_apart(session: Session, names: Mapping[uuid.UUID, str]) -> dict[uuid.UUID, str]:
    """Return of each place whose name another one has as well what tells it from the others.

    names : by the offering's id; what has a name of its own, or nothing else that differs, is
        left out
    """
    alike: dict[str, list[uuid.UUID]] = defaultdict(list)
    for offering, name in names.items():
        alike[name].append(offering)
    shared = [offering for same in alike.values() if len(same) > 1 for offering in same]
    entries = entries_by_offering(session, shared)
    told: dict[uuid.UUID, str] = {}
    for same in alike.values():
        if len(same) > 1:
            told |= _told([entries[offering] for offering in same if offering in entries])
    return told


def _told(same: list[Entry]) -> dict[uuid.UUID, str]:
    facts: list[list[str]] = [[] for _ in same]
    for fact in (_when, _where, _by_whom):
        values = [fact(entry) for entry in same]
        if len(set(values)) > 1:
            for said, value in zip(facts, values, strict=True):
                said += [value] if value else []
        if len(set(map(tuple, facts))) == len(same):
            break
    return {e.offering.id: "・".join(f) for e, f in zip(same, facts, strict=True) if f}


def _when(entry: Entry) -> str:
    offering = entry.offering
    if offering.schedule_text or offering.schedule is None:
        return offering.schedule_text or offering.label or ""
    return print_schedule(from_json(offering.schedule))


def _where(entry: Entry) -> str:
    place = entry.location
    if place is None or place.visibility == "hidden":
        return ""
    return place.name or place.town or ""


def _by_whom(entry: Entry) -> str:
    return "" if entry.organization is None else entry.organization.name
