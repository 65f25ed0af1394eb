"""Reads the fields of a form; a field that is left empty says nothing."""

import math
from collections.abc import Iterable

from starlette.datastructures import FormData


class BadField(ValueError):
    """A field whose value can't be used; `field` is its name."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(f"the field {field} can't be used")


def text(form: FormData, name: str) -> str | None:
    """Return what was typed; a text of several lines comes with the line ends of the web."""
    value = form.get(name)
    return value.strip().replace("\r\n", "\n") or None if isinstance(value, str) else None


def texts(form: FormData, name: str) -> list[str]:
    return [v for v in form.getlist(name) if isinstance(v, str) and v]


def whole(form: FormData, name: str) -> int | None:
    value = text(form, name)
    if value is None:
        return None
    if not value.isdecimal() or len(value) > 9:
        raise BadField(name)
    return int(value)


def number(form: FormData, name: str) -> float | None:
    value = text(form, name)
    if value is None:
        return None
    try:
        found = float(value)
    except ValueError:
        raise BadField(name) from None
    if not math.isfinite(found):
        raise BadField(name)  # "nan" and "1e999" are read as numbers, and are none
    return found


def yes_no(form: FormData, name: str) -> bool | None:
    return {"yes": True, "no": False}.get(text(form, name) or "")


def codes(form: FormData, name: str) -> list[str] | None:
    """Return the ticked codes; None where nothing is ticked, because that says nothing."""
    return texts(form, name) or None


def present(values: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Return only what was filled in."""
    return {name: value for name, value in values if value not in (None, [], ())}
