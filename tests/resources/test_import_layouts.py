"""Layouts that municipalities publish, with invented rows: what each becomes, and what is refused."""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from resources.database import Database
from resources.importing import BadFile, FileReport, import_opendata
from resources.models import Location, Offering, Organization, Resource
from resources.sources.headers import header_of, layouts

HEAD = "全国地方公共団体コード,ID,地方公共団体名"
WHERE = "所在地_連結表記,緯度,経度,電話番号"
AT = "架空市見本町1-2,35.7290,139.7148,03-0000-0000"
START = "131164,0000000001,架空市"


def brought_in(database: Database, path: Path) -> FileReport:
    with database.writing(by="import") as session:
        report = import_opendata(session, path, by="import")
    assert report.rows == report.added + report.changed + report.unchanged + len(report.reported)
    return report


def written(tmp_path: Path, text: str, name: str = "list.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8"))
    return path


def entry(database: Database) -> tuple[Resource, Location, Offering, Organization | None]:
    with database.reading() as session:
        return (
            session.scalars(select(Resource)).one(),
            session.scalars(select(Location)).one(),
            session.scalars(select(Offering)).one(),
            session.scalars(select(Organization)).one_or_none(),
        )


LAYOUTS = [
    # what, columns besides, cells, kind
    ("介護サービス事業所", "介護サービス事業所名称,実施サービス,事業所番号,法人の名称", "見本の家,通所介護,1370000000,架空会", "care_service"),
    ("介護サービス事業所", "介護サービス事業所名称,実施サービス", "見本カフェ,認知症カフェ", "dementia_cafe"),
    ("医療機関", "名称,医療機関の種類,診療曜日,診療開始時間,診療終了時間,診療科目,病床数", "見本堂,一般診療所,月火水,09:00,12:00,内科,0", "medical"),
    ("文化財", "名称,文化財分類,種類,所有者等", "見本の松,天然記念物,植物,架空家", "amenity"),
    ("観光施設", "名称,料金（基本）,料金（詳細）,説明_英語", "見本タワー,500,子ども半額,A tower", "amenity"),
    ("観光施設", "名称,料金（基本）,料金（詳細）,説明_英語", "見本資料館,500,子ども半額,A museum", "facility"),
    ("イベント", "イベント名,開始日,終了日,開始時間,終了時間,主催者", "見本まつり,令和8年12月1日,令和8年12月3日,10:00,12:00,架空会", "facility"),
    ("子育て施設", "名称,種別,収容定員,受入年齢,一時預かりの有無", "見本園,公立幼稚園,70,4歳から,無", "preschool"),
    ("子育て施設", "名称,種別,収容定員,受入年齢,一時預かりの有無", "見本の広場,地域子育て支援拠点,20,0歳から,無", "parenting_base"),
    ("子育て施設", "名称,種別,収容定員,受入年齢,一時預かりの有無", "見本クラブ,放課後児童クラブ,40,,無", "after_school"),
    ("公衆無線LAN", "名称,設置者,SSID,提供エリア", "見本庁舎,架空市,SAMPLE_WIFI,1階", "amenity"),
    ("AED", "名称,設置位置,小児対応設備の有無", "見本公民館,玄関,有", "amenity"),
    ("指定緊急避難場所", "名称,災害種別_洪水,災害種別_津波,想定収容人数", "見本小学校,1,0,300", "amenity"),
    ("公共施設", "名称,団体名,利用可能曜日,開始時間,終了時間,説明", "見本図書館,架空課,月火水木金,09:00,17:00,本があります", "facility"),
    ("公共施設", "名称,団体名,利用可能曜日,開始時間,終了時間,説明", "見本倉庫,架空課,,,,", "amenity"),
    ("公衆トイレ", "名称,男性トイレ総数,女性トイレ総数", "見本の便所,1,1", "amenity"),
]  # fmt: skip


CODE = "都道府県コード又は市区町村コード,NO,都道府県名,市区町村名"
KNOWN = {"id", "municipality", "prefecture", "city", "name", "kana", "address", "building",
         "lat", "lon"}  # fmt: skip
HOURS = {"days", "start", "end", "hours_note"}

