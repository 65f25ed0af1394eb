"""What the columns of the catalogue may hold, whoever writes them: closed values, ranges, lists.

A registration states most of it; what the program itself comes to write besides stands here.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from resources.agency_graph import BELONGS_TO, COORDINATES, REFERS_TO
from resources.merged import MERGED
from resources.registration import (
    LocationPart,
    OfferingPart,
    OrganizationPart,
    Part,
    ResourcePart,
)
from resources.term_usage import LISTS, SINGLE
from resources.vocabulary import default_vocabulary
from resources.witnessing import WAYS, WITNESSES

Column = tuple[str, str]
"""A table and one of its columns."""

PARTS: dict[str, type[Part]] = {
    "organization": OrganizationPart,
    "resource": ResourcePart,
    "location": LocationPart,
    "offering": OfferingPart,
}

BESIDES: dict[Column, tuple[str, ...]] = {
    ("resource", "status"): (MERGED,),
    ("offering", "verified_by"): ("call", "source"),
    ("offering", "availability_said_by"): ("booking",),
}
"""Values that no registration states, since the program alone writes them."""

OF_OTHER_TABLES: dict[Column, tuple[str, ...]] = {
    ("taxonomy_term", "axis"): tuple(default_vocabulary().axes),
    ("agency_link", "relation"): (REFERS_TO, BELONGS_TO, COORDINATES),
    ("session_seen", "said_by"): WITNESSES,
    ("host_asked", "way"): WAYS,
}


def _stated() -> Iterator[tuple[Column, Mapping[str, Any]]]:
    """Give each field of a registration with the JSON Schema of its values."""
    for table, part in PARTS.items():
        for name, schema in part.model_json_schema()["properties"].items():
            yield (table, name), schema.get("anyOf", [schema])[0]  # the other one is null


def _choices() -> dict[Column, tuple[str, ...]]:
    stated = {c: tuple(schema["enum"]) for c, schema in _stated() if "enum" in schema}
    return {c: (*values, *BESIDES.get(c, ())) for c, values in stated.items()} | OF_OTHER_TABLES


def _ranges() -> dict[Column, tuple[float, float]]:
    numbers = ((c, schema.get("items", schema)) for c, schema in _stated())
    return {c: (n["minimum"], n["maximum"]) for c, n in numbers if "minimum" in n}


CHOICES: Mapping[Column, tuple[str, ...]] = _choices()
"""The values of columns that hold one of a few."""

RANGES: Mapping[Column, tuple[float, float]] = _ranges()
"""The least and the greatest number that a column holds; of each number where it holds several."""

CODES: Mapping[Column, str] = {
    (column.class_.__tablename__, column.key): axis
    for axis, columns in LISTS.items()
    if axis != "step"  # kept as numbers
    for column in columns
} | {("resource", SINGLE["kind"].key): "kind"}
"""Of columns that hold one code or several: the closed list that has them."""
