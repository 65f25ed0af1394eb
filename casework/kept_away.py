"""What a person must be kept away from, as a need states it: hosts, places and areas.

No reason is kept with any of them: it would tell whom somebody has fled from, on a page that is
looked at for other things.
"""

from typing import Any

LISTS = {
    "organization": "exclude_organizations",
    "resource": "exclude_resources",
    "area": "exclude_areas",
}
"""What is avoided → where the need (docs/formats.md) lists it."""

MOST = 50
"""Of each."""


class TooMany(ValueError):
    """More than `MOST` of one kind."""

    def __init__(self) -> None:
        super().__init__(f"a need names at most {MOST} hosts, {MOST} places and {MOST} areas")


def avoided(need: dict[str, Any], what: str) -> list[Any]:
    """Return the ids of hosts or places, or the areas, that a need names."""
    return list(need.get("safety", {}).get(LISTS[what]) or [])


def avoiding_one_more(need: dict[str, Any], what: str, value: Any) -> dict[str, Any]:
    """Return the need with one more; the same need where it is named already. Raises `TooMany`."""
    named = avoided(need, what)
    if value in named:
        return need
    if len(named) >= MOST:
        raise TooMany
    return _with(need, what, [*named, value])


def no_longer_avoiding(need: dict[str, Any], what: str, value: Any) -> dict[str, Any]:
    """Return the need without one of them."""
    return _with(need, what, [x for x in avoided(need, what) if x != value])


def _with(need: dict[str, Any], what: str, named: list[Any]) -> dict[str, Any]:
    safety = {k: v for k, v in need.get("safety", {}).items() if k != LISTS[what]}
    if named:
        safety[LISTS[what]] = named
    rest = {k: v for k, v in need.items() if k != "safety"}
    return rest | {"safety": safety} if safety else rest