RECOMMENDED = [
    # 推奨データセット as it was published: layout, columns after the code and the place of the list,
    # and what is understood besides KNOWN.
    ("aed", "名称,名称_カナ,住所,方書,緯度,経度,設置位置,電話番号,内線番号,法人番号,団体名,利用可能曜日,開始時間,終了時間,利用可能日時特記事項,小児対応設備の有無,URL,備考",
     HOURS | {"phone", "organization", "corporate_number", "url", "note"}),
    ("care_service", "介護サービス事業所名称,介護サービス事業所名称_カナ,実施サービス,住所,方書,緯度,経度,電話番号,内線番号,FAX番号,法人番号,法人の名称,事業所番号,利用可能曜日,利用可能曜日特記事項,定員,URL,備考",
     {"type", "days", "hours_note", "phone", "organization", "capacity", "url", "note"}),
    ("medical_institution", "名称,名称_カナ,医療機関の種類,住所,方書,緯度,経度,電話番号,内線番号,FAX番号,法人番号,法人の名称,医療機関コード,診療曜日,診療開始時間,診療終了時間,診療日時特記事項,時間外における対応,診療科目,病床数,URL,備考",
     HOURS | {"type", "phone", "organization", "url", "note"}),
    ("cultural_property", "名称,名称_カナ,名称_通称,名称_英語,文化財分類,種類,場所名称,住所,方書,緯度,経度,電話番号,内線番号,員数（数）,員数（単位）,法人番号,所有者等,文化財指定日,利用可能曜日,開始時間,終了時間,利用可能日時特記事項,画像,画像_ライセンス,概要,概要_英語,説明,説明_英語,URL,備考",
     HOURS | {"alias", "phone", "description", "url", "note"}),
    ("tourism", "名称,名称_カナ,名称_英語,POIコード,住所,方書,緯度,経度,利用可能曜日,開始時間,終了時間,利用可能日時特記事項,料金（基本）,料金（詳細）,説明,説明_英語,アクセス方法,駐車場情報,バリアフリー情報,連絡先名称,連絡先電話番号,連絡先内線番号,画像,画像_ライセンス,URL,備考",
     HOURS | {"phone", "description", "accessibility", "url", "note"}),
    ("event", "イベント名,イベント名_カナ,イベント名_英語,開始日,終了日,開始時間,終了時間,開始日時特記事項,説明,料金(基本),料金(詳細),連絡先名称,連絡先電話番号,連絡先内線番号,主催者,場所名称,住所,方書,緯度,経度,アクセス方法,駐車場情報,定員,参加申込終了日,参加申込終了時間,参加申込方法,URL,備考",
     {"first_on", "last_on", "start", "end", "hours_note", "phone", "organization", "description",
      "capacity", "url", "note"}),
    ("public_wireless_lan", "名称,名称_カナ,名称_英語,住所,方書,緯度,経度,設置者,電話番号,内線番号,SSID,提供エリア,URL,備考",
     {"organization", "phone", "url", "note"}),
    ("facility", "名称,名称_カナ,名称_通称,POIコード,住所,方書,緯度,経度,電話番号,内線番号,法人番号,団体名,利用可能曜日,開始時間,終了時間,利用可能日時特記事項,説明,バリアフリー情報,URL,備考",
     HOURS | {"alias", "phone", "organization", "description", "accessibility", "url", "note"}),
    ("preschool", "名称,名称_カナ,種別,住所,方書,緯度,経度,アクセス方法,駐車場情報,電話番号,内線番号,FAX番号,法人番号,団体名,認可等年月日,収容定員,受入年齢,利用可能曜日,開始時間,終了時間,利用可能日時特記事項,一時預かりの有無,URL,備考",
     HOURS | {"type", "phone", "organization", "capacity", "age", "url", "note"}),
]  # fmt: skip


@pytest.mark.parametrize(("layout", "columns", "more"), RECOMMENDED)
def test_the_columns_of_the_recommended_data_sets_are_understood(
    layout: str, columns: str, more: set[str]
) -> None:
    names = tuple(f"{CODE},{columns}".split(","))
    for written in (names, tuple(n.replace("（", "(").replace("）", ")") for n in names)):
        header = header_of(written)
        assert header.layout == layout
        assert set(header.columns) >= KNOWN | more
        assert len(set(header.columns.values())) == len(header.columns)


@pytest.mark.parametrize("layout", ["facility", "preschool", "medical_institution", "care_service"])
def test_the_columns_that_are_written_are_read_as_that_layout(layout: str) -> None:
    names = tuple(layouts()["standard"][layout])
    header = header_of(names)
    assert header.layout == layout
    assert set(header.columns) >= (KNOWN | {"hours_note", "phone", "email", "postcode", "url"})
    assert len(set(names)) == len(names)


def test_the_columns_that_are_written_begin_as_published_files_do(shared_data: Path) -> None:
    """The list of toilets of 焼津市 is the one at hand that follows 自治体標準オープンデータセット."""
    path = shared_data / "municipal" / "yaizu" / "222127_public_toilet.csv"
    published = path.read_text("utf-8-sig").split("\n")[0].strip().split(",")
    shared = published[
        published.index("所在地_全国地方公共団体コード") : published.index("設置位置")
    ]
    at = published.index("緯度")
    for columns in layouts()["standard"].values():
        assert columns[:3] == published[:3]
        where = columns.index(shared[0])
        assert columns[where : where + len(shared)] == shared
        assert columns[where + len(shared) : where + len(shared) + 4] == published[at : at + 4]


