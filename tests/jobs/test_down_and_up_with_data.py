"""A database in use goes to its first schema and back, and keeps what that schema can hold."""

from pathlib import Path

from door import make_program
from sqlalchemy import inspect, text

from casework.case_models import Person
from casework.row_security import as_system
from jobs.demo.load import load_demo
from jobs.schema import downgrade, upgrade
from resources.database import Database
from resources.models import Base

FIRST = "0001"
SEALED = {("person", "label"), ("person", "summary"), ("person", "need")}
"""Sealed anew on the way up, so each time other letters; read through the model instead."""

Columns = dict[str, list[str]]


def columns_of(database: Database) -> Columns:
    """Return the columns of each table, of those whose values stay as they are."""
    looked = inspect(database.engine)
    tables = set(looked.get_table_names()) - {"alembic_version"}
    return {
        table: sorted(
            c["name"] for c in looked.get_columns(table) if (table, c["name"]) not in SEALED
        )
        for table in sorted(tables)
    }


def rows(database: Database, columns: Columns) -> dict[str, list[str]]:
    """Return what stands in these columns, every row of it."""
    found = {}
    with database.connecting(said=as_system("test")) as connection:
        for table, names in columns.items():
            listed = ", ".join(f'"{name}"' for name in names)
            read = connection.execute(text(f'SELECT {listed} FROM "{table}"'))
            found[table] = sorted(repr(tuple(row)) for row in read)
    return found


def words_of_people(database: Database) -> list[str]:
    with database.reading(said=as_system("test")) as session:
        return sorted(repr((p.label, p.summary, p.need)) for p in session.query(Person))


def test_the_demo_goes_down_to_the_first_schema_and_up_again(
    database: Database, tmp_path: Path
) -> None:
    Base.metadata.drop_all(database.engine)
    upgrade(database, to=FIRST)
    early = columns_of(database)
    upgrade(database)
    now = columns_of(database)
    kept = {t: sorted({*early[t]} & {*now[t]}) for t in early.keys() & now.keys()}
    load_demo(make_program(database, tmp_path / "home", demo=True))
    before, people = rows(database, kept), words_of_people(database)
    assert min(len(before[t]) for t in ("resource", "offering", "account", "person")) > 5
    downgrade(database, FIRST)
    assert columns_of(database) == early
    assert rows(database, kept) == before
    upgrade(database)
    assert rows(database, kept) == before
    assert words_of_people(database) == people
    downgrade(database, "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    upgrade(database)
