"""Brings the rows of a file into the catalogue: added, changed or left as they are, or reported.

Reading a file again changes nothing. A row that changed in the file changes just those fields; what
coordinators know beyond the file stays.
"""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.addresses import geocode
from geodata.gazetteer import Gazetteer
from geodata.points import address_contradicts_point
from resources import changes, clock
from resources.models import ImportedFile, Location, Offering, Organization, Resource
from resources.sources.opendata import REASONS, BadRow, Place, Table, place_of, read_table
from resources.sources.tables import MOST_BYTES, BadFile, Row

BATCH = 1_000

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Reported:
    """A row that didn't become a resource, and why."""

    line: int
    ja: str
    en: str
    record: str | None = None  # the id it goes by in the file, where it has one

    def as_json(self, language: str = "ja") -> dict[str, Any]:
        named = {} if self.record is None else {"id": self.record}
        return {"line": self.line, **named, "reason": self.ja if language == "ja" else self.en}


@dataclass
class FileReport:
    """What became of a file's rows: rows = added + changed + unchanged + reported."""

    file: str
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    reported: list[Reported] = field(default_factory=list)
    warned: list[Reported] | None = None  # taken in, but for a value that can't be

    def as_json(self, language: str = "ja") -> dict[str, Any]:
        return {
            "file": self.file,
            "rows": self.rows,
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "reported": [r.as_json(language) for r in self.reported],
            **(
                {}
                if self.warned is None
                else {"warned": [w.as_json(language) for w in self.warned]}
            ),
        }


@dataclass
class _Known:
    """What earlier readings of the same table left in the catalogue."""

    entries: dict[str, tuple[Resource, Location | None, Offering]]
    organizations: dict[str, Organization]


