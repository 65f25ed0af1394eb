"""Reading a file in bulk leaves what reading it row by row leaves: entries, report, change log."""

import csv
import random
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from oracle.import_row_by_row import import_row_by_row
from sqlalchemy import select

from jobs.tables import METADATA
from resources.database import Database
from resources.import_report import FileReport
from resources.importing import import_opendata
from resources.models import Change, Location, Offering, Organization, Resource

TABLES = (Organization, Resource, Location, Offering)
HEAD = (
    "都道府県コード又は市区町村コード", "NO", "名称", "住所", "緯度", "経度", "電話番号", "団体名",
    "法人番号", "利用可能曜日", "開始時間", "終了時間", "備考", "カタログID", "最終確認日",
)  # fmt: skip
COLUMNS: dict[str, list[str]] = {
    "NO": ["0000010001", "0000010002", "0000010003", "1", "2", ""],
    "名称": ["架空館", "架空の家", "か゚くうⅡ", "名称", "", "福﨑ひろば", "架空館(south)"],
    "住所": ["架空町1", "架空町2", ""],
    "緯度": ["35.7", "35.8", "", "139.7"],
    "経度": ["139.7", "139.8", ""],
    "電話番号": ["03-0000-0000", "", "03-1111-1111"],
    "団体名": ["架空課", "架空の会", "", "架空法人"],
    "法人番号": ["1234567890123", "", "9"],
    "利用可能曜日": ["月火水木金", "土日", "", "放課後"],
    "開始時間": ["09:00", "", "10:00"],
    "終了時間": ["17:00", ""],
    "備考": ["", "要予約\n電話で", "'=1+1", "\x00"],
    "最終確認日": ["", "2026-10-01", "令和8年9月1日", "2999-01-01"],
}
SELDOM = {"緯度": "35.7", "経度": "139.7", "名称": "架空館", "備考": ""}
"""What a cell mostly says, so that most rows can be taken in."""

Rows = list[dict[str, str]]


def other_database(tmp_path: Path) -> Database:
    made = Database(f"sqlite:///{tmp_path / 'row_by_row.sqlite3'}")
    METADATA.create_all(made.engine)
    return made


@pytest.fixture
def row_by_row(tmp_path: Path) -> Iterator[Database]:
    made = other_database(tmp_path)
    yield made
    made.close()


def some_rows(r: random.Random, many: int) -> Rows:
    rows = []
    for _ in range(many):
        row = {name: r.choice(values) for name, values in COLUMNS.items()}
        row |= {name: usual for name, usual in SELDOM.items() if r.random() < 0.85}
        if r.random() < 0.25:  # the entry that came of another row, or of none
            row["カタログID"] = r.choice(["key", "nobody", "spoiled"])
        rows.append(row)
    return rows


def changed_a_little(r: random.Random, rows: Rows) -> Rows:
    out = [dict(row) for row in rows if r.random() < 0.9]
    for row in out:
        if r.random() < 0.3:
            name = r.choice(list(COLUMNS))
            row[name] = r.choice(COLUMNS[name])
    return out + some_rows(r, 2)


def written(path: Path, database: Database, rows: Rows, columns: list[str]) -> Path:
    """Write rows; an entry is named by the id that it has in this very catalogue."""
    with database.reading() as session:
        ids = {
            str(key): str(entry)
            for key, entry in session.execute(select(Offering.source_key, Offering.id))
        }
    named = {"key": lambda row: ids.get(f"id:{row['NO']}", ""), "spoiled": lambda _: "?"}
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(columns)
        for i, row in enumerate(rows):
            cells = {"都道府県コード又は市区町村コード": "131164", **row}
            said = row.get("カタログID", "")
            nobody = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{i % 3}"))
            cells["カタログID"] = named[said](row) if said in named else nobody if said else ""
            out.writerow([cells.get(name, "") for name in columns])
    return path


def names_of(database: Database) -> dict[str, str]:
    """Return what each id is called in either catalogue."""
    with database.reading() as session:
        return {
            str(row.id): f"{row.__tablename__} {row.source} {row.source_key}"
            for table in TABLES
            for row in session.scalars(select(table))
        }


