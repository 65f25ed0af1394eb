"""A source outside for one offering, proposed and allowed as people do, and read as jobs do."""

import json
import uuid
from datetime import date, datetime, timedelta
from typing import Any

from outside import Host, answer
from sqlalchemy import func, select, update

from casework import outside
from casework.access import Actor
from jobs.listing import job_shown
from jobs.program import Program
from jobs.reading_sources import ask_for_source
from jobs.runtime import run_one
from resources import clock
from resources.clock import JAPAN
from resources.commands import set_availability
from resources.models import Change, Offering
from resources.outside.commands import propose_source
from resources.outside.models import OutsideItem, OutsideSource

ADMIN = Actor(uuid.uuid4(), "keeper", "administrator", None)


def today() -> date:
    """Return the day as it is now: a run of tests may begin before midnight and end after it."""
    return clock.today()


def week_ago() -> date:
    return today() - timedelta(days=7)


class Source:
    """What a test says in the source's place, and what came of it here."""

    def __init__(
        self, program: Program, host: Host, offering: uuid.UUID, kind: str, item: str = "s1"
    ) -> None:
        self.program, self.host, self.offering = program, host, offering
        with program.database.writing(by="test") as session:
            self.id = propose_source(
                session,
                resource_id=session.get_one(Offering, offering).resource_id,
                kind=kind,
                url=host.url("/data"),
                items={offering: item},
                by="user:coordinator",
                loopback=True,
            ).id
            outside.allow_host(session, origin=host.origin, by=ADMIN, loopback=True)
            outside.decide_source(session, source_id=self.id, decision="allow", by=ADMIN)

    def says(self, body: Any, *headers: str, path: str = "/data") -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "text/calendar" if raw.startswith(b"BEGIN:VCALENDAR") else "application/json"
        self.host.answers[path] = answer(raw, "200 OK", kind, *headers)

    def is_read(self) -> str:
        """Read it as the job does; return what the job said."""
        with self.program.database.writing(by="test") as session:
            self.job = ask_for_source(session, self.id)
        assert run_one(self.program, self.job)
        with self.program.database.reading() as session:
            job = job_shown(session, self.job)
        assert job is not None
        assert job.state == "done", job
        return str(job.said)

    @property
    def row(self) -> OutsideSource:
        with self.program.database.reading() as session:
            return session.get_one(OutsideSource, self.id)

    @property
    def item(self) -> OutsideItem:
        with self.program.database.reading() as session:
            return session.scalars(select(OutsideItem)).one()

    @property
    def availability(self) -> tuple[str, int | None, date | None, str | None]:
        with self.program.database.reading() as session:
            o = session.get_one(Offering, self.offering)
            return o.availability, o.places, o.availability_said_on, o.availability_said_by

    def changes(self) -> int:
        with self.program.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Change)) or 0

    def forgets_where_it_was(self) -> None:
        with self.program.database.writing(by="test") as session:
            session.execute(update(OutsideSource).values(cursor=None))

    def staff_say(self, status: str, places: int | None, on: date, by: str = "staff") -> None:
        with self.program.database.writing(by="test") as session:
            set_availability(
                session,
                offering_id=self.offering,
                status=status,
                places=places,
                said_by=by,
                said_on=on,
                by="test",
            )


def hsds(available: Any, on: date | None = None, maximum: Any = 10) -> dict[str, Any]:
    capacity = {
        "id": "c",
        "unit": {"id": "u", "name": "person"},
        "available": available,
        "maximum": maximum,
        "updated": f"{on or week_ago()}T09:00:00+09:00",
    }
    return {"id": "s1", "capacities": [capacity]}


def ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, 12, tzinfo=JAPAN).timestamp() * 1000)


def updated(own: str, kind: str, data: dict[str, Any], on: date | None = None) -> dict[str, Any]:
    modified = ms(on or week_ago())
    return {"state": "updated", "kind": kind, "id": own, "modified": modified, "data": data}


def held(own: str, days: int, left: int | None, on: date | None = None) -> dict[str, Any]:
    """Return a session of the series in so many days."""
    starts = (clock.now_in_japan() + timedelta(days=days)).isoformat(timespec="seconds")
    data: dict[str, Any] = {"superEvent": "series", "startDate": starts}
    if left is not None:
        data |= {"remainingAttendeeCapacity": left, "maximumAttendeeCapacity": 8}
    return updated(own, "ScheduledSession", data, on)


def gone(own: str, kind: str = "ScheduledSession") -> dict[str, Any]:
    return {"state": "deleted", "kind": kind, "id": own, "modified": ms(today())}


def feed(source: Source, path: str, *items: dict[str, Any], following: str = "/end") -> None:
    source.says({"next": source.host.url(following), "items": list(items)}, path=path)


def series() -> dict[str, Any]:
    return updated("7", "SessionSeries", {"@id": "series", "maximumAttendeeCapacity": 8})
