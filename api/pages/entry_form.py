"""The form of an entry: what its fields say, and what it shows of an entry that is stored.

Fields of a place and of an offering carry a prefix, so that a page can hold several offerings.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.datastructures import FormData

from api.pages.forms import codes, number, text, texts, yes_no
from resources.clock import today
from resources.schedule_print import print_schedule
from resources.schedules import BadSchedule, from_json

FACTS = (
    "staff_present", "visit_first", "accompaniment", "online", "with_child", "transport", "pays",
    "alcohol", "smoking", "animals", "children_present", "child_safe", "confirms_participants",
    "publishes_members",
)  # fmt: skip
"""What is asked as yes, no or not known; the columns of the same names."""

RESOURCE_TEXTS = (
    "name", "kind", "name_kana", "alias", "description", "gender", "noise", "conversation",
    "phone", "email", "url", "contact_note", "host_support",
)  # fmt: skip
RESOURCE_CODES = ("audience", "accepted_audience", "languages", "needs", "activities")
RESOURCE_WHOLES = (
    "age_min", "age_max", "accepted_age_min", "accepted_age_max", "group_size", "fee_yen",
    "pay_yen_hour",
)  # fmt: skip
HOST_TEXTS = (
    "name", "name_kana", "corporate_number", "description", "phone", "email", "url",
    "resting_until",
)  # fmt: skip
HOST_WHOLES = ("accompanied_cap", "accompanied_now")
PLACE_TEXTS = ("name", "address", "building", "postcode", "accessibility")
OFFERING_TEXTS = (
    "label", "schedule_text", "attendance", "availability_said_by", "availability_said_on",
    "ends_on",
)  # fmt: skip
OFFERING_WHOLES = ("min_minutes", "min_per_week", "capacity", "places")

NAMES = {
    ("organization", "name"): "host",
    ("location", "name"): "place_name",
    ("location", "location"): "location",
    ("offering", "schedule_text"): "schedule",
    ("offering", "schedule"): "schedule",
}
"""Fields of the form that are called otherwise than their columns."""

NOTHING = "nothing"


def field_of(entity: str, column: str, prefix: str = "") -> str:
    """Return the name of the form's field for a column."""
    if (entity, column) in NAMES:
        name = NAMES[entity, column]
    elif entity == "organization":
        name = column if column in (*HOST_WHOLES, "resting_until") else f"host_{column}"
    else:
        name = column
    return prefix + name if entity in ("location", "offering") else name


def _whole(form: FormData, name: str) -> int | str | None:
    """Return a number; what is none is returned as it is, and refused where all is checked."""
    value = text(form, name)
    if value is None:
        return None
    plain = unicodedata.normalize("NFKC", value)
    return int(plain) if plain.isdecimal() and len(plain) <= 9 else value


def resource_of(form: FormData) -> dict[str, Any]:
    """Return what the form says of the resource: every column it asks for, None where empty."""
    required, steps = texts(form, "requirements"), texts(form, "steps")
    return {
        **{n: text(form, n) for n in RESOURCE_TEXTS},
        **{n: codes(form, n) for n in RESOURCE_CODES},
        **{n: _whole(form, n) for n in RESOURCE_WHOLES},
        **{n: yes_no(form, n) for n in FACTS},
        "steps": [int(s) for s in steps if s in tuple("012345")] or None,
        "requirements": [] if NOTHING in required else required or None,
    }


def host_of(form: FormData) -> dict[str, Any]:
    """Return what the form says of who runs it."""
    return {
        **{n: text(form, field_of("organization", n)) for n in HOST_TEXTS},
        **{n: _whole(form, n) for n in HOST_WHOLES},
    }


def place_of(form: FormData, prefix: str = "") -> dict[str, Any]:
    """Return what the form says of the place; `lon` and `lat` are those of the pin."""
    return {
        **{n: text(form, field_of("location", n, prefix)) for n in PLACE_TEXTS},
        "step_free": yes_no(form, f"{prefix}step_free"),
        "visibility": text(form, f"{prefix}visibility") or "public",
        "lon": number(form, f"{prefix}lon"),
        "lat": number(form, f"{prefix}lat"),
    }


def offering_of(form: FormData, prefix: str = "") -> dict[str, Any]:
    """Return what the form says of when it takes place and what is free."""
    said = {
        **{n: text(form, field_of("offering", n, prefix)) for n in OFFERING_TEXTS},
        **{n: _whole(form, prefix + n) for n in OFFERING_WHOLES},
        "availability": text(form, f"{prefix}availability") or "unknown",
    }
    if said["availability"] == "unknown":
        return said | {"availability_said_by": None, "availability_said_on": None}
    said["availability_said_by"] = said["availability_said_by"] or "staff"
    said["availability_said_on"] = said["availability_said_on"] or today().isoformat()
    return said


def shown_resource(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the fields of the form, filled in from the columns of a stored resource."""
    for name in (*RESOURCE_TEXTS, *RESOURCE_WHOLES):
        yield name, _written(row[name])
    for name in RESOURCE_CODES:
        yield from ((name, code) for code in row[name] or ())
    for name in FACTS:
        yield name, _yes_no(row[name])
    yield from (("steps", str(step)) for step in row["steps"] or ())
    if row["requirements"] is not None:
        yield from (("requirements", code) for code in row["requirements"] or (NOTHING,))


def shown_host(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in (*HOST_TEXTS, *HOST_WHOLES):
        yield field_of("organization", name), _written(row[name])


def shown_place(row: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name in PLACE_TEXTS:
        yield field_of("location", name, prefix), _written(row[name])
    yield f"{prefix}step_free", _yes_no(row["step_free"])
    yield f"{prefix}visibility", row["visibility"]
    # The middle of a town is no pin: a new address finds its own.
    pin = row["point_level"] == "point"
    for name in ("lon", "lat"):
        yield prefix + name, f"{row[name]:.6f}" if pin and row[name] is not None else ""


def shown_offering(row: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    written = {**row, "schedule_text": row["schedule_text"] or _printed(row["schedule"])}
    for name in (*OFFERING_TEXTS, *OFFERING_WHOLES, "availability"):
        yield field_of("offering", name, prefix), _written(written[name])


def _printed(schedule: dict[str, Any] | None) -> str | None:
    if schedule is None:
        return None
    try:
        return print_schedule(from_json(schedule))
    except BadSchedule:
        return None


def _written(value: object) -> str:
    return "" if value is None else str(value)


def _yes_no(value: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[value]
