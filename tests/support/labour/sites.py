"""An installation whose servers and workers can be made to fail."""

import time
import uuid
from datetime import datetime
from pathlib import Path

import psycopg
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url

from jobs.ledger import enqueue
from jobs.models import Job
from jobs.schema import upgrade
from jobs.settings import Settings
from labour.naive import PREFIX, QUEUE, TASK, TODO, UNACKED, VISIBLE_AGAIN_S, naive_app
from labour.servers import RedisServer, Worker, end_all
from labour.tasks import TEST_TASKS, effects, make_effects_table
from resources.database import Database

KINDS = Job.kind.in_(tuple(TEST_TASKS))
LEASE_S = 2


class Site:
    """A ledger, and the workers that a test starts: Celery's where there is a Redis, else threads."""

    def __init__(
        self, home: Path, url: str | None = None, broker: RedisServer | None = None
    ) -> None:
        """url : of its database; a file in its home where there is none"""
        home.mkdir(exist_ok=True)
        self.url, self.home, self.broker = url or file_in(home), home, broker
        self.database = Database(self.url)
        upgrade(self.database)
        make_effects_table(self.database)
        self.workers: list[Worker] = []

    def work(
        self,
        *,
        clock_moved_s: int = 0,
        naive_clock: bool = False,
        no_token: bool = False,
        as_celery: bool = False,
        concurrency: int = 2,
        said: Path | None = None,
    ) -> Worker:
        """Start a worker.

        naive_clock, no_token, as_celery : what it does in a worse way (`labour.worker`)
        said : where its standard error goes
        """
        environment = {
            "IBASHO_HOME": str(self.home),
            "IBASHO_DATABASE_URL": self.url,
            "IBASHO_LEASE_SECONDS": str(LEASE_S),
            "LABOUR_CLOCK_MOVED_S": str(clock_moved_s),
            "LABOUR_NAIVE_CLOCK": "1" if naive_clock else "",
            "LABOUR_NO_TOKEN": "1" if no_token else "",
            "LABOUR_AS_CELERY": "1" if as_celery else "",
        }
        arguments: tuple[str, ...] = ("thread",)
        if self.broker is not None:
            environment |= {"IBASHO_RUNNER": "celery", "IBASHO_REDIS_URL": self.broker.url}
            arguments = ("celery", str(concurrency))
        self.workers.append(Worker(environment, *arguments, said=said, forked=True))
        return self.workers[-1]

    def ask(
        self,
        count: int,
        kind: str = "count",
        *,
        due: datetime | None = None,
        max_attempts: int = 5,
    ) -> list[str]:
        asked = []
        for _ in range(count):
            with self.database.writing(by="test") as session:
                job = enqueue(session, kind, run_after=due, max_attempts=max_attempts)
            asked.append(str(job))
        return asked

    def states(self) -> dict[str, int]:
        with self.database.reading() as session:
            rows = session.execute(select(Job.state, func.count()).where(KINDS).group_by(Job.state))
            return {row[0]: row[1] for row in rows}

    def done(self) -> int:
        return self.states().get("done", 0)

    def attempts(self, job: str) -> int:
        """Return how often a job was begun."""
        with self.database.reading() as session:
            return session.get_one(Job, uuid.UUID(job)).attempts

    def close(self) -> None:
        end_all(self.workers)
        self.database.close()


class NaiveSite:
    """Programs without a ledger: messages that are the work, or rows that are done and marked."""

    def __init__(
        self,
        home: Path,
        url: str | None = None,
        broker: RedisServer | None = None,
        *,
        beside: Site | None = None,
    ) -> None:
        """beside : the ledger whose servers it uses; a file of its own where that is one"""
        home.mkdir(exist_ok=True)
        if beside is not None:
            broker = beside.broker
            url = None if broker is None else beside.url
        self.url, self.home, self.broker = url or file_in(home), home, broker
        self.database = Database(self.url)
        make_effects_table(self.database)
        with self.database.writing(by="test") as session:
            session.execute(text(TODO))
        self.workers: list[Worker] = []

    def ask(self, *numbers: str) -> None:
        """Ask for rows to be done."""
        with self.database.writing(by="test") as session:
            rows = [{"n": number} for number in numbers]
            session.execute(text("INSERT INTO todo (number) VALUES (:n)"), rows)

    def send(self, number: str, stops: str = "", *, task: str = TASK) -> None:
        """Send a message that is the work; it stops before, inside or after its transaction."""
        assert self.broker is not None
        app = naive_app(Settings(redis_url=self.broker.url))
        with app.connection_for_write() as connection:
            app.send_task(task, (number, stops), connection=connection)

    def work(self, *arguments: str) -> Worker:
        """arguments : of `labour.naive`"""
        environment = {"IBASHO_HOME": str(self.home), "IBASHO_DATABASE_URL": self.url}
        if arguments[0] == "celery":
            assert self.broker is not None
            environment |= {"IBASHO_RUNNER": "celery", "IBASHO_REDIS_URL": self.broker.url}
        self.workers.append(Worker(environment, *arguments, module="labour.naive", forked=True))
        return self.workers[-1]

    def waiting(self) -> int:
        """Return how many messages anybody may still take."""
        assert self.broker is not None
        client = self.broker.client
        return int(client.llen(PREFIX + QUEUE)) + int(client.zcard(UNACKED))

    def comes_back(self) -> bool:
        """Tell whether what a dead worker held may be given to another."""
        assert self.broker is not None
        client = self.broker.client
        return int(client.zcount(UNACKED, 0, time.time() - VISIBLE_AGAIN_S)) > 0

    def left(self) -> list[str]:
        """Return the rows that are still to be done."""
        with self.database.reading() as session:
            return list(session.scalars(text("SELECT number FROM todo WHERE done = 0")))

    def effects(self) -> dict[str, int]:
        return effects(self.database)

    def close(self) -> None:
        end_all(self.workers)
        self.database.close()


def file_in(home: Path) -> str:
    return f"sqlite:///{home / 'ibasho.sqlite3'}"


def empty_database(server: str, *, tablespace: str = "pg_default") -> str:
    """Make an empty database on a server; return its address."""
    name = f"t{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8' "
            f"TABLESPACE {tablespace} STRATEGY file_copy"
        )
    return make_url(server).set(database=name).render_as_string(hide_password=False)
