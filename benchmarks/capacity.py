"""What one municipality, one offering, one request and one job cost: the figures of `capacity`.

    python -m benchmarks.capacity [--municipalities 6] [--offerings 20000]

A real PostgreSQL and Redis of its own on this machine, with a schema and a role for each of some
municipalities; the first holds the demo ward in the given size. Times are of the processor, so
that other work on the machine counts less.
"""

import argparse
import gc
import multiprocessing
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from fastapi.testclient import TestClient  # noqa: E402
from labour.servers import PostgresServer, RedisServer  # noqa: E402
from sqlalchemy import select, text  # noqa: E402
from towns import Towns  # noqa: E402

from api.app import create_app  # noqa: E402
from benchmarks.measured import keep  # noqa: E402
from casework.accounts import add_token  # noqa: E402
from casework.models import Account  # noqa: E402
from jobs.adding import add_municipality  # noqa: E402
from jobs.celery_runner import make_app  # noqa: E402
from jobs.demo.load import load_demo  # noqa: E402
from jobs.municipalities import read_municipalities  # noqa: E402
from jobs.opened import Programs, programs_of  # noqa: E402
from jobs.program import Program  # noqa: E402
from jobs.runtime import run_pending, tend  # noqa: E402
from jobs.settings import Settings  # noqa: E402
from jobs.tasks import PIECE  # noqa: E402
from matching.need import Need, parse_need  # noqa: E402
from matching.suggest import suggest_placements  # noqa: E402
from matching.warm import warm  # noqa: E402
from resources import clock  # noqa: E402
from resources.database import Database  # noqa: E402
from resources.refresh import pieces_of_all, refresh_offerings  # noqa: E402

ALL = (uuid.UUID(int=0), uuid.UUID(int=2**128 - 1))
MESSAGES = 2_000
ASKED = 200


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def processor_s(work: Callable[[], object]) -> float:
    """Return the seconds of the processor that some work took in this process."""
    began = time.process_time()
    work()
    return time.process_time() - began


def schema_bytes(database: Database) -> float:
    statement = text(
        "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = current_schema() AND c.relkind = 'r'"
    )
    with database.engine.connect() as connection:
        return float(connection.scalar(statement) or 0)


def folder_bytes(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())


def of_municipalities(given: Settings, first: str, others: list[str]) -> dict[str, float]:
    """Measure what an open municipality without rows costs, with its application."""
    programs, apps = programs_of(given), []
    with programs.use(first) as program:  # whatever the first one loads is no one's
        apps.append(_asked_once(program))
        with program.database.reading() as session:
            warm(session, program.store)
    gc.collect()
    before = resident_bytes()
    opening_s = processor_s(lambda: [programs.give_back(programs.take(s)) for s in others])
    for slug in others:
        _tend_one(programs, slug)
        with programs.use(slug) as program:
            apps.append(_asked_once(program))
    tending_s = processor_s(lambda: [_tend_one(programs, slug) for slug in others])
    gc.collect()
    grown = max(resident_bytes() - before, 0)
    with programs.use(first) as program, program.database.engine.connect() as connection:
        roles = tuple(f"ibasho_{slug}" for slug in others)
        open_now = text("SELECT count(*) FROM pg_stat_activity WHERE usename = ANY(:roles)")
        connections = connection.scalar(open_now, {"roles": list(roles)}) or 0
    with programs.use(others[0]) as program:
        empty = schema_bytes(program.database)
    programs.close()
    return {
        "process_bytes": before,
        "municipality_bytes": grown / len(others),
        "municipality_open_s": opening_s / len(others),
        "municipality_tend_s": tending_s / len(others),
        "municipality_connections": connections / len(others),
        "municipality_disk_bytes": empty,
    }


def _asked_once(program: Program) -> TestClient:
    client = TestClient(create_app(program.settings, program))
    assert client.get("/signin").status_code == 200
    return client


def _tend_one(programs: Programs, slug: str) -> None:
    with programs.use(slug) as program:
        tend(program)


