"""A database in use goes to its first schema and back, and keeps what that schema can hold."""

from pathlib import Path

from door import make_program
from sqlalchemy import inspect
from stored_rows import columns_of, common, rows, words_of_people

from jobs.demo.load import load_demo
from jobs.schema import downgrade, upgrade
from resources.database import Database
from resources.models import Base

FIRST = "0001"


def test_the_demo_goes_down_to_the_first_schema_and_up_again(
    database: Database, tmp_path: Path
) -> None:
    Base.metadata.drop_all(database.engine)
    upgrade(database, to=FIRST)
    early = columns_of(database)
    upgrade(database)
    now = columns_of(database)
    kept = common(early, now)
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
