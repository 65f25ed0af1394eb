"""Rows of the catalogue as the JSON API shows them."""

from typing import Any

from resources.changes import plain
from resources.history import TELLING


def row_of(row: Any, hidden: bool = False) -> dict[str, Any] | None:
    """Return the columns of a row; of a hidden place none that tells where it is."""
    if row is None:
        return None
    facts = {c.key: plain(getattr(row, c.key)) for c in row.__mapper__.column_attrs}
    if hidden:
        facts |= dict.fromkeys(TELLING)
    facts.pop("original", None)
    return facts
