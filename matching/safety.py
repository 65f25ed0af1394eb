"""Rules that protect a person or others. What isn't known counts as failed here."""

import math
from typing import Any

from geodata.compiled import compiled
from matching.sight import Seen
from matching.verdicts import (
    Rule,
    must_be,
    no_change,
    shown_flag,
    shows,
    shows_known,
    verdict,
)


@compiled
def exclude_host(p: Any, look: Any, _a: Any) -> int:
    """Where it isn't known who runs a place, it may be those to keep away from."""
    return verdict(not look["excluded_host"], p["host"] != 0)


@compiled
def exclude_resource(_p: Any, look: Any, _a: Any) -> int:
    return verdict(not look["excluded_resource"], True)


@compiled
def exclude_area(p: Any, look: Any, _a: Any) -> int:
    """A place whose point isn't known may lie inside."""
    return verdict(not look["excluded_area"], not math.isnan(p["lon"]))


@compiled
def protected(p: Any, _look: Any, _a: Any) -> int:
    confirms, publishes = p["confirms_participants"], p["publishes_members"]
    return verdict(confirms == 1 and publishes == 0, confirms >= 0 and publishes >= 0)


@compiled
def no_children(p: Any, _look: Any, _a: Any) -> int:
    return must_be(p["children_present"], 0)


@compiled
def no_alcohol(p: Any, _look: Any, _a: Any) -> int:
    return must_be(p["alcohol"], 0)


@compiled
def child_safe(p: Any, _look: Any, _a: Any) -> int:
    return must_be(p["child_safe"], 1)


def _evidence_protected(p: Seen) -> tuple[str, Any]:
    return "confirms_participants", {
        "confirms_participants": shown_flag(p["confirms_participants"]),
        "publishes_members": shown_flag(p["publishes_members"]),
    }


def _evidence_area(p: Seen) -> tuple[str, Any]:
    return "location", "known" if not math.isnan(p["lon"]) else None


RULES: tuple[Rule, ...] = (
    Rule(
        "exclude_host",
        lambda a: bool(a.excluded_hosts),
        exclude_host,
        shows_known("host"),
        no_change,
        safety=True,
    ),
    Rule(
        "exclude_resource",
        lambda a: bool(a.excluded_resources),
        exclude_resource,
        shows_known("resource"),
        no_change,
        safety=True,
    ),
    Rule(
        "exclude_area",
        lambda a: bool(a.need.safety.exclude_areas),
        exclude_area,
        _evidence_area,
        no_change,
        safety=True,
    ),
    Rule(
        "protected",
        lambda a: a.need.safety.protected,
        protected,
        _evidence_protected,
        no_change,
        safety=True,
        reads=(
            "confirms_participants",
            "publishes_members",
        ),
    ),
    Rule(
        "no_children",
        lambda a: a.need.safety.no_children_present,
        no_children,
        shows("children_present", shown_flag),
        no_change,
        safety=True,
        reads=("children_present",),
    ),
    Rule(
        "no_alcohol",
        lambda a: a.need.safety.no_alcohol,
        no_alcohol,
        shows("alcohol", shown_flag),
        no_change,
        safety=True,
        reads=("alcohol",),
    ),
    Rule(
        "child_safe",
        lambda a: a.is_minor,
        child_safe,
        shows("child_safe", shown_flag),
        no_change,
        safety=True,
        reads=("child_safe",),
    ),
)
