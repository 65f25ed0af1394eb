"""Free places in an HSDS document: a service, a service at a location, an organisation, or a list.

Open Referral Human Services Data Specification 3.1: `service.capacities` holds objects with `unit`,
`available`, `maximum` and `updated`.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from resources.outside.said import (
    Doubt,
    Unreadable,
    Word,
    count_of,
    is_ahead,
    moment_of,
    read_json,
)

TYPES = ("application/json",)

UNITS = frozenset(
    (
        "place", "places", "seat", "seats", "space", "spaces", "slot", "slots", "bed", "beds",
        "person", "persons", "people", "participant", "participants", "client", "clients",
        "人", "名", "席", "枠", "床", "定員",
    )
)  # fmt: skip
"""Units of a capacity that are places for people; a kilogram is none."""


def read_hsds(body: bytes, item_ids: Collection[str], *, now: datetime) -> dict[str, Word | Doubt]:
    """Return what a document says of free places, by the id of the service or service at location.

    An id that isn't in the document gets a `Doubt`. Raises `Unreadable`.
    """
    document = read_json(body)
    if not isinstance(document, dict):
        raise Unreadable("not_hsds")
    capacities = dict(_capacities(document))
    return {
        item_id: _word(capacities[item_id], now) if item_id in capacities else Doubt("no_such_item")
        for item_id in item_ids
    }


def _capacities(document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    contents = document.get("contents", [document])
    if not isinstance(contents, list):
        raise Unreadable("not_hsds")
    for record in _objects(contents):
        services = [record]
        if isinstance(record.get("service"), dict):
            services = [record["service"]]
            yield from _named(record, record["service"])
        elif "services" in record:
            services = list(_objects(record["services"]))
        for service in services:
            yield from _named(service, service)
            for place in _objects(service.get("service_at_locations")):
                yield from _named(place, service)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        yield from (part for part in value if isinstance(part, dict))


def _named(record: dict[str, Any], service: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(record.get("id"), str):
        yield record["id"], service.get("capacities")


def _word(capacities: Any, now: datetime) -> Word | Doubt:
    if capacities is None or capacities == []:
        return Doubt("no_capacity")
    if not isinstance(capacities, list):
        return Doubt("not_a_count")
    of_people = [c for c in _objects(capacities) if _is_of_people(c.get("unit"))]
    if not of_people:
        return Doubt("other_unit")
    if len(of_people) > 1:
        return Doubt("several_capacities")
    [capacity] = of_people
    left = count_of(capacity.get("available"), capacity.get("maximum"))
    if isinstance(left, Doubt):
        return left
    updated = moment_of(capacity.get("updated"))
    if updated is None:
        return Doubt("no_date")
    if is_ahead(updated.date(), now):
        return Doubt("date_ahead")
    return Word("capacity" if left else "none", left, updated.date())


def _is_of_people(unit: Any) -> bool:
    name = unit.get("name") if isinstance(unit, dict) else None
    return isinstance(name, str) and name.strip().lower() in UNITS
