"""The database comes to the program's schema by migrations, and never goes back by accident."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from labour.waiting import until
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

import jobs.schema
from jobs.schema import FOLDER, NewerSchema, TablesInUse, downgrade, found, newest, upgrade
from jobs.tables import METADATA
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


def _made_newer(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))


def test_a_database_of_a_newer_program_is_refused(
    bare: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(bare)
    _made_newer(bare)
    monkeypatch.setattr(jobs.schema, "_BEGAN", time.monotonic())  # it starts after the upgrade
    with pytest.raises(NewerSchema, match="newer"):
        upgrade(bare)


def test_a_program_that_was_running_before_goes_on_beside_the_newer_one(bare: Database) -> None:
    upgrade(bare)
    _made_newer(bare)
    upgrade(bare)
    with bare.engine.connect() as connection:
        assert found(connection) == "9999"


def test_two_programs_that_start_at_once_bring_the_schema_up_once(bare: Database) -> None:
    with ThreadPoolExecutor(3) as pool:
        for each in [pool.submit(upgrade, bare) for _ in range(3)]:
            each.result()
    with bare.engine.connect() as connection:
        assert found(connection) == newest()


def test_whoever_comes_behind_a_migration_that_waits_for_a_table_is_not_kept(
    bare: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A job holds a table; the migration wants it; a page that reads it must not wait for both."""
    if bare.is_sqlite:
        return  # readers never wait there
    upgrade(bare, to="0024")
    monkeypatch.setattr(jobs.schema, "LOCKS_WITHIN_MS", 50)
    monkeypatch.setattr(jobs.schema, "PAUSE_S", 0.05)
    # As a page that waits for ten seconds would be given up.
    read = "SET LOCAL lock_timeout = '10s'; SELECT count(*) FROM placement"
    with ThreadPoolExecutor(1) as pool, bare.engine.begin() as job:
        job.execute(text("LOCK TABLE placement IN ROW EXCLUSIVE MODE"))
        brought = pool.submit(upgrade, bare)
        until(lambda: "tables_in_use" in caplog.text, what="the migration gave way")
        with bare.engine.begin() as page:
            page.execute(text(read))
        assert not brought.done()
        job.rollback()
        brought.result()
    with bare.engine.connect() as connection:
        assert found(connection) == newest()


def test_tables_that_are_held_for_ever_are_said_with_the_remedy(
    bare: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if bare.is_sqlite:
        return
    upgrade(bare, to="0024")
    for name, value in (("LOCKS_WITHIN_MS", 20), ("PAUSE_S", 0.0), ("TRIES", 2)):
        monkeypatch.setattr(jobs.schema, name, value)
    with bare.engine.begin() as job:
        job.execute(text("LOCK TABLE placement IN ROW EXCLUSIVE MODE"))
        with pytest.raises(TablesInUse, match="start again"):
            upgrade(bare)
    with bare.engine.connect() as connection:
        assert found(connection) == "0024"


ROLLS_FROM = "0020"
"""The first schema whose programs go on while the database is brought to any later one."""


def _used(connection: Connection) -> dict[str, dict[str, Any]]:
    """Return what a running program may rest on: tables, columns, what rows must fulfil."""
    looked = inspect(connection)
    made = {}
    for table in looked.get_table_names():
        indexes = [i for i in looked.get_indexes(table) if i["unique"]]
        made[table] = {
            "columns": {
                c["name"]: (str(c["type"]), c["nullable"], c["default"])
                for c in looked.get_columns(table)
            },
            "key": looked.get_pk_constraint(table)["constrained_columns"],
            "checks": sorted(str(c["sqltext"]) for c in looked.get_check_constraints(table)),
            "unique": sorted(
                str(u["column_names"]) for u in (*indexes, *looked.get_unique_constraints(table))
            ),
            "refers": sorted(str(c["constrained_columns"]) for c in looked.get_foreign_keys(table)),
        }
    return made


def _in_the_way(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return what a migration did that a program of before it would meet."""
    found = []
    for table, was in before.items():
        if table not in after:
            found.append(f"{table} is gone")
            continue
        now = after[table]
        for name, column in was["columns"].items():
            if now["columns"].get(name) != column:
                found.append(f"{table}.{name} is gone or another")
        for name in now["columns"].keys() - was["columns"].keys():
            _, nullable, default = now["columns"][name]
            if not nullable and default is None:
                found.append(f"{table}.{name} must be given")
        found += [f"{table}: {w}" for w in ("key", "checks", "unique", "refers")
                  if now[w] != was[w]]  # fmt: skip
    return found


def test_each_migration_leaves_what_a_running_older_program_rests_on(bare: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    steps = [s.revision for s in ScriptDirectory.from_config(config).walk_revisions()][::-1]
    before: dict[str, Any] = {}
    for revision in steps[steps.index(ROLLS_FROM) :]:
        upgrade(bare, to=revision)
        with bare.engine.connect() as connection:
            after = _used(connection)
        assert _in_the_way(before, after) == [], revision
        before = after


CHANGES = {
    "DROP TABLE gap_report": ["gap_report is gone"],
    "ALTER TABLE follow_up DROP COLUMN told_on": ["follow_up.told_on is gone or another"],
    "ALTER TABLE job RENAME COLUMN said TO told": ["job.said is gone or another"],
    "ALTER TABLE job ALTER COLUMN said SET NOT NULL": ["job.said is gone or another"],
    "ALTER TABLE job ADD COLUMN x INTEGER NOT NULL": ["job.x must be given"],
    "CREATE UNIQUE INDEX one_name ON organization (name)": ["organization: unique"],
    "ALTER TABLE job ADD CONSTRAINT c CHECK (priority >= 0)": ["job: checks"],
    "ALTER TABLE job ADD COLUMN x INTEGER": [],
    "ALTER TABLE job ADD COLUMN x INTEGER NOT NULL DEFAULT 1": [],
    "CREATE TABLE w (id INTEGER NOT NULL)": [],
    "DROP INDEX ix_job_enqueued_at": [],
}


def test_what_an_older_program_would_meet_is_found(bare_postgres_url: str) -> None:
    database = Database(bare_postgres_url)
    METADATA.create_all(database.engine)
    with database.engine.connect() as connection:
        before = _used(connection)
        for change, told in CHANGES.items():
            connection.rollback()
            connection.execute(text(change))
            assert _in_the_way(before, _used(connection)) == told, change
    database.close()
