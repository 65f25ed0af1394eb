"""Work that the clock asks for, and work that a change asks for."""

import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from jobs.following import follow_changes, is_behind
from jobs.ledger import enqueue
from jobs.models import Job, Tick
from jobs.program import Program
from jobs.runtime import run_pending, tend
from jobs.schedule import Periodic, schedule_of, tick, unseen
from jobs.settings import Settings
from jobs.tasks import TASKS
from resources import clock
from resources.clock import JAPAN
from resources.commands import set_availability
from resources.database import Database
from resources.derived import OfferingState

Register = Callable[..., uuid.UUID]
NIGHTLY = Periodic("refresh_all", timedelta(days=1), timedelta(minutes=30), ("expire",))


def kinds(database: Database) -> list[str]:
    with database.reading() as session:
        return sorted(session.scalars(select(Job.kind).where(Job.state == "ready")))


def test_a_nightly_job_is_due_at_its_time_of_day_in_japan() -> None:
    at_noon = datetime(2026, 12, 1, 12, tzinfo=JAPAN)
    assert NIGHTLY.due_at(at_noon) == datetime(2026, 12, 1, 0, 30, tzinfo=JAPAN)
    before = datetime(2026, 12, 1, 0, 29, tzinfo=JAPAN)
    assert NIGHTLY.due_at(before) == datetime(2026, 11, 30, 0, 30, tzinfo=JAPAN)


def test_what_was_missed_for_weeks_is_caught_up_once(database: Database) -> None:
    with database.writing(by="test") as session:
        long_ago = NIGHTLY.due_at(clock.now() - timedelta(days=30))
        session.add(Tick(schedule="refresh_all", due_at=long_ago))
    for _ in range(3):
        with database.writing(by="test") as session:
            tick(session, [NIGHTLY])
    assert kinds(database) == ["refresh_all"]


def test_three_schedulers_at_once_make_one_job(database: Database) -> None:
    together = threading.Barrier(3)

    def schedule() -> None:
        together.wait()
        with database.writing(by="test") as session:
            tick(session, [NIGHTLY])

    threads = [threading.Thread(target=schedule) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 1
        assert session.scalar(select(func.count()).select_from(Tick)) == 1
        assert unseen(session, [NIGHTLY]) == []


def test_without_the_row_of_the_time_each_scheduler_would_make_a_job(database: Database) -> None:
    for _ in range(3):  # naive: each looks at the clock and asks
        with database.writing(by="test") as session:
            enqueue(session, "refresh_all")
    assert len(kinds(database)) == 3


def test_the_refresh_waits_for_what_it_must_follow(database: Database) -> None:
    with database.writing(by="test") as session:
        enqueue(session, "expire", run_after=clock.now() + timedelta(hours=1))
        assert tick(session, [NIGHTLY]) == []
    with database.writing(by="test") as session:
        session.execute(Job.__table__.update().values(state="done"))  # type: ignore[attr-defined]
        assert len(tick(session, [NIGHTLY])) == 1


@pytest.mark.parametrize("hours", [1, 6, 24])
def test_every_scheduled_name_is_a_task_and_follows_tasks(hours: int) -> None:
    for periodic in schedule_of(Settings(refresh_hours=hours)):
        assert periodic.kind in TASKS
        assert set(periodic.follows) <= set(TASKS)


def test_a_registered_place_asks_for_its_refresh_and_comparison_once(
    program: Program, register: Register
) -> None:
    register(location={"address": "東京都豊島区南大塚3-41-12"})
    with program.database.reading() as session:
        assert is_behind(session)
    for _ in range(2):
        with program.database.writing(by="job") as session:
            follow_changes(session)
    assert kinds(program.database) == ["compare_entries", "place_locations", "refresh_changed"]
    with program.database.reading() as session:
        assert not is_behind(session)


def test_a_change_is_refreshed_by_the_next_run(program: Program, register: Register) -> None:
    offering = register()
    run_pending(program)
    with program.database.writing(by="user") as session:
        set_availability(
            session, offering_id=offering, status="capacity", places=2, said_by="host",
            said_on=clock.today(), by="user",
        )  # fmt: skip
    run_pending(program)
    with program.database.reading() as session:
        state = session.get(OfferingState, offering)
        assert state is not None
        assert (state.availability, state.places) == ("capacity", 2)


def test_two_followers_of_the_log_at_once_ask_once(program: Program, register: Register) -> None:
    for _ in range(3):
        register()
    together = threading.Barrier(4)
    asked = []

    def follow() -> None:
        together.wait()
        with program.database.writing(by="job") as session:
            asked.append(follow_changes(session))

    threads = [threading.Thread(target=follow) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with program.database.writing(by="job") as session:
        follow_changes(session)
    assert kinds(program.database) == ["compare_entries", "refresh_changed"]


def test_looking_after_the_ledger_twice_asks_for_nothing_new(program: Program) -> None:
    tend(program)
    first = kinds(program.database)
    tend(program)
    assert kinds(program.database) == first
    assert "expire" in first
