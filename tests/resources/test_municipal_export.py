"""What came in as open data goes out again cell by cell, safe to open, and comes home unchanged."""

import csv
import io
import random
import uuid
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from open_catalogue import SECRET, VERIFIED, add_entry, add_every_sort
from openpyxl import load_workbook
from sqlalchemy import select

from resources import changes
from resources.commands import register_resource
from resources.database import Database
from resources.importing import FileReport, VerifiedAhead, import_opendata
from resources.models import Base, Location, Offering, Resource
from resources.municipal_export import (
    UnknownLayout,
    layout_codes,
    open_table,
    write_csv,
    write_xlsx,
)
from resources.registration import Registration
from resources.sources.dates import day_of
from resources.sources.defused import defused, restored
from resources.vocabulary import default_vocabulary

HEAD = "都道府県コ―ド又は市区町村コ―ド,NO,名称,住所,緯度,経度,電話番号,団体名,利用可能曜日,開始時間,終了時間,利用可能日時特記事項,当市独自\n"
ROW = "131164,0000010001,架空公民館,豊島区南池袋一丁目1-1,35.7290,139.7148,03-0000-0000,架空課,月火水木金,09:00,17:00,,=1+1\n"
CONFIRMED = date(2026, 11, 1)
SEPARATORS = ("csv", "xlsx")


def brought_in(database: Database, path: Path, **more: Any) -> FileReport:
    with database.writing(by="import") as session:
        report = import_opendata(session, path, by="import", **more)
    assert report.rows == report.added + report.changed + report.unchanged + len(report.reported)
    return report


def written(database: Database, layout: str, path: Path) -> list[tuple[str, ...]]:
    """Write an export as the command does; return its rows, the header first."""
    with database.reading() as session:
        table = open_table(session, layout)
    if path.suffix == ".xlsx":
        write_xlsx(table, path)
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            write_csv(table, out)
    return [table.columns, *table.rows]


def emptied(database: Database) -> None:
    Base.metadata.drop_all(database.engine)
    Base.metadata.create_all(database.engine)


def comes_home(database: Database, layout: str, path: Path) -> int:
    """Write, read, read into an empty catalogue, write again; return how many rows there are."""
    before = written(database, layout, path)
    with database.reading() as session:
        revision = changes.latest_revision(session)
    again = brought_in(database, path)
    assert (again.added, again.changed, again.reported) == (0, 0, []), again
    with database.reading() as session:
        assert changes.latest_revision(session) == revision, "nothing is written"
    emptied(database)
    fresh = brought_in(database, path)
    assert fresh.added == fresh.rows == len(before) - 1, fresh.reported
    assert written(database, layout, path.with_stem("again")) == before
    return len(before) - 1