@pytest.mark.parametrize(("what", "columns", "cells", "kind"), LAYOUTS)
def test_a_row_of_each_layout_becomes_an_entry_of_a_kind_with_its_whole_row(
    sqlite_database: Database, tmp_path: Path, what: str, columns: str, cells: str, kind: str
) -> None:
    text = f"{HEAD},{columns},{WHERE}\r\n{START},{cells},{AT}\r\n"
    report = brought_in(sqlite_database, written(tmp_path, text))
    assert (report.added, report.reported) == (1, []), what
    resource, place, offering, _ = entry(sqlite_database)
    assert resource.kind == kind
    assert resource.name == cells.split(",")[0]
    assert (place.address, place.lon, place.lat) == ("架空市見本町1-2", 139.7148, 35.729)
    assert resource.original == dict(
        zip(f"{HEAD},{columns},{WHERE}".split(","), f"{START},{cells},{AT}".split(","), strict=True)
    )
    assert offering.verified_on is None


def test_an_event_has_a_last_day_and_its_days_stay_in_its_own_words(
    sqlite_database: Database, tmp_path: Path
) -> None:
    _, columns, cells, _ = next(x for x in LAYOUTS if x[0] == "イベント")
    text = f"{HEAD},{columns},{WHERE}\n{START},{cells},{AT}\n"
    brought_in(sqlite_database, written(tmp_path, text))
    _, _, offering, host = entry(sqlite_database)
    assert offering.ends_on == date(2026, 12, 3)
    assert offering.schedule is None, "nothing is read into dates that no rule of days says"
    assert offering.schedule_text == "令和8年12月1日～令和8年12月3日 10:00～12:00"
    assert host is not None
    assert host.name == "架空会"


def test_hours_of_a_clinic_are_read_where_they_are_sure(
    sqlite_database: Database, tmp_path: Path
) -> None:
    _, columns, cells, _ = next(x for x in LAYOUTS if x[0] == "医療機関")
    text = f"{HEAD},{columns},{WHERE}\n{START},{cells},{AT}\n"
    brought_in(sqlite_database, written(tmp_path, text))
    _, _, offering, _ = entry(sqlite_database)
    (rule,) = offering.schedule["rules"]
    assert (rule["days"], rule["from"], rule["to"]) == (["mon", "tue", "wed"], "09:00", "12:00")


@pytest.mark.parametrize(
    "columns",
    [
        "都道府県コード又は市区町村コード,地域コード,都道府県名,市区町村名,地域名,調査年月日,総人口,男性,女性,0-4歳の男性",
        "全国地方公共団体コード,地方公共団体名,調査年月日,地域名,総人口,男性,女性,世帯数",
    ],
)
def test_a_table_of_population_is_refused_in_one_sentence(
    sqlite_database: Database, tmp_path: Path, columns: str
) -> None:
    row = ",".join("1" for _ in columns.split(","))
    with pytest.raises(BadFile) as refused:
        brought_in(sqlite_database, written(tmp_path, f"{columns}\n{row}\n"))
    assert refused.value.ja.startswith("人口の一覧で")
    assert refused.value.en.count(".") == 1


def test_cells_with_line_breaks_full_width_numbers_and_either_line_ending(
    sqlite_database: Database, tmp_path: Path
) -> None:
    for i, end in enumerate(("\r\n", "\n")):
        text = end.join(
            [f"{HEAD},名称,説明,{WHERE},当市独自",
             f"131164,{i}00000001,架空市,見本{i},\"一行目\n二行目, \"\"引用\"\"\",架空市見本町1-2,"
             "３５．７２９０,１３９．７１４８,03-0000-0000,独自の値", ""]
        )  # fmt: skip
        report = brought_in(sqlite_database, written(tmp_path, text, f"list{'ab'[i]}.csv"))
        assert (report.rows, report.added) == (1, 1)
    with sqlite_database.reading() as session:
        for resource in session.scalars(select(Resource)):
            assert resource.description == '一行目\n二行目, "引用"'
            assert resource.original["当市独自"] == "独自の値"
            assert resource.original["緯度"] == "３５．７２９０"
        for place in session.scalars(select(Location)):
            assert (place.lon, place.lat) == (139.7148, 35.729)


