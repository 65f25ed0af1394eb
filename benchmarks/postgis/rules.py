"""Each rule of the engine in SQL: when it is passed, and when that is known.

`o` is an offering's row with what was worked out of it on the way (`distance_m`, `walk_m`,
`fitting`); `%(name)s` is a number of the question, see `benchmarks.postgis.question`.
"""

from typing import NamedTuple

from geodata.straight import DETOUR
from matching.columns import AVAILABILITIES, GENDERS, STATUSES
from matching.rules import RULES
from matching.verdicts import Rule


class Test(NamedTuple):
    """Two conditions: PASS or FAIL where it is known, else UNKNOWN."""

    passes: str
    known: str = "true"


def _must_be(column: str, value: int) -> Test:
    return Test(f"o.{column} = {value}", f"o.{column} >= 0")


def _at_most(column: str, limit: str) -> Test:
    return Test(f"o.{column} <= %({limit})s", f"o.{column} >= 0")


def _share(column: str, bits: str) -> str:
    return f"o.{column} & %({bits})s <> 0"


_ANYBODY = GENDERS.index("any")
_NO_ROOM = (
    f"(o.availability = {AVAILABILITIES.index('none')}"
    f" OR o.availability = {AVAILABILITIES.index('capacity')} AND o.places = 0)"
)

_INSIDE = (
    f"(coalesce(o.walk_m + o.accuracy_m * {DETOUR} <= %(walk_limit_m)s"
    " AND o.distance_m + o.accuracy_m <= %(radius_m)s, false))"
)
_OUTSIDE = (
    f"(coalesce(o.walk_m - o.accuracy_m * {DETOUR} > %(walk_limit_m)s"
    " OR o.distance_m - o.accuracy_m > %(radius_m)s, false))"
)
_SERVED = (
    "(coalesce(o.distance_m - o.accuracy_m <= %(served_m)s, false)"
    " AND (%(transport)s <> 0 AND o.transport = 1 OR %(online)s <> 0 AND o.online = 1))"
)
_FROM_HOME = "(%(home_wished)s <> 0 AND o.online = 1)"

_IN_AN_EXCLUDED_AREA = (
    "EXISTS (SELECT FROM unnest(%(area_lon)s::float8[], %(area_lat)s::float8[],"
    " %(area_m)s::float8[]) a(lon, lat, m) WHERE ST_DistanceSphere(o.point,"
    " ST_SetSRID(ST_MakePoint(a.lon, a.lat), 4326), %(earth_m)s) - o.accuracy_m <= a.m)"
)
_SET_ASIDE = (
    "EXISTS (SELECT FROM unnest(%(aside_resource)s::int8[], %(aside_host)s::int8[],"
    " %(aside_day)s::int8[]) a(resource, host, day)"
    " WHERE (o.resource = a.resource OR o.host = a.host) AND a.day > %(day_number)s)"
)

_LANGUAGE = f"({_share('languages', 'languages')})"
_LANGUAGE_TRIED = "o.languages & %(easy_language)s <> 0"
_HEAVY = f"({_share('activities', 'heavy_work')})"
_LIGHTER = f"({_share('activities', 'lighter_work')})"
_NAMES_ITS_OWN = "o.audience & (o.usual_audience | %(narrowed_audience)s) <> 0"
_NAMED = "(o.audience & %(narrowing_audience)s & ~o.usual_audience)"
_MAY_BE = "(%(audience_yes)s | %(audience_maybe)s)"
_RECEIVED = f"(CASE WHEN {_NAMES_ITS_OWN} THEN o.audience & ~{_NAMED} ELSE o.audience END)"
_AUDIENCE = f"({_RECEIVED} & %(audience_yes)s <> 0)"
_AUDIENCE_PERHAPS = (
    f"({_RECEIVED} & %(audience_maybe)s <> 0"
    f" OR {_NAMES_ITS_OWN} AND o.audience & %(perhaps_parent)s <> 0 AND {_NAMED} & {_MAY_BE} <> 0"
    f" OR ({_NAMED} = 0 OR {_NAMED} & {_MAY_BE} <> 0)"
    f" AND ({_share('audience_formally', 'audience_yes')}"
    f" OR {_share('audience_formally', 'audience_maybe')}))"
)
_OF_OTHERS = f"({_NAMES_ITS_OWN} AND {_NAMED} <> 0 AND {_NAMED} & %(audience_yes)s = 0)"
_USUALLY = (
    f"{_share('usual_audience', 'audience_yes')} OR {_share('usual_audience', 'audience_maybe')}"
)


def _of_the_building(column: str, value: int) -> Test:
    """Nobody enters it who joins from home."""
    return Test(f"{_FROM_HOME} OR o.{column} = {value}", f"{_FROM_HOME} OR o.{column} >= 0")


