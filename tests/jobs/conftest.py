"""What the tests of the jobs share: a program on each database, and what stands in its ledger."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from labour.servers import RedisServer
from labour.sites import NaiveSite, Site, empty_database
from labour.tasks import make_effects_table
from sqlalchemy import select

from jobs.models import Job
from jobs.program import Program
from jobs.settings import Settings
from matching.store import IndexStore
from resources.database import Database
from resources.vocabulary import default_vocabulary


@pytest.fixture
def program(database: Database, tmp_path: Path) -> Program:
    """The program with an empty catalogue, once on SQLite and once on PostgreSQL."""
    settings = Settings(home=tmp_path / "home", lease_seconds=60)
    vocabulary = default_vocabulary()
    make_effects_table(database)
    return Program(settings, database, vocabulary, IndexStore(settings.index_folder, vocabulary))


@pytest.fixture
def sqlite_program(sqlite_database: Database, tmp_path: Path) -> Program:
    """The program with an empty catalogue, as it runs with nothing installed."""
    settings = Settings(home=tmp_path / "home", lease_seconds=60)
    vocabulary = default_vocabulary()
    make_effects_table(sqlite_database)
    store = IndexStore(settings.index_folder, vocabulary)
    return Program(settings, sqlite_database, vocabulary, store)


@pytest.fixture
def ask(database: Database) -> Callable[..., uuid.UUID]:
    """Enqueue a job in a transaction of its own."""
    from jobs.ledger import enqueue

    def asked(kind: str, **options: Any) -> uuid.UUID:
        with database.writing(by="test") as session:
            return enqueue(session, kind, **options)

    return asked


@pytest.fixture
def stored(database: Database) -> Callable[[uuid.UUID], Job]:
    """Read a job as it stands."""

    def read(job_id: uuid.UUID) -> Job:
        with database.reading() as session:
            return session.scalars(select(Job).where(Job.id == job_id)).one()

    return read


@pytest.fixture
def register(database: Database) -> Callable[..., uuid.UUID]:
    """Register a place as a coordinator does, from the parts that matter; return its offering."""
    from resources.commands import register_resource
    from resources.registration import Registration

    def registered(
        resource: dict[str, Any] | None = None,
        offering: dict[str, Any] | None = None,
        location: dict[str, Any] | None = None,
    ) -> uuid.UUID:
        parts = Registration.model_validate(
            {
                "resource": {"name": "見本サロン", "kind": "salon"} | (resource or {}),
                "offering": offering or {},
                "location": location,
            }
        )
        with database.writing(by="test") as session:
            return register_resource(
                session, registration=parts, vocabulary=default_vocabulary(), by="test"
            ).id

    return registered


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis of the test's own."""
    made = RedisServer(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def celery_site(postgres_url: str, broker: RedisServer, tmp_path: Path) -> Iterator[Site]:
    """A ledger on PostgreSQL, for Celery's workers."""
    site = Site(tmp_path / "ours", empty_database(postgres_url), broker)
    yield site
    site.close()


@pytest.fixture
def shared_site(postgres_url: str, tmp_path: Path) -> Iterator[Site]:
    """Machines that share a ledger on PostgreSQL, each with a thread that works on it."""
    site = Site(tmp_path / "ours", empty_database(postgres_url))
    yield site
    site.close()


@pytest.fixture
def thread_site(tmp_path: Path) -> Iterator[Site]:
    """A ledger in a file, and a thread that works on it."""
    site = Site(tmp_path / "ours")
    yield site
    site.close()


@pytest.fixture(params=["thread, SQLite", "Celery, PostgreSQL"])
def site(request: pytest.FixtureRequest) -> Site:
    """An installation in each of the two settings."""
    which = "thread_site" if request.param.startswith("thread") else "celery_site"
    found: Site = request.getfixturevalue(which)
    return found


@pytest.fixture
def naive(site: Site, tmp_path: Path) -> Iterator[NaiveSite]:
    """A program without a ledger, in the same setting and with the same servers."""
    made = NaiveSite(tmp_path / "naive", beside=site)
    yield made
    made.close()
