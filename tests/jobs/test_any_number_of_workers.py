"""Work in pieces: whoever takes them, how many there are, and who is lost, the answer is the same."""

import hashlib
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

import jobs.importing_parts
import jobs.tasks
from jobs.dialects import now_of
from jobs.ledger import claim, enqueue, retry
from jobs.models import Job, SentFile, SentPart
from jobs.program import Program, open_program
from jobs.runtime import run_one
from jobs.schema import upgrade
from jobs.sent_files import NotChecked, drop_file, keep_to_import, work_on
from jobs.settings import Settings
from resources import clock
from resources.database import Database
from resources.derived import OfferingState
from resources.importing import import_opendata
from resources.models import Change, Location, Offering, Organization, Resource
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


NATIONAL_HEAD = (
    "都道府県名,市区町村名,NO,名称,住所,緯度,経度,電話番号,団体名,法人番号,"
    "利用可能曜日,開始時間,終了時間\n"
)
KNOWN, ALL = 25, 70


def national(rows: range, *, later: bool) -> bytes:
    """Return one large file: hosts run many places, some rows can't be taken in."""
    lines = []
    for n in rows:
        changed = later and n % 4 == 0
        phone = "03-1111-1111" if changed else "03-0000-0000"
        # The number of a host stands in some of its rows only, and not always the same.
        host = f"架空法人{(n + 1 if changed else n) % 9}"
        number = f"{n % 3:013d}" if n % 3 else ""
        point = "0,0" if n % 11 == 5 else f"35.7{n:02d},139.7{n:02d}"
        lines.append(
            f"東京都,架空市,00000{n:05d},架空の{n}番,東京都架空市{n},{point},{phone},{host},{number},"
            f"月水,09:00,1{n % 8}:00"
        )
    lines.append(lines[3])
    return (NATIONAL_HEAD + "\n".join(lines) + "\n").encode()


def catalogue_and_log(database: Database) -> tuple[list[str], list[str]]:
    """Return what stands and what was written, without ids, moments and who."""
    with database.reading() as session:
        rows = session.execute(
            select(
                Resource.source_key, Resource.name, Resource.phone, Resource.version,
                Organization.name, Organization.corporate_number, Location.address,
                Location.version, Offering.schedule, Offering.version,
            )
            .join(Offering, Offering.resource_id == Resource.id)
            .join(Location, Offering.location_id == Location.id)
            .join(Organization, Resource.organization_id == Organization.id)
        )  # fmt: skip
        log = session.execute(select(Change.entity, Change.action, Change.after))
        written = sorted(f"{entity} {action} {sorted(after)}" for entity, action, after in log)
        hosts = session.scalars(select(Organization.name))
        return sorted(map(str, [*rows, *hosts])), written


def report_of(database: Database) -> dict[str, object]:
    with database.reading() as session:
        report = session.scalars(select(SentFile.report).order_by(SentFile.sent_at.desc())).first()
        assert report is not None
        similar = [[s["line"], s["name"], s["alike"]] for s in report.pop("similar")]
        return {**report, "similar": similar}


def read_before(program: Program) -> None:
    """Bring in the file as it was: smaller, and with other things in some rows."""
    with program.database.writing(by="test") as session:
        keep_to_import(
            session, name="national.csv", content=national(range(KNOWN), later=False), by="test"
        )
    all_done_by(program, workers=1, deaths=0)


