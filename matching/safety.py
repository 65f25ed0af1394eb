"""Rules that protect a person or others. What isn't known counts as failed here."""

from typing import Any

import numpy as np

from geodata.coordinates import great_circle_m
from matching.ask import ADULT
from matching.sight import Seen, Sight
from matching.verdicts import (
    Rule,
    Verdicts,
    must_be,
    no_change,
    shown_flag,
    shows,
    shows_known,
    verdicts,
)


def _judge_exclude_host(s: Sight) -> Verdicts:
    """Where it isn't known who runs a place, it may be those to keep away from."""
    host = s.rows["host"]
    excluded = np.isin(host, np.array(s.ask.excluded_hosts, np.uint64))
    return verdicts(~excluded, host != 0)


def _judge_exclude_resource(s: Sight) -> Verdicts:
    excluded = np.isin(s.rows["resource"], np.array(s.ask.excluded_resources, np.uint64))
    return verdicts(~excluded, np.ones(len(s.rows), bool))


def _judge_exclude_area(s: Sight) -> Verdicts:
    lon, lat = s.rows["lon"].astype(np.float64), s.rows["lat"].astype(np.float64)
    slack = s.rows["accuracy_m"].astype(np.float64)
    inside = np.zeros(len(s.rows), bool)
    for area in s.ask.need.safety.exclude_areas:
        centre = type(s.ask.origin)(area.lon, area.lat)
        inside |= great_circle_m(centre, lon, lat) - slack <= area.radius_m
    return verdicts(~inside, ~np.isnan(lon))


def _judge_protected(s: Sight) -> Verdicts:
    confirms, publishes = s.rows["confirms_participants"], s.rows["publishes_members"]
    return verdicts((confirms == 1) & (publishes == 0), (confirms >= 0) & (publishes >= 0))


def _evidence_protected(p: Seen) -> tuple[str, Any]:
    return "confirms_participants", {
        "confirms_participants": shown_flag(p["confirms_participants"]),
        "publishes_members": shown_flag(p["publishes_members"]),
    }


def _evidence_area(p: Seen) -> tuple[str, Any]:
    return "location", "known" if not np.isnan(p["lon"]) else None


RULES: tuple[Rule, ...] = (
    Rule(
        "exclude_host",
        lambda a: bool(a.excluded_hosts),
        _judge_exclude_host,
        shows_known("host"),
        no_change,
        safety=True,
    ),
    Rule(
        "exclude_resource",
        lambda a: bool(a.excluded_resources),
        _judge_exclude_resource,
        shows_known("resource"),
        no_change,
        safety=True,
    ),
    Rule(
        "exclude_area",
        lambda a: bool(a.need.safety.exclude_areas),
        _judge_exclude_area,
        _evidence_area,
        no_change,
        safety=True,
    ),
    Rule(
        "protected",
        lambda a: a.need.safety.protected,
        _judge_protected,
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
        must_be("children_present", 0),
        shows("children_present", shown_flag),
        no_change,
        safety=True,
        reads=("children_present",),
    ),
    Rule(
        "no_alcohol",
        lambda a: a.need.safety.no_alcohol,
        must_be("alcohol", 0),
        shows("alcohol", shown_flag),
        no_change,
        safety=True,
        reads=("alcohol",),
    ),
    Rule(
        "child_safe",
        lambda a: a.need.age is not None and a.need.age < ADULT,
        must_be("child_safe", 1),
        shows("child_safe", shown_flag),
        no_change,
        safety=True,
        reads=("child_safe",),
    ),
)