def of_offerings(program: Program, offerings: int) -> dict[str, float]:
    """Measure what an offering costs: on disk, in the index, refreshed, and for those who ask."""
    empty = schema_bytes(program.database)
    load_demo(program, offerings=offerings)
    full = schema_bytes(program.database)
    with program.database.reading() as session:
        warm(session, program.store)
        index = folder_bytes(program.settings.index_folder)
        needs = [_need(program, n) for n in range(ASKED)]
        asking_s = processor_s(
            lambda: [suggest_placements(session, program.store, n) for n in needs]
        )
        pieces = len(pieces_of_all(session, PIECE))
    with program.database.writing(by="benchmark") as session:
        refresh_s = processor_s(
            lambda: refresh_offerings(
                session, now=clock.now(), vocabulary=program.vocabulary, between=ALL
            )
        )
    return {
        "offering_disk_bytes": (full - empty) / offerings,
        "offering_index_bytes": index / offerings,
        "offerings_refreshed_per_worker_s": offerings / refresh_s,
        "people_suggested_per_worker_s": ASKED / asking_s,
        "pieces_of_refresh": pieces,
    }


def _need(program: Program, n: int) -> Need:
    where = {"lon": 139.70 + 0.0005 * (n % 40), "lat": 35.72 + 0.001 * (n % 23)}
    return parse_need({"at": where, "needs": {"isolation": 3}}, program.vocabulary)


def of_requests(program: Program) -> dict[str, float]:
    """Measure a request of each of four kinds, as staff ask them; the one who asks is within."""
    with program.database.writing(by="benchmark") as session:
        account = session.scalars(select(Account).where(Account.name == "support")).one()
        token = add_token(
            session, account_id=account.id, label="b", scopes=["read", "write"], by="benchmark"
        )
    app = create_app(program.settings, program)
    head = {"authorization": f"Bearer {token}"}
    with TestClient(app, headers=head) as client:
        paths = ("/people", "/resources?q=サロン", "/agencies", "/nearby?lon=139.71&lat=35.73")
        statuses = {client.get(path).status_code for path in paths}
        assert statuses == {200}, statuses
        seconds = processor_s(lambda: [client.get(p) for p in paths for _ in range(ASKED // 4)])
    return {"request_s": seconds / ASKED}


def of_messages(towns: Towns, broker: RedisServer) -> dict[str, float]:
    app = make_app(towns.given)
    before = broker.client.info("memory")["used_memory"]
    with app.connection_for_write() as connection, connection.Producer() as producer:
        for n in range(MESSAGES):
            said = (f"00000000-0000-0000-0000-{n:012d}", towns.kita.slug)
            app.send_task("run_job", said, producer=producer, queue="benchmark")
    grown = broker.client.info("memory")["used_memory"] - before
    return {"message_bytes": grown / MESSAGES}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--municipalities", type=int, default=6)
    parser.add_argument("--offerings", type=int, default=20_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ibasho-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        server, broker = PostgresServer(folder / "pg"), RedisServer(folder)
        try:
            figures = _figures(server, broker, folder, given.municipalities, given.offerings)
        finally:
            broker.stop()
            server.stop()
    print("\n".join(f"{key:36} {value:,.4g}" for key, value in sorted(figures.items())))
    print(keep("capacity", "python -m benchmarks.capacity", figures))


def _figures(
    server: PostgresServer, broker: RedisServer, folder: Path, count: int, offerings: int
) -> dict[str, float]:
    towns = Towns(folder, server.url, runner="celery", redis_url=broker.url, demo=True)
    others = [f"{towns.kita.slug}_{n}" for n in range(count)]
    for slug in others:
        add_municipality(
            towns.given, slug, name=slug, hosts=[f"{slug.replace('_', '-')}.example"],
            administer=server.url,
        )  # fmt: skip
    assert set(others) <= set(read_municipalities(towns.given))
    # In a process of its own: what was freed here would be used again, and nothing would grow.
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        figures = pool.apply(of_municipalities, (towns.given, towns.minami.slug, others))
    figures |= of_messages(towns, broker)
    programs = programs_of(towns.given)
    with programs.use(towns.kita.slug) as program:
        figures |= of_offerings(program, offerings) | of_requests(program)
        run_pending(program, 1)
    programs.close()
    return figures


if __name__ == "__main__":
    main()
