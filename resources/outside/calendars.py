"""The sessions in an iCalendar file (RFC 5545): which take place, and which are called off.

A calendar says nothing of free places, and none are guessed from it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Calendar, Event, vRecur

from resources.clock import JAPAN
from resources.outside.said import DatedSession, Unreadable

TYPES = ("text/calendar",)

WHOLE = "*"
"""Instead of an event's UID: every event of the calendar is about the offering."""

DAYS_AHEAD = 56
MOST_EVENTS = 5_000
MOST_SESSIONS = 400
OLDEST = timedelta(days=20 * 366)

MOST_RULES = 50

READ_PARTS = {
    "DAILY": {"BYDAY"},
    "WEEKLY": {"BYDAY"},
    "MONTHLY": {"BYDAY", "BYMONTHDAY", "BYSETPOS"},
    "YEARLY": {"BYDAY", "BYMONTHDAY", "BYMONTH"},
}
"""What calendars of people write. A rule that never comes about is looked for until the year 9999,
so combinations that make such a search long are not read."""

ANY_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}


@dataclass(frozen=True)
class _Times:
    start: datetime
    length: timedelta
    all_day: bool


def read_calendar(body: bytes, uid: str, *, now: datetime) -> list[DatedSession]:
    """Return the sessions of eight weeks that a calendar has, in order.

    uid : of the event (a series has one), or `WHOLE`
    Raises `Unreadable`: `not_a_calendar`, `too_many_events`, `no_such_item`, or `unread_rule` for a
    recurrence that isn't understood, since half of a calendar would be a wrong one.
    """
    try:
        return _sessions(_events(body), uid, now)
    except Unreadable:
        raise
    except (ValueError, TypeError, ArithmeticError, AttributeError):
        # Dates beyond the calendar's end, values of another type than their property has …
        raise Unreadable("not_a_calendar") from None


def _sessions(events: list[Event], uid: str, now: datetime) -> list[DatedSession]:
    wanted = [e for e in events if uid in (WHOLE, str(e.get("UID", "")))]
    if not wanted and uid != WHOLE:
        raise Unreadable("no_such_item")
    if sum("RRULE" in e for e in wanted) > MOST_RULES:
        raise Unreadable("too_many_events")
    moved: dict[tuple[str, datetime], Event] = {}
    for event in wanted:
        if "RECURRENCE-ID" in event:
            moved[str(event.get("UID")), _aware(_value(event, "RECURRENCE-ID"))[0]] = event
    window = (now - timedelta(days=1), now + timedelta(days=DAYS_AHEAD))
    found: dict[str, DatedSession] = {}
    for event in wanted:
        for start in _starts(event, window):
            instead = moved.get((str(event.get("UID")), start))
            if instead is None or event is instead:
                session = _session(event, start)
                if session.starts_at is not None and window[0] <= session.starts_at <= window[1]:
                    found[session.key] = session
        if len(found) > MOST_SESSIONS:
            raise Unreadable("too_many_events")
    return sorted(found.values(), key=lambda s: (str(s.starts_at), s.key))


def _events(body: bytes) -> list[Event]:
    if body.count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise Unreadable("too_many_events")
    try:
        calendar = Calendar.from_ical(body)
        events = [e for e in calendar.walk("VEVENT") if isinstance(e, Event) and "DTSTART" in e]
    # The library raises many kinds for what is no calendar; none of them is ours to tell apart.
    except Exception:
        raise Unreadable("not_a_calendar") from None
    if calendar.name != "VCALENDAR":
        raise Unreadable("not_a_calendar")
    return events


def _starts(event: Event, window: tuple[datetime, datetime]) -> Iterator[datetime]:
    times = _times(event)
    if "RECURRENCE-ID" in event:
        yield times.start
        return
    out = {_aware(d)[0] for d in _dates(event.get("EXDATE"))}
    starts = {times.start, *(_aware(d)[0] for d in _dates(event.get("RDATE")))}
    if "RRULE" in event:
        starts |= set(_repeated(event["RRULE"], times.start, window))
    yield from sorted(starts - out)


def _repeated(rule: Any, start: datetime, window: tuple[datetime, datetime]) -> Iterator[datetime]:
    """Return the starts of a series up to the window's end; the rule's clock is the event's own."""
    if not isinstance(rule, vRecur) or window[0] - start > OLDEST:
        raise Unreadable("unread_rule")  # two rules at once, or one from another time
    if any(n < 1 for name in ("INTERVAL", "COUNT") for n in rule.get(name, [])):
        raise Unreadable("unread_rule")  # a step of nothing would never end
    known = READ_PARTS.get(str(rule.get("FREQ", [""])[0]))
    if known is None or set(rule) - known - ANY_PARTS:
        raise Unreadable("unread_rule")
    zone = start.tzinfo
    last = window[1].astimezone(zone).replace(tzinfo=None)
    for until in rule.get("UNTIL", []):
        last = min(last, _on_the_clock(until, zone))
    # Always with an end, so that no rule can run for ever; the count is taken from what it gives.
    parts = {k: v for k, v in rule.items() if k not in ("UNTIL", "COUNT")} | {"UNTIL": [last]}
    try:
        text = vRecur(parts).to_ical().decode()  # type: ignore[no-untyped-call]
        dates = rrulestr(text, dtstart=start.replace(tzinfo=None))
        count = int(rule["COUNT"][0]) if "COUNT" in rule else None
        for day in islice(dates, count):
            yield day.replace(tzinfo=zone)
    except (ValueError, TypeError, OverflowError, IndexError):
        raise Unreadable("unread_rule") from None


def _on_the_clock(value: date, zone: tzinfo | None) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, time(23, 59, 59))
    return (value.astimezone(zone) if value.tzinfo else value).replace(tzinfo=None)


def _session(event: Event, start: datetime) -> DatedSession:
    times = _times(event)
    uid = str(event.get("UID", ""))[:200]
    return DatedSession(
        key=f"{uid}#{start.astimezone(JAPAN):%Y%m%dT%H%M}",
        item_key=uid,
        starts_at=start.astimezone(JAPAN),
        ends_at=(start + times.length).astimezone(JAPAN),
        cancelled=str(event.get("STATUS", "")).upper() == "CANCELLED",
    )


def _times(event: Event) -> _Times:
    start, all_day = _aware(_value(event, "DTSTART"))
    length = timedelta(days=1) if all_day else timedelta(0)
    if "DTEND" in event:
        length = _aware(_value(event, "DTEND"))[0] - start
    elif "DURATION" in event:
        said = _value(event, "DURATION")
        length = said if isinstance(said, timedelta) else length
    return _Times(start, max(length, timedelta(0)), all_day)


def _value(event: Event, name: str) -> Any:
    """Return the value of a property; the library types it as any of thirty kinds."""
    return getattr(event[name], "dt", None)


def _aware(value: Any) -> tuple[datetime, bool]:
    """Return a moment and whether it is a whole day; without a zone it is Japan's time."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=JAPAN)), False
    if isinstance(value, date):
        return datetime.combine(value, time(0), JAPAN), True
    raise Unreadable("not_a_calendar")


def _dates(value: Any) -> Iterator[Any]:
    for part in value if isinstance(value, list) else [value]:
        yield from (d.dt for d in getattr(part, "dts", ()))
