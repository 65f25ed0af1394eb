"""Keeps a municipality's closed lists: adding, renaming, retiring and replacing their words.

A code is never removed and never given to another word: entries, people's needs and other systems
hold it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from resources import changes
from resources.models import Change, TaxonomyTerm
from resources.reckoned import needed_codes
from resources.term_usage import rewrite
from resources.vocabulary import MEANT, MOST_TERMS, Term, Vocabulary, default_vocabulary

CODE = re.compile(r"^[a-z][a-z0-9_]{1,39}$")
LABEL_LENGTH = 200
DAYS = (1, 3650)
"""Shortest and longest time that a verification may hold."""

FIXED = ("step", "noise", "conversation", "availability")
"""Lists that the engine reckons with, word by word: only what people see of them is edited."""

FLAGS = ("participation", "gathering", "accompanies")
KIND_FACTS = ("term_days", *FLAGS, "group", "needs", "first_needs", "audience")


class BadTerm(ValueError):
    """A word that can't be kept so: `problem` names the sentence that says what to do."""

    def __init__(self, axis: str, code: str, problem: str) -> None:
        self.axis = axis
        self.code = code
        self.problem = problem
        super().__init__(f"{axis}/{code}: {problem}")


def read_vocabulary(session: Session) -> Vocabulary | None:
    """Return the municipality's own lists, retired words too; None where there are none yet.

    A fact that came to be known after the lists were copied is that of the beginning until somebody
    edits it: a code always means the same.
    """
    rows = session.scalars(
        select(TaxonomyTerm).order_by(TaxonomyTerm.axis, TaxonomyTerm.position, TaxonomyTerm.code)
    ).all()
    if not rows:
        return None
    return Vocabulary(
        Term(r.axis, r.code, r.ja, r.en, {**_first_facts(r.axis, r.code), **r.facts}, r.active)
        for r in rows
    )


def _first_facts(axis: str, code: str) -> dict[str, Any]:
    lists = default_vocabulary()
    return lists.term(axis, code).facts if code in lists.codes(axis) else {}


def lists_changed(session: Session, *, since: int) -> bool:
    """Tell whether a word was edited after a revision of the log."""
    found = session.scalar(
        select(Change.revision)
        .where(Change.revision > since, Change.entity == "taxonomy_term")
        .limit(1)
    )
    return found is not None


