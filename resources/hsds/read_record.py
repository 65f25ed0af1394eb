"""Reads one HSDS record — a service, a service at a location, an organisation — into plain facts.

A record that lacks what HSDS asks for is refused with the reason. A value that can't be is noted,
and stays unknown.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from resources.hsds.extension import NAME
from resources.hsds.parts import INVENTED_MARK
from resources.hsds.read_classes import read_classes, read_fee
from resources.hsds.read_extension import read_extension
from resources.hsds.read_place import (
    place_of_no_location,
    read_location,
    read_offering,
    uuid_of,
)
from resources.hsds.values import Reader
from resources.vocabulary import Vocabulary

Json = dict[str, Any]

STATUS = {
    "active": "published",
    "inactive": "paused",
    "temporarily closed": "paused",
    "defunct": "closed",
}
ORGANIZATION_ONLY = (
    "services", "website", "organization_identifiers", "legal_status", "tax_status", "tax_id",
    "year_incorporated", "locations", "programs", "parent_organization_id", "logo",
)  # fmt: skip

OTHERS = (
    "version", "taxonomy", "taxonomy_id", "taxonomy_detail", "parent_id", "term_uri",
    "location_type", "unit", "available",
)  # fmt: skip
"""Fields of HSDS objects that are taken in with a service only, or not at all."""


class BadRecord(ValueError):
    """A record that can't be taken in; one sentence in both languages."""

    def __init__(self, ja: str, en: str) -> None:
        self.ja = ja
        self.en = en
        super().__init__(en)


@dataclass(frozen=True)
class Row:
    """One row of the catalogue as a record states it: only what it states, as JSON holds it."""

    id: uuid.UUID
    facts: Json


@dataclass(frozen=True)
class PlaceRow:
    offering: Row
    location: Row | None


@dataclass(frozen=True)
class Read:
    """A service with its host and places; without a service where a host stands alone."""

    organization: Row | None
    service: Row | None
    places: list[PlaceRow] = field(default_factory=list)


def are_services(records: list[Any]) -> bool:
    """Tell whether a file is of services; a service has a status, an organisation has none."""
    return any(isinstance(r, dict) and ("status" in r or "service" in r) for r in records)


def read_record(
    record: Any, vocabulary: Vocabulary, today: date, reader: Reader, *, services: bool
) -> list[Read]:
    """Return what a record states.

    services : the file is of services, so that one without a status isn't an organisation

    Raises
    ------
    BadRecord
    """
    if not isinstance(record, dict):
        raise BadRecord("オブジェクトではありません。", "It is not an object.")
    if isinstance(record.get("service"), dict):
        place = {k: v for k, v in record.items() if k != "service"}
        whole = {**record["service"], "service_at_locations": [place]}
        return [_service(whole, None, vocabulary, today, reader)]
    if "status" in record:
        return [_service(record, None, vocabulary, today, reader)]
    if "service_id" in record or any(name in record for name in OTHERS):
        raise BadRecord(
            "サービス、場（full の形）、団体のどれでもありません。",
            "It is no service, no service at a location in full, and no organization.",
        )
    if any(name in record for name in ORGANIZATION_ONLY) or not services:
        return _organization_record(record, vocabulary, today, reader)
    return [_service(record, None, vocabulary, today, reader)]


def _identity(record: Json) -> uuid.UUID:
    if record.get("id") in (None, ""):
        raise BadRecord("id がありません。", "It has no id.")
    found = uuid_of(record)
    if found is None:
        raise BadRecord("id が UUID ではありません。", "Its id is not a UUID.")
    return found


def _name(record: Json, reader: Reader) -> str:
    if record.get("name") in (None, ""):
        raise BadRecord("name がありません。", "It has no name.")
    name = reader.text(record, "name", 300)
    if name is None:
        raise BadRecord(
            "name が 300 字までの文字列ではありません。",
            "Its name is no text of up to 300 letters.",
        )
    if reader.inside(record, NAME).get("invented") is True:
        name = name.removeprefix(INVENTED_MARK)
    return name


def _organization_record(
    record: Json, vocabulary: Vocabulary, today: date, reader: Reader
) -> list[Read]:
    host = _organization(record, reader)
    found = []
    for number, service in enumerate(reader.objects(record, "services"), start=1):
        try:
            found.append(_service(service, host, vocabulary, today, reader))
        except BadRecord as error:
            if set(service) - {"id"}:  # an id alone is a reference
                named = str(service.get("id") or number)[:60]
                reader.note(
                    f"services の {named}: {error.ja}", f"Service {named} in it: {error.en}"
                )
    return found or [Read(host, None)]