@pytest.mark.parametrize("ending", SEPARATORS)
def test_a_row_goes_out_as_it_came_in_with_what_was_edited_since(
    database: Database, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(HEAD + ROW, encoding="utf-8")
    brought_in(database, file, verified_on=CONFIRMED)
    with database.writing(by="user:a") as session:
        resource = session.scalars(select(Resource)).one()
        resource.phone = "03-9999-9999"
        resource.name_kana = "カクウコウミンカン"
        session.scalars(select(Offering)).one().schedule_text = "毎週土曜 10:00～12:00"
    out = tmp_path / f"out.{ending}"
    columns, row = written(database, "facility", out)
    cells = dict(zip(columns, row, strict=True))
    assert list(columns[:13]) == HEAD.strip().split(",")
    assert cells["電話番号"] == "03-9999-9999"
    assert cells["名称_カナ"] == "カクウコウミンカン", "a column that the file didn't have"
    assert cells["当市独自"] == "=1+1", "what only this city has stays"
    assert (cells["利用可能曜日"], cells["開始時間"]) == ("", "")
    assert cells["利用可能日時特記事項"] == "毎週土曜 10:00～12:00"
    assert cells["最終確認日"] == "2026-11-01"
    assert comes_home(database, "facility", out) == 1


@pytest.mark.parametrize("ending", SEPARATORS)
def test_entries_of_the_catalogue_itself_go_out_in_the_standard_columns_and_come_home(
    database: Database, tmp_path: Path, ending: str
) -> None:
    with database.writing(by="test") as session:
        for i, (name, kind) in enumerate([("＝架空サロン", "salon"), ("架空\r\n園", "preschool")]):
            add_entry(
                session, name=name,
                resource={"kind": kind, "phone": "+81-3-0000-0000", "age_min": 3 + i,
                          "description": "一行目\n二行目,\"引用\" _x000D_", "alias": "'-かくう"},
                offering={"schedule_text": "第2・第4火曜10:00～12:00", "capacity": 8},
            )  # fmt: skip
    with database.reading() as session:
        (row,) = open_table(session, "preschool").rows
        (other,) = open_table(session, "facility").rows
    assert "preschool" in row
    assert "salon" in other
    assert comes_home(database, "facility", tmp_path / f"facility.{ending}") == 1


def test_only_what_is_open_is_in_any_layout(database: Database, tmp_path: Path) -> None:
    with database.writing(by="test") as session:
        add_every_sort(session)
    rows = 0
    for layout in layout_codes():
        found = written(database, layout, tmp_path / f"{layout}.csv")
        assert SECRET not in str(found)
        rows += len(found) - 1
    assert rows == 5


REAL = {
    "yaizu/222127_public_facility-59773.csv": "facility",
    "yaizu/222127_preschool.csv": "preschool",
    "yaizu/222127_public_toilet.csv": "public_toilet",
    "yaizu/222127_hokago_dayservices.csv": "after_school_day_service",
    "yaizu/machinakasuzumidokoro.csv": "cooling_shelter",
    "yaizu/yohairyosya.csv": "facility_in_need_of_care",
    "takamatsu/hospital.csv": "medical",
    "takamatsu/exchange_center.xlsx": "facility",
    "takamatsu/children_club.xlsx": "after_school_club",
}


@pytest.mark.parametrize(("name", "layout"), REAL.items())
def test_the_files_of_two_cities_go_out_and_come_home_without_a_change(
    sqlite_database: Database, shared_data: Path, tmp_path: Path, name: str, layout: str
) -> None:
    file = shared_data / "municipal" / name
    first = brought_in(sqlite_database, file, verified_on=CONFIRMED)
    assert first.verified == first.added
    ending = "xlsx" if "preschool" in name or name.endswith("xlsx") else "csv"
    out = tmp_path / f"out.{ending}"
    columns, *rows = written(sqlite_database, layout, out)
    assert len(rows) == first.added
    with sqlite_database.reading() as session:
        originals = {str(o.id): r.original for o, r in session.execute(
            select(Offering, Resource).join(Resource, Offering.resource_id == Resource.id)
        )}  # fmt: skip
    for row in rows:
        cells = dict(zip(columns, row, strict=True))
        original = originals[cells["カタログID"]]
        assert {k: cells[k] for k in original} == original
    assert comes_home(sqlite_database, layout, out) == first.added


def test_files_of_one_layout_with_columns_of_their_own_go_into_one_table(
    sqlite_database: Database, shared_data: Path, tmp_path: Path
) -> None:
    for name in ("yaizu/222127_community_center.csv", "takamatsu/exchange_center.xlsx",
                 "takamatsu/community_center.xlsx"):  # fmt: skip
        brought_in(sqlite_database, shared_data / "municipal" / name, verified_on=CONFIRMED)
    with sqlite_database.writing(by="test") as session:
        add_entry(session, name="も")
    assert comes_home(sqlite_database, "facility", tmp_path / "all.csv") > 50


def test_points_and_towns_that_the_gazetteer_added_are_no_edits(
    sqlite_database: Database, shared_data: Path, tmp_path: Path
) -> None:
    from geodata.gazetteer import import_gazetteer, load_gazetteer

    import_gazetteer(shared_data / "gazetteer" / "japan_towns.csv.gz", tmp_path / "gazetteer")
    towns = load_gazetteer(tmp_path / "gazetteer")
    for name in ("takamatsu/hospital.csv", "yaizu/222127_public_facility-59773.csv"):
        file = shared_data / "municipal" / name
        first = brought_in(sqlite_database, file, gazetteer=towns, verified_on=CONFIRMED)
        out = tmp_path / "out.csv"
        _, *rows = written(sqlite_database, REAL[name], out)
        assert len(rows) == first.added
        again = brought_in(sqlite_database, out, gazetteer=towns)
        assert (again.added, again.changed, again.reported) == (0, 0, [])


def test_a_row_that_was_changed_in_the_written_file_changes_that_field_alone(
    database: Database, tmp_path: Path
) -> None:
    with database.writing(by="test") as session:
        made = add_entry(session, name="一", resource={"phone": "03-0000-0000", "noise": "low",
                         "alias": "いち"}, offering={"schedule_text": "毎日", "capacity": 8})  # fmt: skip
        own = made.id
    out = tmp_path / "out.csv"
    written(database, "facility", out)
    text = out.read_text(encoding="utf-8-sig").replace("03-0000-0000", "03-1111-1111")
    out.write_text(text, encoding="utf-8-sig", newline="")
    report = brought_in(database, out)
    assert (report.changed, report.added) == (1, 0)
    with database.reading() as session:
        offering = session.get_one(Offering, own)
        resource = session.get_one(Resource, offering.resource_id)
        assert (resource.phone, resource.noise, resource.alias) == ("03-1111-1111", "low", "いち")
        assert (offering.schedule_text, offering.capacity) == ("毎日", 8)
        assert (offering.verified_on, offering.verified_by) == (VERIFIED, "staff")
    assert brought_in(database, out).unchanged == 1


def test_the_municipality_confirms_a_file_and_a_later_look_is_not_set_back(
    database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(HEAD + ROW + ROW.replace("0001", "0002").replace("架空公", "見本公"), "utf-8")
    assert brought_in(database, file).verified == 0
    with database.writing(by="user:a") as session:
        one, other = session.scalars(select(Offering)).all()
        assert (one.verified_on, other.verified_on) == (None, None)
        one.verified_on, one.verified_by = date(2026, 11, 20), "host"
        known, unknown = one.id, other.id
    confirmed = brought_in(database, file, verified_on=CONFIRMED)
    assert (confirmed.unchanged, confirmed.verified) == (2, 1)
    with database.reading() as session:
        one, other = session.get_one(Offering, known), session.get_one(Offering, unknown)
        assert (one.verified_on, one.verified_by) == (date(2026, 11, 20), "host")
        assert (other.verified_on, other.verified_by) == (CONFIRMED, "source")
    with pytest.raises(VerifiedAhead):
        brought_in(database, file, verified_on=date(2099, 1, 1))


def test_rows_that_may_already_be_there_are_named_with_the_evidence_and_not_merged(
    database: Database, tmp_path: Path
) -> None:
    with database.writing(by="test") as session:
        place = {"address": "豊島区南池袋1-1-1", "lon": 139.7148, "lat": 35.7290}
        there = register_resource(
            session, vocabulary=default_vocabulary(), by="test",
            registration=Registration.model_validate(
                {"resource": {"name": "架空 公民館", "kind": "hiroba"}, "location": place}
            ),
        ).resource_id  # fmt: skip
    file = tmp_path / "list.csv"
    file.write_text(
        HEAD + ROW + ROW.replace("10001", "10002").replace("架空公民館", "遠い倉庫"), "utf-8"
    )
    report = brought_in(database, file)
    (similar,) = report.as_json()["similar"]
    assert (similar["line"], similar["name"]) == (2, "架空公民館")
    assert similar["other"] == {"resource": str(there), "name": "架空 公民館"}
    assert {"name", "address", "distance_m"} <= {e["field"] for e in similar["evidence"]}
    assert report.added == 2
    assert brought_in(database, file).similar == []


CELLS = st.text(st.sampled_from("'=+-@\t\r\n＝＋－＠aあ1,\"_x"), max_size=8)


@given(CELLS)
def test_no_cell_begins_like_a_formula_and_none_is_lost(cell: str) -> None:
    safe = defused(cell)
    assert safe[:1] not in set("=+-@\t\r\n＝＋－＠")
    assert restored(safe) == cell


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=4))
def test_any_cell_comes_back_from_csv_and_from_xlsx(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]
) -> None:
    from resources.municipal_export import MunicipalTable
    from resources.sources.tables import read_sheets

    table = MunicipalTable(("名称", "備考", "番号"), rows)
    folder = tmp_path_factory.mktemp("cells")
    with (folder / "a.csv").open("w", encoding="utf-8-sig", newline="") as out:
        write_csv(table, out)
    write_xlsx(table, folder / "a.xlsx")
    for name in ("a.csv", "a.xlsx"):
        (sheet,) = read_sheets(folder / name)
        found = [(*r.cells, "", "", "")[:3] for r in sheet]
        # A sheet leaves empty rows out, as a file of places does.
        assert [r for r in found if any(r)] == [table.columns, *(r for r in rows if any(r))]


