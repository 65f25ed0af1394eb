"""Work by the clock: what is done when, and after what. One table."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from jobs.dialects import now_of
from jobs.ledger import enqueue
from jobs.models import Job, Tick
from jobs.settings import Settings
from resources.clock import JAPAN
from resources.upsert import insert_into

# A day of Japan's calendar begins here; Japan keeps one offset all year.
_ORIGIN = datetime(2000, 1, 1, tzinfo=JAPAN)


@dataclass(frozen=True)
class Periodic:
    """A kind of job that is done again and again.

    every, at : at this time of day in Japan, and again after each `every`
    follows : kinds of which none may be waiting or running when this one is asked for
    """

    kind: str
    every: timedelta
    at: timedelta = timedelta(0)
    follows: tuple[str, ...] = ()

    def due_at(self, now: datetime) -> datetime:
        """Return the latest time at which it was due: what was missed is caught up once."""
        passed = (now - _ORIGIN - self.at) // self.every
        return (_ORIGIN + self.at + passed * self.every).astimezone(UTC)


DAY = timedelta(days=1)
WEEK = timedelta(days=7)


def schedule_of(settings: Settings) -> tuple[Periodic, ...]:
    """Return the table: in the order in which one follows the other."""
    refresh_every = timedelta(hours=max(settings.refresh_hours, 1))
    return (
        Periodic("expire", DAY, timedelta(minutes=10), ("import_file",)),
        Periodic("expire_holds", timedelta(minutes=5)),
        Periodic("tell_places", DAY, timedelta(minutes=1)),
        Periodic("place_locations", DAY, timedelta(minutes=20), ("import_file",)),
        Periodic(
            "refresh_all",
            refresh_every,
            timedelta(minutes=30),
            ("import_file", "expire", "place_locations"),
        ),
        Periodic("build_index", timedelta(minutes=30), follows=("import_file", "place_locations")),
        Periodic("compare_entries", DAY, timedelta(minutes=50), ("import_file",)),
        Periodic("fit_waiting", timedelta(hours=1), timedelta(minutes=40), ("import_file",)),
        Periodic("tell_stalled", DAY, timedelta(hours=7)),
        Periodic("tell_contacts", DAY, timedelta(hours=7)),
        Periodic("tell_ask_again", DAY, timedelta(hours=7)),
        # The calendar that this counts from began on a Saturday: Mondays.
        Periodic("remind_verifications", WEEK, timedelta(days=2, hours=7), ("import_file",)),
        Periodic(
            "report_gaps", WEEK, timedelta(days=2, hours=6), ("import_file", "place_locations")
        ),
        Periodic("propose_destruction", DAY, timedelta(hours=4)),
        Periodic("count_hosts", DAY, timedelta(hours=1)),
        Periodic("learn_outcomes", 7 * DAY, timedelta(hours=4)),
        Periodic("seal_audit", timedelta(minutes=5)),
        Periodic("read_sources", timedelta(minutes=5)),
        Periodic("forget_old_jobs", DAY, timedelta(hours=3)),
        *((Periodic("backup", DAY, timedelta(hours=2)),) if settings.backup_folder else ()),
    )


def unseen(session: Session, table: Iterable[Periodic]) -> list[Periodic]:
    """Return what is due and has not been asked for; a read only."""
    now = now_of(session)
    return [p for p in table if session.get(Tick, (p.kind, p.due_at(now))) is None]


def tick(session: Session, table: Iterable[Periodic]) -> list[uuid.UUID]:
    """Ask for what is due; any number of schedulers may do so at once, one of them succeeds."""
    now = now_of(session)
    asked = []
    for periodic in table:
        if _is_busy(session, periodic.follows):
            continue
        due_at = periodic.due_at(now)
        won = session.execute(
            insert_into(session, Tick)
            .values(schedule=periodic.kind, due_at=due_at)
            .on_conflict_do_nothing(index_elements=[Tick.schedule, Tick.due_at])
            .returning(Tick.schedule)
        ).one_or_none()
        if won is None:
            continue
        job_id = enqueue(session, periodic.kind, dedupe_key=periodic.kind)
        session.execute(
            update(Tick)
            .where(Tick.schedule == periodic.kind, Tick.due_at == due_at)
            .values(job_id=job_id)
            .execution_options(synchronize_session=False)
        )
        asked.append(job_id)
    return asked


def _is_busy(session: Session, kinds: tuple[str, ...]) -> bool:
    if not kinds:
        return False
    live = select(Job.id).where(Job.kind.in_(kinds), Job.state.in_(("ready", "running")))
    return session.scalar(live.limit(1)) is not None