def _organization(record: Json, reader: Reader) -> Row:
    facts = {
        "name": _name(record, reader),
        "description": reader.text(record, "description", 10_000),
        "email": reader.mail(record, "email"),
        "url": reader.page(record, "website"),
        "phone": _phone(record, reader),
        "corporate_number": _corporate_number(record, reader),
        **read_extension("organization", record, reader),
    }
    return Row(_identity(record), _known(facts))


def _corporate_number(record: Json, reader: Reader) -> str | None:
    for entry in reader.objects(record, "organization_identifiers"):
        if "JP-JCN" in (entry.get("identifier_scheme"), entry.get("identifier_type")) or (
            entry.get("identifier_type") == "法人番号"
        ):
            number = reader.text(entry, "identifier", 13)
            if number is not None and number.isascii() and number.isdigit() and len(number) == 13:
                return number
            reader.left_out("organization_identifiers")
    return None


def _phone(record: Json, reader: Reader) -> str | None:
    numbers = (reader.text(p, "number", 100) for p in reader.objects(record, "phones"))
    return next((n for n in numbers if n), None)


def _known(facts: Json) -> Json:
    return {name: value for name, value in facts.items() if value is not None}


def _service(
    record: Json, host: Row | None, vocabulary: Vocabulary, today: date, reader: Reader
) -> Read:
    id_, name = _identity(record), _name(record, reader)
    if record.get("status") in (None, ""):
        raise BadRecord("status がありません。", "It has no status.")
    if record["status"] not in list(STATUS):
        raise BadRecord(
            f"status は {'、'.join(STATUS)} のどれかです。",
            f"Its status is none of {list(STATUS)}.",
        )
    low, high = reader.ages(record)
    facts = {
        "name": name,
        "status": STATUS[record["status"]],
        "status_reason": None if record["status"] == "active" else f"HSDS: {record['status']}",
        "alias": reader.text(record, "alternate_name", 300),
        "description": reader.text(record, "description", 10_000),
        "email": reader.mail(record, "email"),
        "url": reader.page(record, "url"),
        "phone": _phone(record, reader),
        "age_min": low,
        "age_max": high,
        **read_fee(record, reader),
        **read_classes(record, reader, vocabulary),
        **read_extension("resource", record, reader),
    }
    if host is None:
        host = _nested_host(record, reader)
    return Read(host, Row(id_, _known(facts)), _places(record, id_, today, reader))


def _nested_host(record: Json, reader: Reader) -> Row | None:
    nested = reader.inside(record, "organization")
    if not nested:
        if record.get("organization_id") is not None:
            reader.note(
                "organization がないので、実施主体は取り込みませんでした。",
                "It names its organization by id alone, which was left out.",
            )
        return None
    try:
        return _organization(nested, reader)
    except BadRecord as error:
        reader.note(f"organization: {error.ja}", f"Its organization: {error.en}")
        return None


def _places(record: Json, service_id: uuid.UUID, today: date, reader: Reader) -> list[PlaceRow]:
    found = []
    for entry in reader.objects(record, "service_at_locations"):
        id_ = uuid_of(entry)
        if id_ is None:
            reader.note(
                "service_at_locations に UUID の id のないものがあり、読み飛ばしました。",
                "A service at a location without a UUID as its id was passed over.",
            )
            continue
        offering = read_offering(entry, record, reader, today)
        found.append(PlaceRow(Row(id_, offering), _location(entry, reader)))
    if not found:
        offering = read_offering({}, record, reader, today)
        found.append(PlaceRow(Row(place_of_no_location(service_id), offering), None))
    return found


def _location(entry: Json, reader: Reader) -> Row | None:
    """Return where one goes to; a postal address or a place on the web is none."""
    location = reader.inside(entry, "location")
    if not location or location.get("location_type") in ("virtual", "postal"):
        return None
    id_ = uuid_of(location)
    if id_ is None:
        reader.note(
            "location の id が UUID ではないので、場所は未確認のままにしました。",
            "The id of its location is not a UUID; the place stays unknown.",
        )
        return None
    return Row(id_, read_location(location, reader))
