"""What a form changes in a stored entry, and where somebody else has changed it meanwhile.

A form carries the revision of the log at which it was filled in. What it says differs from what
stood there then: only that is an edit; what others wrote since, to other fields, stays.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from api.pages.entry_form import (
    field_of,
    host_of,
    offering_of,
    place_of,
    resource_of,
    shown_host,
    shown_offering,
    shown_place,
    shown_resource,
)
from api.pages.forms import text
from resources.history import as_of, columns_of, written_since
from resources.models import Location, Offering, Organization, Resource
from resources.queries import Entry

HOST = "organization_id"
"""Who runs it, in the form by name."""

ALSO = {"schedule_text": ("schedule",), "lon": ("lat",)}
"""Columns that are written with another."""


@dataclass(frozen=True)
class Said:
    """What the form says of one stored row.

    before, now, typed : what the form showed, would show now, and says; by column
    by : who wrote a column since the form was last seen
    """

    entity: str
    row: Any
    prefix: str
    before: dict[str, Any]
    now: dict[str, Any]
    typed: dict[str, Any]
    by: dict[str, str]

    def field(self, column: str) -> str:
        return "host" if column == HOST else field_of(self.entity, column, self.prefix)

    @property
    def edits(self) -> dict[str, Any]:
        """What was typed anew."""
        return {n: v for n, v in self.typed.items() if not same(v, self.before[n])}

    def written_by(self, column: str) -> str | None:
        """Return who else wrote a column since; None where nobody did."""
        return next((self.by[n] for n in (column, *ALSO.get(column, ())) if n in self.by), None)

    @property
    def is_news(self) -> bool:
        """Whether somebody wrote, since the form was last seen, what the form shows differently.

        What a job works out meanwhile (a district, a point of an address) is none.
        """
        return any(self.written_by(n) and not same(self.now[n], self.before[n]) for n in self.typed)


def same(one: Any, other: Any) -> bool:
    """Tell whether two values of a form say the same; the order of ticks says nothing."""
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(str, one)) == sorted(map(str, other))
    return bool(one == other)


def said_of(
    session: Session,
    entries: list[Entry],
    given: FormData,
    *,
    base: int,
    seen: int,
    sees_hidden: bool,
) -> list[Said]:
    """Return what the form says of the resource, its host, its offerings and their places.

    base : revision at which the form was filled in
    seen : revision of the newest edits that the person has been shown
    """
    resource, host = entries[0].resource, entries[0].organization
    before = as_of(session, resource, base)
    found = [_resource(session, resource, host, before, given, seen)]
    if host is not None and text(given, "host") == host.name:
        shown = [
            host_of(_form(shown_host(c))) for c in (as_of(session, host, base), columns_of(host))
        ]
        typed = host_of(given)
        for values in (*shown, typed):
            values.pop("name")
        by = written_since(session, host, seen)
        found.append(Said("organization", host, "", shown[0], shown[1], typed, by))
    places: set[uuid.UUID] = set()
    for prefix, entry in by_prefix(entries, given).items():
        found.append(_offering(session, entry.offering, prefix, given, base, seen))
        place = entry.location
        if (
            place is None
            or place.id in places
            or (place.visibility == "hidden" and not sees_hidden)
        ):
            continue
        places.add(place.id)
        found.append(_place(session, place, prefix, given, base, seen))
    return found


def by_prefix(entries: list[Entry], given: Mapping[str, Any]) -> dict[str, Entry]:
    """Return the offerings that the form is about, by the prefix of their fields."""
    known = {str(e.offering.id): e for e in entries}
    prefixes = (f"o{n}-" for n in range(len(entries) + 1))
    return {p: known[str(given[f"{p}id"])] for p in prefixes if str(given.get(f"{p}id")) in known}


def _form(fields: Any) -> FormData:
    return FormData(list(fields))


def _resource(
    session: Session,
    row: Resource,
    host: Organization | None,
    before: dict[str, Any],
    given: FormData,
    seen: int,
) -> Said:
    once = None
    if before[HOST] is not None:
        once = session.get(Organization, before[HOST])
    shown = [resource_of(_form(shown_resource(c))) for c in (before, columns_of(row))]
    shown[0][HOST] = None if once is None else once.name
    shown[1][HOST] = None if host is None else host.name
    typed = {**resource_of(given), HOST: text(given, "host")}
    return Said("resource", row, "", shown[0], shown[1], typed, written_since(session, row, seen))


def _offering(
    session: Session, row: Offering, prefix: str, given: FormData, base: int, seen: int
) -> Said:
    shown = [
        offering_of(_form(shown_offering(c, prefix)), prefix)
        for c in (as_of(session, row, base), columns_of(row))
    ]
    typed = offering_of(given, prefix)
    if same(typed["availability"], shown[0]["availability"]) and same(
        typed["places"], shown[0]["places"]
    ):
        # Nothing new was said of free places: nor was who said it, and when.
        for name in ("availability_said_by", "availability_said_on"):
            if not text(given, prefix + name):
                typed[name] = shown[0][name]
    by = written_since(session, row, seen)
    return Said("offering", row, prefix, shown[0], shown[1], typed, by)


def _place(
    session: Session, row: Location, prefix: str, given: FormData, base: int, seen: int
) -> Said:
    shown = [
        place_of(_form(shown_place(c, prefix)), prefix)
        for c in (as_of(session, row, base), columns_of(row))
    ]
    typed = place_of(given, prefix)
    by = written_since(session, row, seen)
    return Said("location", row, prefix, shown[0], shown[1], typed, by)
