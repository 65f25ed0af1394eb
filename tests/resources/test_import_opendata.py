"""Municipal open data comes in whole: every row becomes a resource or stands in the report."""

import shutil
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from resources import changes
from resources.calendar_export import calendar_of
from resources.clock import JAPAN
from resources.database import Database
from resources.importing import BadFile, FileReport, import_opendata
from resources.models import Location, Offering, Organization, Resource
from resources.open_hours import Hours, open_places
from resources.queries import entries_by_offering
from resources.sources.opendata import place_of, read_table
from resources.sources.reasons import BadRow

HEAD = "都道府県コ―ド又は市区町村コ―ド,NO,名称,住所,緯度,経度,電話番号,団体名,利用可能曜日,開始時間,終了時間,利用可能日時特記事項\n"
ROW = "131164,0000010001,架空公民館,豊島区南池袋一丁目1-1,35.7290,139.7148,03-0000-0000,架空課,月火水木金,09:00,17:00,\n"


def brought_in(database: Database, path: Path, **more: object) -> FileReport:
    with database.writing(by="import") as session:
        report = import_opendata(session, path, by="import", **more)  # type: ignore[arg-type]
    assert report.rows == (report.added + report.changed + report.unchanged + len(report.reported))
    return report


def counted(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(Resource.id))) or 0


def written(tmp_path: Path, text: str, encoding: str = "utf-8", name: str = "list.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_row_is_read_in_every_encoding_and_nothing_is_guessed(
    database: Database, tmp_path: Path, encoding: str
) -> None:
    report = brought_in(database, written(tmp_path, HEAD + ROW, encoding))
    assert (report.rows, report.added) == (1, 1)
    with database.reading() as session:
        resource = session.scalars(select(Resource)).one()
        place = session.scalars(select(Location)).one()
        offering = session.scalars(select(Offering)).one()
        host = session.scalars(select(Organization)).one()
    assert (resource.name, resource.kind, resource.phone) == (
        "架空公民館",
        "hiroba",
        "03-0000-0000",
    )
    assert (place.lon, place.lat, place.accuracy_m) == (139.7148, 35.729, None)
    assert offering.schedule["rules"][0]["days"] == ["mon", "tue", "wed", "thu", "fri"]
    assert offering.availability == "unknown"
    assert host.name == "架空課"
    for unsaid in (resource.noise, resource.age_max, resource.audience, resource.needs):
        assert unsaid is None
    assert place.step_free is None
    assert offering.verified_on is None
    assert resource.original["電話番号"] == "03-0000-0000"


def test_reading_a_file_again_changes_nothing_and_logs_nothing(
    database: Database, tmp_path: Path
) -> None:
    path = written(tmp_path, HEAD + ROW)
    brought_in(database, path)
    with database.reading() as session:
        before = changes.latest_revision(session)
    again = brought_in(database, path)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
    with database.reading() as session:
        assert changes.latest_revision(session) == before


def test_a_changed_row_changes_that_field_and_keeps_what_coordinators_know(
    database: Database, tmp_path: Path
) -> None:
    brought_in(database, written(tmp_path, HEAD + ROW))
    with database.writing(by="user:coordinator") as session:
        resource = session.scalars(select(Resource)).one()
        resource.noise = "low"
        resource.name = "架空公民館（改装中）"
    changed = brought_in(
        database, written(tmp_path, HEAD + ROW.replace("03-0000-0000", "03-1111-1111"))
    )
    assert changed.changed == 1
    with database.reading() as session:
        resource = session.scalars(select(Resource)).one()
        assert (resource.phone, resource.noise) == ("03-1111-1111", "low")
        assert resource.name == "架空公民館（改装中）"
        last = changes.changes_since(session, 0)[-1]
        assert last.before["phone"] == "03-0000-0000"
    assert brought_in(database, tmp_path / "list.csv").unchanged == 1


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("35.7290,139.7148", "139.7148,35.7290", "入れ替わって"),
        ("35.7290,139.7148", "0,0", "日本の範囲の外"),
        ("35.7290,139.7148", "35.7290,", "一方しか"),
        ("35.7290,139.7148", "north,139.7", "数値では"),
        ("架空公民館", "", "名称がありません"),
    ],
)
def test_a_row_that_cannot_be_is_reported_with_its_line_and_the_remedy(
    sqlite_database: Database, tmp_path: Path, old: str, new: str, words: str
) -> None:
    good = ROW.replace("0000010001", "0000010002").replace("架空公民館", "架空会館")
    report = brought_in(sqlite_database, written(tmp_path, HEAD + ROW.replace(old, new) + good))
    assert report.added == 1
    assert report.reported[0].line == 2
    assert words in report.reported[0].ja
    assert counted(sqlite_database) == 1


