"""Writes rows of a file into the catalogue: added, changed, confirmed, or found to be as they are.

First everything is read and looked up; then the turn of the change log is taken and all is written
at once. So several that import at the same time wait for each other only while they write.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from geodata.addresses import geocode
from geodata.gazetteer import Gazetteer
from geodata.points import address_contradicts_point
from resources import changes, clock
from resources.import_known import entries_of, hosts_of
from resources.import_report import Fields, Settled
from resources.import_sorting import ToWrite, is_confirmed_by
from resources.many_rows import Added, add_many
from resources.models import Location, Offering, Organization, Resource
from resources.municipal_rows import row_in, said_in, same_row
from resources.queries import Entry
from resources.sources.opendata import Place, Reader, Table

BATCH = 10_000
NOT_TOLD: Mapping[str, str | None] = MappingProxyType({})


@dataclass
class Written:
    """What became of rows.

    added : resources, with the line of each
    confirmed : how many entries were confirmed on a later day than before
    """

    settled: list[Settled] = field(default_factory=list)
    added: dict[uuid.UUID, int] = field(default_factory=dict)
    confirmed: int = 0

    def take(self, more: "Written") -> None:
        """Take in what became of other rows of the same file."""
        self.settled += more.settled
        self.added |= more.added
        self.confirmed += more.confirmed


@dataclass(frozen=True)
class _New:
    """An entry that is to be added, by the id of its resource."""

    id: uuid.UUID
    place: Place
    location: dict[str, Any]
    verified_on: date | None


@dataclass(frozen=True)
class _Rehosted:
    """An entry that another host runs now."""

    resource: Resource
    place: Place


def write_rows(
    session: Session,
    reader: Reader,
    rows: Sequence[ToWrite],
    *,
    gazetteer: Gazetteer | None,
    verified_on: date | None,
    numbers: Mapping[str, str | None] = NOT_TOLD,
    each: Callable[[], None] = lambda: None,
) -> Written:
    """Write rows, some thousand at once.

    gazetteer : finds points for addresses without one, and points that contradict their address
    verified_on : the publisher confirms every row as of this day
    numbers : corporate numbers of hosts by name, where other rows than these say them first
    each : called for each row that was read
    """
    table = reader.table
    places = []
    for to_write in rows:
        places.append(reader.place(to_write.row, to_write.named))
        each()
    known = entries_of(session, table.source, [to_write.named for to_write in rows])
    written = Written()
    hosted: list[_New | _Rehosted] = []
    for place in places:
        entry = known.of(place)
        on = verified_on or place.verified_on
        fields: Fields = ()
        if entry is None:
            new = _New(uuid.uuid4(), place, _placed(place.location, gazetteer), on)
            hosted.append(new)
            written.added[new.id] = place.line
            written.confirmed += on is not None
            written.settled.append(Settled(place.line, "added", place.name))
            continue
        if _says_what_is_known(table, entry, place):
            written.settled.append(Settled(place.line, "unchanged", place.name))
        else:
            fields, rehosted = _change(table, entry, place)
            hosted += rehosted
            written.settled.append(Settled(place.line, "changed", place.name, fields))
        if is_confirmed_by(entry.offering.verified_on, on):
            entry.offering.verified_on, entry.offering.verified_by = on, "source"
            written.confirmed += 1
    if hosted:
        with session.no_autoflush:  # what an entry changes is one row of the log
            _store(session, table, hosted, numbers)
    session.flush()
    return written


def _store(
    session: Session,
    table: Table,
    hosted: Sequence[_New | _Rehosted],
    numbers: Mapping[str, str | None],
) -> None:
    changes.take_turn(session)
    source = f"{table.source.rsplit(':', 1)[0]}:hosts"
    names = {x.place.organization for x in hosted if x.place.organization is not None}
    hosts = hosts_of(session, source, names)
    rows: list[Added] = []
    for one in hosted:
        name = one.place.organization
        if name is not None and name not in hosts:
            number = numbers.get(name, one.place.corporate_number)
            rows.append(_host(source, name, number))
            hosts[name] = rows[-1][1]["id"]
        host = None if name is None else hosts[name]
        if isinstance(one, _New):
            rows.extend(_entry(table, one, host))
        else:
            one.resource.organization_id = host
    add_many(session, rows)


def _host(source: str, name: str, number: str | None) -> Added:
    now = clock.now()
    return Organization, {
        "id": uuid.uuid4(),
        "name": name,
        "corporate_number": number,
        "source": source,
        "source_key": name,
        "created_at": now,
        "edited_at": now,
    }


def _entry(table: Table, new: _New, host: uuid.UUID | None) -> Iterator[Added]:
    now, place = clock.now(), new.place
    same = {"source": table.source, "source_key": place.key, "created_at": now, "edited_at": now}
    location = uuid.uuid4()
    yield (
        Resource,
        {
            "id": new.id,
            "organization_id": host,
            "original": place.original,
            "status": "published",
            **place.resource,
            **same,
        },
    )
    yield Location, {"id": location, **new.location, **same}
    confirmed = {"verified_on": new.verified_on, "verified_by": "source"}
    yield (
        Offering,
        {
            "id": place.entry or uuid.uuid4(),  # an id that came along stays
            "resource_id": new.id,
            "location_id": location,
            **place.offering,
            **(confirmed if new.verified_on is not None else {}),
            **same,
        },
    )


def _says_what_is_known(table: Table, entry: Entry, place: Place) -> bool:
    """Tell whether a row says what it said before, or just what would be written out now."""
    original = entry.resource.original
    if original is not None and same_row(original, place.original):
        return True
    return place.entry is not None and same_row(_out(table, entry), place.original)


def _out(table: Table, entry: Entry) -> dict[str, str]:
    """Return the row that an export to this very table would write of an entry."""
    return {k: v for k, v in row_in(entry, table.header).items() if k not in table.header.ours}


def _change(table: Table, entry: Entry, place: Place) -> tuple[Fields, list[_Rehosted]]:
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
    rehosted: list[_Rehosted] = []
    if before is None or before.organization != place.organization:
        rehosted.append(_Rehosted(resource, place))
        fields.append(("resource", "organization_id"))
    if resource.original is not None:
        resource.original = place.original
    resource.edited_at = now
    return tuple(fields), rehosted


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
