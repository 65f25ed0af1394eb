"""A prepared statement gives what a session gives for it, and fails as a session fails."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import JSON, Boolean, Column, MetaData, String, Table, Uuid, bindparam, or_, select
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from resources.database import Database
from resources.moments import Moment
from resources.prepared import AsJson, Prepared, insert_many

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


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(kept=rows.filter(bool), left_out=st.sets(st.sampled_from(["moment", "told", "yes"])))
def test_many_are_inserted_as_a_session_inserts_them(
    database: Database, kept: list[dict[str, Any]], left_out: set[str]
) -> None:
    every = select(KINDS).order_by(KINDS.c.id)
    with database.writing(by="test") as session:
        connection = session.connection()
        KINDS.create(connection, checkfirst=True)
        connection.execute(KINDS.delete())
        connection.execute(
            KINDS.insert(), [{k: None if k in left_out else v for k, v in r.items()} for r in kept]
        )
        by_session = connection.execute(every).all()
        connection.execute(KINDS.delete())
        insert_many(
            connection, KINDS, [{k: v for k, v in r.items() if k not in left_out} for r in kept]
        )
        assert connection.execute(every).all() == by_session


def test_json_that_is_written_already_is_sent_as_it_is(database: Database) -> None:
    with database.writing(by="test") as session:
        connection = session.connection()
        KINDS.create(connection, checkfirst=True)
        insert_many(connection, KINDS, [{"id": uuid.uuid4(), "told": AsJson('{"読む": [1]}')}])
        assert connection.execute(select(KINDS.c.told)).scalar_one() == {"読む": [1]}


def test_an_insert_that_fails_names_no_value(database: Database) -> None:
    same = {"id": uuid.uuid4(), "words": "a secret"}
    with database.writing(by="test") as session:
        connection = session.connection()
        KINDS.create(connection, checkfirst=True)
        with pytest.raises(IntegrityError) as failed, connection.begin_nested():
            insert_many(connection, KINDS, [same, same])
        assert "a secret" not in str(failed.value)
        assert connection.execute(select(KINDS)).all() == []


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
