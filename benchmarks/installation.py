"""An empty installation for several processes: a PostgreSQL and a Redis of its own, on loopback."""

import contextlib
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

import psycopg  # noqa: E402
from labour.servers import PostgresServer, RedisServer, Worker, end_all, free_port  # noqa: E402
from sqlalchemy.engine import make_url  # noqa: E402

__all__ = ["ROOT", "Worker", "alone", "end_all", "free_port", "scaled", "worker"]


def alone(folder: Path) -> dict[str, str]:
    """Return the settings of an installation that is one process with SQLite."""
    return {
        "IBASHO_HOME": str(folder / "home"), "IBASHO_DEMO": "1", "IBASHO_LOG_LEVEL": "error",
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip


@contextlib.contextmanager
def scaled(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the settings of an installation whose jobs workers do, its servers running."""
    server, broker = PostgresServer(folder / "pg"), RedisServer(folder)
    try:
        name = f"t{uuid.uuid4().hex[:12]}"
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        url = make_url(server.url).set(database=name).render_as_string(hide_password=False)
        yield alone(folder) | {
            "IBASHO_DATABASE_URL": url, "IBASHO_RUNNER": "celery", "IBASHO_REDIS_URL": broker.url,
        }  # fmt: skip
    finally:
        broker.stop()
        server.stop()


def worker(environment: dict[str, str], lease_s: int = 60) -> Worker:
    """Start an `ibasho worker` of one process; others take over its job after `lease_s` seconds."""
    lease = {"IBASHO_LEASE_SECONDS": str(lease_s)}
    return Worker({**environment, **lease}, "worker", "--concurrency", "1", module="api.cli")
