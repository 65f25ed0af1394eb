"""Makes a catalogue of any size for benchmarks: wards like the demo's, laid side by side.

Each tile has the extent of the ward, so the density stays what it is in a town; the tiles lie on a
lattice that grows around the real ward. Only one tile is in memory at a time.
"""

import math
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from jobs.demo.places import Catalogue, Row, invented_ward
from resources.changes import record
from resources.models import Change, Location, Offering, Organization, Resource

ENTITY, ENTITY_ID = "catalogue", "demo-tiles"
PITCH_LON, PITCH_LAT = 0.073, 0.032
"""Degrees from one tile to the next: the extent of the ward, 6.6 by 3.6 km."""

WARDS_IN_A_TILE = 3
"""1,000,000 offerings are then some 600 tiles; a ward's public list alone is a third of what is."""

VARIANTS = 6
_ODD = 0x9E3779B97F4A7C15
_LOW_62 = (1 << 62) - 1


class OtherTiles(RuntimeError):
    """A generated catalogue of another size or seed is already there."""

    def __init__(self) -> None:
        super().__init__(
            "another generated catalogue is already in this database; "
            "start with an empty IBASHO_HOME"
        )


@dataclass(frozen=True)
class Pattern:
    """A ward to copy: its rows, and for each which row of the table before it points to."""

    made: Catalogue
    host_of: list[int]  # (resources,)
    resource_of: list[int]  # (offerings,)
    location_of: list[int]  # (offerings,)


def add_tiles(session: Session, *, offerings: int, seed: int, today: date) -> int:
    """Bring the catalogue to so many offerings; return how many were added.

    One row of the change log says that it was done; a second time nothing happens.
    Raises `OtherTiles`.
    """
    asked = {"offerings": offerings, "seed": seed}
    done = session.scalar(
        select(Change.after).where(Change.entity == ENTITY, Change.entity_id == ENTITY_ID)
    )
    if done is not None:
        if done != asked:
            raise OtherTiles
        return 0
    here = session.scalar(select(func.count()).select_from(Offering)) or 0
    left = offerings - here
    if left <= 0:
        return 0
    for made in tiles(seed, today):
        _cut(made, left)
        for table, rows in (
            (Organization, made.organizations),
            (Location, made.locations),
            (Resource, made.resources),
            (Offering, made.offerings),
        ):
            session.connection().execute(insert(cast(Table, table.__table__)), rows)
        left -= len(made.offerings)
        if not left:
            break
    record(session, entity=ENTITY, entity_id=ENTITY_ID, action="load", after=asked)
    return offerings - here


def tiles(seed: int, today: date) -> Iterator[Catalogue]:
    """Yield wards, one after the other, outwards from the real one (which is left out)."""
    patterns = [_pattern(seed + 1 + v, today) for v in range(VARIANTS)]
    number = 0
    for column, line in _outwards():
        for _ in range(WARDS_IN_A_TILE):
            pattern = patterns[number % VARIANTS]
            yield _copied(pattern, seed, number, column * PITCH_LON, line * PITCH_LAT, today)
            number += 1


def _outwards() -> Iterator[tuple[int, int]]:
    """Yield the cells of a lattice ring by ring, without the one in the middle."""
    ring = 1
    while True:
        for column in range(-ring, ring + 1):
            for line in range(-ring, ring + 1):
                if max(abs(column), abs(line)) == ring:
                    yield column, line
        ring += 1


