"""The one place that knows how SQLite and PostgreSQL differ, and that opens transactions.

The program (jobs, api) calls `reading` and `writing`; the library only ever receives a session.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

import resources.changes  # noqa: F401 - registers the listener that writes the change log

# One encoder for all: json.dumps makes a new one for each value that isn't written its usual way.
as_json_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
"""Write a value as the database keeps it."""


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=30000")
        # Measured on a file of 1.5 GB: reading fifteen places again takes half the time.
        cursor.execute("PRAGMA cache_size=-16384")  # KiB
        cursor.execute("PRAGMA mmap_size=4294967296")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        # A deferred transaction that turns into a write after reading fails at once when another
        # writer came in between; so writers take the lock before they read.
        if connection.get_execution_options().get("ibasho_writes", False):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:  # can't fail: it takes no lock yet
            connection.connection.cursor().execute("BEGIN")


MOST_CONNECTIONS = 20
"""That one process has to one database at once."""

NOTHING_SAID: Mapping[str, str] = MappingProxyType({})


def say_locally(connection: Connection, said: Mapping[str, str]) -> None:
    """Set settings of PostgreSQL for the open transaction only; SQLite has no such thing.

    said : what the policies of row-level security look at, by the settings' names
    """
    if said and connection.dialect.name == "postgresql":
        names = list(said)
        calls = ", ".join(f"set_config(:n{i}, :v{i}, true)" for i in range(len(names)))
        values = {f"n{i}": name for i, name in enumerate(names)}
        values |= {f"v{i}": said[name] for i, name in enumerate(names)}
        connection.execute(text(f"SELECT {calls}"), values)


@event.listens_for(Session, "after_begin")
def _say_at_begin(session: Session, _transaction: object, connection: Connection) -> None:
    say_locally(connection, session.info.get("said", NOTHING_SAID))


class Database:
    """An engine and the ways to use it.

    What a transaction says (`said`) is for row-level security: see `casework.row_security`. One
    that says nothing sees no case on PostgreSQL.

    info : what every session is given besides, as its own `info`
    """

    def __init__(self, url: str, *, kept: int = 10) -> None:
        """kept : connections that stay open when nobody uses them, of `MOST_CONNECTIONS`."""
        self.info: dict[str, Any] = {}
        pool = {"pool_size": kept, "max_overflow": MOST_CONNECTIONS - kept}
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
            self.engine = create_engine(
                parsed,
                hide_parameters=True,
                json_serializer=as_json_text,
                pool_pre_ping=True,
                **pool,
            )
        else:
            self.engine = create_engine(
                parsed, hide_parameters=True, json_serializer=as_json_text, **pool
            )
            _prepare_sqlite(self.engine)
        self._writes = self.engine.execution_options(ibasho_writes=True)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self, *, said: Mapping[str, str] = NOTHING_SAID) -> Iterator[Session]:
        """Open a session whose work is never committed."""
        with Session(self.engine, expire_on_commit=False, info=self.info) as session:
            session.info["said"] = said
            yield session  # closing rolls back, and what was read stays readable

    @contextmanager
    def writing(self, *, by: str, said: Mapping[str, str] = NOTHING_SAID) -> Iterator[Session]:
        """Open one transaction; it commits at the end, or rolls back on any error.

        by : who writes; it stands in the change log.
        """
        with Session(self._writes, expire_on_commit=False, info=self.info) as session:
            session.info["by"] = by
            session.info["said"] = said
            with session.begin():
                yield session

    @contextmanager
    def for_trials(self, folder: Path) -> Iterator["Database"]:
        """Give a database in which something can be tried while nobody waits for it.

        SQLite has one writer, so there it is a copy, thrown away at the end; PostgreSQL is one
        itself, as long as nothing is committed.

        folder : where the copy lies
        """
        if not self.is_sqlite:
            yield self
            return
        path = folder / "trial.sqlite3"
        raw = self.engine.raw_connection()
        try:
            raw.cursor().execute("VACUUM INTO ?", (str(path),))
        finally:
            raw.close()
        copy = Database(f"sqlite:///{path}")
        try:
            yield copy
        finally:
            copy.close()

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """Open a connection for a statement or two, each of which sees a moment of its own.

        Nothing is said to row-level security, so no case is seen on PostgreSQL.
        """
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self, *, said: Mapping[str, str] = NOTHING_SAID) -> Iterator[Connection]:
        """Open a connection whose reads all see one moment, while others go on writing."""
        # SQLite's readers do so by themselves (WAL); PostgreSQL's where they say so.
        options: dict[str, Any] = (
            {}
            if self.is_sqlite
            else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        with self.engine.connect() as connection:
            connection = connection.execution_options(**options)
            say_locally(connection, said)
            yield connection

    @contextmanager
    def connecting(self, *, said: Mapping[str, str]) -> Iterator[Connection]:
        """Open one transaction without a session, for work on the tables themselves."""
        with self._writes.begin() as connection:
            say_locally(connection, said)
            yield connection

    def passes_over_row_security(self) -> bool:
        """Tell whether the database shows this user every row, whatever its policies say."""
        if self.is_sqlite:
            return False
        which = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        with self.engine.connect() as connection:
            return bool(connection.execute(text(which)).scalar())

    def answers(self) -> bool:
        """Tell whether the database can be reached."""
        with self.engine.connect() as connection:
            return bool(connection.execute(text("SELECT 1")).scalar() == 1)

    def close(self) -> None:
        self.engine.dispose()
