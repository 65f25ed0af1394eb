"""The published JSON Schemas of HSDS, as validators of whole answers."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

LISTS = {
    "services": "service_list",
    "service_at_locations": "service_at_location_list",
    "organizations": "organization_list",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}
ONES = {
    "services": "service",
    "service_at_locations": "service_at_location",
    "organizations": "organization",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}
NOT_AT_HAND = ("language", "address", "contact", "accessibility", "phone", "schedule",
               "attribute", "metadata")  # fmt: skip


@cache
def validator(folder: Path, name: str) -> jsonschema.Draft202012Validator:
    """Return the validator of one schema; formats (uuid, email, date) are checked too."""
    schemas = {p.name: json.loads(p.read_text("utf-8")) for p in folder.glob("*.json")}
    known = [(n, Resource.from_contents(s, DRAFT202012)) for n, s in schemas.items()]
    # Two small schemas refer to some that stand only inside the large ones.
    known += [(f"{n}.json", Resource.from_contents(True, DRAFT202012)) for n in NOT_AT_HAND]
    return jsonschema.Draft202012Validator(
        schemas[f"{name}.json"],
        registry=Registry().with_resources(known),
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )


@cache
def page_validator(folder: Path) -> jsonschema.Draft202012Validator:
    """Return the validator of a page around the contents; every one of its fields must be there."""
    described = json.loads((folder / "openapi.json").read_text("utf-8"))
    page: dict[str, Any] = described["components"]["schemas"]["Page"]
    return jsonschema.Draft202012Validator({**page, "required": [*page["properties"], "contents"]})


def check_page(folder: Path, what: str, page: dict[str, Any], *, full: bool = False) -> None:
    """Validate a page and everything in it."""
    page_validator(folder).validate(page)
    for schema in {LISTS[what], ONES[what]} if full else {LISTS[what]}:
        for item in page["contents"]:
            validator(folder, schema).validate(item)