def test_a_row_that_stands_twice_is_reported_with_the_first_line(
    sqlite_database: Database, tmp_path: Path
) -> None:
    report = brought_in(sqlite_database, written(tmp_path, HEAD + ROW + ROW))
    assert (report.added, report.reported[0].line) == (1, 3)
    assert "2 行目" in report.reported[0].ja


def test_a_note_that_is_not_understood_makes_the_hours_unknown(
    sqlite_database: Database, tmp_path: Path
) -> None:
    noted = ROW.rstrip("\n") + "行事のある日は変わります\n"
    brought_in(sqlite_database, written(tmp_path, HEAD + noted))
    with sqlite_database.reading() as session:
        offering = session.scalars(select(Offering)).one()
    assert offering.schedule is None
    assert "行事のある日は変わります" in offering.schedule_text


@pytest.mark.parametrize(
    ("days", "start", "end", "note", "words"),
    [
        ("月火水木金", "放課後～18:30", "", "", "月火水木金 放課後～18:30"),
        ("月～土曜日", "放課後～18:30 土曜日 8:30～18:30", "", "",
         "月～土曜日 放課後～18:30 土曜日 8:30～18:30"),
        ("第1・3・5土", "", "", "", "第1・3・5土"),
        ("月火水木金", "10:00", "", "", "月火水木金 10:00"),
        ("月火水木金", "10:00", "16:00", "お盆休み期間中は休み", "月火水木金 10:00～16:00 お盆休み期間中は休み"),
        ("月火水木金", "10:00", "16:00", "第２土は利用可。", "月火水木金 10:00～16:00 第２土は利用可。"),
        ("8月16日(日)", "10:00", "16:00", "", "8月16日(日) 10:00～16:00"),
    ],
)  # fmt: skip
def test_hours_that_are_said_in_part_stay_words_and_never_open_the_place(
    sqlite_database: Database,
    tmp_path: Path,
    days: str,
    start: str,
    end: str,
    note: str,
    words: str,
) -> None:
    row = ROW.replace("月火水木金,09:00,17:00,", f"{days},{start},{end},{note}")
    brought_in(sqlite_database, written(tmp_path, HEAD + row))
    with sqlite_database.reading() as session:
        offering = session.scalars(select(Offering)).one()
        (entry,) = entries_by_offering(session, [offering.id]).values()
        (place,) = open_places(
            session,
            kinds=[entry.resource.kind],
            need=None,
            hours=Hours(),
            from_day=date(2026, 12, 1),
        )
    assert (offering.schedule, offering.schedule_text) == (None, words)
    assert place.hours_a_week is None  # unknown, and not none at all
    assert b"VEVENT" not in calendar_of([entry], datetime(2026, 12, 1, tzinfo=JAPAN))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空です"),
        (HEAD.encode(), "見出しだけ"),
        ("番号,住所\n1,どこか\n".encode(), "名称の列が見つかりません"),
        (b"\xff\xfe\x81", "文字コード"),
        ("name,address\nA,B\n".encode("utf-16-le"), "--encoding utf-16"),
        ((HEAD + ROW).encode("utf-16-le"), "--encoding"),
        ("affiliationCode,bureau,name\n1,局,課\n".encode(), "部署の一覧"),
        (b"PK\x03\x04not a zip", "XLSX として読めません"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_whole_with_one_sentence(
    sqlite_database: Database, tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(BadFile) as caught:
        brought_in(sqlite_database, path)
    assert words in caught.value.ja
    assert caught.value.en.endswith(".")
    assert counted(sqlite_database) == 0


def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    sqlite_database: Database, tmp_path: Path
) -> None:
    path = written(tmp_path, HEAD + ROW * 100)
    with pytest.raises(BadFile, match="larger than"):
        brought_in(sqlite_database, path, max_bytes=1000)


def test_a_spreadsheet_that_unpacks_to_gigabytes_is_refused(
    sqlite_database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(5):
            archive.writestr(f"xl/{i}.xml", b"0" * (90 * 1024 * 1024))
    with pytest.raises(BadFile, match="unpacked"):
        brought_in(sqlite_database, path)


def _spoiled_workbook(tmp_path: Path, part: str, old: str, new: str) -> Path:
    book = Workbook()
    book.active.append(["名称", "住所"])
    book.active.append(["架空の家", "架空町1"])
    book.save(tmp_path / "whole.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "whole.xlsx") as whole,
        zipfile.ZipFile(tmp_path / "spoiled.xlsx", "w", zipfile.ZIP_DEFLATED) as spoiled,
    ):
        assert part in whole.namelist()
        for name in whole.namelist():
            text = whole.read(name).decode()
            assert name != part or old in text
            spoiled.writestr(name, text.replace(old, new) if name == part else text)
    return tmp_path / "spoiled.xlsx"


BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/worksheets/sheet1.xml", "<row", "<row<"),
        ("xl/worksheets/sheet1.xml", 't="inlineStr"><is>', 't="s"><v>99</v><is>'),
        ("xl/worksheets/sheet1.xml", 'r="2"', 'r="999999999"'),
        (
            "xl/worksheets/sheet1.xml",
            "<worksheet",
            f'<!DOCTYPE x [<!ENTITY l0 "lol">{BOMB}]><worksheet',
        ),
        ("xl/worksheets/sheet1.xml", "架空の家", "&l9;"),
        ("xl/workbook.xml", "sheetId", "sheet"),
        ("[Content_Types].xml", "<Types", "<Typ"),
    ],
)
def test_a_damaged_workbook_is_refused_with_one_sentence(
    sqlite_database: Database, tmp_path: Path, part: str, old: str, new: str
) -> None:
    path = _spoiled_workbook(tmp_path, part, old, new)
    if "ENTITY" in new:
        path = _spoiled_again(path, "架空の家", "&l11;")
    with pytest.raises(BadFile) as caught:
        brought_in(sqlite_database, path)
    assert caught.value.ja.endswith("ください。")
    assert counted(sqlite_database) == 0


