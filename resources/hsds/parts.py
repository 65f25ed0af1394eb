"""The small objects that HSDS hangs on services, locations and organisations.

What isn't known is left out. Where the schema wants a text that we don't have (an address's
postcode), it is the empty text.
"""

import re
from datetime import date, datetime, time
from functools import lru_cache
from json import dumps, loads
from typing import Any

from resources.clock import JAPAN
from resources.hsds.ids import derived_id
from resources.models import Location, Offering, Organization, Resource
from resources.recurrence import recurrences
from resources.schedule_print import print_schedule
from resources.schedules import BadSchedule, from_json
from resources.vocabulary import Vocabulary

Json = dict[str, Any]

COUNTRY = "JP"
INVENTED_MARK = "（架空）"
PEOPLE = {"id": derived_id("unit", "people"), "name": "人"}
DOCUMENTS = ("handbook", "recipient_certificate", "doctors_note")
"""Requirements that are a piece of paper."""

LANGUAGE_TAGS = {"easy_ja": "ja"}
"""Codes of our list that are no language tags, and the nearest tag."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_WEB = re.compile(r"https?://[^\s<>\"]+")


def without_unknown(facts: Json) -> Json:
    """Return the facts that are known; HSDS has no null."""
    return {name: value for name, value in facts.items() if value is not None and value != []}


def email(text: str | None) -> str | None:
    """Return a text that is an address for mail; None for any other."""
    return text if text and _EMAIL.fullmatch(text) else None


def web(text: str | None) -> str | None:
    """Return a text that is an address on the web; None for any other."""
    return text if text and _WEB.fullmatch(text) and text.isascii() else None


def shown_name(row: Organization | Resource) -> str:
    """Return a name; that of an invented entry says so."""
    return f"{INVENTED_MARK}{row.name}" if row.invented else row.name


def phones(row: Organization | Resource, entity: str) -> list[Json]:
    if not row.phone:
        return []
    return [
        {
            "id": derived_id(row.id, "phone"),
            f"{entity}_id": str(row.id),
            "number": row.phone,
            "type": "voice",
        }
    ]


def languages(resource: Resource, vocabulary: Vocabulary) -> list[Json]:
    return [
        {
            "id": derived_id(resource.id, "language", code),
            "service_id": str(resource.id),
            "name": vocabulary.label("language", code),
            "code": LANGUAGE_TAGS.get(code, code),
        }
        for code in resource.languages or ()
    ]


def cost_options(resource: Resource) -> list[Json]:
    if resource.fee_yen is None:
        return []
    return [
        {
            "id": derived_id(resource.id, "cost"),
            "service_id": str(resource.id),
            "option": "1 回の参加費",
            "currency": "JPY",
            "amount": resource.fee_yen,
            "amount_description": fees_in_words(resource),
        }
    ]


def fees_in_words(resource: Resource) -> str | None:
    if resource.fee_yen is None:
        return None
    return "無料" if resource.fee_yen == 0 else f"1 回 {resource.fee_yen} 円"


def required_documents(resource: Resource, vocabulary: Vocabulary) -> list[Json]:
    return [
        {
            "id": derived_id(resource.id, "document", code),
            "service_id": str(resource.id),
            "document": vocabulary.label("requirement", code),
        }
        for code in resource.requirements or ()
        if code in DOCUMENTS
    ]


def service_areas(resource: Resource, offering: Offering, place: Location | None) -> list[Json]:
    """Return the municipality where only its residents may come; elsewhere nothing is known."""
    if "residence" not in (resource.requirements or ()) or place is None or not place.city:
        return []
    return [
        {
            "id": derived_id(offering.id, "area"),
            "service_at_location_id": str(offering.id),
            "name": f"{place.prefecture or ''}{place.city}",
        }
    ]


def accessibility(place: Location) -> list[Json]:
    said = place.accessibility
    if not said and place.step_free is not None:
        said = "段差なく入れます。" if place.step_free else "段差があります。"
    if not said:
        return []
    facts = {"id": derived_id(place.id, "accessibility"), "location_id": str(place.id)}
    return [{**facts, "description": said}]


def addresses(place: Location) -> list[Json]:
    line = place.address or " ".join(filter(None, (place.town, place.number)))
    if not line:
        return []
    facts = {
        "id": derived_id(place.id, "address"),
        "location_id": str(place.id),
        "address_1": line,
        "address_2": place.building,
        "city": place.city or "",
        "state_province": place.prefecture or "",
        "postal_code": place.postcode or "",
        "country": COUNTRY,
        "address_type": "physical",
    }
    return [without_unknown(facts)]


def capacities(resource: Resource, offering: Offering, vocabulary: Vocabulary) -> list[Json]:
    """Return how many places are left, where a number was said and on which day.

    Our capacity is the usual one, and a session may have more; a `maximum` is never exceeded.
    """
    if offering.places is None or offering.availability_said_on is None:
        return []
    status = vocabulary.label("availability", offering.availability)
    is_exceeded = offering.capacity is not None and offering.places > offering.capacity
    facts = {
        "id": derived_id(offering.id, "capacity"),
        "service_id": str(resource.id),
        "unit": PEOPLE,
        "unit_id": PEOPLE["id"],
        "available": offering.places,
        "maximum": None if is_exceeded else offering.capacity,
        "description": f"{offering.label}: {status}" if offering.label else status,
        "updated": datetime.combine(offering.availability_said_on, time(0), JAPAN).isoformat(),
        "service_at_location_id": str(offering.id),
    }
    return [without_unknown(facts)]


def schedules(offering: Offering, today: date) -> list[Json]:
    """Return when an offering takes place, for this year and the next, as recurrence rules.

    The days that public holidays and closings take out stand in words in `notes`; HSDS has no
    exceptions. Nothing here changes from one day of a year to the next.
    """
    last_day = offering.ends_on.isoformat() if offering.ends_on else None
    said = {
        "service_at_location_id": str(offering.id),
        "description": offering.schedule_text,
        "valid_to": last_day,
    }
    rules, words = _rules(dumps(offering.schedule), today.year) if offering.schedule else ([], None)
    if not rules and not words and not offering.schedule_text:
        return []
    return [
        without_unknown({"id": derived_id(offering.id, "schedule", i), **said, **rule,
                         "notes": words})
        for i, rule in enumerate(rules or [{}])
    ]  # fmt: skip


@lru_cache(maxsize=4096)
def _rules(schedule: str, year: int) -> tuple[list[Json], str | None]:
    """Return the fields of a schedule's rules, and the schedule in words."""
    try:
        read = from_json(loads(schedule))
    except BadSchedule:
        return [], None
    rules = recurrences(read, date(year, 1, 1), date(year + 1, 12, 31))
    words = print_schedule(read) if read.rules or read.closed else None
    if any(rule.uncertain for rule in rules):
        words = f"{words}（祝日に開くかどうかは未確認）"
    return [fields for rule in rules for fields in rule.hsds()], words
