"""Reads HSDS attributes, languages and costs into what a resource is classed as.

A term counts where it is one of our closed lists': by its id, or by the list's name and its code.
A kind is never guessed from a name: without a term that says it, it is `vocabulary.UNSORTED`.
"""

from typing import Any

from resources.hsds.extension import NAME
from resources.hsds.read_extension import words_of
from resources.hsds.taxonomies import LISTS, SINGLES, taxonomy_json, term_of
from resources.hsds.values import Reader
from resources.vocabulary import Vocabulary

Json = dict[str, Any]

LARGEST_FEE_YEN = 1_000_000


def read_classes(record: Json, reader: Reader, vocabulary: Vocabulary) -> Json:
    """Return kind, needs, activities, audience and whatever else attributes say."""
    codes: dict[str, list[str]] = {}
    for attribute in reader.objects(record, "attributes"):
        found = _class(attribute, vocabulary)
        if found is not None and found[1] not in codes.setdefault(found[0], []):
            codes[found[0]].append(found[1])
    facts: Json = {}
    for axis, column in SINGLES.items():
        if len(codes.get(axis, [])) == 1:
            facts[column] = codes[axis][0]
        elif codes.get(axis):
            reader.left_out(axis)
    for axis, column in LISTS.items():
        if codes.get(axis):
            facts[column] = codes[axis]
    if codes.get("step"):
        rungs = vocabulary.codes("step")
        facts["steps"] = sorted(rungs.index(code) for code in codes["step"])
    if "languages" not in facts and (spoken := _languages(record, reader, vocabulary)):
        facts["languages"] = spoken
    for column in words_of(reader.inside(record, NAME), "none_of"):
        if column in (*LISTS.values(), "steps"):
            facts.setdefault(column, [])
    return facts


def _class(attribute: Json, vocabulary: Vocabulary) -> tuple[str, str] | None:
    """Return the axis and code that an attribute says; None for a term of other lists."""
    term = attribute.get("taxonomy_term")
    term = term if isinstance(term, dict) else {}
    for id_ in (attribute.get("taxonomy_term_id"), term.get("id")):
        known = term_of(vocabulary, id_) if isinstance(id_, str) else None
        if known is not None:
            return known.axis, vocabulary.current(known.axis, known.code)
    code = term.get("code") or attribute.get("value")
    said = [attribute.get("link_type"), term.get("taxonomy")]
    for axis in vocabulary.axes:
        named = axis in said or taxonomy_json(axis)["name"] in said
        if named and code in vocabulary.codes(axis):
            return axis, vocabulary.current(axis, str(code))
    return None


def _languages(record: Json, reader: Reader, vocabulary: Vocabulary) -> list[str]:
    known = vocabulary.codes("language")
    spoken = [
        str(entry.get("code") or "").split("-")[0].lower()
        for entry in reader.objects(record, "languages")
    ]
    return [code for code in dict.fromkeys(spoken) if code in known]


def read_fee(record: Json, reader: Reader) -> Json:
    """Return the fee of one time, where it is one amount in yen."""
    options = reader.objects(record, "cost_options")
    if len(options) != 1 or str(options[0].get("currency", "")).upper() != "JPY":
        return {}
    fee = reader.whole(options[0], "amount", LARGEST_FEE_YEN)
    return {} if fee is None else {"fee_yen": fee}
