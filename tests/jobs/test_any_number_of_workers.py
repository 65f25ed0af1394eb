"""Work in pieces: whoever takes them, how many there are, and who is lost, the answer is the same."""

import hashlib
import json
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

import jobs.tasks
from jobs.dialects import now_of
from jobs.ledger import claim, enqueue
from jobs.models import Job
from jobs.program import Program
from jobs.runtime import run_one
from jobs.schema import upgrade
from jobs.sent_files import keep_to_import
from resources import clock
from resources.database import Database
from resources.derived import OfferingState
from resources.importing import import_opendata
from resources.models import Location, Offering, Resource
from resources.refresh import refresh_offerings
from resources.vocabulary import default_vocabulary

TOWNS, ROWS = 7, 9
HEAD = "都道府県名,市区町村名,NO,名称,住所,緯度,経度,利用可能曜日,開始時間,終了時間\n"


def table(town: int) -> bytes:
    """Return the list that one town publishes."""
    rows = [
        f"東京都,架空{town}市,{n},架空{town}の{n}番,東京都架空{town}市{n},"
        f"35.7{n},139.7{town},月水,09:00,1{n}:00"
        for n in range(ROWS)
    ]
    return (HEAD + "\n".join(rows) + "\n").encode()


def everything(database: Database) -> str:
    """Return a digest of the catalogue and of what was worked out of it, without ids."""
    columns = (
        Resource.name, Location.address, Location.lon, Offering.schedule,
        OfferingState.sessions_in_8_weeks, OfferingState.availability, OfferingState.confidence,
    )  # fmt: skip
    with database.reading() as session:
        rows = session.execute(
            select(*columns)
            .join(Offering, Offering.resource_id == Resource.id)
            .join(Location, Offering.location_id == Location.id)
            .join(OfferingState, OfferingState.offering_id == Offering.id)
        ).all()
    assert len(rows) == TOWNS * ROWS
    told = sorted(json.dumps(list(row), ensure_ascii=False, sort_keys=True) for row in rows)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def worker_that_dies(program: Program) -> None:
    """Take a job and never be heard of again: what `kill -9` leaves in the ledger."""
    with program.database.writing(by="worker") as session:
        job = session.scalar(select(Job.id).where(Job.state == "ready").limit(1))
        assert job is not None
        assert claim(session, job_id=job, kinds=jobs.tasks.TASKS, lease_seconds=60) is not None
    with program.database.writing(by="test") as session:
        gone = now_of(session) - timedelta(seconds=1)
        session.execute(update(Job).where(Job.id == job).values(lease_until=gone))


def all_done_by(program: Program, workers: int, deaths: int) -> None:
    for _ in range(deaths):
        worker_that_dies(program)

    def work() -> None:
        while run_one(program):
            pass

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    with program.database.reading() as session:
        assert set(session.scalars(select(Job.state))) == {"done"}


@pytest.fixture
def plainly(tmp_path: Path) -> str:
    """Return what comes out where one process does all of it at once, without any job."""
    database = Database(f"sqlite:///{tmp_path / 'plain.sqlite3'}")
    upgrade(database)
    with database.writing(by="test") as session:
        for town in range(TOWNS):
            path = tmp_path / f"town{town}.csv"
            path.write_bytes(table(town))
            import_opendata(session, path, by="test")
    with database.writing(by="test") as session:
        refresh_offerings(session, now=clock.now(), vocabulary=default_vocabulary())
    found = everything(database)
    database.close()
    return found


@pytest.mark.parametrize(("workers", "deaths"), [(1, 0), (2, 0), (4, 0), (2, 3)])
def test_a_national_import_and_its_refresh_come_out_the_same(
    program: Program, plainly: str, monkeypatch: pytest.MonkeyPatch, workers: int, deaths: int
) -> None:
    monkeypatch.setattr(jobs.tasks, "PIECE", 5)
    with program.database.writing(by="test") as session:
        for town in range(TOWNS):
            keep_to_import(session, name=f"town{town}.csv", content=table(town), by="test")
    all_done_by(program, workers, deaths)
    with program.database.writing(by="test") as session:
        enqueue(session, "refresh_all")
    all_done_by(program, workers, deaths=0)
    assert everything(program.database) == plainly