def _pattern(seed: int, today: date) -> Pattern:
    made = invented_ward(seed, today)
    hosts = {row["id"]: i for i, row in enumerate(made.organizations)}
    resources = {row["id"]: i for i, row in enumerate(made.resources)}
    locations = {row["id"]: i for i, row in enumerate(made.locations)}
    pattern = Pattern(
        made,
        [hosts[row["organization_id"]] for row in made.resources],
        [resources[row["resource_id"]] for row in made.offerings],
        [locations[row["location_id"]] for row in made.offerings],
    )
    for row in made.locations:  # not the ward's own towns: these tiles lie elsewhere
        row |= dict.fromkeys(("address", "town", "postcode", "district"))
    blank = {"source_key": None, "version": 1}
    for rows in (made.organizations, made.locations, made.resources, made.offerings):
        # Every row names the same columns: a statement for many rows takes them from the first.
        # Those that nobody uses are left out; that is half the work.
        used = {name: None for row in rows for name, value in row.items() if value is not None}
        rows[:] = [{**used, **row, **blank} for row in rows]
        for row in rows:
            for name in row.keys() - used.keys() - blank.keys():
                del row[name]
    return pattern


def _copied(
    pattern: Pattern, seed: int, number: int, east: float, north: float, today: date
) -> Catalogue:
    """Return the pattern with new ids, moved by so many degrees, its news told anew."""
    r = random.Random(f"ibasho tile {seed} {number}")
    made = pattern.made
    invented = {"prefecture": "架空県", "city": f"架空{number // WARDS_IN_A_TILE + 1}区"}
    hosts = _ids(seed, number, 0, len(made.organizations))
    places = _ids(seed, number, 1, len(made.locations))
    resources = _ids(seed, number, 2, len(made.resources))
    offerings = _ids(seed, number, 3, len(made.offerings))
    return Catalogue(
        [{**row, "id": hosts[i]} for i, row in enumerate(made.organizations)],
        [{**row, "id": places[i], **_moved(row, east, north, r), **invented}
         for i, row in enumerate(made.locations)],
        [{**row, "id": resources[i], "organization_id": hosts[pattern.host_of[i]]}
         for i, row in enumerate(made.resources)],
        [{**row, "id": offerings[i], "resource_id": resources[pattern.resource_of[i]],
          "location_id": places[pattern.location_of[i]], **_news(row, today, r)}
         for i, row in enumerate(made.offerings)],
    )  # fmt: skip


def _ids(seed: int, number: int, table: int, count: int) -> list[uuid.UUID]:
    """Return ids that grow with the row, so that the database's tree grows at its end.

    The lower half is the row's number times an odd constant: no two are equal, and none looks like
    its neighbour.
    """
    high = ((seed & 0xFFFF) << 48) | (number << 24) | 0x8000  # version 8: of one's own making
    found = []
    for i in range(count):
        serial = (((seed & 0xFF) * 4 + table) << 44) | (number << 20) | i
        low = (0b10 << 62) | ((serial * _ODD) & _LOW_62)
        found.append(uuid.UUID(int=(((high & ~0xF000) | 0x8000) << 64) | (i << 80) | low))
    return found


def _moved(row: Row, east: float, north: float, r: random.Random) -> dict[str, Any]:
    if row["lon"] is None:
        return {}
    jitter = 0.0004  # degrees, some 40 m: two wards of one pattern don't lie on each other
    return {
        "lon": round(row["lon"] + east + r.uniform(-jitter, jitter), 6),
        "lat": round(row["lat"] + north + r.uniform(-jitter, jitter), 6),
    }


def _news(row: Row, today: date, r: random.Random) -> dict[str, Any]:
    said = row["availability"] != "unknown"
    later = math.floor(r.random() * 90)
    return {
        "places": None if row["places"] is None else 1 + math.floor(r.random() * 5),
        "availability_said_on": today - timedelta(days=later) if said else None,
    }


def _cut(made: Catalogue, most: int) -> None:
    """Leave out what goes beyond so many offerings; offerings stand in the order of resources."""
    if len(made.offerings) <= most:
        return
    del made.offerings[most:]
    kept = {row["resource_id"] for row in made.offerings}
    places = {row["location_id"] for row in made.offerings}
    made.resources[:] = [row for row in made.resources if row["id"] in kept]
    made.locations[:] = [row for row in made.locations if row["id"] in places]
