"""An INSERT with ON CONFLICT, which both databases have but SQLAlchemy spells twice."""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session


def insert_into(
    session: Session, table: type[DeclarativeBase]
) -> postgresql.Insert | sqlite.Insert:
    """Return the INSERT of the session's own database; both offer the same `on_conflict_…`."""
    target = table.__table__
    assert isinstance(target, Table)
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(target)
    return sqlite.insert(target)
