"""What is wrong with a form, field by field, in the reader's words."""

from collections.abc import Iterator

from pydantic import ValidationError

from api.pages.entry_form import field_of
from api.words import catalogue, say
from resources.registration import BadRegistration

ROOT = {"resource": "age_min", "location": "address"}
"""Where a sentence stands that is about several fields together."""


def problems_of(
    error: ValidationError | BadRegistration, language: str, prefix: str = "", entity: str = ""
) -> dict[str, str]:
    """Return the name of each wrong field with what to do about it; at least one.

    entity : what was checked, where the error itself names only the column
    """
    if isinstance(error, BadRegistration):
        part, _, column = error.field.partition(".")
        return {field_of(part, column, prefix): say(f"form.bad.{error.problem}", language)}
    return dict(_each(error, language, prefix, entity))


def _each(
    error: ValidationError, language: str, prefix: str, entity: str
) -> Iterator[tuple[str, str]]:
    for detail in error.errors(include_input=False, include_url=False):
        place = [str(p) for p in detail["loc"] if isinstance(p, str)]
        part = entity or (place.pop(0) if place else "resource")
        column = place[0] if place else ROOT.get(part, "name")
        key = f"form.bad.{detail['type']}"
        if detail["type"] == "string_pattern_mismatch":
            key = f"form.bad.pattern_{column}"
        if not place:
            key = f"form.bad.{part}_together"
        limits = {k: v for k, v in detail.get("ctx", {}).items() if k in LIMITS}
        yield field_of(part, column, prefix), _sentence(key, language, limits)


LIMITS = ("ge", "le", "max_length")


def _sentence(key: str, language: str, limits: dict[str, object]) -> str:
    if key not in catalogue(language):
        return say("form.bad.this", language)
    return say(key, language, **limits)
