"""Suggestions of places of participation, with reasons. Sees needs, never persons."""

from importlib import import_module
from typing import Any

_OFFERED = {
    "Table": "matching.table",
    "Need": "matching.need",
    "parse_need": "matching.need",
    "suggest_placements": "matching.suggest",
    "explain": "matching.why",
    "allocate": "matching.allocation",
    "arcs_of": "matching.allocation",
    "room_of": "matching.allocation",
    "read_note": "matching.note",
}
"""What most users of the library want, and where it stands; loaded when it is asked for."""

__all__ = [
    "Need",
    "Table",
    "allocate",
    "arcs_of",
    "explain",
    "parse_need",
    "read_note",
    "room_of",
    "suggest_placements",
]


def __getattr__(name: str) -> Any:
    if name not in _OFFERED:
        raise AttributeError(f"module 'matching' has no attribute {name!r}")
    return getattr(import_module(_OFFERED[name]), name)