TESTS: dict[str, Test] = {
    "published": Test(f"o.status = {STATUSES.index('published')}"),
    "kind": Test("o.participation <> 0"),
    "reach": Test(
        f"({_INSIDE} OR {_FROM_HOME})",
        f"({_INSIDE} OR {_FROM_HOME} OR {_OUTSIDE} AND NOT {_SERVED})",
    ),
    "at_home": Test("o.online = 1"),
    "age": Test("%(age)s BETWEEN o.age_low AND o.age_high", "o.age_known > 0"),
    "audience": Test(
        _AUDIENCE,
        f"o.audience_known > 0 AND (CASE WHEN {_AUDIENCE} THEN NOT {_OF_OTHERS}"
        f" ELSE NOT {_AUDIENCE_PERHAPS} END)"
        f" OR o.audience_known = 0 AND o.usual_audience <> 0 AND NOT ({_USUALLY})",
    ),
    "gender": Test(
        f"o.gender = {_ANYBODY} OR o.gender >= 0 AND o.gender = %(gender)s",
        f"o.gender = {_ANYBODY} OR o.gender >= 0 AND %(gender)s <> %(not_asked)s",
    ),
    "languages": Test(_LANGUAGE, f"o.languages <> 0 AND ({_LANGUAGE} OR NOT {_LANGUAGE_TRIED})"),
    "windows": Test(
        "o.fitting <> 0",
        "o.schedule_known = 1 OR o.ends_day >= 0 AND o.ends_day < %(day_number)s",
    ),
    "minutes": _at_most("shortest_stay", "minutes"),
    "sessions_per_week": _at_most("min_per_week", "sessions_per_week"),
    "places": Test(f"NOT {_NO_ROOM}", f"o.availability <> {AVAILABILITIES.index('unknown')}"),
    "step_free": _of_the_building("step_free", 1),
    "staff_present": _must_be("staff_present", 1),
    "fee": _at_most("fee_yen", "max_yen"),
    "pay": _must_be("pays", 1),
    "noise": _at_most("noise", "noise"),
    "group_size": _at_most("group_size", "group_size"),
    "conversation": _at_most("conversation", "conversation"),
    "with_child": _of_the_building("with_child", 1),
    "requirements": Test(
        "o.requirements >= 0 AND o.requirements & ~%(holds)s = 0",
        "o.requirements >= 0 AND o.requirements & ~%(holds)s = 0 OR %(holds_known)s <> 0"
        " AND (o.requirements >= 0 OR o.required & ~%(holds)s <> 0)",
    ),
    "smoking": _of_the_building("smoking", 0),
    "animals": _of_the_building("animals", 0),
    "sober": Test(
        "o.alcohol = 0 OR o.alcohol < 0 AND %(alcohol_asked)s = 0",
        "o.alcohol >= 0 OR %(alcohol_asked)s = 0",
    ),
    "strain": Test(f"NOT {_HEAVY}", f"o.activities <> 0 AND NOT ({_HEAVY} AND {_LIGHTER})"),
    "step": Test(_share("steps", "near_steps"), "o.steps <> 0"),
    "host_rest": Test(
        "o.accompanies = 0"
        " OR o.resting_day < %(day_number)s"
        " AND (o.host_cap < 0 OR greatest(o.host_now, 0) < o.host_cap)",
        "o.accompanies = 0 OR o.resting_day >= %(day_number)s"
        " OR o.host_cap >= 0 AND o.host_now >= 0"
        " OR o.host_cap >= 0 AND greatest(o.host_now, 0) >= o.host_cap",
    ),
    "exclude_host": Test("o.host <> ALL(%(excluded_hosts)s::int8[])", "o.host <> 0"),
    "exclude_resource": Test("o.resource <> ALL(%(excluded_resources)s::int8[])"),
    "exclude_area": Test(f"NOT {_IN_AN_EXCLUDED_AREA}", "o.point IS NOT NULL"),
    "protected": Test(
        "o.confirms_participants = 1 AND o.publishes_members = 0",
        "o.confirms_participants >= 0 AND o.publishes_members >= 0",
    ),
    "no_children": _must_be("children_present", 0),
    "no_alcohol": _must_be("alcohol", 0),
    "child_safe": _must_be("child_safe", 1),
    "set_aside": Test(f"NOT {_SET_ASIDE}"),
}

_OF_THE_WAY = frozenset({"reach"})
_OF_SESSIONS = frozenset({"windows", "minutes"})

# A rule that the engine has and this doesn't would make the sides unlike.
assert set(TESTS) == {rule.code for rule in RULES}


def stage_of(rule: Rule) -> str:
    """Return after what a rule can be judged: `columns`, the `way`, or the `sessions`."""
    if rule.code in _OF_THE_WAY:
        return "way"
    return "sessions" if rule.code in _OF_SESSIONS else "columns"


def not_failed(rule: Rule) -> str:
    """Return the condition that a row doesn't fail a rule; for safety not known is failed."""
    passes, known = TESTS[rule.code]
    if rule.safety:
        return f"({passes}) AND ({known})"
    return f"(({passes}) OR NOT ({known}))"


def unknown(rule: Rule) -> str:
    """Return the condition that a row which doesn't fail a rule isn't known to pass it."""
    return "false" if rule.safety else f"NOT ({TESTS[rule.code].known})"
