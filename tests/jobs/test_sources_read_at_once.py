"""Two workers that read one source at the same time have one effect together."""

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from outside import Host, answer, host_outside
from read_outside import Source, hsds, today
from sqlalchemy import func, select

from jobs.fetching import Fetcher
from jobs.program import Program
from jobs.reading_sources import read_from_outside, read_one
from resources import clock
from resources.models import Change
from resources.outside.hearing import hear
from resources.outside.models import OutsideSource
from resources.outside.reading import to_ask

Register = Callable[..., uuid.UUID]
Worker = Callable[[Program, Source, threading.Barrier], None]


@pytest.fixture
def program(program: Program) -> Program:
    return replace(program, settings=replace(program.settings, sources_loopback=True))


@pytest.fixture
def host() -> Iterator[Host]:
    with host_outside() as made:
        yield made


def as_jobs_do(program: Program, source: Source, both_have_read: threading.Barrier) -> None:
    job: Any = type("Job", (), {"subject": str(source.id), "kind": "read_source"})
    store = read_from_outside(program, job)
    assert store is not None
    both_have_read.wait(20)
    with program.database.writing(by="test") as session:
        store(program, session, job)


def naively(program: Program, source: Source, both_have_read: threading.Barrier) -> None:
    """Store what was read, whoever has read the source meanwhile."""
    with program.database.reading() as session:
        asked = to_ask(session, source.id, now=clock.now())
    assert asked is not None
    reading = read_one(Fetcher(asked.origins, loopback=True), asked, now=clock.now())
    both_have_read.wait(20)
    with program.database.writing(by="test") as session:
        now = session.get_one(OutsideSource, source.id, with_for_update=True).tried_at
        hear(
            session, asked=replace(asked, tried_at=now), reading=reading,
            every=timedelta(hours=6), now=clock.now(), by="job:read_source",
        )  # fmt: skip


def told(program: Program) -> int:
    with program.database.reading() as session:
        statement = select(func.count()).select_from(Change)
        return session.scalar(statement.where(Change.by == "job:read_source")) or 0


def at_once(program: Program, source: Source, work: Worker) -> None:
    both_have_read = threading.Barrier(2)
    with ThreadPoolExecutor(2) as workers:
        for done in [workers.submit(work, program, source, both_have_read) for _ in range(2)]:
            done.result()


@pytest.mark.parametrize(("work", "effects"), [(as_jobs_do, 1), (naively, 2)])
def test_two_that_read_at_once_write_once_and_those_who_do_not_look_write_twice(
    program: Program, register: Register, host: Host, work: Worker, effects: int
) -> None:
    source = Source(program, host, register(), "hsds")
    counted = iter((5, 4))
    lock = threading.Lock()

    def each_time_another(connection: Any) -> None:
        with lock:
            left = next(counted)
        answer(json.dumps(hsds(left, today())).encode())(connection)

    host.answers["/data"] = each_time_another
    at_once(program, source, work)
    assert len(host.asked) == 2
    assert told(program) == effects
    assert source.availability[1] in (4, 5)


@pytest.mark.parametrize(("work", "failures"), [(as_jobs_do, 1), (naively, 2)])
def test_two_that_fail_at_once_count_as_one_failure(
    program: Program, register: Register, host: Host, work: Worker, failures: int
) -> None:
    source = Source(program, host, register(), "hsds")
    host.answers["/data"] = answer(b"", "500 Oh")
    at_once(program, source, work)
    assert source.row.failures == failures
