"""The history of schemes and thresholds as people read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.changes_shown import shown_by
from api.words import say
from matching.schemes import THRESHOLDS, Weighing
from matching.sentences import sentence
from resources.models import Change


@dataclass(frozen=True)
class SchemeEdit:
    """One edit: when, by whom, of what, and each number before and after.

    holds : nothing newer was written to the same numbers, so it may be taken back
    """

    revision: int
    at: datetime
    by: str
    what: str
    fields: tuple[tuple[str, str, str], ...]
    holds: bool


def scheme_edits(changes: Sequence[Change], weighing: Weighing, language: str) -> list[SchemeEdit]:
    """Return edits, newest first as they came, in the reader's words."""
    found = []
    written: set[tuple[str, str, str]] = set()
    for c in changes:
        mine = {(c.entity, c.entity_id, name) for name in c.after or {}}
        what = say("schemes.thresholds", language)
        if c.entity == "priority_scheme":
            scheme = weighing.schemes.get(c.entity_id)
            what = c.entity_id if scheme is None else scheme.ja if language == "ja" else scheme.en
        fields = tuple(_fields(c, language))
        by = shown_by(c.by, language)
        found.append(SchemeEdit(c.revision, c.at, by, what, fields, not mine & written))
        written |= mine
    return found


def _fields(change: Change, language: str) -> list[tuple[str, str, str]]:
    before, after = change.before or {}, change.after or {}
    if change.entity == "threshold":
        name = change.entity_id
        words = sentence(f"threshold.{name}").in_language(language) if name in THRESHOLDS else name
        return [(words, _shown(before.get("value"), language), _shown(after["value"], language))]
    found = []
    for name, value in after.items():
        was = before.get(name)
        if name == "weights":
            old = was or {}
            found += [
                (say(f"criterion.{code}", language), _shown(old.get(code), language), f"{new:g}")
                for code, new in value.items()
                if old.get(code) != new
            ]
        else:
            words = say(f"schemes.field_{name}", language)
            found.append((words, _shown(was, language), _shown(value, language)))
    return found


def _shown(value: Any, language: str) -> str:
    if isinstance(value, bool):
        return say("form.yes" if value else "form.no", language)
    if isinstance(value, int | float):
        return f"{value:g}"
    return say("history.none", language) if value is None else str(value)