def add_term(
    session: Session,
    *,
    axis: str,
    code: str,
    ja: str,
    en: str,
    by: str,
    facts: Mapping[str, Any] | None = None,
) -> TaxonomyTerm:
    """Put a word at the end of its list.

    Raises `BadTerm` for a list that is fixed or full, for a code that was ever used or isn't one,
    and for labels that aren't there.
    """
    ordered = _own_list(session, axis, code, by)
    _may_change_list(axis, code)
    if not CODE.match(code):
        raise BadTerm(axis, code, "code_shape")
    if any(t.code == code for t in ordered):
        raise BadTerm(axis, code, "code_taken")
    if len(ordered) >= MOST_TERMS.get(axis, 100):
        raise BadTerm(axis, code, "list_full")
    known = {"term_days": 90, "participation": False, "gathering": False, "group": "community",
             "needs": []} if axis == "kind" else {}  # fmt: skip
    made = TaxonomyTerm(
        axis=axis, code=code, ja=_label(axis, code, ja), en=_label(axis, code, en),
        position=max((t.position for t in ordered), default=-1) + 1,
        facts={**known, **_facts(session, axis, code, facts or {})}, active=True,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def edit_term(
    session: Session,
    *,
    axis: str,
    code: str,
    by: str,
    ja: str | None = None,
    en: str | None = None,
    facts: Mapping[str, Any] | None = None,
    place: int | None = None,
) -> TaxonomyTerm:
    """Change what people see of a word, what is known of a kind, or where it stands in its list.

    place : 1 puts it first. Raises `BadTerm`.
    """
    ordered = _own_list(session, axis, code, by)
    term = _term(ordered, axis, code)
    told = _facts(session, axis, code, facts or {})
    if ja is not None:
        term.ja = _label(axis, code, ja)
    if en is not None:
        term.en = _label(axis, code, en)
    if told:
        term.facts = {**term.facts, **told}
    if place is not None and ordered.index(term) != place - 1:
        _may_change_list(axis, code)
        ordered.remove(term)
        ordered.insert(max(place - 1, 0), term)
        for position, each in enumerate(ordered):
            if each.position != position:
                each.position = position
    session.flush()
    return term


def retire_term(session: Session, *, axis: str, code: str, by: str) -> TaxonomyTerm:
    """Offer a word no more; where it stands it stays, and is shown. Raises `BadTerm`.

    What a law asks for, and the languages that are reckoned with, must stay sayable.
    """
    term = _term(_own_list(session, axis, code, by), axis, code)
    _may_change_list(axis, code)
    if axis in ("requirement", "language") and code in needed_codes(axis):
        raise BadTerm(axis, code, "needed_by_engine")
    term.active = False
    session.flush()
    return term


def restore_term(session: Session, *, axis: str, code: str, by: str) -> TaxonomyTerm:
    """Offer a retired word again. Raises `BadTerm`."""
    term = _term(_own_list(session, axis, code, by), axis, code)
    term.active = True
    if "replaced_by" in term.facts:
        term.facts = {n: v for n, v in term.facts.items() if n != "replaced_by"}
    session.flush()
    return term


def replace_term(session: Session, *, axis: str, old: str, new: str, by: str) -> int:
    """Put one word in the place of another everywhere in the catalogue, and retire the old one.

    Each entry that held it is edited, so that its history shows it and can take it back; questions
    that still say the old word are answered as if they said the new one.
    Returns how many rows were edited. Raises `BadTerm`.
    """
    ordered = _own_list(session, axis, old, by)
    gone, kept = _term(ordered, axis, old), _term(ordered, axis, new)
    _may_change_list(axis, old)
    if old == new or not kept.active:
        raise BadTerm(axis, old, "no_replacement")
    if old in needed_codes(axis):
        raise BadTerm(axis, old, "needed_by_engine")
    if axis == "kind" and _is_of_other_nature(gone, kept):
        raise BadTerm(axis, old, "other_nature")
    count = rewrite(session, axis, old, new)
    gone.active = False
    gone.facts = {**gone.facts, "replaced_by": new}
    for where, name in NAMED_IN.get(axis, ()):
        _put_in_facts(_own_list(session, where, old, by), name, old, new)
    if axis == "need":
        kept.facts = {**kept.facts, **_both_meant(kept, gone)}
    session.flush()
    return count


def _is_of_other_nature(gone: TaxonomyTerm, kept: TaxonomyTerm) -> bool:
    """Tell of a kind of the beginning whether it is one of participation, and the other isn't.

    What a municipality added itself, it may put with any other.
    """
    given = default_vocabulary().holds("kind", gone.code)
    return given and gone.facts.get("participation") != kept.facts.get("participation")


NAMED_IN = {
    "need": [("kind", "needs"), ("kind", "first_needs")],
    "audience": [("kind", "audience"), ("need", "audience"), ("need", "audience_maybe")],
}
"""Facts that name the words of a list: of which list, and what the fact is called."""


def _put_in_facts(terms: Sequence[TaxonomyTerm], name: str, old: str, new: str) -> None:
    for term in terms:
        codes = term.facts.get(name) or []
        if old in codes:
            put = list(dict.fromkeys(new if c == old else c for c in codes))
            term.facts = {**term.facts, name: put}


def _both_meant(one: TaxonomyTerm, other: TaxonomyTerm) -> dict[str, Any]:
    """Return what two needs mean together: nobody loses an audience."""
    told = [{**_first_facts(t.axis, t.code), **t.facts} for t in (one, other)]
    found: dict[str, Any] = {}
    for name in MEANT:
        values = [facts[name] for facts in told if facts.get(name)]
        if values:
            lists = isinstance(values[0], list)
            found[name] = list(dict.fromkeys(c for v in values for c in v)) if lists else True
    return found


def _own_list(session: Session, axis: str, code: str, by: str) -> list[TaxonomyTerm]:
    """Return a list in its order, locked; the first edit copies the lists of the beginning."""
    changes.acting(session, by=by)
    if axis not in default_vocabulary().axes:
        raise BadTerm(axis, code, "unknown")
    if not session.scalar(select(func.count()).select_from(TaxonomyTerm)):
        _copy_default(session)
    return list(
        session.scalars(
            select(TaxonomyTerm)
            .where(TaxonomyTerm.axis == axis)
            .order_by(TaxonomyTerm.position, TaxonomyTerm.code)
            .with_for_update()
        )
    )


def _copy_default(session: Session) -> None:
    lists = default_vocabulary()
    session.add_all(
        TaxonomyTerm(
            axis=t.axis, code=t.code, ja=t.ja, en=t.en, position=i, facts=t.facts, active=True
        )
        for axis in lists.axes
        for i, t in enumerate(lists.terms(axis))
    )
    session.flush()


def _term(ordered: list[TaxonomyTerm], axis: str, code: str) -> TaxonomyTerm:
    for term in ordered:
        if term.code == code:
            return term
    raise BadTerm(axis, code, "unknown")


def _may_change_list(axis: str, code: str) -> None:
    if axis in FIXED:
        raise BadTerm(axis, code, "fixed_list")


def _label(axis: str, code: str, words: str) -> str:
    words = words.strip()
    if not words or len(words) > LABEL_LENGTH:
        raise BadTerm(axis, code, "label")
    return words


def _facts(session: Session, axis: str, code: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    if not facts:
        return {}
    return checked_facts(axis, code, facts, read_vocabulary(session) or default_vocabulary())


def checked_facts(
    axis: str, code: str, facts: Mapping[str, Any], lists: Vocabulary
) -> dict[str, Any]:
    """Return what is said of a kind or a need as it is kept; raise `BadTerm`.

    lists : the closed lists whose words it may name
    """
    if axis == "need":
        return _meaning(code, facts, lists)
    if axis != "kind" or not set(facts) <= set(KIND_FACTS):
        raise BadTerm(axis, code, "facts")
    found = dict(facts)
    days = found.get("term_days", DAYS[0])
    if isinstance(days, bool) or not isinstance(days, int) or not DAYS[0] <= days <= DAYS[1]:
        raise BadTerm(axis, code, "term_days")
    if not all(isinstance(found.get(n, False), bool) for n in FLAGS):
        raise BadTerm(axis, code, "facts")
    if "group" in found and not (isinstance(found["group"], str) and found["group"]):
        raise BadTerm(axis, code, "facts")
    for name, of, without in (
        ("needs", "need", set()),
        ("first_needs", "need", set()),
        ("audience", "audience", {"anyone"}),
    ):
        if not _are_of(found.get(name, []), set(lists.codes(of)) - without):
            raise BadTerm(axis, code, "facts")
    return found


def _are_of(codes: Any, known: set[str]) -> bool:
    return isinstance(codes, list) and all(isinstance(c, str) and c in known for c in codes)


def _meaning(code: str, facts: Mapping[str, Any], lists: Vocabulary) -> dict[str, Any]:
    """Return what a need means as it is kept; raise `BadTerm`."""
    known = set(lists.codes("audience")) - {"anyone"}
    if not set(facts) <= set(MEANT):
        raise BadTerm("need", code, "facts")
    found = dict(facts)
    for name in ("audience", "audience_maybe"):
        if not _are_of(found.get(name, []), known):
            raise BadTerm("need", code, "audience")
    if not all(isinstance(found.get(name, False), bool) for name in ("rides", "from_home")):
        raise BadTerm("need", code, "facts")
    return found
