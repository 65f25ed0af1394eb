"""The sessions of an offering as an iCalendar file (RFC 5545), for calendars on phones and desks.

Each session is an event of its own: days that public holidays and the turn of the year take out or
move can't be said by a recurrence rule that every calendar understands.
"""

from datetime import datetime, timedelta

from icalendar import Calendar, Event

from resources.queries import Entry
from resources.schedules import from_json, next_sessions

PRODUCT = "-//Ibasho//JA"
WEEKS = 26


def calendar_of(entries: list[Entry], after: datetime, *, weeks: int = WEEKS) -> bytes:
    """Return the sessions of some offerings in the weeks after a moment.

    after : aware. An offering whose schedule isn't known, or that isn't published, has no events.
    Nothing tells where a place is that isn't public. Raises `BadSchedule`.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    for entry in entries:
        if entry.offering.schedule is None or entry.resource.status != "published":
            continue
        sessions = next_sessions(from_json(entry.offering.schedule), after, days=7 * weeks)
        last_day = entry.offering.ends_on
        for session in sessions:
            if last_day is None or session.start.date() <= last_day:
                event = _event(entry, session.start, session.end)
                # On a public holiday of which the place says nothing: ask before going.
                event.add("status", "TENTATIVE" if session.uncertain else "CONFIRMED")
                calendar.add_component(event)
    calendar.add_missing_timezones(
        first_date=after.date() - timedelta(days=1), last_date=after.date() + timedelta(weeks=weeks)
    )
    return bytes(calendar.to_ical())


def _event(entry: Entry, start: datetime, end: datetime) -> Event:
    offering, resource, place = entry.offering, entry.resource, entry.location
    event = Event()
    # The same session keeps its id from one export to the next, so a calendar replaces it.
    event.add("uid", f"{offering.id}-{start:%Y%m%dT%H%M}@ibasho")
    event.add("dtstamp", offering.edited_at)
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", f"（架空）{resource.name}" if resource.invented else resource.name)
    if offering.schedule_text:
        event.add("description", offering.schedule_text)
    if place is not None and place.visibility == "public" and place.address:
        event.add("location", place.address)
    if resource.url:
        event.add("url", resource.url)
    return event
