"""The history of an entry as people read it: names of fields and values in their words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.words import catalogue, say
from resources.history import Edit
from resources.schedule_print import print_schedule
from resources.schedules import BadSchedule, from_json
from resources.vocabulary import UnknownCode, Vocabulary

AXES = {
    "kind": "kind", "audience": "audience", "accepted_audience": "audience", "needs": "need",
    "activities": "activity", "languages": "language", "requirements": "requirement",
    "noise": "noise", "conversation": "conversation", "availability": "availability",
    "steps": "step",
}  # fmt: skip

PHRASES = {"status": "status", "gender": "form.gender", "availability_said_by": "said"}
"""Fields whose codes are words of the pages."""


@dataclass(frozen=True)
class EditShown:
    revision: int
    at: datetime
    by: str
    action: str
    fields: tuple[str, ...]
    can_be_undone: bool


def edits_shown(edits: list[Edit], language: str, vocabulary: Vocabulary) -> list[EditShown]:
    """Put edits into words."""
    return [
        EditShown(
            e.revision,
            e.at,
            _by(e.by, language),
            say(f"history.{e.action}", language),
            tuple(_field(*field, language, vocabulary) for field in e.fields),
            e.can_be_undone,
        )
        for e in edits
    ]


def _by(by: str, language: str) -> str:
    who, _, name = by.partition(":")
    if who == "user":
        return name
    if who in ("cli", "demo"):
        return say("history.by_terminal", language)
    return say("history.by_import" if who == "import" else "history.by_program", language)


def _field(name: str, before: Any, after: Any, language: str, vocabulary: Vocabulary) -> str:
    key = f"field.{name}"
    label = say(key, language) if key in catalogue(language) else name
    was, now = (_value(name, v, language, vocabulary) for v in (before, after))
    colon = "：" if language == "ja" else ": "
    return label + colon + say("history.arrow", language, before=was, after=now)


def _value(name: str, value: Any, language: str, vocabulary: Vocabulary) -> str:
    if value is None:
        return say("history.none", language)
    if isinstance(value, bool):
        return say("form.yes" if value else "form.no", language)
    if name == "schedule":
        try:
            return print_schedule(from_json(value), language)
        except BadSchedule:
            return say("history.none", language)
    if name in AXES:
        codes = value if isinstance(value, list) else [value]
        comma = "・" if language == "ja" else ", "
        return comma.join(_term(AXES[name], c, language, vocabulary) for c in codes) or "–"
    if name in PHRASES:
        key = f"{PHRASES[name]}_{value}" if name == "gender" else f"{PHRASES[name]}.{value}"
        return say(key, language) if key in catalogue(language) else str(value)
    return str(value)


def _term(axis: str, code: Any, language: str, vocabulary: Vocabulary) -> str:
    try:
        if axis == "step":
            term = vocabulary.terms("step")[int(code)]
            return term.ja if language == "ja" else term.en
        return vocabulary.label(axis, str(code), language)
    except (UnknownCode, IndexError, ValueError):
        return str(code)