def test_a_cover_sheet_a_title_above_and_merged_cells_are_no_obstacle(
    sqlite_database: Database, tmp_path: Path
) -> None:
    book = Workbook()
    cover = book.active
    cover.title = "表紙"
    cover.append(["架空市オープンデータ"])
    sheet = book.create_sheet("一覧")
    sheet.append(["施設一覧（令和8年11月1日現在）"])
    sheet.merge_cells("A1:D1")
    sheet.append(["NO", "施設名", "所在地", "団体名"])
    sheet.append([100001, "見本の家", "架空市見本町1", "架空会"])
    sheet.append([100002, "見本の庭", "架空市見本町2", None])
    sheet.append([100002, "見本の森", "架空市見本町3", "架空会"])
    sheet.merge_cells("D3:D4")
    book.save(tmp_path / "list.xlsx")
    report = brought_in(sqlite_database, tmp_path / "list.xlsx")
    assert (report.rows, report.added) == (3, 2)
    (again,) = report.reported
    assert (again.line, "4 行目" in again.ja) == (5, True)
    with sqlite_database.reading() as session:
        hosts = dict(
            session.execute(
                select(Resource.name, Organization.name).outerjoin(
                    Organization, Resource.organization_id == Organization.id
                )
            ).all()
        )
    # A merged cell says its words once; that they hold for the next row too would be a guess.
    assert hosts == {"見本の家": "架空会", "見本の庭": None}


TWO = [
    "名称,所在地,緯度,経度", "name,address,lat,lon", "見本の家,架空市見本町1,35.729,139.7148",
]  # fmt: skip


def test_a_second_header_row_becomes_no_place_called_name(
    sqlite_database: Database, tmp_path: Path
) -> None:
    for again in (TWO[1], TWO[0], "Facility name,Address,Latitude,Longitude"):
        report = brought_in(
            sqlite_database,
            written(tmp_path, "\n".join([TWO[0], again, TWO[2]]), f"{again[:4]}.csv"),
        )
        (line,) = report.reported
        assert (line.line, "見出し" in line.ja, report.rows) == (2, True, 2)
    with sqlite_database.reading() as session:
        assert set(session.scalars(select(Resource.name))) == {"見本の家"}


@pytest.mark.parametrize(
    "header",
    ["name,address,lat,lon", "名称/Name,所在地/Address,緯度/lat,経度/lon",
     "名称（name）,所在地（address）,緯度（WGS84）,経度（WGS84）", "施設名(英語),所在地,緯度,経度,名称"],
)  # fmt: skip
def test_headers_in_english_or_in_two_languages_are_understood(
    sqlite_database: Database, tmp_path: Path, header: str
) -> None:
    row = TWO[2] if header.count(",") == 3 else TWO[2].replace("見本の家", "Sample") + ",見本の家"
    report = brought_in(sqlite_database, written(tmp_path, f"{header}\n{row}\n"))
    assert (report.added, report.reported) == (1, [])
    resource, place, _, _ = entry(sqlite_database)
    assert (resource.name, place.lat, place.lon) == ("見本の家", 35.729, 139.7148)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "cp932"])
def test_a_spreadsheets_text_parted_by_tabs_is_read(
    sqlite_database: Database, tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "list.txt"
    text = "\r\n".join([TWO[0], TWO[2]]).replace(",", "\t") + "\t\r\n"
    path.write_bytes(text.encode(encoding))
    assert brought_in(sqlite_database, path).added == 1
    assert entry(sqlite_database)[1].address == "架空市見本町1"


def test_a_quotation_mark_that_is_never_closed_refuses_the_file(
    sqlite_database: Database, tmp_path: Path
) -> None:
    rows = [TWO[0], TWO[2], '"見本の庭,架空市見本町2,35.729,139.7148', TWO[2].replace("家", "森")]
    with pytest.raises(BadFile, match="Line 3"):
        brought_in(sqlite_database, written(tmp_path, "\n".join(rows)))


def test_english_names_of_properties_are_understood(
    sqlite_database: Database, tmp_path: Path
) -> None:
    text = (
        "#property,latitude,longitude,address,name,telephoneNumber,availableDate,startTime,endTime\n"
        "jp.example.1,35.7290,139.7148,架空市見本町1-2,見本公民館,03-0000-0000,月火,09:00,17:00\n"
    )
    assert brought_in(sqlite_database, written(tmp_path, text)).added == 1
    resource, place, offering, _ = entry(sqlite_database)
    assert (resource.name, resource.kind, place.lon) == ("見本公民館", "hiroba", 139.7148)
    assert offering.schedule["rules"][0]["days"] == ["mon", "tue"]


def test_a_file_of_our_own_whose_id_was_spoiled_is_reported_row_by_row(
    sqlite_database: Database, tmp_path: Path
) -> None:
    text = f"{HEAD},名称,カタログID\n{START},見本の家,こわれた\n131164,2,架空市,見本の庭,\n"
    report = brought_in(sqlite_database, written(tmp_path, text))
    assert (report.rows, report.added) == (2, 1)
    assert "カタログID" in report.reported[0].ja
