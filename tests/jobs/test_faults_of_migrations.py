"""A migration that is killed (-9) in the middle leaves what was there; the next one brings it up.

Beside it the same steps, each standing by itself: the kill leaves half of them, and none goes on.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from door import add_staff
from labour.servers import Worker
from labour.sites import empty_database, file_in
from labour.waiting import until
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from stored_rows import columns_of, common, rows, words_of_people

from casework.access import Actor
from casework.consents import Given
from casework.people import add_person
from jobs.program import Program, open_program
from jobs.schema import downgrade, found, newest, upgrade
from jobs.settings import Settings
from resources import clock
from resources.commands import register_resource
from resources.database import Database
from resources.models import Base
from resources.registration import Registration

OLD = "0019"
"""The last schema in which words about people stood in clear: to come up is to seal them."""

POINTS = ("1", "4", "20", "35", "commit")
"""Where it is killed: after so many changes, and when nothing but its end is missing."""


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    home.mkdir()
    if request.param == "sqlite":
        return Settings(home=home, database_url=file_in(home))
    return Settings(home=home, database_url=empty_database(request.getfixturevalue("postgres_url")))


def code_of(settings: Settings, module: str, *arguments: str) -> int:
    """Run a program to its end on this installation; return its exit code."""
    given = {"IBASHO_HOME": str(settings.home), "IBASHO_DATABASE_URL": settings.database}
    process = Worker(
        given, *arguments, module=module, forked=True, said=settings.home.parent / "said"
    )
    until(lambda: process.code() is not None, what=f"the end of {module}")
    code = process.code()
    assert code is not None
    return code


def fill(program: Program) -> None:
    """Let somebody register places, and write about people."""
    account = add_staff(program, "csw")
    by = Actor(account, "csw", "csw", "east")
    given = Given(("support",), ("east",), "self", clock.today(), "written")
    with program.database.writing(by="test") as session:
        for n in range(3):
            part = {"resource": {"name": f"見本サロン{n}", "kind": "salon"}}
            register_resource(
                session, registration=Registration.model_validate(part),
                vocabulary=program.vocabulary, by="test",
            )  # fmt: skip
            add_person(
                session, label=f"見本{n}", summary="見本", need={"wishes": {"text": "見本"}},
                agency="east", by=by, consent=given,
            )  # fmt: skip


def things_in(database: Database) -> set[tuple[str, str]]:
    """Return everything that a schema is made of, by kind and name."""
    sql = (
        "SELECT type, name FROM sqlite_master"
        if database.is_sqlite
        else "SELECT 'relation', relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "UNION SELECT 'policy', tablename || '.' || policyname FROM pg_policies "
        "UNION SELECT 'constraint', conname FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace "
        "UNION SELECT 'trigger', tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with database.engine.connect() as connection:
        return {(kind, name) for kind, name in connection.execute(text(sql))}


def schema_of(database: Database) -> str | None:
    with database.engine.connect() as connection:
        return found(connection)


@pytest.fixture
def fresh(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database that was never older than it is."""
    sqlite = settings.database.startswith("sqlite")
    url = f"sqlite:///{tmp_path / 'fresh.sqlite3'}" if sqlite else empty_database(settings.database)
    made = Database(url)
    upgrade(made)
    yield made
    made.close()


def test_a_migration_that_is_killed_leaves_what_was_there_and_the_next_one_ends_it(
    settings: Settings, fresh: Database
) -> None:
    program = open_program(settings)
    fill(program)
    database = program.database
    now, people = columns_of(database), words_of_people(database)
    downgrade(database, OLD)
    shutil.rmtree(settings.home / "keys")  # they are made when there is something to seal
    then = columns_of(database)
    before = rows(database, then)
    assert min(len(before[table]) for table in ("resource", "account", "person")) > 0
    things = things_in(database)

    assert code_of(settings, "labour.migrating", "ours", *POINTS) == 0, (
        settings.home.parent / "said"
    ).read_text()
    assert schema_of(database) == OLD
    assert things_in(database) == things
    assert rows(database, then) == before

    assert code_of(settings, "api.cli", "migrate") == 0
    assert schema_of(database) == newest()
    assert things_in(database) == things_in(fresh)
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    kept = common(then, now)
    assert {table: before[table] for table in kept} == rows(database, kept)
    program.close()
    again = open_program(settings)
    assert words_of_people(again.database) == people
    again.close()


def test_steps_that_stand_by_themselves_are_left_half_done_by_a_kill(settings: Settings) -> None:
    database = Database(settings.database)
    upgrade(database, to=OLD)
    before = things_in(database)
    assert code_of(settings, "labour.migrating", "stepwise", "20") == 0
    assert schema_of(database) not in (OLD, newest())
    assert things_in(database) - before
    with pytest.raises(DBAPIError, match="exists"):
        upgrade(database)
    assert code_of(settings, "api.cli", "migrate") != 0
    database.close()
