"""One refresh of many offerings, and one import of a large file, by 1, 2 and 4 Celery workers.

    python -m benchmarks.many_workers [--offerings 100000] [--rows 20000] [--kills 5]

`--rows 0` leaves the import out.

Real PostgreSQL, Redis and `ibasho worker` processes of one process each, on this machine; in a
last run workers are killed. The ledger splits the work into pieces that any worker takes; what
comes out must be the same.
"""

import argparse
import csv
import hashlib
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from benchmarks.installation import end_all, scaled, worker
from jobs.following import follow_changes
from jobs.ledger import enqueue
from jobs.models import Job, SentFile
from jobs.schedule import schedule_of, tick, unseen
from jobs.sent_files import keep_to_import
from jobs.settings import Settings, read_settings
from resources import clock
from resources.database import Database
from resources.derived import OfferingState
from resources.models import Location, Offering, Organization, Resource

OUT = Path(__file__).parent / "out"
PATIENCE_S = 3_000.0
LEASE_S = 5
SETTLED = timedelta(hours=3)
"""Sessions that end sooner may be over in one run and not yet in another: they aren't compared."""


@dataclass(frozen=True)
class Work:
    """A work in pieces.

    pieces : the kind of job that a piece is
    clear, ask : make as if it had never been done; ask for it
    outcome : how much came of it, and a digest of that
    """

    name: str
    size: int
    pieces: str
    clear: Callable[[Session], None]
    ask: Callable[[Session], object]
    outcome: Callable[[Session], tuple[int, str]]


@dataclass(frozen=True)
class Run:
    """One work done once."""

    work: Work
    workers: int
    kills: int
    seconds: float
    rows: int
    digest: str

    def line(self) -> str:
        rate = self.work.size / self.seconds
        return (
            f"| {self.work.name} | {self.workers} | {self.kills} | {self.seconds:.1f} | {rate:.0f} "
            f"| {rate / self.workers:.0f} | {self.rows} | {self.digest} |"
        )


def done_by(
    database: Database, environment: dict[str, str], work: Work, workers: int, kills: int
) -> Run:
    """Let so many workers do a work from nothing; kill them by turns."""
    with database.writing(by="benchmark") as session:
        work.clear(session)
    _ask_for_nothing_else(database, read_settings(environment))
    running = [worker(environment, LEASE_S) for _ in range(workers)]
    try:
        # Started and warm: what is measured is the work.
        with database.writing(by="benchmark") as session:
            for _ in range(4 * workers):
                enqueue(session, "expire_holds")
        _until(lambda: _all_idle(database), "the workers are warm")
        with database.writing(by="benchmark") as session:
            work.ask(session)
        began = time.monotonic()
        for n in range(kills):
            _until(lambda n=n: _pieces_done(database, work) > n, f"{n + 1} pieces are done")
            turn = n % workers
            running[turn].kill()
            running[turn] = worker(environment, LEASE_S)
        _until(lambda: _is_done(database, work), "all is done")
        seconds = time.monotonic() - began
    finally:
        end_all(running)
    with database.writing(by="benchmark") as session:
        assert _pieces_done(database, work)
        rows, digest = work.outcome(session)
        session.execute(delete(Job))
    return Run(work, workers, kills, seconds, rows, digest)


def _ask_for_nothing_else(database: Database, settings: Settings) -> None:
    """Take back what the clock and the change log ask for now: it would be done beside the work.

    Something is asked for when that which it follows is no longer waiting.
    """
    with database.writing(by="benchmark") as session:
        follow_changes(session)
        while unseen(session, schedule_of(settings)):
            tick(session, schedule_of(settings))
            session.execute(delete(Job).where(Job.state.in_(("ready", "running"))))


