"""The one place where the ledger differs between SQLite and PostgreSQL: the clock and the queue.

On PostgreSQL many machines share the ledger, so the time is the database's, and those who look for
work pass over rows that somebody is just taking. On SQLite one process owns the file: the time is
its own, and a writer has the ledger to itself.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, DateTime, Select, column, func, select, table, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from resources import clock


def is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def now_of(session: Session) -> datetime:
    """Return the moment that the ledger goes by, aware, in UTC."""
    if is_postgresql(session):
        # Not now(): that is the start of the transaction, which may be long ago.
        moment = session.execute(select(func.clock_timestamp(type_=DateTime(timezone=True))))
        return moment.scalar_one().astimezone(UTC)
    return clock.now()


def passing_over_taken(statement: Select[Any]) -> Select[Any]:
    """Let those who look for work at once each find another row (SQLite needs nothing)."""
    return statement.with_for_update(skip_locked=True)


def only_this_process_runs(session: Session) -> bool:
    """Tell whether whatever stands as running when a process starts was left by a dead one."""
    return not is_postgresql(session)


def others_may_write(session: Session) -> bool:
    """Tell whether a sign of life or of progress can be written while a job's work goes on.

    On SQLite the work itself is the one writer; nobody else can claim the job meanwhile either.
    """
    return is_postgresql(session)


def clock_s(connection: Connection) -> str:
    """Return the expression for the seconds since 1970 by the database's clock."""
    if connection.dialect.name == "postgresql":
        return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS double precision)"
    return "(julianday('now') - 2440587.5) * 86400.0"


def give_up_locks_after(connection: Connection, ms: int) -> None:
    """Let the open transaction wait so long for a table and no longer: others wait behind it."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = {int(ms)}"))


def was_kept_waiting(error: OperationalError) -> bool:
    """Tell whether a statement failed only because others held what it asked for."""
    given_up, in_a_circle = "55P03", "40P01"
    return getattr(error.orig, "sqlstate", None) in (given_up, in_a_circle)


def continue_numbering(connection: Connection, keys: Iterable[tuple[str, Sequence[str]]]) -> None:
    """Let the database number its rows on from the highest number that was brought in.

    SQLite looks at the table itself; PostgreSQL counts apart, and would begin again at one.

    keys : (table, its primary key)
    """
    if connection.dialect.name != "postgresql":
        return
    for name, key in keys:
        if len(key) != 1:
            continue
        counter = connection.scalar(
            text("SELECT pg_get_serial_sequence(:name, :key)"), {"name": name, "key": key[0]}
        )
        if not counter:
            continue
        highest = connection.scalar(select(func.max(column(key[0]))).select_from(table(name)))
        if highest is not None:
            connection.execute(
                text("SELECT setval(CAST(:counter AS regclass), :highest)"),
                {"counter": counter, "highest": highest},
            )
