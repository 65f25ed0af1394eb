"""The values of a catalogue file as the columns of the database hold them."""

import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import types

from resources.moments import Moment


class NotHeld(ValueError):
    """A value that a column can't hold, and what it would hold; both stand after a field's name."""

    def __init__(self, ja: str, en: str) -> None:
        self.ja, self.en = ja, en
        super().__init__(en)


class _Kind(NamedTuple):
    """A kind of column: how a value is read, which raises `ValueError`, and what is wanted."""

    read: Callable[[Any], Any]
    ja: str
    en: str


def _an_id(value: Any) -> uuid.UUID:
    if not isinstance(value, str):
        raise ValueError(value)
    return uuid.UUID(value)


def _a_moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment


def _a_day(value: Any) -> date:
    return date.fromisoformat(_text(value))


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(value)
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(value)
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(value)
    return value


_KINDS: Mapping[type[Any], _Kind] = {
    types.Uuid: _Kind(_an_id, "ID（UUID）", "an id (UUID)"),
    Moment: _Kind(
        _a_moment, "時差つきの日時（2026-11-28T09:00:00+09:00）",
        "a moment with its offset (2026-11-28T09:00:00+09:00)",
    ),
    types.Date: _Kind(_a_day, "日付（2026-11-28）", "a day (2026-11-28)"),
    types.Boolean: _Kind(_flag, "true か false", "true or false"),
    types.Integer: _Kind(_whole, "整数", "a whole number"),
    types.Float: _Kind(_number, "数", "a number"),
    types.String: _Kind(_text, "文字列", "a text"),
}  # fmt: skip
"""In an order in which the first that a column's type is one of tells what it holds."""


def held(value: Any, column: Any) -> Any:
    """Return a value of the file as its column holds it; raise `NotHeld` where it can't be."""
    if value is None:
        if not column.nullable:
            raise NotHeld("（空にはできません）", " (it can't be null)")
        return None
    if isinstance(column.type, types.JSON):
        return value
    kind = next((k for sql, k in _KINDS.items() if isinstance(column.type, sql)), None)
    if kind is None:
        return value
    longest = getattr(column.type, "length", None) if kind.read is _text else None
    try:
        read = kind.read(value)
    except ValueError:
        raise NotHeld(f"（{kind.ja}にしてください）", f" (wanted: {kind.en})") from None
    if longest is not None and len(read) > longest:
        # SQLite doesn't look at a text's length.
        raise NotHeld(
            f"（{longest}字までにしてください）", f" (wanted: at most {longest} characters)"
        )
    return read
