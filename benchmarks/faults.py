"""Jobs under kills: how many were lost, how many done twice, beside what naive programs do.

    python -m benchmarks.faults [--jobs 10000] [--kills 20] [--wipes 4]

Workers are killed with SIGKILL again and again while they work; the Redis that keeps nothing on
disk is killed and started anew. Real servers, on this machine only.
"""

import argparse
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

import psycopg  # noqa: E402
from labour.naive import TASK, TODO, naive_app  # noqa: E402
from labour.servers import PostgresServer, RedisServer, Worker  # noqa: E402
from labour.tasks import EFFECTS, effects  # noqa: E402
from sqlalchemy import text  # noqa: E402
from sqlalchemy.engine import make_url  # noqa: E402

from jobs.ledger import enqueue  # noqa: E402
from jobs.schema import upgrade  # noqa: E402
from jobs.settings import Settings  # noqa: E402
from resources.database import Database  # noqa: E402

OUT = Path(__file__).parent / "out"
PATIENCE_S = 120.0
QUIET = {"IBASHO_LOG_LEVEL": "error", "PYTHONWARNINGS": "ignore"}
"""For the workers: what is looked at is the table."""


@dataclass(frozen=True)
class Row:
    """What became of the jobs of one run."""

    way: str
    jobs: int
    kills: int
    wipes: int
    lost: int
    doubled: int
    seconds: float

    def line(self) -> str:
        return (
            f"| {self.way} | {self.jobs} | {self.kills} | {self.wipes} | {self.lost} "
            f"| {self.doubled} | {self.seconds:.0f} |"
        )


