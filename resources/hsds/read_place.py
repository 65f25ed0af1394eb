"""Reads HSDS services at locations: the place, the hours, the places left."""

import re
import uuid
from datetime import date
from typing import Any

from resources.hsds.extension import NAME
from resources.hsds.ids import derived_id
from resources.hsds.parts import COUNTRY, PEOPLE
from resources.hsds.read_extension import read_extension
from resources.hsds.read_schedule import read_schedules
from resources.hsds.values import Reader
from resources.sources.rows import is_storable

Json = dict[str, Any]

MOST_PEOPLE = 1_000_000
PEOPLE_NAMES = {"人", "名", "people", "person", "persons", "place", "places", "seat", "seats"}

_POSTCODE = re.compile(r"\d{3}-?\d{4}")


def uuid_of(record: Json) -> uuid.UUID | None:
    """Return a record's id; None where it is none."""
    value = record.get("id")
    try:
        return uuid.UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def read_location(record: Json, reader: Reader) -> Json:
    """Return the facts of a place; its id among them."""
    facts: Json = {"visibility": "public", "name": reader.text(record, "name", 300)}
    point = reader.point(record)
    if point is not None:
        facts |= {"lon": point[0], "lat": point[1]}
        if NAME not in record:
            facts |= {"point_level": "point", "point_source": "file"}
    facts |= _address(record, reader)
    facts |= read_extension("location", record, reader)
    said = [
        t for a in reader.objects(record, "accessibility")
        if (t := reader.text(a, "description", 10_000))
    ]  # fmt: skip
    if said and "step_free" not in facts:
        facts["accessibility"] = "\n".join(dict.fromkeys(said))[:10_000]
    return _known(facts)


def _address(record: Json, reader: Reader) -> Json:
    """Return the address as it would be written in Japan, and its parts."""
    found = [a for a in reader.objects(record, "addresses") if a.get("address_type") != "virtual"]
    found.sort(key=lambda a: a.get("address_type") != "physical")
    if not found:
        return {}
    a = found[0]
    line, more = reader.text(a, "address_1", 300), reader.text(a, "address_2", 100)
    city, region = reader.text(a, "city", 40), reader.text(a, "state_province", 60)
    if str(a.get("country") or COUNTRY).upper() not in (COUNTRY, "JPN"):
        parts = [p for p in (line, more, city, region) if p]
        return {"address": ", ".join(parts) or None}
    ahead = "".join(p for p in (region, city) if p and p not in (line or ""))
    if NAME in record:
        ahead = ""  # our own address stands whole in its first line
    code = reader.text(a, "postal_code", 20)
    if code is not None and not _POSTCODE.fullmatch(code):
        reader.left_out("postal_code")
        code = None
    return {
        "address": f"{ahead}{line}" if line else ahead or None,
        "building": more,
        "city": city,
        "prefecture": region if region and len(region) <= 10 else None,
        "postcode": code,
    }


def _known(facts: Json) -> Json:
    return {name: value for name, value in facts.items() if value is not None}


def read_offering(record: Json, service: Json, reader: Reader, today: date) -> Json:
    """Return the facts of an offering: when, how many places, verified on which day.

    Hours of the service, else of the location, count where the place itself has none.
    """
    location = reader.inside(record, "location")
    schedules = next(
        (s for r in (record, service, location) if (s := reader.objects(r, "schedules"))), []
    )
    facts: Json = {"label": reader.text(record, "description", 200)}
    own = read_extension("offering", record, reader)
    said = _capacity(record, service, reader)
    # What our own field says of places is exact; the capacity is a view of it.
    facts |= {} if "availability" in own else said
    assured = reader.day(service, "assured_date", past=today)
    if assured is not None:
        facts |= {"verified_on": assured.isoformat(), "verified_by": "source"}
    read = read_schedules(schedules, reader, today)
    if "schedule" in own or "schedule_text" in own:
        read = {name: value for name, value in read.items() if name == "ends_on"}
    facts |= read | own
    if (facts.get("verified_on") or "") > today.isoformat():
        reader.left_out("verified_on")
        facts.pop("verified_on")
    return _known(facts)


def _capacity(record: Json, service: Json, reader: Reader) -> Json:
    """Return places left, where one capacity of people is said for this place."""
    all_ = reader.objects(service, "capacities")
    own = [c for c in all_ if c.get("service_at_location_id") == record.get("id")]
    alone = len(reader.objects(service, "service_at_locations")) <= 1
    chosen = own or (all_ if alone else [])
    for capacity in chosen:
        left, most = _number(capacity.get("available")), _number(capacity.get("maximum"))
        if left is not None and most is not None and left > most:
            reader.note(
                f"空き {left:g} が定員 {most:g} を超えるので、空きは未確認のままにしました。",
                f"{left:g} places are available of {most:g}; how many stays unknown.",
            )
            return {}
    if len(chosen) != 1 or not _counts_people(chosen[0], reader):
        return {}
    left = reader.whole(chosen[0], "available", MOST_PEOPLE)
    said_on = reader.day(chosen[0], "updated")
    if left is None or said_on is None:
        return {}
    return {
        "places": left,
        "capacity": reader.whole(chosen[0], "maximum", MOST_PEOPLE),
        "availability": "capacity" if left else "none",
        "availability_said_on": said_on.isoformat(),
        "availability_said_by": "source",
    }


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _counts_people(capacity: Json, reader: Reader) -> bool:
    unit = reader.inside(capacity, "unit")
    name = unit.get("name")
    known = isinstance(name, str) and is_storable(name) and name.lower() in PEOPLE_NAMES
    return known or unit.get("id") == PEOPLE["id"]


def place_of_no_location(service_id: uuid.UUID) -> uuid.UUID:
    """Return the id of the one offering of a service that names no location."""
    return uuid.UUID(derived_id(service_id, "offering"))