def _until(condition: object, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise SystemExit(f"never came: {what}")
        time.sleep(0.1)


def _all_idle(database: Database) -> bool:
    with database.reading() as session:
        live = select(func.count()).select_from(Job).where(Job.state.in_(("ready", "running")))
        ran = select(func.count()).select_from(Job).where(Job.state == "done")
        return session.scalar(live) == 0 and bool(session.scalar(ran))


def _is_done(database: Database, work: Work) -> bool:
    """Tell whether nothing of a work is left; what follows the change log may go on beside it."""
    kinds = (work.pieces, "refresh_all", "import_file", "finish_import")
    with database.reading() as session:
        live = select(Job.id).where(Job.kind.in_(kinds), Job.state.in_(("ready", "running")))
        return not session.scalar(live.limit(1)) and bool(_pieces_done(database, work))


def _pieces_done(database: Database, work: Work) -> int:
    with database.reading() as session:
        done = select(func.count()).select_from(Job)
        return session.scalar(done.where(Job.kind == work.pieces, Job.state == "done")) or 0


def _digest(rows: Iterable[object]) -> tuple[int, str]:
    digest, count = hashlib.sha256(), 0
    for row in rows:
        digest.update(repr(row).encode())
        count += 1
    return count, digest.hexdigest()[:12]


def refresh(offerings: int) -> Work:
    cutoff = clock.now() + SETTLED

    def clear(session: Session) -> None:
        session.execute(delete(OfferingState))

    def outcome(session: Session) -> tuple[int, str]:
        rows = session.execute(
            select(
                OfferingState.offering_id, OfferingState.next_start, OfferingState.next_end,
                OfferingState.sessions_in_8_weeks, OfferingState.availability,
                OfferingState.places, OfferingState.confidence,
            )
            .where(or_(OfferingState.next_end.is_(None), OfferingState.next_end > cutoff))
            .order_by(OfferingState.offering_id)
            .execution_options(yield_per=5_000)
        )  # fmt: skip
        return _digest(map(tuple, rows))

    return Work(
        "refresh",
        offerings,
        "refresh_some",
        clear=clear,
        ask=lambda session: enqueue(session, "refresh_all", dedupe_key="refresh_all"),
        outcome=outcome,
    )


HEAD = (
    "都道府県名", "市区町村名", "NO", "名称", "住所", "緯度", "経度", "団体名", "法人番号",
    "利用可能曜日", "開始時間", "終了時間",
)  # fmt: skip


def large_file(rows: int) -> bytes:
    """Return a file in which hosts run several places each, in rows far apart."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(HEAD)
    for n in range(rows):
        out.writerow([
            "東京都", "架空市", f"{n:010d}", f"架空の{n}番", f"東京都架空市{n}",
            34 + n % 300 / 200, 137 + n // 300 / 200, f"架空法人{n % 97}", f"{n % 5:013d}",
            "月水", "09:00",
            f"{10 + n % 9}:00",
        ])  # fmt: skip
    return text.getvalue().encode()


def large_import(rows: int) -> Work:
    tables = (Offering, Location, Resource, Organization)

    def clear(session: Session) -> None:
        for table in tables:
            # Between runs only, so without rows of the log.
            which = table.__table__.c.source.startswith("opendata:")
            session.connection().execute(delete(table.__table__).where(which))

    def outcome(session: Session) -> tuple[int, str]:
        found = session.execute(
            select(
                Resource.source_key, Resource.name, Resource.version, Resource.original,
                Organization.name, Organization.corporate_number, Location.address, Location.lon,
                Location.version, Offering.schedule, Offering.version,
            )
            .join(Offering, Offering.resource_id == Resource.id)
            .join(Location, Offering.location_id == Location.id)
            .join(Organization, Resource.organization_id == Organization.id)
            .where(Resource.source.startswith("opendata:"))
            .order_by(Resource.source_key)
        )  # fmt: skip
        report = session.scalars(select(SentFile.report).order_by(SentFile.sent_at.desc())).first()
        assert report is not None
        told = [report[name] for name in ("rows", "added", "changed", "unchanged", "told")]
        count, digest = _digest([*map(tuple, found), told])
        return count - 1, digest

    return Work(
        "import",
        rows,
        "import_some",
        clear=clear,
        ask=lambda session: keep_to_import(
            session, name="national.csv", content=large_file(rows), by="benchmark"
        ),
        outcome=outcome,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--offerings", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=5)
    given = parser.parse_args()
    least = 2_000 * (given.kills + 1)
    if min(given.offerings, given.rows or least) < least:
        parser.error(f"with {given.kills} kills there must be pieces to kill: {least} rows or more")
    with (
        tempfile.TemporaryDirectory(prefix="ibasho-", ignore_cleanup_errors=True) as name,
        scaled(Path(name)) as environment,
    ):
        runs = _runs(environment, given.offerings, given.rows, given.kills)
    head = (
        "| work | workers | killed | seconds | rows a second | a worker | rows | digest |\n"
        "|---|---|---|---|---|---|---|---|"
    )
    table = "\n".join([head, *(run.line() for run in runs)])
    print(f"{given.offerings:,} offerings\n\n{table}")
    OUT.mkdir(exist_ok=True)
    (OUT / "many_workers.md").write_text(table + "\n", encoding="utf-8")
    answers = {(run.work.name, run.rows, run.digest) for run in runs}
    if len(answers) != len({run.work.name for run in runs}):
        raise SystemExit("the answers differ")


def _told(run: Run) -> Run:
    print(run.line(), flush=True)
    return run


def _runs(environment: dict[str, str], offerings: int, rows: int, kills: int) -> list[Run]:
    subprocess.run(
        [sys.executable, "-m", "api.cli", "demo", "--offerings", str(offerings)],
        env={**os.environ, **environment}, check=True, capture_output=True,
    )  # fmt: skip
    database = Database(environment["IBASHO_DATABASE_URL"])
    try:
        plan = [(1, 0), (2, 0), (4, 0), (2, kills)]
        works = [refresh(offerings), *([large_import(rows)] if rows else [])]
        return [_told(done_by(database, environment, x, w, k)) for x in works for w, k in plan]
    finally:
        database.close()


if __name__ == "__main__":
    main()
