"""Reads HSDS schedules into our own, where every part of them can be said by it; else not at all.

A schedule that is read wrong sends somebody to a closed door: whatever isn't understood leaves the
hours unknown, and the words stay.
"""

import re
from datetime import date
from typing import Any

from resources.days import DAYS
from resources.hsds.values import Reader
from resources.recurrence import DAY_CODES, UTC_OFFSET_HOURS
from resources.schedules import BadSchedule, clock_text, from_json, to_json

Json = dict[str, Any]

_NAMES = {code: day for day, code in DAY_CODES.items()}
_CLOCK = re.compile(r"(\d\d):(\d\d)(?::00(?:\.0+)?)?(Z|[+-]\d\d:\d\d)?")
_NTH = re.compile(r"(-?\d)(MO|TU|WE|TH|FR|SA|SU)")
_NOT_SAID = ("byweekno", "byyearday", "count", "until")
"""Parts that our schedules have no word for."""


def read_schedules(entries: list[Json], reader: Reader, today: date) -> Json:
    """Return the facts of an offering that its schedules state: hours, words, the last day."""
    facts: Json = {}
    words = [w for e in entries if (w := reader.text(e, "description", 2000))]
    if words:
        facts["schedule_text"] = "、".join(dict.fromkeys(words))[:2000]
    last = {reader.day(e, "valid_to") for e in entries}
    if len(last) == 1 and (day := last.pop()) is not None:
        facts["ends_on"] = day.isoformat()
    begun = all(_has_begun(e, reader, today) for e in entries)
    rules = [_rule(e) if begun else None for e in entries]
    if rules and all(rules):
        try:
            facts["schedule"] = to_json(from_json({"rules": rules, "closed": []}))
        except BadSchedule:
            facts.pop("schedule", None)
    return facts


def _rule(entry: Json) -> Json | None:
    """Return one entry as a rule; None where something in it can't be said so."""
    hours = _hours(entry)
    if hours is None or any(entry.get(name) not in (None, "") for name in _NOT_SAID):
        return None
    # Notes, such as closings, can't be read: the rule alone would say too much.
    if entry.get("notes") or entry.get("interval") not in (None, 1):
        return None
    days = _weekly(entry) if entry.get("freq") == "WEEKLY" else _monthly(entry)
    return None if days is None else {**days, **hours}


def _has_begun(entry: Json, reader: Reader, today: date) -> bool:
    first = [reader.day(entry, name) for name in ("valid_from", "dtstart")]
    return all(day is None or day <= today for day in first)


def _hours(entry: Json) -> Json | None:
    if entry.get("timezone") not in (None, UTC_OFFSET_HOURS):
        return None
    opens, closes = _minutes(entry.get("opens_at")), _minutes(entry.get("closes_at"))
    if opens is None or closes is None or opens == closes:
        return None
    if closes < opens:
        closes += 1440  # after midnight
    return {"from": clock_text(opens), "to": clock_text(closes)}


def _minutes(text: Any) -> int | None:
    """Return minutes from midnight in Japan; without an offset the hours are the place's own."""
    match = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    if match is None or match[3] not in (None, f"+{UTC_OFFSET_HOURS:02d}:00"):
        return None
    hours, minutes = int(match[1]), int(match[2])
    return hours * 60 + minutes if hours < 24 and minutes < 60 else None


def _parts(entry: Json, name: str) -> list[str]:
    value = entry.get(name)
    return [p.strip() for p in value.split(",")] if isinstance(value, str) and value else []


def _weekly(entry: Json) -> Json | None:
    days = _parts(entry, "byday")
    if not days or entry.get("bymonthday") or not set(days) <= set(_NAMES):
        return None
    return {"days": sorted((_NAMES[d] for d in days), key=DAYS.index)}


def _monthly(entry: Json) -> Json | None:
    if entry.get("freq") != "MONTHLY":
        return None
    days, numbers = _parts(entry, "byday"), _parts(entry, "bymonthday")
    if bool(days) == bool(numbers):
        return None
    if numbers:
        if not all(n.isascii() and n.isdigit() and 1 <= int(n) <= 31 for n in numbers):
            return None
        return {"month_days": sorted({int(n) for n in numbers})}
    found = [_NTH.fullmatch(d) for d in days]
    pairs = {(int(m[1]), _NAMES[m[2]]) for m in found if m}
    nth, names = {n for n, _ in pairs}, {d for _, d in pairs}
    # Only where each of the days has each of the numbers is it one rule.
    if None in found or len(pairs) != len(nth) * len(names) or not nth <= {1, 2, 3, 4, 5, -1}:
        return None
    return {"days": sorted(names, key=DAYS.index), "nth": sorted(nth)}
