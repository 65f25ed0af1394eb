"""What is kept of a person, in words for that person: on the page, on paper, in a spreadsheet."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from api import words
from casework.kept import Kept
from resources.clock import JAPAN

CODES = {
    ("support_case", "ground"): "case.ground_",
    ("support_case", "state"): "case.state_",
    ("support_case", "outcome"): "outcome.",
    ("consent", "purpose"): "purpose.",
    ("consent", "given_by"): "giver.",
    ("consent", "form"): "consentform.",
    ("placement", "state"): "placement.",
    ("placement", "reason"): "reason.",
    ("placement_step", "origin"): "placement.",
    ("placement_step", "target"): "placement.",
    ("follow_up", "whom"): "followup.",
    ("hand_off", "state"): "handoff.",
    ("disclosure", "fields"): "told.",
    ("disclosure", "why"): "disclosure.why_",
    ("disclosure", "to_whom"): "request.asked_",
    ("room_question", "answer"): "room.answer_",
    ("room_question", "days"): "day.",
    ("person_identity", "field"): "identity.",
    ("looks", "action"): "action.",
    ("looks", "classes"): "kept.class_",
    ("person_request", "kind"): "request.kind_",
    ("person_request", "asked_by"): "request.asked_",
    ("person_request", "checked_with"): "request.paper_",
    ("person_request", "decision"): "request.decision_",
}
"""The words' keys begin so, for columns that hold a code."""


@dataclass(frozen=True)
class Shown:
    """One kept thing in words: its class, its fields, and the key by which it is marked."""

    key: str
    table: str
    title: str
    fields: list[tuple[str, str]]


@dataclass(frozen=True)
class Known:
    """How ids and codes are called: accounts and meetings by id, agencies by code.

    label : the words of a code of a closed list, by the list and the code
    """

    accounts: Mapping[uuid.UUID, str]
    meetings: Mapping[uuid.UUID, str]
    agencies: Mapping[str, str]
    label: Callable[[str, str], str]
    language: str


def in_words(kept: list[Kept], known: Known) -> list[Shown]:
    """Return what is kept as people read it."""
    return [
        Shown(
            one.key,
            one.table,
            words.say(f"kept.{one.table}", known.language),
            [
                (_label(one.table, name, known), _text(one.table, name, value, known))
                for name, value in one.fields.items()
                if value not in (None, "", [], {})
            ],
        )
        for one in kept
    ]


def _label(table: str, name: str, known: Known) -> str:
    key = f"identity.{name}" if table == "person_identity" else f"kept.f_{name}"
    return words.say(key, known.language)


def _text(table: str, name: str, value: Any, known: Known) -> str:
    if isinstance(value, bool):
        return words.say("form.yes" if value else "form.no", known.language)
    if isinstance(value, datetime):
        return f"{value.astimezone(JAPAN):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return known.accounts.get(value) or known.meetings.get(value) or str(value)
    if isinstance(value, dict):
        return "\n".join(_need(value, known) if name == "need" else _flat(value, known))
    if isinstance(value, list):
        return "、".join(_text(table, name, each, known) for each in value)
    if name in ("agency", "sender", "receiver", "agencies"):
        return known.agencies.get(value, str(value))
    prefix = CODES.get((table, name))
    if prefix is not None:
        told = words.said_or_code(f"told.{value}", str(value), known.language)
        return words.said_or_code(f"{prefix}{value}", told, known.language)
    return str(value).removeprefix("user:")


def _need(need: dict[str, Any], known: Known) -> list[str]:
    """Return a line for each part of the need that says something."""
    lines = []
    for part, value in need.items():
        if part == "needs":
            named = (f"{known.label('need', code)}（{weight}）" for code, weight in value.items())
            text = "、".join(named)
        elif part == "windows":
            text = "、".join(_window(each, known) for each in value)
        else:
            text = "、".join(_flat(value, known))
        if text:
            lines.append(f"{words.said_or_code(f'kept.need_{part}', part, known.language)}: {text}")
    return lines


def _window(window: dict[str, str], known: Known) -> str:
    day = words.said_or_code(f"day.{window['day']}", window["day"], known.language)
    return f"{day} {window['from']}–{window['to']}"


LISTS = {"activities": "activity", "languages": "language", "holds": "requirement"}
"""Parts of the need that hold codes of a closed list."""


def _flat(value: Any, known: Known, name: str = "") -> list[str]:
    """Return what a part of the need says, each thing with its name."""
    if isinstance(value, dict):
        return [line for key, each in value.items() for line in _flat(each, known, key)]
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        return [line for each in value for line in _flat(each, known)]
    if value in (None, False, "", []):
        return []
    called = words.said_or_code(f"kept.leaf_{name}", name, known.language)
    if value is True:
        return [called]
    if isinstance(value, list):
        axis = LISTS.get(name)
        text = "・".join(known.label(axis, each) if axis else str(each) for each in value)
    else:
        text = words.said_or_code(f"limit.{name}_{value}", str(value), known.language)
    return [f"{called} {text}".strip()]


def groups(shown: list[Shown]) -> list[tuple[str, list[Shown]]]:
    """Return what is shown by its class, in the order in which the classes come."""
    found: dict[str, list[Shown]] = {}
    for one in shown:
        found.setdefault(one.title, []).append(one)
    return list(found.items())
