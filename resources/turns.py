"""Locks by which writers of one log take turns on PostgreSQL; each schema has locks of its own."""

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.orm import Session

# Advisory locks belong to the whole database. Where several catalogues lie in it, each in its own
# schema, a writer of one must not wait for a writer of another.
_KEY = (
    "CASE current_schema() WHEN 'public' THEN CAST(:key AS bigint)"
    " ELSE hashtextextended(current_schema()::text, CAST(:key AS bigint)) END"
)
_ALONE = text(f"SELECT pg_advisory_xact_lock({_KEY})")
_SHARED = text(f"SELECT pg_advisory_xact_lock_shared({_KEY})")
_TRIED = text(f"SELECT pg_try_advisory_xact_lock({_KEY})")


def wait_for_turn(session: Session | Connection, key: int, *, shared: bool = False) -> None:
    """Wait until the lock is this transaction's; on SQLite the one writer has it already."""
    _ask(session, _SHARED if shared else _ALONE, key)


def try_turn(session: Session, key: int) -> bool:
    """Take the lock if nobody has it; tell whether it is this transaction's."""
    return _ask(session, _TRIED, key) is not False


def _ask(session: Session | Connection, statement: TextClause, key: int) -> object:
    bind = session if isinstance(session, Connection) else session.get_bind()
    if bind.dialect.name != "postgresql":
        return None
    return session.scalar(statement, {"key": key})
