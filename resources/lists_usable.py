"""Whether closed lists, as a file would leave them, can be reckoned with."""

from collections.abc import Iterable

from resources.catalogue_rows import Unusable
from resources.models import TaxonomyTerm
from resources.reckoned import needed_codes
from resources.terms import FIXED, KIND_FACTS, BadTerm, checked_facts
from resources.vocabulary import MEANT, MOST_TERMS, Vocabulary, default_vocabulary

NAMED = {"kind": KIND_FACTS, "need": MEANT}
"""Facts of each list that somebody may edit; what else a term holds isn't looked at here."""

SHOWN = 5
"""How many of the codes that a list lacks are named."""


def lists_unusable(lists: Vocabulary, rows: Iterable[TaxonomyTerm]) -> Unusable | None:
    """Return what is wrong with the lists; None where they can be reckoned with.

    rows : what is stored of them, without the facts that they have of the beginning
    """
    for axis in default_vocabulary().axes:
        found = _list(axis, lists)
        if found is not None:
            return found
    for row in rows:
        if not _fits(row, lists):
            return Unusable(
                f"一覧 {row.axis} の {row.code} の facts に使えない値があります",
                f"leaves the list {row.axis} with facts of {row.code} that can't be used",
            )
    return None


def _list(axis: str, lists: Vocabulary) -> Unusable | None:
    codes, first = lists.codes(axis), default_vocabulary().codes(axis)
    if len(codes) > MOST_TERMS.get(axis, len(codes)):
        return Unusable(
            f"一覧 {axis} の語が多すぎます（{MOST_TERMS[axis]} まで）",
            f"leaves the list {axis} with too many words (allowed: {MOST_TERMS[axis]})",
        )
    # Kinds that a list lacks are `UNSORTED` to the engine.
    needed = frozenset() if axis == "kind" else needed_codes(axis)
    if not codes or needed - set(codes):
        short = [c for c in first if c not in codes and (c in needed or not codes)]
        lacking = ", ".join([*short[:SHOWN], *(["…"] if short[SHOWN:] else [])])
        return Unusable(
            f"一覧 {axis} に足りない語があります（{lacking}）。"
            "taxonomy_term は、すべての一覧を入れるか、ひとつも入れないでください",
            f"leaves the list {axis} without {lacking};"
            " give all lists in taxonomy_term rows, or none",
        )
    if axis in FIXED and codes != first:
        return Unusable(
            f"一覧 {axis} の語と順番は決まっています（{'、'.join(first)}）",
            f"leaves the list {axis} other than it must be ({', '.join(first)})",
        )
    return None


def _fits(term: TaxonomyTerm, lists: Vocabulary) -> bool:
    """Tell whether what is known of a term can be read."""
    said = {name: v for name, v in term.facts.items() if name in NAMED.get(term.axis, ())}
    try:
        if said:
            checked_facts(term.axis, term.code, said, lists)
    except BadTerm:
        return False
    required = term.facts.get("requires", [])
    instead = term.facts.get("replaced_by", term.code)
    return (
        isinstance(required, list)
        and all(isinstance(c, str) and lists.holds("requirement", c) for c in required)
        and isinstance(instead, str)
        and lists.holds(term.axis, instead)
    )
