"""Imports a file row by row through the session, each row read in full: slow, and obvious."""

import uuid
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from resources import changes, clock
from resources.duplicates import among_added
from resources.import_report import Fields, FileReport, Outcome, Reported, Similar, Told
from resources.models import Location, Offering, Organization, Resource
from resources.municipal_rows import row_in, said_in, same_row
from resources.queries import Entry, entries_by_offering
from resources.sources.opendata import Place, Table, entry_named, name_in, place_of, read_table
from resources.sources.reasons import REASONS, BadRow
from resources.sources.rows import Row


@dataclass
class _Known:
    """What the catalogue holds of the table: by the row's key, and by the id the row names."""

    entries: dict[str, Entry]
    named: dict[uuid.UUID, Entry]
    organizations: dict[str, Organization]


def import_row_by_row(
    session: Session, path: Path, *, by: str, verified_on: date | None = None
) -> FileReport:
    """Read a file into the catalogue; return what is said of it."""
    changes.acting(session, by=by)
    table = read_table(path)
    report = FileReport(path.name, rows=len(table.rows))
    confirmed = 0
    known = _known(session, table)
    seen: dict[str, tuple[int, tuple[str, ...]]] = {}
    added: dict[uuid.UUID, int] = {}
    for row in table.rows:
        try:
            place = place_of(table, row)
            _refuse_repeated(seen, place, row)
            entry, outcome, fields = _bring_in(session, table, known, place)
            report.tell(Told(row.line, outcome, place.resource["name"], fields))
            if outcome == "added":
                added[entry.resource.id] = row.line
            confirmed += _confirm(entry.offering, verified_on or place.verified_on)
        except BadRow as error:
            ja, en = REASONS[error.reason]
            report.reported.append(
                Reported(
                    row.line,
                    ja.format(**error.facts),
                    en.format(**error.facts),
                    name=name_in(table, row),
                )
            )
    session.flush()
    report.similar, report.verified = _similar(session, added), confirmed
    return report


def _refuse_repeated(seen: dict[str, tuple[int, tuple[str, ...]]], place: Place, row: Row) -> None:
    first = seen.setdefault(place.key, (row.line, row.cells))
    if first[0] != row.line:
        raise BadRow("repeated" if first[1] == row.cells else "repeated_id", line=first[0])


def _known(session: Session, table: Table) -> _Known:
    rows = session.execute(
        select(Offering, Resource, Location)
        # By the row that both came from: a merge may have given the offering to another resource.
        .join(
            Offering,
            (Offering.source == Resource.source) & (Offering.source_key == Resource.source_key),
        )
        .outerjoin(Location, Offering.location_id == Location.id)
        .where(Resource.source == table.source)
    )
    named = [i for row in table.rows if (i := entry_named(table, row)) is not None]
    hosts = session.scalars(select(Organization).where(Organization.source == _hosts_of(table)))
    return _Known(
        {r.source_key or "": Entry(o, r, p, None) for o, r, p in rows},
        _named(session, named),
        {h.source_key or "": h for h in hosts},
    )


def _named(session: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, Entry]:
    found: dict[uuid.UUID, Entry] = {}
    for start in range(0, len(ids), 500):
        found |= entries_by_offering(session, ids[start : start + 500])
    return found


def _hosts_of(table: Table) -> str:
    return f"{table.source.rsplit(':', 1)[0]}:hosts"


def _bring_in(
    session: Session,
    table: Table,
    known: _Known,
    place: Place,
) -> tuple[Entry, Outcome, Fields]:
    entry = known.named.get(place.entry) if place.entry else None
    entry = entry or known.entries.get(place.key)
    if entry is None:
        entry = known.entries[place.key] = _add(session, table, known, place)
        return entry, "added", ()
    if _says_what_is_known(table, entry, place):
        return entry, "unchanged", ()
    return entry, "changed", _change(session, table, known, entry, place)


def _says_what_is_known(table: Table, entry: Entry, place: Place) -> bool:
    """Tell whether a row says what it said before, or just what would be written out now."""
    original = entry.resource.original
    if original is not None and same_row(original, place.original):
        return True
    return place.entry is not None and same_row(_out(table, entry), place.original)


def _out(table: Table, entry: Entry) -> dict[str, str]:
    """Return the row that an export to this very table would write of an entry."""
    return {k: v for k, v in row_in(entry, table.header).items() if k not in table.header.ours}


def _confirm(offering: Offering, on: date | None) -> bool:
    """Store that the publisher confirmed an entry; who looked later than that knows better."""
    if on is None or (offering.verified_on is not None and offering.verified_on >= on):
        return False
    offering.verified_on, offering.verified_by = on, "source"
    return True


def _similar(session: Session, added: dict[uuid.UUID, int]) -> list[Similar]:
    return [
        Similar(
            added[p.one.resource], p.one.resource, p.one.facts.name, p.other.resource,
            p.other.facts.name, p.likeness,
        )
        for p in among_added(session, added)
    ]  # fmt: skip


def _host(session: Session, table: Table, known: _Known, place: Place) -> Organization | None:
    if place.organization is None:
        return None
    host = known.organizations.get(place.organization)
    if host is None:
        now = clock.now()
        host = Organization(
            id=uuid.uuid4(),
            name=place.organization,
            corporate_number=place.corporate_number,
            source=_hosts_of(table),
            source_key=place.organization,
            created_at=now,
            edited_at=now,
        )
        session.add(host)
        known.organizations[place.organization] = host
    return host


def _add(session: Session, table: Table, known: _Known, place: Place) -> Entry:
    now = clock.now()
    same = {"source": table.source, "source_key": place.key, "created_at": now, "edited_at": now}
    host = _host(session, table, known, place)
    resource = Resource(
        id=uuid.uuid4(),
        organization_id=host.id if host else None,
        original=place.original,
        status="published",
        **place.resource,
        **same,
    )
    location = Location(id=uuid.uuid4(), **place.location, **same)
    offering = Offering(
        id=place.entry or uuid.uuid4(),  # an id that came along stays
        resource_id=resource.id,
        location_id=location.id,
        **place.offering,
        **same,
    )
    session.add_all([resource, location, offering])
    return Entry(offering, resource, location, host)


def _change(
    session: Session,
    table: Table,
    known: _Known,
    entry: Entry,
    place: Place,
) -> Fields:
    """Change the fields that the file now says otherwise than it did before; return which."""
    resource, location, offering = entry.resource, entry.location, entry.offering
    # An entry of the catalogue itself has no row; what an export would write of it stands for one.
    original = resource.original or _out(table, entry)
    before = said_in(original, resource.source or table.source)
    now = clock.now()
    parts: list[tuple[Any, dict[str, Any], dict[str, Any]]] = [
        (resource, before.resource if before else {}, place.resource),
        (offering, before.offering if before else {}, place.offering),
    ]
    if location is not None:
        parts.append((location, before.location if before else {}, place.location))
    fields: list[tuple[str, str]] = []
    for row, old, new in parts:
        for name, value in new.items():
            if name not in old or old[name] != value:
                if getattr(row, name) != value:
                    fields.append((row.__tablename__, name))
                setattr(row, name, value)
                row.edited_at = now
    if before is None or before.organization != place.organization:
        host = _host(session, table, known, place)
        resource.organization_id = host.id if host else None
        fields.append(("resource", "organization_id"))
    if resource.original is not None:
        resource.original = place.original
    resource.edited_at = now
    return tuple(fields)
