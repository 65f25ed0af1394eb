"""A prepared statement gives what a session gives for it, and fails as a session fails."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import JSON, Boolean, Column, MetaData, String, Table, Uuid, bindparam, or_, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from resources.database import Database
from resources.moments import Moment
from resources.prepared import Prepared

KINDS = Table(
    "kinds_of_columns",
    MetaData(),
    Column("id", Uuid(as_uuid=True), primary_key=True),
    Column("moment", Moment),
    Column("told", JSON(none_as_null=True)),
    Column("yes", Boolean),
    Column("words", String),
)
STATEMENT = (
    select(*KINDS.c, or_(KINDS.c.words == "それ", KINDS.c.words.is_(None)).label("that"))
    .where(
        KINDS.c.moment > bindparam("since"), KINDS.c.yes.is_(True) | (KINDS.c.id == bindparam("id"))
    )
    .order_by(KINDS.c.id)
)
START = datetime(2026, 11, 27, 9, 0, 0, 250_000, tzinfo=UTC)

rows = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.uuids(version=4),
            "moment": st.none() | st.integers(-5, 5).map(lambda h: START + timedelta(hours=h)),
            "told": st.none()
            | st.lists(st.sampled_from(["read", "write", "読む"]))
            | st.just({"a": 1}),
            "yes": st.none() | st.booleans(),
            "words": st.none() | st.sampled_from(["それ", "", "o'b; --", "%s :id ?"]),
        }
    ),
    max_size=6,
    unique_by=lambda row: row["id"],
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(kept=rows, hours=st.integers(-6, 6), of=st.integers(0, 5))
def test_it_gives_what_a_session_gives(
    database: Database, kept: list[dict[str, Any]], hours: int, of: int
) -> None:
    values = {
        "since": START + timedelta(hours=hours),
        "id": kept[of % len(kept)]["id"] if kept else uuid.uuid4(),
    }
    prepared = Prepared(STATEMENT)
    with database.writing(by="test") as session:
        connection = session.connection()
        KINDS.create(connection, checkfirst=True)
        connection.execute(KINDS.delete())
        if kept:
            connection.execute(KINDS.insert(), kept)
        found = prepared.rows(connection, values)
        assert found == [tuple(row) for row in session.execute(STATEMENT, values)]
        assert [[type(v) for v in row] for row in found] == [
            [type(v) for v in row] for row in session.execute(STATEMENT, values)
        ]
        assert prepared.rows(connection, values) == found, "and once it is ready"


def test_it_fails_as_a_session_does(database: Database) -> None:
    nowhere = Prepared(select(Table("no_such_table", MetaData(), Column("a", String)).c.a))
    with database.looking() as connection, pytest.raises(SQLAlchemyError) as failed:
        nowhere.rows(connection)
    assert "no_such_table" in str(failed.value)


def test_what_was_asked_stands_in_no_error(database: Database) -> None:
    table = Table("no_such_table", MetaData(), Column("a", String))
    nowhere = Prepared(select(table.c.a).where(table.c.a == bindparam("token")))
    with database.looking() as connection, pytest.raises(SQLAlchemyError) as failed:
        nowhere.rows(connection, {"token": "a secret"})
    assert "a secret" not in str(failed.value)


def test_a_connection_that_is_lost_is_not_used_again(bare_postgres_url: str) -> None:
    database, alive = Database(bare_postgres_url), Prepared(select(bindparam("n", 1)))
    with pytest.raises(OperationalError) as failed, database.looking() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with database.engine.connect() as another:
            another.exec_driver_sql("SELECT pg_terminate_backend(%s)", (pid,))
        alive.rows(connection)
    assert failed.value.connection_invalidated
    for _ in range(5):
        with database.looking() as connection:
            assert alive.rows(connection) == [(1,)]
    database.close()