def told(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            key: told(v, names)
            for key, v in value.items()
            if key not in ("created_at", "edited_at")
        }
    return names.get(str(value), value)


def catalogue(database: Database) -> list[Any]:
    names = names_of(database)
    found = []
    with database.reading() as session:
        for table in TABLES:
            for row in session.scalars(select(table)):
                columns = {c.key: getattr(row, c.key) for c in table.__table__.columns}
                found.append((told(columns, names), row.edited_at > row.created_at))
    return sorted(found, key=repr)


def log(database: Database) -> tuple[list[Any], list[Any]]:
    """Return what was added, in order, and what was edited."""
    names = names_of(database)
    with database.reading() as session:
        rows = [
            (
                c.entity,
                names[c.entity_id],
                c.action,
                c.by,
                told(c.before, names),
                told(c.after, names),
            )
            for c in session.scalars(select(Change).order_by(Change.revision))
        ]
    edits = [row for row in rows if row[2] != "add"]
    return [row for row in rows if row[2] == "add"], sorted(edits, key=repr)


def said_of(report: FileReport, database: Database) -> Any:
    names = names_of(database)
    # Of others that are alike in the same measure, ids decide which is told.
    similar = [(s.line, names[str(s.resource)], s.likeness.weight) for s in report.similar or []]
    return report.as_json() | {"similar": sorted(similar, key=repr)}, report.told, report.reported


def edited_by_people(r: random.Random, databases: tuple[Database, ...]) -> None:
    seed = r.random()
    for database in databases:
        own = random.Random(seed)
        with database.writing(by="user:a") as session:
            resources = sorted(session.scalars(select(Resource)), key=lambda x: str(x.source_key))
            offerings = sorted(session.scalars(select(Offering)), key=lambda x: str(x.source_key))
            if len(resources) > 2:
                own.choice(resources).phone = "03-9999-9999"
                own.choice(resources).original = None
                own.choice(offerings).verified_on = date(2026, 10, 15)
                # As after a merge, and a move into another's house.
                own.choice(offerings).resource_id = own.choice(resources).id
                own.choice(offerings).location_id = own.choice(offerings).location_id


@pytest.mark.parametrize("seed", range(4))
def test_any_files_one_after_another(
    database: Database, row_by_row: Database, tmp_path: Path, seed: int
) -> None:
    r = random.Random(seed)
    rows = some_rows(r, 14)
    columns = list(HEAD)
    for step in range(7):
        day = r.choice([None, None, date(2026, 11, 1)])
        outcomes = []
        for one, read in ((database, import_opendata), (row_by_row, import_row_by_row)):
            path = written(tmp_path / "架空.csv", one, rows, columns)
            with one.writing(by=f"import{step}") as session:
                report = read(session, path, by=f"import{step}", verified_on=day)  # type: ignore[operator]
            outcomes.append((said_of(report, one), catalogue(one), log(one)))
        for bulk, plain in zip(*outcomes, strict=True):
            assert bulk == plain, f"step {step}"
        if step % 2:
            edited_by_people(r, (database, row_by_row))
        if step != 2:  # once the very same file again
            rows = changed_a_little(r, rows)
            r.shuffle(columns)


def test_the_files_of_cities(
    sqlite_database: Database, row_by_row: Database, shared_data: Path
) -> None:
    files = sorted(p for p in (shared_data / "municipal").glob("*/*") if p.stat().st_size < 60_000)
    taken_in = 0
    for path in [*files, *files]:
        outcomes = []
        for one, read in ((sqlite_database, import_opendata), (row_by_row, import_row_by_row)):
            try:
                with one.writing(by="import") as session:
                    report = read(session, path, by="import")  # type: ignore[operator]
                outcomes.append(said_of(report, one))
            except ValueError as error:
                outcomes.append(str(error))
        assert outcomes[0] == outcomes[1], path.name
        taken_in += not isinstance(outcomes[0], str)
    assert taken_in > 10
    assert catalogue(sqlite_database) == catalogue(row_by_row)
    assert log(sqlite_database) == log(row_by_row)
