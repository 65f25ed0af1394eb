"""What goes out comes home: every layout, odd characters, HSDS, and files for maps."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from open_catalogue import add_entry
from openpyxl import Workbook
from sqlalchemy import select

from resources import clock
from resources.database import Database
from resources.exchange import export_catalogue, import_catalogue
from resources.geo_export import LAYER, open_points, write_geojson, write_geopackage
from resources.hsds.importing import import_hsds
from resources.hsds.objects import Words
from resources.hsds.writing import export_hsds
from resources.importing import import_opendata
from resources.models import Base, Resource
from resources.municipal_export import layout_codes, open_table, write_csv, write_xlsx
from resources.open_log import follow
from resources.sources.defused import defused
from resources.sources.headers import layouts
from resources.vocabulary import default_vocabulary

NAMES = (
    "髙﨑の\ufa1b寿会",  # a ladder 高, a standing 崎, and the old form of 福
    "辻\U000e0100さんの家 🏠👨\u200d👩\u200d👧",
    "=SUM(A1)の会", "'+81の会", "＠の会", "-", "ガーデン",
)  # fmt: skip
ODD = {
    "電話番号": ("0312345678", "=HYPERLINK(1)", "'=1", "+81-3-0000-0000", "", "0120000000", "@"),
    "備考": ("一行目\n二行目", '引用"符"、,', "\t先頭", "末尾 \n", "_x000D_", "NULL", "\u2028"),
}
COLUMNS = ("ID", "名称", "所在地_連結表記", "緯度", "経度", "電話番号", "備考")


def table_of(layout: str) -> list[list[str]]:
    """Return a table of a layout with a row of each odd sort."""
    telling = [x["column"] for x in layouts()["layout"] if x["code"] == layout]
    columns = [c for c in (*COLUMNS, *telling) if not (c == "名称" and "名称" in telling)]
    named = next((c for c in telling if "名称" in c or c == "イベント名"), "名称")
    rows = []
    for n, name in enumerate(NAMES):
        row = dict.fromkeys(columns, "")
        row |= {
            "ID": f"{layout}0000{n}", named: name, "所在地_連結表記": f"見本市架空町{n + 1}",
            "緯度": "35.7290", "経度": "139.71480",
            **{column: cells[n] for column, cells in ODD.items()},
        }  # fmt: skip
        if named != "名称":
            row.pop("名称", None)
        rows.append(row)
    header = list(rows[0])
    return [header, *([row[c] for c in header] for row in rows)]


def file_of(rows: list[list[str]], path: Path) -> Path:
    if path.suffix == ".xlsx":
        book = Workbook()
        for row in rows:
            book.active.append(["" for _ in row])
            for cell, text in zip(book.active[book.active.max_row], row, strict=True):
                cell.value, cell.data_type = text.replace("_x000D_", "_x005F_x000D_"), "s"
        book.save(path)
    else:
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([defused(cell) for cell in row] for row in rows)
    return path


def brought_in(database: Database, path: Path, **more: Any) -> None:
    with database.writing(by="import") as session:
        report = import_opendata(session, path, by="import", **more)
    assert report.reported == []
    assert report.added == report.rows > 0


def emptied(database: Database) -> None:
    Base.metadata.drop_all(database.engine)
    Base.metadata.create_all(database.engine)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_every_layout_goes_out_comes_in_and_goes_out_the_same(
    sqlite_database: Database, tmp_path: Path, ending: str
) -> None:
    database = sqlite_database
    for layout in layout_codes():
        path = file_of(table_of(layout), tmp_path / f"{layout}.{ending}")
        brought_in(database, path, verified_on=clock.today())
    with database.reading() as session:
        first = {layout: open_table(session, layout) for layout in layout_codes()}
        found = session.scalars(select(Resource.name)).all()
    assert set(found) == set(NAMES)
    for layout, table in first.items():
        header, *rows = table_of(layout)
        assert table.columns[: len(header)] == tuple(header)
        assert [list(r[: len(header)]) for r in table.rows] == rows, layout
    emptied(database)
    for layout, table in first.items():
        path = tmp_path / f"out_{layout}.{ending}"
        if ending == "xlsx":
            write_xlsx(table, path)
        else:
            with path.open("w", encoding="utf-8-sig", newline="") as out:
                write_csv(table, out)
            assert not [
                cell for line in csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""))
                for cell in line if cell[:1] in set("=+-@\t\r\n＝＋－＠")
            ]  # fmt: skip
        brought_in(database, path)
    with database.reading() as session:
        assert {layout: open_table(session, layout) for layout in layout_codes()} == first


def test_the_whole_catalogue_with_odd_characters_comes_back_byte_by_byte(
    database: Database, tmp_path: Path
) -> None:
    brought_in(database, file_of(table_of("facility"), tmp_path / "a.csv"))
    first, again = io.StringIO(), io.StringIO()
    with database.reading() as session:
        export_catalogue(session, first)
    emptied(database)
    with database.writing(by="import") as session:
        import_catalogue(session, first.getvalue().split("\n"), by="import")
    with database.reading() as session:
        export_catalogue(session, again)
    assert again.getvalue() == first.getvalue()


def without_moments(value: Any) -> Any:
    if isinstance(value, dict):
        moments = ("last_modified", "modified_date")
        return {k: without_moments(v) for k, v in value.items() if k not in moments}
    return [without_moments(v) for v in value] if isinstance(value, list) else value


def hsds_of(database: Database) -> str:
    with database.writing(by="test") as session:
        follow(session)
    out = io.StringIO()
    with database.reading() as session:
        words = Words(default_vocabulary(), clock.today())
        export_hsds(session, out, words=words, lines=True)
    return out.getvalue()


def test_hsds_with_odd_characters_comes_back_as_it_went_out(
    sqlite_database: Database, tmp_path: Path
) -> None:
    database = sqlite_database
    brought_in(
        database, file_of(table_of("facility"), tmp_path / "a.csv"), verified_on=clock.today()
    )
    first = hsds_of(database)
    path = tmp_path / "a.ndjson"
    path.write_text(first, encoding="utf-8", newline="\n")
    emptied(database)
    with database.writing(by="import") as session:
        report = import_hsds(session, path, vocabulary=default_vocabulary(), by="import")
    assert (report.added, report.reported, report.warned) == (len(NAMES), [], [])
    one, other = ([json.loads(line) for line in text.split("\n") if line]
                  for text in (first, hsds_of(database)))  # fmt: skip
    assert without_moments(one) == without_moments(other)


def test_files_for_maps_open_with_their_names_and_where_they_are(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with sqlite_database.writing(by="test") as session:
        for name in NAMES:
            add_entry(session, name=name)
    with sqlite_database.reading() as session:
        points, _ = open_points(session)
    with (tmp_path / "a.geojson").open("w", encoding="utf-8") as out:
        write_geojson(points, out)
    write_geopackage(points, tmp_path / "a.gpkg")
    for read in (
        gpd.read_file(tmp_path / "a.geojson"),
        gpd.read_file(tmp_path / "a.gpkg", layer=LAYER),
    ):
        assert read.crs == "EPSG:4326"
        assert set(read["name"]) == {f"見本の場 {name}" for name in NAMES}
        assert set(read.geometry.geom_type) == {"Point"}
        assert read.total_bounds == pytest.approx(points.total_bounds)
