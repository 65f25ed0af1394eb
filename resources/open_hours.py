"""When in a usual week gathering places are open: what there is, by part of the day."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from resources import schedules
from resources.clock import JAPAN
from resources.days import DAYS
from resources.models import Location, Offering, Resource

WEEKS = 4
"""So many weeks are looked at: a second and fourth Tuesday is then half a session a week."""

LEAST_MINUTES = 30
"""A place that is open for less of the hours asked for is of no use in them."""


class BadHours(ValueError):
    """Days or hours that can't be asked for; the message says which and how to write them."""


@dataclass(frozen=True)
class Hours:
    """Some hours on some days of the week.

    days : of mon … sun
    start, end : minutes from midnight
    """

    days: tuple[str, ...] = DAYS[:5]
    start: int = 13 * 60
    end: int = 17 * 60

    def __post_init__(self) -> None:
        if not self.days or not set(self.days) <= set(DAYS):
            raise BadHours(f"days are some of {', '.join(DAYS)}")
        if not 0 <= self.start < self.end <= 1440:
            raise BadHours("hours are written 13:00-17:00, the earlier first")

    @classmethod
    def parse(cls, days: str, hours: str) -> "Hours":
        """Read "mon,tue,sat" and "13:00-17:00"; raise `BadHours`."""
        chosen = [day.strip() for day in days.split(",")]
        try:
            start, end = (_minutes(part) for part in hours.split("-"))
        except ValueError:
            raise BadHours("hours are written 13:00-17:00, the earlier first") from None
        return cls(tuple(day for day in DAYS if day in chosen) if set(chosen) <= set(DAYS) else (),
                   start, end)  # fmt: skip


def _minutes(text: str) -> int:
    hour, minute = text.strip().split(":")
    if not (hour.isdigit() and minute.isdigit() and int(minute) < 60):
        raise ValueError(text)
    return int(hour) * 60 + int(minute)


@dataclass(frozen=True)
class OpenPlace:
    """A gathering place with its point.

    hours_a_week : within the hours asked for, on average; None where its hours aren't known
    """

    offering: uuid.UUID
    name: str
    kind: str
    lon: float
    lat: float
    hours_a_week: float | None
    invented: bool


def open_places(
    session: Session, *, kinds: Collection[str], need: str | None, hours: Hours, from_day: date
) -> list[OpenPlace]:
    """Return published places with a public point, of some kinds, with their hours a week.

    A place that only the team may know, or nobody, is never among them: a table of gaps is made
    to be shown.

    need : only places that say they answer it; those that say nothing of needs stay
    """
    statement = (
        select(
            Offering.id, Offering.schedule, Offering.ends_on,
            Resource.name, Resource.kind, Resource.needs, Resource.invented,
            Location.lon, Location.lat,
        )
        .join(Resource, Offering.resource_id == Resource.id)
        .join(Location, Offering.location_id == Location.id)
        .where(
            Resource.status == "published",
            Resource.kind.in_(sorted(kinds)),
            Location.visibility == "public",
            Location.lon.is_not(None),
        )
        .order_by(Offering.id)
    )  # fmt: skip
    places = []
    for offering, schedule, ends_on, name, kind, needs, invented, lon, lat in session.execute(
        statement
    ):
        if need is None or needs is None or need in needs:
            open_for = _hours_a_week(schedule, ends_on, hours, from_day)
            places.append(OpenPlace(offering, name, kind, lon, lat, open_for, invented))
    return places


def _hours_a_week(
    schedule: dict[str, Any] | None, ends_on: date | None, hours: Hours, from_day: date
) -> float | None:
    if schedule is None:
        return None
    midnight = datetime.combine(from_day, time(0), JAPAN)
    minutes = 0.0
    for held in schedules.next_sessions(schedules.from_json(schedule), midnight, days=7 * WEEKS):
        day = held.start.date()
        if DAYS[day.weekday()] not in hours.days or (ends_on is not None and day > ends_on):
            continue
        start = datetime.combine(day, time(0), JAPAN) + timedelta(minutes=hours.start)
        end = start + timedelta(minutes=hours.end - hours.start)
        shared = (min(held.end, end) - max(held.start, start)).total_seconds() / 60
        minutes += shared if shared >= LEAST_MINUTES else 0.0
    return minutes / 60 / WEEKS


def points_of_places(places: list[OpenPlace]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the longitudes and latitudes of places, (n,) and (n,) degrees, WGS 84."""
    return (
        np.array([p.lon for p in places], np.float64),
        np.array([p.lat for p in places], np.float64),
    )