def import_opendata(
    session: Session,
    path: Path,
    *,
    by: str,
    gazetteer: Gazetteer | None = None,
    progress: Progress | None = None,
    max_bytes: int = MOST_BYTES,
) -> FileReport:
    """Read a file of municipal open data into the catalogue.

    Parameters
    ----------
    session : the caller's transaction; nothing stays of a file that is refused
    by : who brings it in
    gazetteer : finds points for addresses without one, and points that contradict their address
    progress : called with rows done and rows in all

    Raises
    ------
    BadFile
        The file as a whole can't be used; the sentence says what to do.
    """
    changes.acting(session, by=by)
    table = read_table(path, max_bytes=max_bytes)
    report = FileReport(path.name, rows=len(table.rows))
    known = _known(session, table)
    seen: dict[str, tuple[int, tuple[str, ...]]] = {}
    step = max(1, len(table.rows) // 100)
    for done, row in enumerate(table.rows, start=1):
        try:
            place = place_of(table, row)
            _refuse_repeated(seen, place, row)
            _bring_in(session, table, known, place, gazetteer, report)
        except BadRow as error:
            ja, en = REASONS[error.reason]
            report.reported.append(
                Reported(row.line, ja.format(**error.facts), en.format(**error.facts))
            )
        if done % BATCH == 0:
            session.flush()
        if progress is not None and (done % step == 0 or done == len(table.rows)):
            progress(done, len(table.rows))
    session.flush()
    _remember(session, path, table, report, by)
    return report


def _refuse_repeated(seen: dict[str, tuple[int, tuple[str, ...]]], place: Place, row: Row) -> None:
    first = seen.setdefault(place.key, (row.line, row.cells))
    if first[0] != row.line:
        raise BadRow("repeated" if first[1] == row.cells else "repeated_id", line=first[0])


def _known(session: Session, table: Table) -> _Known:
    rows = session.execute(
        select(Resource, Location, Offering)
        # By the row that both came from: a merge may have given the offering to another resource.
        .join(
            Offering,
            (Offering.source == Resource.source) & (Offering.source_key == Resource.source_key),
        )
        .outerjoin(Location, Offering.location_id == Location.id)
        .where(Resource.source == table.source)
    )
    hosts = session.scalars(select(Organization).where(Organization.source == _hosts_of(table)))
    return _Known(
        {r.source_key or "": (r, p, o) for r, p, o in rows},
        {h.source_key or "": h for h in hosts},
    )


def _hosts_of(table: Table) -> str:
    return f"{table.source.rsplit(':', 1)[0]}:hosts"


def _bring_in(
    session: Session,
    table: Table,
    known: _Known,
    place: Place,
    gazetteer: Gazetteer | None,
    report: FileReport,
) -> None:
    entry = known.entries.get(place.key)
    if entry is None:
        known.entries[place.key] = _add(session, table, known, place, gazetteer)
        report.added += 1
    elif entry[0].original == place.original:
        report.unchanged += 1
    else:
        _change(session, table, known, entry, place)
        report.changed += 1


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


def _add(
    session: Session, table: Table, known: _Known, place: Place, gazetteer: Gazetteer | None
) -> tuple[Resource, Location, Offering]:
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
    location = Location(id=uuid.uuid4(), **_placed(place.location, gazetteer), **same)
    offering = Offering(
        id=uuid.uuid4(),
        resource_id=resource.id,
        location_id=location.id,
        **place.offering,
        **same,
    )
    session.add_all([resource, location, offering])
    return resource, location, offering


def _placed(facts: dict[str, Any], gazetteer: Gazetteer | None) -> dict[str, Any]:
    """Return a location's facts with the address taken apart, and with a point where one is sure.

    A point that lies too far from its own address is left out: one of the two is wrong.
    """
    if gazetteer is None or not facts["address"]:
        return facts
    found = geocode(facts["address"], gazetteer, prefecture=facts["prefecture"], city=facts["city"])
    out = dict(facts)
    for name in ("prefecture", "city", "town", "number"):
        out[name] = facts.get(name) or getattr(found, name)
    wrong = facts["lon"] is not None and address_contradicts_point(
        found, facts["lon"], facts["lat"]
    )
    if facts["lon"] is None or wrong:
        sure = found.level in ("chome", "town")
        out["lon"], out["lat"] = (found.lon, found.lat) if sure else (None, None)
        out["accuracy_m"] = found.accuracy_m if sure else None
        out["point_level"] = found.level if sure else None
        out["point_source"] = "gazetteer" if sure else None
    return out


def _change(
    session: Session,
    table: Table,
    known: _Known,
    entry: tuple[Resource, Location | None, Offering],
    place: Place,
) -> None:
    """Change the fields that the file now says otherwise than it did before."""
    resource, location, offering = entry
    before = _as_it_was(table, resource, place)
    now = clock.now()
    parts: list[tuple[Any, dict[str, Any], dict[str, Any]]] = [
        (resource, before.resource if before else {}, place.resource),
        (offering, before.offering if before else {}, place.offering),
    ]
    if location is not None:
        parts.append((location, before.location if before else {}, place.location))
    for row, old, new in parts:
        for name, value in new.items():
            if name not in old or old[name] != value:
                setattr(row, name, value)
                row.edited_at = now
    if before is None or before.organization != place.organization:
        host = _host(session, table, known, place)
        resource.organization_id = host.id if host else None
    resource.original = place.original
    resource.edited_at = now


def _as_it_was(table: Table, resource: Resource, place: Place) -> Place | None:
    """Return what the row said when it was last read; None where its columns were others."""
    if resource.original is None or set(resource.original) != set(place.original):
        return None
    cells = tuple(str(resource.original[name]) for name in place.original)
    try:
        return place_of(table, Row(place.line, cells))
    except BadRow:
        return None


def _remember(session: Session, path: Path, table: Table, report: FileReport, by: str) -> None:
    session.add(
        ImportedFile(
            id=uuid.uuid4(),
            name=path.name[:300],
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            layout=table.layout,
            rows=report.rows,
            added=report.added,
            changed=report.changed,
            unchanged=report.unchanged,
            reported=[r.as_json() for r in report.reported],
            by=by,
            at=clock.now(),
        )
    )
    session.flush()


__all__ = ["BadFile", "FileReport", "Reported", "import_opendata"]
