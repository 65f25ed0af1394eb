"""Rules about when a person can come, how often and how long, and whether there is room."""

from datetime import datetime
from typing import Any

from geodata.compiled import compiled
from matching.columns import ATTENDANCES, AVAILABILITIES
from matching.sentences import Sentence, sentence
from matching.sight import Seen
from matching.verdicts import (
    Rule,
    always,
    at_most,
    says,
    shown_date,
    shown_number,
    shows,
    verdict,
)
from resources.days import DAYS


@compiled
def windows(p: Any, look: Any, a: Any) -> int:
    """A session that the person can attend; what is over has none, whether its hours are known."""
    over = 0 <= p["ends_day"] < a["day_number"]
    return verdict(look["fitting"] != 0 and not over, p["schedule_known"] == 1 or over)


def _evidence_windows(p: Seen) -> tuple[str, Any]:
    if 0 <= p["ends_day"] < p.ask.day_number:
        return "ends_on", shown_date(p["ends_day"])
    if not p["schedule_known"]:
        return "schedule", None
    return "schedule", {"sessions_in_8_weeks": p.days_held}


def _change_windows(p: Seen) -> Sentence | None:
    """Name the session that asks least, and where one comes and goes at will for how long."""
    session = p.nearest_session()
    if session is None:
        return sentence("change.windows_none")
    span = _span(session.start, session.end)
    length = (session.end - session.start).total_seconds() // 60
    stay = max(p.ask.thresholds.shortest_stay_minutes, p["min_minutes"])
    if p["attendance"] == _WHOLE or stay >= length:
        return sentence("change.windows", span=span)
    return sentence("change.windows_part", span=span, minutes=stay)


def _span(start: datetime, end: datetime) -> Sentence:
    day, comes, goes = _day_of(start), start.strftime("%H:%M"), end.strftime("%H:%M")
    if end.date() == start.date() or goes == "00:00":
        goes = "24:00" if goes == "00:00" else goes
        return sentence("span.one_day", day=day, **{"from": comes, "to": goes})
    past = {"day": day, "from": comes, "next_day": _day_of(end), "to": goes}
    return sentence("span.past_midnight", **past)


def _day_of(moment: datetime) -> Sentence:
    return sentence(f"day.{DAYS[moment.weekday()]}")


@compiled
def minutes(_p: Any, look: Any, a: Any) -> int:
    return at_most(look["shortest_stay"], a["minutes"])


def _evidence_minutes(p: Seen) -> tuple[str, Any]:
    return "min_minutes", shown_number(p["shortest_stay"])


def _change_minutes(p: Seen) -> Sentence | None:
    return sentence("change.minutes", minutes=p["shortest_stay"])


@compiled
def sessions_per_week(p: Any, _look: Any, a: Any) -> int:
    return at_most(p["min_per_week"], a["sessions_per_week"])


def _change_per_week(p: Seen) -> Sentence | None:
    return sentence("change.sessions_per_week", times=p["min_per_week"])


_WHOLE = ATTENDANCES.index("whole")
_UNKNOWN = AVAILABILITIES.index("unknown")
_CAPACITY = AVAILABILITIES.index("capacity")
_NONE = AVAILABILITIES.index("none")


@compiled
def places(p: Any, _look: Any, _a: Any) -> int:
    """A place left, a waiting list or an interview first lets in; full does not."""
    status = p["availability"]
    full = status == _NONE or (status == _CAPACITY and p["places"] == 0)
    return verdict(not full, status != _UNKNOWN)


def _evidence_places(p: Seen) -> tuple[str, Any]:
    return "availability", {
        "status": AVAILABILITIES[p["availability"]],
        "places": shown_number(p["places"]),
        "said_at": shown_date(p["said_day"]),
    }


RULES: tuple[Rule, ...] = (
    Rule(
        "windows",
        always,
        windows,
        _evidence_windows,
        _change_windows,
        reads=("schedule_known", "held", "ends_day"),
    ),
    Rule(
        "minutes",
        lambda a: a.limits.minutes is not None,
        minutes,
        _evidence_minutes,
        _change_minutes,
        reads=("shortest_stay",),
    ),
    Rule(
        "sessions_per_week",
        lambda a: a.limits.sessions_per_week is not None,
        sessions_per_week,
        shows("min_per_week", shown_number),
        _change_per_week,
        reads=("min_per_week",),
    ),
    Rule(
        "places",
        always,
        places,
        _evidence_places,
        says("places"),
        reads=(
            "availability",
            "places",
            "said_day",
        ),
    ),
)
