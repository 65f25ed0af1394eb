"""Rules about when a person can come, how often and how long, and whether there is room."""

from typing import Any

from matching.columns import AVAILABILITIES
from matching.sentences import Sentence, sentence
from matching.sight import Seen, Sight
from matching.verdicts import (
    Rule,
    Verdicts,
    always,
    at_most,
    says,
    shown_date,
    shown_number,
    shows,
    verdicts,
)
from resources.days import DAYS


def _judge_windows(s: Sight) -> Verdicts:
    return verdicts(s.times.fitting != 0, s.rows["schedule_known"] == 1)


def _evidence_windows(p: Seen) -> tuple[str, Any]:
    if not p["schedule_known"]:
        return "schedule", None
    return "schedule", {"sessions_in_8_weeks": p.days_held}


def _change_windows(p: Seen) -> Sentence | None:
    session = p.next_session(fitting=False)
    if session is None:
        return sentence("change.windows_none")
    start, end, _ = session
    close = "24:00" if end.date() > start.date() else end.strftime("%H:%M")
    return sentence(
        "change.windows",
        day=sentence(f"day.{DAYS[start.weekday()]}"),
        **{"from": start.strftime("%H:%M"), "to": close},
    )


def _judge_minutes(s: Sight) -> Verdicts:
    most = s.ask.limits.minutes
    assert most is not None
    shortest = s.shortest_stay
    return verdicts(shortest <= most, shortest >= 0)


def _evidence_minutes(p: Seen) -> tuple[str, Any]:
    return "min_minutes", shown_number(p.shortest_stay)


def _change_minutes(p: Seen) -> Sentence | None:
    return sentence("change.minutes", minutes=p.shortest_stay)


def _change_per_week(p: Seen) -> Sentence | None:
    return sentence("change.sessions_per_week", times=p["min_per_week"])


def _judge_places(s: Sight) -> Verdicts:
    """A place left, a waiting list or an interview first lets in; full does not."""
    status, places = s.rows["availability"], s.rows["places"]
    full = (status == AVAILABILITIES.index("none")) | (
        (status == AVAILABILITIES.index("capacity")) & (places == 0)
    )
    return verdicts(~full, status != AVAILABILITIES.index("unknown"))


def _evidence_places(p: Seen) -> tuple[str, Any]:
    return "availability", {
        "status": AVAILABILITIES[p["availability"]],
        "places": shown_number(p["places"]),
        "said_at": shown_date(p["said_day"]),
    }


RULES: tuple[Rule, ...] = (
    Rule("windows", always, _judge_windows, _evidence_windows, _change_windows),
    Rule(
        "minutes",
        lambda a: a.limits.minutes is not None,
        _judge_minutes,
        _evidence_minutes,
        _change_minutes,
    ),
    Rule(
        "sessions_per_week",
        lambda a: a.limits.sessions_per_week is not None,
        at_most("min_per_week", lambda a: a.limits.sessions_per_week),
        shows("min_per_week", shown_number),
        _change_per_week,
        reads=("min_per_week",),
    ),
    Rule(
        "places",
        always,
        _judge_places,
        _evidence_places,
        says("places"),
        reads=(
            "availability",
            "places",
            "said_day",
        ),
    ),
)
