"""Times imports beside pandas.read_csv + to_sql, which checks nothing and keeps no history.

Towns: a gazetteer's file (`--gazetteer`, pref, city, town, koaza, lat, lng). Resources: a generated
file in the layout of the published lists, once into an empty catalogue and once more unchanged. And
what the database alone takes to keep what an import keeps: the rows that came of it, with those of
the change log, copied by one statement a table into a new database of the same tables.

    python -m benchmarks.imports --gazetteer FILE --resources 100000
    python -m benchmarks.imports --database postgresql://…    # empty, of its own; both sides there
"""

import argparse
import csv
import random
import shutil
import tempfile
import time
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine, create_engine, make_url

from benchmarks.suggest import OUT
from geodata.gazetteer import import_gazetteer
from jobs.demo.facts import towns
from jobs.garbage import look_seldom
from jobs.program import open_program
from jobs.settings import Settings
from resources.importing import import_opendata
from resources.models import Change, Location, Offering, Organization, Resource

KEPT = tuple(m.__tablename__ for m in (Organization, Resource, Location, Offering, Change))

COLUMNS = (
    "都道府県コード又は市区町村コード", "NO", "都道府県名", "市区町村名", "名称", "名称_カナ",
    "住所", "緯度", "経度", "電話番号", "利用可能曜日", "開始時間", "終了時間", "備考",
)  # fmt: skip


def write_resources(path: Path, n: int) -> None:
    r = random.Random(1)
    places = list(towns())
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for k in range(n):
            town = r.choice(places)
            lon, lat = town.at
            writer.writerow([
                "131164", k, "東京都", "豊島区", f"架空ひろば{k}", f"カクウヒロバ{k}",
                f"東京都豊島区{town.name}{r.randint(1, 40)}-{r.randint(1, 30)}",
                round(lat + r.uniform(-0.001, 0.001), 6), round(lon + r.uniform(-0.001, 0.001), 6),
                f"03-5555-{k % 10_000:04d}", "月火水木金", "09:00", "17:00", "",
            ])  # fmt: skip


def with_pandas(path: Path, engine: Engine) -> float:
    began = time.perf_counter()
    rows = pd.read_csv(path)
    rows.to_sql("rows_of_pandas", engine, index=False)
    taken = time.perf_counter() - began
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE rows_of_pandas")
    return taken


def engine_of(url: str, folder: Path) -> Engine:
    """Return an engine for a database, or for a new file of SQLite."""
    of_file = f"sqlite:///{folder / 'pandas.sqlite3'}"
    return create_engine(make_url(url).set(drivername="postgresql+psycopg") if url else of_file)


def copied(home: Path, folder: Path) -> float:
    """Copy what an import left behind into an empty database of the same tables; return seconds."""
    other = open_program(Settings(home=folder / "other"))
    taken = 0.0
    with other.database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("ATTACH ? AS whole", (str(home / "ibasho.sqlite3"),))
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        began = time.perf_counter()
        for table in KEPT:
            connection.exec_driver_sql(f"INSERT INTO {table} SELECT * FROM whole.{table}")
        connection.exec_driver_sql("COMMIT")
        taken = time.perf_counter() - began
    other.close()
    return taken


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--gazetteer", type=Path)
    options.add_argument("--resources", type=int, default=100_000)
    options.add_argument("--database", default="", help="an empty one of PostgreSQL")
    given = options.parse_args()
    look_seldom()  # as the command does
    lines = []
    if given.gazetteer:
        folder = Path(tempfile.mkdtemp())
        theirs = with_pandas(given.gazetteer, engine_of(given.database, folder))
        began = time.perf_counter()
        found = import_gazetteer(given.gazetteer, folder / "gazetteer")
        ours = time.perf_counter() - began
        lines.append(f"| towns ({found:,}) | {ours:.1f} | {theirs:.1f} | {ours / theirs:.1f} |")
        shutil.rmtree(folder)
    folder = Path(tempfile.mkdtemp())
    path = folder / "resources.csv"
    write_resources(path, given.resources)
    theirs = with_pandas(path, engine_of(given.database, folder))
    program = open_program(Settings(home=folder / "home", database_url=given.database))
    for what in ("new", "unchanged"):
        began = time.perf_counter()
        with program.database.writing(by="benchmark") as session:
            report = import_opendata(session, path, by="benchmark")
        ours = time.perf_counter() - began
        lines.append(
            f"| resources, {what} ({given.resources:,}) | {ours:.1f} | {theirs:.1f} | "
            f"{ours / theirs:.1f} |"
        )
        assert not report.reported, report.reported[:3]
        if what == "new" and not given.database:
            alone = copied(program.settings.home, folder)
            lines.append(
                f"| the rows of that, copied by the database alone | {alone:.1f} | {theirs:.1f} | "
                f"{alone / theirs:.1f} |"
            )
    shutil.rmtree(folder)
    text = (
        "| import | ibasho s | pandas.read_csv + to_sql s | ratio |\n|---|---|---|---|\n"
        + "\n".join(lines)
    )
    print(text)
    OUT.mkdir(exist_ok=True)
    (OUT / "imports.md").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
