"""The database comes to the program's schema by migrations, and never goes back by accident."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from jobs.schema import NewerSchema, downgrade, found, newest, upgrade
from resources.database import Database
from resources.models import Base


@pytest.fixture
def bare(database: Database) -> Database:
    """A database without any table."""
    Base.metadata.drop_all(database.engine)
    return database


def test_migrations_lead_to_the_schema_of_the_models(bare: Database) -> None:
    upgrade(bare)
    with bare.engine.connect() as connection:
        assert found(connection) == newest()
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_bringing_it_up_twice_changes_nothing(bare: Database) -> None:
    upgrade(bare)
    upgrade(bare)
    with bare.engine.connect() as connection:
        assert found(connection) == newest()


def test_a_migrated_audit_is_append_only(bare: Database) -> None:
    upgrade(bare)
    with bare.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO audit (at, by, action, entity, entity_id, fields, allowed) "
                "VALUES ('2026-11-24 00:00:00', 'test', 'read', 'person', 'x', '[]', true)"
            )
        )
    with pytest.raises(DBAPIError), bare.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit"))


def test_down_and_up_again_leaves_the_same_schema(bare: Database) -> None:
    upgrade(bare)
    downgrade(bare, "base")
    assert set(inspect(bare.engine).get_table_names()) <= {"alembic_version"}
    upgrade(bare)
    with bare.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_a_database_of_a_newer_program_is_refused(bare: Database) -> None:
    upgrade(bare)
    with bare.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerSchema, match="newer"):
        upgrade(bare)
