"""Where questions start from: towns of the municipality, stations, and written addresses."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy.orm import Session

from geodata.addresses import Address, geocode
from geodata.gazetteer import NoGazetteer
from geodata.stations import load_stations
from jobs.demo.facts import stations as demo_stations
from jobs.program import Program
from matching.need import At
from resources.queries import municipality


@dataclass(frozen=True)
class NamedPoint:
    """A place by name, with the point that stands for it."""

    name: str
    lon: float
    lat: float


def towns(program: Program, session: Session) -> list[NamedPoint]:
    """Return the towns of the municipality; none where no gazetteer or catalogue is there yet."""
    where = municipality(session)
    if where is None:
        return []
    try:
        gazetteer = program.gazetteer()
    except NoGazetteer:
        return []
    for city in gazetteer.cities:
        if (city.prefecture, city.name) == where:
            found = gazetteer.towns(city)
            points = (found.point(row) for row in range(len(found.names)))
            return [
                NamedPoint(name, p.lon, p.lat)
                for name, p in zip(found.names, points, strict=True)
                if p is not None
            ]
    return []


@cache
def _demo_stations() -> tuple[NamedPoint, ...]:
    return tuple(NamedPoint(name, at.lon, at.lat) for name, at in demo_stations().items())


def stations(program: Program) -> list[NamedPoint]:
    """Return the stations that were imported; in the demo, where none were, those of its ward."""
    imported = load_stations(program.settings.layers_folder)
    if imported:
        return [NamedPoint(name, at.lon, at.lat) for name, at in imported.items()]
    return list(_demo_stations()) if program.settings.demo else []


def located(program: Program, session: Session, text: str) -> Address:
    """Look an address up, in the municipality where it names none. Raises `NoGazetteer`."""
    prefecture, city = municipality(session) or (None, None)
    return geocode(text, program.gazetteer(), prefecture=prefecture, city=city)


def at_of(program: Program, session: Session, text: str) -> At | None:
    """Return where an address is, with its accuracy; None where not even its town is known."""
    try:
        found = located(program, session, text)
    except NoGazetteer:
        return None
    if found.town is None or found.lon is None or found.lat is None:
        return None
    return At(lon=found.lon, lat=found.lat, accuracy_m=found.accuracy_m)
