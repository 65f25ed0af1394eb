"""The history of an entry as people read it: names of fields and values in their words."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.words import catalogue, say
from resources.history import TELLING, Edit
from resources.schedule_print import print_schedule
from resources.schedules import BadSchedule, from_json
from resources.vocabulary import UnknownCode, Vocabulary

AXES = {
    "kind": "kind", "audience": "audience", "accepted_audience": "audience", "needs": "need",
    "activities": "activity", "languages": "language", "requirements": "requirement",
    "noise": "noise", "conversation": "conversation", "availability": "availability",
    "steps": "step",
}  # fmt: skip

PHRASES = {
    "status": "status", "gender": "form.gender", "availability_said_by": "said",
    "verified_by": "said", "visibility": "form.visibility", "attendance": "form",
    "status_reason": "reason",
}  # fmt: skip
"""Fields whose codes are words of the pages."""


@dataclass(frozen=True)
class EditShown:
    revision: int
    at: datetime
    by: str
    action: str
    fields: tuple[str, ...]
    can_be_undone: bool


def edits_shown(
    edits: list[Edit],
    language: str,
    vocabulary: Vocabulary,
    *,
    secret: Collection[uuid.UUID] = (),
) -> list[EditShown]:
    """Put edits into words.

    secret : places whose edits show no value that tells where they are
    """
    hidden = {str(place) for place in secret}
    return [
        EditShown(
            e.revision,
            e.at,
            shown_by(e.by, language),
            _what(e, language),
            tuple(
                _kept_back(field[0], language)
                if e.entity_id in hidden and field[0] in TELLING
                else _field(e.entity, *field, language, vocabulary)
                for field in e.fields
            ),
            e.can_be_undone,
        )
        for e in edits
    ]


def _what(edit: Edit, language: str) -> str:
    """Return 変更, or 変更（場所）for what isn't the resource itself."""
    said = say(f"history.{edit.action}", language)
    key = f"entity.{edit.entity}"
    return f"{said}（{say(key, language)}）" if key in catalogue(language) else said


def _kept_back(name: str, language: str) -> str:
    colon = "：" if language == "ja" else ": "
    return field_name("location", name, language) + colon + say("history.kept_back", language)


def shown_by(by: str, language: str) -> str:
    who, _, name = by.partition(":")
    if who == "user":
        return name
    if who in ("cli", "demo"):
        return say("history.by_terminal", language)
    return say("history.by_import" if who == "import" else "history.by_program", language)


def field_name(entity: str, name: str, language: str) -> str:
    """Return what people call a column."""
    for key in (f"field.{entity}.{name}", f"field.{name}"):
        if key in catalogue(language):
            return say(key, language)
    return name


def _field(
    entity: str, name: str, before: Any, after: Any, language: str, vocabulary: Vocabulary
) -> str:
    label = field_name(entity, name, language)
    was, now = (shown_value(name, v, language, vocabulary) for v in (before, after))
    colon = "：" if language == "ja" else ": "
    return label + colon + say("history.arrow", language, before=was, after=now)


def shown_value(name: str, value: Any, language: str, vocabulary: Vocabulary) -> str:
    """Return a value of a column in words."""
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
        joint = "_" if name in ("gender", "visibility") else "."
        key = f"{PHRASES[name]}{joint}{value}"
        return say(key, language) if key in catalogue(language) else str(value)
    if name in ("organization_id", "location_id"):
        return say("history.another", language)
    return str(value)


def _term(axis: str, code: Any, language: str, vocabulary: Vocabulary) -> str:
    try:
        if axis == "step":
            term = vocabulary.terms("step")[int(code)]
            return term.ja if language == "ja" else term.en
        return vocabulary.label(axis, str(code), language)
    except (UnknownCode, IndexError, ValueError):
        return str(code)