def _spoiled_again(path: Path, old: str, new: str) -> Path:
    again = path.with_name("again.xlsx")
    with zipfile.ZipFile(path) as one, zipfile.ZipFile(again, "w") as other:
        for name in one.namelist():
            other.writestr(name, one.read(name).decode().replace(old, new))
    return again


def test_a_format_far_to_the_right_is_no_column(sqlite_database: Database, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["名称", "住所"])
    book.active.append(["架空の家", "架空町1"])
    book.active.cell(1, 2_000).number_format = "0.00"
    book.save(tmp_path / "list.xlsx")
    assert brought_in(sqlite_database, tmp_path / "list.xlsx").added == 1


def test_a_sheet_of_examples_is_not_read(sqlite_database: Database, tmp_path: Path) -> None:
    book = Workbook()
    examples = book.active
    examples.title = "入力例"
    examples.append(["名称", "住所", "緯度", "経度"])
    examples.append(["○○公民館", "××町", 35.7, 139.7])
    sheet = book.create_sheet("データ")
    sheet.append(["#property", "名称 ", "住　所", "緯度", "経度", "←データの項目名を入力"])
    sheet.append([1, "架空交流センター", "架空町1", 35.7, 139.7, "←2行目以降にデータを入力"])
    sheet.append([2, None, None, None, None, None])
    book.save(tmp_path / "exchange_center.xlsx")
    report = brought_in(sqlite_database, tmp_path / "exchange_center.xlsx")
    assert (report.rows, report.added) == (1, 1)


def test_the_same_table_under_another_date_is_the_same_table(
    sqlite_database: Database, tmp_path: Path
) -> None:
    brought_in(
        sqlite_database, written(tmp_path, HEAD + ROW, name="131164_public_facility-59773.csv")
    )
    shutil.copy(
        tmp_path / "131164_public_facility-59773.csv", tmp_path / "131164_public_facility-60001.csv"
    )
    assert brought_in(sqlite_database, tmp_path / "131164_public_facility-60001.csv").unchanged == 1


