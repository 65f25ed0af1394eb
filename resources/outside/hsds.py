"""Free places in an HSDS document: a service, a service at a location, an organisation, or a list.

Open Referral Human Services Data Specification 3.1: `service.capacities` holds objects with `unit`,
`available`, `maximum` and `updated`.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

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


@dataclass(frozen=True)
class HsdsPage:
    """A document, or one page of a list of them.

    capacities : as they stand there, by the id of the service or service at location
    number : of the page, from 1; None where it says none
    is_last : nothing follows; a document that isn't a page of a list is the last
    total : how many the whole list holds; None where it isn't said
    """

    capacities: dict[str, Any]
    number: int | None
    is_last: bool
    total: int | None


def read_page(body: bytes) -> HsdsPage:
    """Read a document or a page of a list. Raises `Unreadable`."""
    document = read_json(body)
    if not isinstance(document, dict):
        raise Unreadable("not_hsds")
    number, pages = _count(document, "page_number"), _count(document, "total_pages")
    is_last = document.get("last_page")
    if "contents" not in document:
        is_last = True
    elif not isinstance(is_last, bool):
        is_last = number is None or pages is None or number >= pages
    return HsdsPage(dict(_capacities(document)), number, is_last, _count(document, "total_items"))


def page_url(url: str, number: int) -> str:
    """Return where a page of a list stands, as HSDS asks for it."""
    parts = urlsplit(url)
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k != "page"]
    return urlunsplit(parts._replace(query=urlencode([*kept, ("page", str(number))])))


def _count(document: dict[str, Any], name: str) -> int | None:
    value = document.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def read_hsds(body: bytes, item_ids: Collection[str], *, now: datetime) -> dict[str, Word | Doubt]:
    """Return what one document says of free places, by the ids asked for. Raises `Unreadable`."""
    return words_of(read_page(body).capacities, item_ids, now=now)


def words_of(
    capacities: dict[str, Any], item_ids: Collection[str], *, now: datetime
) -> dict[str, Word | Doubt]:
    """Return what is said of free places, by id; an id that isn't there gets a `Doubt`."""
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
