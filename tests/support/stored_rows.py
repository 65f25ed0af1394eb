"""What stands in a database, row by row, to be compared with what stood there before."""

from sqlalchemy import inspect, text

from casework.case_models import Person
from casework.row_security import as_system
from resources.database import Database

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


def common(one: Columns, other: Columns) -> Columns:
    """Return the columns that both schemas have."""
    return {t: sorted({*one[t]} & {*other[t]}) for t in one.keys() & other.keys()}


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
