"""The closed lists as HSDS taxonomies and terms; their links to entries as HSDS attributes."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from resources.hsds.ids import derived_id, taxonomy_id, term_id
from resources.models import Offering, Resource
from resources.vocabulary import Term, Vocabulary

LISTS = {
    "need": "needs",
    "activity": "activities",
    "audience": "audience",
    "requirement": "requirements",
    "language": "languages",
}
"""Axes of which a resource has several codes, and the column that holds them."""

SINGLES = {"kind": "kind", "noise": "noise", "conversation": "conversation"}
"""Axes of which a resource has one code."""

Found = tuple[str, str]


@cache
def _words() -> dict[str, list[str]]:
    text = files("resources.hsds").joinpath("taxonomies.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def taxonomy_json(axis: str) -> dict[str, Any]:
    """Return a closed list as an HSDS taxonomy."""
    name, description = _words().get(axis, [axis, ""])
    return {"id": taxonomy_id(axis), "name": name, "description": description}


def term_json(term: Term) -> dict[str, Any]:
    """Return an entry of a closed list as an HSDS taxonomy term; the lists have one level."""
    return {
        "id": term_id(term.axis, term.code),
        "code": term.code,
        "name": term.ja,
        "description": term.en,
        "taxonomy": taxonomy_json(term.axis)["name"],
        "taxonomy_id": taxonomy_id(term.axis),
        "taxonomy_detail": taxonomy_json(term.axis),
        "language": "ja",
    }


def all_terms(vocabulary: Vocabulary) -> list[Term]:
    """Return the entries of all closed lists, in the order shown."""
    return [term for axis in vocabulary.axes for term in vocabulary.terms(axis)]


def axis_of(vocabulary: Vocabulary, taxonomy: str) -> str | None:
    """Return the axis whose taxonomy has an id; None where none has."""
    return next((axis for axis in vocabulary.axes if taxonomy_id(axis) == taxonomy), None)


def term_of(vocabulary: Vocabulary, id_: str) -> Term | None:
    """Return the term of an id; None where there is none."""
    return next((t for t in all_terms(vocabulary) if term_id(t.axis, t.code) == id_), None)


def codes_of(resource: Resource, vocabulary: Vocabulary) -> list[Found]:
    """Return (axis, code) of everything a resource is classed as."""
    found = [
        (axis, getattr(resource, column))
        for axis, column in SINGLES.items()
        if getattr(resource, column) is not None
    ]
    for axis, column in LISTS.items():
        found += [(axis, code) for code in getattr(resource, column) or ()]
    rungs = vocabulary.codes("step")
    found += [("step", rungs[n]) for n in resource.steps or () if 0 <= n < len(rungs)]
    return found


def attributes_of(resource: Resource, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """Return a resource's classes as HSDS attributes."""
    return [
        _attribute("service", str(resource.id), axis, code, vocabulary)
        for axis, code in codes_of(resource, vocabulary)
    ]


def availability_of(offering: Offering, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """Return the status of an offering's places as an HSDS attribute."""
    return [
        _attribute(
            "service_at_location", str(offering.id), "availability", offering.availability,
            vocabulary,
        )
    ]  # fmt: skip


def _attribute(
    entity: str, link: str, axis: str, code: str, vocabulary: Vocabulary
) -> dict[str, Any]:
    label = vocabulary.label(axis, code)
    known = Term(axis, code, label, vocabulary.label(axis, code, "en"))
    return {
        "id": derived_id(link, "attribute", axis, code),
        "link_id": link,
        "taxonomy_term_id": term_id(axis, code),
        "link_type": axis,
        "link_entity": entity,
        "value": code,
        "label": label,
        "taxonomy_term": {k: v for k, v in term_json(known).items() if k != "taxonomy_detail"},
    }