@dataclass
class Run:
    """One installation under kills."""

    database: Database
    start: Callable[[], Worker]
    broker: RedisServer | None
    chance: random.Random
    kills: int = 0
    wipes: int = 0

    def until_all(self, wanted: int, kills: int, wipes: int) -> None:
        """Kill and wipe at even steps of what is done; then wait until nothing more is done."""
        worker = self.start()
        steps = sorted(
            [(wanted * (i + 1) // (kills + 1), "kill") for i in range(kills)]
            + [(wanted * (i + 1) // (wipes + 1), "wipe") for i in range(wipes)]
        )
        still, done, since = time.monotonic(), 0, 0
        try:
            while done < wanted and time.monotonic() - still < PATIENCE_S:
                done = len(effects(self.database))
                if done != since:
                    still, since = time.monotonic(), done
                if steps and done >= steps[0][0]:
                    worker = self._fault(steps.pop(0)[1], worker)
                    still = time.monotonic()
                time.sleep(self.chance.uniform(0.005, 0.05))
        finally:
            worker.kill()

    def _fault(self, kind: str, worker: Worker) -> Worker:
        if kind == "kill":
            worker.kill()
            self.kills += 1
            return self.start()
        if self.broker is not None:
            self.broker.kill()
            self.broker.start()
            self.wipes += 1
        return worker


def counted(way: str, run: Run, wanted: list[str], kills: int, wipes: int) -> Row:
    began = time.monotonic()
    run.until_all(len(wanted), kills, wipes)
    found = effects(run.database)
    lost = sum(1 for job in wanted if job not in found)
    doubled = sum(1 for count in found.values() if count > 1)
    seconds = time.monotonic() - began
    return Row(way, len(wanted), run.kills, run.wipes, lost, doubled, seconds)


def asked(database: Database, jobs: int) -> list[str]:
    wanted: list[str] = []
    for start in range(0, jobs, 500):
        with database.writing(by="benchmark") as session:
            count = min(500, jobs - start)
            wanted += [str(enqueue(session, "count")) for _ in range(count)]
    return wanted


def on_sqlite(folder: Path, jobs: int, kills: int) -> list[Row]:
    rows = []
    home = folder / "ledger"
    home.mkdir()
    database = Database(f"sqlite:///{home / 'ibasho.sqlite3'}")
    upgrade(database)
    with database.writing(by="benchmark") as session:
        session.execute(text(EFFECTS))
    wanted = asked(database, jobs)
    start = lambda: Worker({**QUIET, "IBASHO_HOME": str(home)}, "thread")  # noqa: E731
    run = Run(database, start, None, random.Random(1))
    rows.append(counted("thread, SQLite: ledger", run, wanted, kills, 0))
    database.close()

    home = folder / "naive"
    home.mkdir()
    database = Database(f"sqlite:///{home / 'ibasho.sqlite3'}")
    with database.writing(by="benchmark") as session:
        session.execute(text(EFFECTS))
        session.execute(text(TODO))
        wanted = [f"{i:08d}" for i in range(jobs)]
        session.execute(
            text("INSERT INTO todo (number) VALUES (:n)"), [{"n": number} for number in wanted]
        )
    naive = {**QUIET, "IBASHO_HOME": str(home)}
    start = lambda: Worker(naive, "thread", module="labour.naive")  # noqa: E731
    run = Run(database, start, None, random.Random(1))
    rows.append(counted("thread, SQLite: look, do, mark", run, wanted, kills, 0))
    database.close()
    return rows


def on_postgresql(folder: Path, jobs: int, kills: int, wipes: int) -> list[Row]:
    rows = []
    server, broker = PostgresServer(folder / "pg"), RedisServer(folder)
    try:
        for naive in (False, True):
            name = f"t{uuid.uuid4().hex[:12]}"
            with psycopg.connect(server.url, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
            url = make_url(server.url).set(database=name).render_as_string(hide_password=False)
            home = folder / name
            home.mkdir()
            environment = {
                **QUIET, "IBASHO_HOME": str(home), "IBASHO_DATABASE_URL": url,
                "IBASHO_RUNNER": "celery", "IBASHO_REDIS_URL": broker.url,
                "IBASHO_LEASE_SECONDS": "5",
            }  # fmt: skip
            broker.client.flushall()
            rows.append(_celery(Database(url), environment, broker, naive, (jobs, kills, wipes)))
    finally:
        broker.stop()
        server.stop()
    return rows


def _celery(
    database: Database,
    environment: dict[str, str],
    broker: RedisServer,
    naive: bool,
    size: tuple[int, int, int],
) -> Row:
    jobs, kills, wipes = size
    module = "labour.naive" if naive else "labour.worker"
    start = lambda: Worker(environment, "celery", "2", module=module)  # noqa: E731
    run = Run(database, start, broker, random.Random(2))
    try:
        if not naive:
            upgrade(database)
        with database.writing(by="benchmark") as session:
            session.execute(text(EFFECTS))
        if not naive:
            wanted = asked(database, jobs)
            return counted("Celery, PostgreSQL: ledger", run, wanted, kills, wipes)
        wanted = [f"{i:08d}" for i in range(jobs)]
        app = naive_app(Settings(redis_url=broker.url))
        with app.connection_for_write() as connection, connection.Producer() as producer:
            for number in wanted:
                app.send_task(TASK, (number,), producer=producer)
        # Without wipes: these would lose whatever waits, which needs no measuring.
        return counted("Celery alone, acks_late", run, wanted, kills, 0)
    finally:
        database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--wipes", type=int, default=4)
    given = parser.parse_args()
    # A socket's path may have 107 bytes at most.
    with tempfile.TemporaryDirectory(prefix="ibasho-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        rows = on_sqlite(folder, given.jobs, given.kills)
        rows += on_postgresql(folder, given.jobs, given.kills, given.wipes)
    head = "| way | jobs | workers killed | Redis wiped | lost | done twice | seconds |"
    table = "\n".join([head, "|---|---|---|---|---|---|---|", *(row.line() for row in rows)])
    print(table)
    OUT.mkdir(exist_ok=True)
    (OUT / "faults.md").write_text(table + "\n", encoding="utf-8")
    ours = [row for row in rows if "ledger" in row.way]
    if any(row.lost or row.doubled for row in ours):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
