"""One refresh of many offerings by 1, 2 and 4 Celery workers, and by workers that are killed.

    python -m benchmarks.many_workers [--offerings 100000] [--kills 5]

Real PostgreSQL, Redis and `ibasho worker` processes of one process each, on this machine. The
ledger splits the refresh into pieces that any worker takes; what comes out must be the same.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

import psycopg  # noqa: E402
from labour.servers import PostgresServer, RedisServer, Worker, end_all  # noqa: E402
from sqlalchemy import delete, func, or_, select  # noqa: E402
from sqlalchemy.engine import make_url  # noqa: E402

from jobs.ledger import enqueue  # noqa: E402
from jobs.models import Job  # noqa: E402
from resources import clock  # noqa: E402
from resources.database import Database  # noqa: E402
from resources.derived import OfferingState  # noqa: E402

OUT = Path(__file__).parent / "out"
PATIENCE_S = 3_000.0
SETTLED = timedelta(hours=3)
"""Sessions that end sooner may be over in one run and not yet in another: they aren't compared."""


@dataclass(frozen=True)
class Run:
    """One refresh."""

    workers: int
    kills: int
    seconds: float
    states: int
    digest: str

    def line(self, offerings: int) -> str:
        rate = offerings / self.seconds
        return (
            f"| {self.workers} | {self.kills} | {self.seconds:.1f} | {rate:.0f} "
            f"| {rate / self.workers:.0f} | {self.states} | {self.digest} |"
        )


def refresh(
    database: Database, environment: dict[str, str], workers: int, kills: int, cutoff: object
) -> Run:
    """Let so many workers do one refresh from nothing; kill them by turns."""
    with database.writing(by="benchmark") as session:
        session.execute(delete(OfferingState))
        # What the clock asks for by itself would be done beside it.
        session.execute(delete(Job).where(Job.state.in_(("ready", "running"))))
    running = [_worker(environment) for _ in range(workers)]
    try:
        # Started and warm: what is measured is the work.
        with database.writing(by="benchmark") as session:
            for _ in range(4 * workers):
                enqueue(session, "expire_holds")
        _until(lambda: _all_idle(database), "the workers are warm")
        with database.writing(by="benchmark") as session:
            enqueue(session, "refresh_all", dedupe_key="refresh_all")
        began = time.monotonic()
        pieces = 0
        for n in range(kills):
            _until(lambda n=n: _pieces_done(database) > (n + 1) * 3, "some pieces are done")
            turn = n % workers
            running[turn].kill()
            running[turn] = _worker(environment)
        _until(lambda: _all_idle(database) and _pieces_done(database) > 0, "all is done")
        seconds = time.monotonic() - began
        pieces = _pieces_done(database)
    finally:
        end_all(running)
    assert pieces
    states, digest = _digest(database, cutoff)
    with database.writing(by="benchmark") as session:
        session.execute(delete(Job))
    return Run(workers, kills, seconds, states, digest)


def _worker(environment: dict[str, str]) -> Worker:
    return Worker(environment, "worker", "--concurrency", "1", module="api.cli")


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


def _pieces_done(database: Database) -> int:
    with database.reading() as session:
        done = select(func.count()).select_from(Job)
        return session.scalar(done.where(Job.kind == "refresh_some", Job.state == "done")) or 0


def _digest(database: Database, cutoff: object) -> tuple[int, str]:
    digest = hashlib.sha256()
    with database.reading() as session:
        states = session.scalar(select(func.count()).select_from(OfferingState)) or 0
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
        for row in rows:
            digest.update(repr(tuple(row)).encode())
    return states, digest.hexdigest()[:12]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--offerings", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ibasho-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        server, broker = PostgresServer(folder / "pg"), RedisServer(folder)
        try:
            runs = _runs(server.url, broker.url, folder, given.offerings, given.kills)
        finally:
            broker.stop()
            server.stop()
    head = (
        "| workers | killed | seconds | offerings a second | a worker | states | digest |\n"
        "|---|---|---|---|---|---|---|"
    )
    table = "\n".join([head, *(run.line(given.offerings) for run in runs)])
    print(f"{given.offerings:,} offerings\n\n{table}")
    OUT.mkdir(exist_ok=True)
    (OUT / "many_workers.md").write_text(table + "\n", encoding="utf-8")
    if len({(run.states, run.digest) for run in runs}) != 1:
        raise SystemExit("the answers differ")


def _runs(server: str, broker: str, folder: Path, offerings: int, kills: int) -> list[Run]:
    database_name = f"t{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            f"CREATE DATABASE \"{database_name}\" TEMPLATE template0 ENCODING 'UTF8'"
        )
    url = make_url(server).set(database=database_name).render_as_string(hide_password=False)
    environment = {
        "IBASHO_HOME": str(folder / "home"), "IBASHO_DATABASE_URL": url,
        "IBASHO_RUNNER": "celery", "IBASHO_REDIS_URL": broker, "IBASHO_LEASE_SECONDS": "5",
        "IBASHO_LOG_LEVEL": "error", "IBASHO_DEMO": "1", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    subprocess.run(
        [sys.executable, "-m", "api.cli", "demo", "--offerings", str(offerings)],
        env={**os.environ, **environment}, check=True, capture_output=True,
    )  # fmt: skip
    database = Database(url)
    cutoff = clock.now() + SETTLED
    try:
        plan = [(1, 0), (2, 0), (4, 0), (2, kills)]
        return [refresh(database, environment, w, k, cutoff) for w, k in plan]
    finally:
        database.close()


if __name__ == "__main__":
    main()