def test_a_spreadsheet_opens_every_cell_as_text(sqlite_database: Database, tmp_path: Path) -> None:
    with sqlite_database.writing(by="test") as session:
        add_entry(session, name="式", resource={"name": "=HYPERLINK(1)", "phone": "0300000000"})
    out = tmp_path / "out.xlsx"
    written(sqlite_database, "facility", out)
    sheet = load_workbook(out).active
    assert {c.data_type for row in sheet.iter_rows() for c in row} <= {"s", "n", "inlineStr"}
    assert all(c.value is None for row in sheet.iter_rows() for c in row if c.data_type == "n")
    text = io.StringIO()
    with sqlite_database.reading() as session:
        write_csv(open_table(session, "facility"), text)
    names = list(csv.reader(io.StringIO(text.getvalue(), newline="")))[1]
    assert "'=HYPERLINK(1)" in names


def test_a_layout_that_there_is_not_is_refused_with_those_that_there_are(
    sqlite_database: Database,
) -> None:
    with pytest.raises(UnknownLayout, match="facility"), sqlite_database.reading() as session:
        open_table(session, "castle")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-30", date(2026, 11, 30)),
        ("2026/1/3", date(2026, 1, 3)),
        ("２０２６年１１月３日（火）", date(2026, 11, 3)),
        ("令和8年11月30日", date(2026, 11, 30)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("H31.4.30", date(2019, 4, 30)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("8/11/30", None),
        ("2026-02-30", None),
        ("11月30日", None),
        ("随時", None),
    ],
)
def test_days_are_read_as_they_are_written_or_not_at_all(text: str, day: date | None) -> None:
    assert day_of(text) == day


def test_random_edits_of_what_came_in_come_home(sqlite_database: Database, tmp_path: Path) -> None:
    r = random.Random(3)
    file = tmp_path / "list.csv"
    rows = "".join(
        ROW.replace("0000010001", f"{i:010d}").replace("公民館", f"館{i}") for i in range(40)
    )
    file.write_text(HEAD + rows, encoding="utf-8")
    brought_in(sqlite_database, file, verified_on=CONFIRMED)
    with sqlite_database.writing(by="user:a") as session:
        for resource in session.scalars(select(Resource)):
            for field in r.sample(["name", "phone", "alias", "url", "description", "kind"], 3):
                value = {"url": "https://example.jp/a", "kind": "salon"}.get(
                    field, f"新{r.random()}"
                )
                setattr(resource, field, value)
        for place in session.scalars(select(Location)):
            if r.random() < 0.5:
                place.lon, place.lat, place.point_source = 139.7, 35.7, "pin"
            if r.random() < 0.5:
                place.address = "豊島区新町1"
    assert comes_home(sqlite_database, "facility", tmp_path / "out.csv") == 40
    assert uuid.UUID(written(sqlite_database, "facility", tmp_path / "x.csv")[1][-3])