def test_progress_is_told_up_to_the_last_row(sqlite_database: Database, tmp_path: Path) -> None:
    rows = "".join(ROW.replace("0000010001", f"{i:010d}") for i in range(250))
    told: list[tuple[int, int]] = []
    brought_in(sqlite_database, written(tmp_path, HEAD + rows), progress=lambda *p: told.append(p))
    assert told[-1] == (250, 250)
    assert len(told) > 50


REAL = [
    *(f"yaizu/{n}" for n in (
        "222127_child_rearing_support_center.csv", "222127_community_center.csv",
        "222127_hokago_dayservices.csv", "222127_preschool.csv",
        "222127_public_facility-59773.csv", "222127_public_toilet.csv",
        "machinakasuzumidokoro.csv", "yohairyosya.csv",
    )),
    *(f"takamatsu/{n}" for n in (
        "children_club.xlsx", "community_center.xlsx", "exchange_center.xlsx", "hospital.csv",
        "regional_child_rearing_support_base.xlsx", "regional_comprehensive_support_center.xlsx",
    )),
]  # fmt: skip


def test_the_files_of_two_cities_come_in_row_by_row_and_again_without_a_change(
    sqlite_database: Database, shared_data: Path
) -> None:
    total = 0
    for name in REAL:
        report = brought_in(sqlite_database, shared_data / "municipal" / name)
        assert report.added + len(report.reported) == report.rows, name
        total += report.added
    assert counted(sqlite_database) == total
    for name in REAL:
        again = brought_in(sqlite_database, shared_data / "municipal" / name)
        assert (again.added, again.changed) == (0, 0), name


def test_clinics_whose_points_the_publisher_exchanged_lose_them_and_the_island_keeps_its_own(
    sqlite_database: Database, shared_data: Path, tmp_path: Path
) -> None:
    from geodata.gazetteer import import_gazetteer, load_gazetteer

    import_gazetteer(shared_data / "gazetteer" / "japan_towns.csv.gz", tmp_path / "gazetteer")
    path = shared_data / "municipal" / "takamatsu" / "hospital.csv"
    brought_in(sqlite_database, path, gazetteer=load_gazetteer(tmp_path / "gazetteer"))
    with sqlite_database.reading() as session:
        rows = session.execute(
            select(Resource.name, Location.point_source)
            .join(Offering, Offering.resource_id == Resource.id)
            .join(Location, Offering.location_id == Location.id)
            .where(Resource.name.contains("長尾医院") | Resource.name.contains("大島青松園"))
        ).all()
    assert sorted(source for name, source in rows if "長尾" in name) != ["file", "file"]
    assert [source for name, source in rows if "大島" in name] == ["file"]


def test_most_rows_that_say_their_hours_get_a_schedule(shared_data: Path) -> None:
    """`pytest -s -k say_their_hours tests/resources/test_import_opendata.py` shows the figures."""
    worded = read = 0
    for path in sorted((shared_data / "municipal").glob("[yt]*/*.*")):
        try:
            table = read_table(path)
        except BadFile:
            continue
        for row in table.rows:
            try:
                offering = place_of(table, row).offering
            except BadRow:
                continue
            worded += offering["schedule_text"] is not None
            read += offering["schedule"] is not None
    print(f"{read} of {worded} rows with words for their hours have a schedule")
    assert read / worded > 0.78


def test_a_column_of_closing_days_belongs_to_the_hours(tmp_path: Path) -> None:
    text = (
        "名称,住所,利用可能時間,休業日\n"
        "架空図書館,豊島区南池袋一丁目1-1,火～金9:00～19:00　土日祝9:00～17:00,月曜日（祝休日の場合は翌平日）\n"
        "架空会館,豊島区南池袋一丁目1-2,9:00～17:00,月曜日、夏季休暇\n"
    )
    table = read_table(written(tmp_path, text))
    first, second = (place_of(table, row).offering for row in table.rows)
    assert first["schedule"]["closed"] == [{"days": ["mon"], "if_holiday": "next_weekday"}]
    assert first["schedule_text"].endswith("休業日：月曜日（祝休日の場合は翌平日）")
    assert second["schedule"] is None
    assert second["schedule_text"] == "9:00～17:00 休業日：月曜日、夏季休暇"