def asked_for_large_file(program: Program, monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    monkeypatch.setattr(jobs.importing_parts, "PART", part)
    with program.database.writing(by="test") as session:
        keep_to_import(
            session, name="national.csv", content=national(range(ALL), later=True), by="test"
        )


@pytest.fixture
def in_one_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    """Give a catalogue into which one process took all of the large file at once."""
    program = open_program(Settings(home=tmp_path / "in-one-piece"))
    read_before(program)
    asked_for_large_file(program, monkeypatch, part=1_000)
    all_done_by(program, workers=1, deaths=0)
    with program.database.reading() as session:
        assert not session.scalar(select(Job.id).where(Job.kind == "import_some").limit(1))
    yield program
    program.close()


@pytest.mark.parametrize(("workers", "deaths"), [(1, 0), (2, 0), (4, 0), (2, 3)])
def test_one_large_file_in_parts_comes_out_as_in_one_piece(
    program: Program,
    in_one_piece: Program,
    monkeypatch: pytest.MonkeyPatch,
    workers: int,
    deaths: int,
) -> None:
    read_before(program)
    asked_for_large_file(program, monkeypatch, part=5)
    run_one(program)  # reads it whole, and asks for its parts
    with program.database.writing(by="test") as session:
        again = session.scalars(select(SentFile.id).where(SentFile.state == "asked")).one()
        enqueue(session, "import_file", subject=str(again))
    all_done_by(program, workers, deaths)
    with program.database.reading() as session:
        parts = session.scalars(select(Job.id).where(Job.kind == "import_some")).all()
        files = session.scalars(select(SentFile.state)).all()
        assert session.scalars(select(SentPart.number)).all() == []
    assert len(parts) > 8
    assert set(files) == {"imported"}
    assert catalogue_and_log(program.database) == catalogue_and_log(in_one_piece.database)
    report = report_of(program.database)
    assert report == report_of(in_one_piece.database)
    assert (report["added"], report["changed"], report["reported_count"]) == (41, 6, 7)


def test_a_part_that_dies_says_why_and_is_tried_again(
    program: Program, in_one_piece: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_before(program)
    asked_for_large_file(program, monkeypatch, part=20)
    run_one(program)
    with program.database.writing(by="test") as session:
        spoiled = session.get_one(SentPart, (session.scalars(select(SentPart.file_id)).first(), 2))
        content, spoiled.content = spoiled.content, b"{"
        session.execute(update(Job).where(Job.id == spoiled.job_id).values(max_attempts=1))
    while run_one(program):
        pass
    with program.database.reading() as session:
        file = session.scalars(select(SentFile).where(SentFile.state == "asked")).one()
        shown = work_on(session, file)
        assert shown is not None
        assert (shown.state, shown.said, shown.progress) == ("dead", "failed", (2, 3))
        before = catalogue_and_log(program.database)
    with program.database.writing(by="test") as session:
        session.get_one(SentPart, (file.id, 2)).content = content
        assert retry(session, shown.id)
    all_done_by(program, workers=1, deaths=0)
    assert before != catalogue_and_log(program.database) == catalogue_and_log(in_one_piece.database)
    assert report_of(program.database) == report_of(in_one_piece.database)


def test_a_large_file_that_cannot_be_used_takes_nothing_in(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs.importing_parts, "PART", 5)
    spoiled = national(range(ALL), later=False) + '架空,"never closed'.encode()
    with program.database.writing(by="test") as session:
        keep_to_import(session, name="national.csv", content=spoiled, by="test")
    while run_one(program):
        pass
    with program.database.reading() as session:
        assert set(session.execute(select(Job.kind, Job.state, Job.said)).all()) == {
            ("import_file", "dead", "bad_file")
        }
        assert session.scalar(select(func.count(Resource.id))) == 0


def test_a_file_of_which_parts_died_can_be_dropped(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for_large_file(program, monkeypatch, part=20)
    run_one(program)
    with program.database.writing(by="test") as session:
        file_id = session.scalars(select(SentFile.id)).one()
        shown = work_on(session, session.get_one(SentFile, file_id))
        assert shown is not None
        assert (shown.state, shown.progress) == ("running", (0, 4))
        with pytest.raises(NotChecked):
            drop_file(session, file_id, by="user:a")
        dead = select(SentPart.job_id).where(SentPart.number == 3)
        session.execute(update(Job).where(Job.id.in_(dead)).values(state="dead"))
        drop_file(session, file_id, by="user:a")
        enqueue(session, "import_file", subject=str(file_id))
    while run_one(program):
        pass
    with program.database.reading() as session:
        assert session.scalars(select(SentFile.state)).all() == ["dropped"]
        assert session.scalar(select(func.count(Resource.id))) == 0
