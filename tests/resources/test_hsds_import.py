"""HSDS files, sparse and full, come in; each record that can't is named; nothing is guessed."""

import copy
import io
import json
import random
import uuid
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from open_catalogue import add_every_sort
from oracle import catalogues
from sqlalchemy import func, select

from jobs.tables import METADATA
from resources import changes
from resources.changes import latest_revision
from resources.commands import register_resource
from resources.database import Database
from resources.hsds.importing import import_hsds
from resources.hsds.objects import Words
from resources.hsds.read_schedule import read_schedules
from resources.hsds.values import Reader
from resources.hsds.writing import export_hsds
from resources.importing import FileReport
from resources.models import Location, Offering, Organization, Resource
from resources.open_log import follow
from resources.registration import Registration
from resources.sources.rows import BadFile
from resources.vocabulary import default_vocabulary

TODAY = date(2026, 11, 25)
VOCABULARY = default_vocabulary()
SERVICE = "ac148810-d857-441c-9679-408f346de14b"


def service(n: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": str(uuid.UUID(int=n)), "name": f"見本{n}", "status": "active", **more}


def bring_in(database: Database, tmp_path: Path, data: Any, name: str = "a.json") -> FileReport:
    path = tmp_path / name
    text = data if isinstance(data, str) else json.dumps(data)
    path.write_text(text, encoding="utf-8")
    with database.writing(by="test") as session:
        return import_hsds(session, path, vocabulary=VOCABULARY, by="test", today=TODAY)


def count(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def written(database: Database, *, lines: bool = True) -> str:
    out = io.StringIO()
    with database.writing(by="test") as session:
        follow(session)
    with database.reading() as session:
        export_hsds(session, out, words=Words(VOCABULARY, TODAY), lines=lines)
    return out.getvalue()


def without_dates_of_change(node: Any) -> Any:
    if isinstance(node, dict):
        left = {k: v for k, v in node.items() if k not in ("last_modified", "modified_date")}
        return {k: without_dates_of_change(v) for k, v in left.items()}
    return [without_dates_of_change(n) for n in node] if isinstance(node, list) else node


def emptied(database: Database) -> None:
    METADATA.drop_all(database.engine)
    METADATA.create_all(database.engine)


def test_the_examples_come_in_in_every_form_and_odd_values_are_left_out(
    sqlite_database: Database, tmp_path: Path, shared_data: Path
) -> None:
    folder = shared_data / "hsds" / "examples"
    full, host, at, page = (
        json.loads((folder / f"{name}.json").read_text("utf-8"))
        for name in (
            "service_full",
            "organization_full",
            "service_at_location_full",
            "service_list",
        )
    )
    for data in (full, [full], {"contents": [full]}, json.dumps(full), host, at, page):
        emptied(sqlite_database)
        report = bring_in(sqlite_database, tmp_path, data)
        assert (report.rows, report.added, report.reported) == (1, 1, [])
        with sqlite_database.reading() as session:
            made = session.get_one(Resource, uuid.UUID(SERVICE))
            assert made.name == "Community Counselling"
            assert (made.kind, made.status, made.age_min, made.age_max) == (
                "unsorted", "published", 12, 100,
            )  # fmt: skip
            assert made.fee_yen is None  # 35 pounds are no yen
            offering = session.scalars(select(Offering)).one()
            assert (offering.places, offering.capacity, offering.schedule) == (None, None, None)
            assert (offering.verified_on, offering.verified_by) == (date(2005, 1, 1), "source")
        warned = [w.ja for w in report.warned or []]
        if data is not page:
            assert any("空き 12 が定員 10" in w for w in warned)
            assert any("位置は未確認" in w for w in warned)
            with sqlite_database.reading() as session:
                place = session.scalars(select(Location)).one()
                assert (place.lon, place.lat) == (None, None)
                assert place.address == "1-30 Main Street, MyVillage, MyCity, MyState"


INVALID = [
    ({"name": "名のみ", "status": "active"}, "id がありません"),
    (service(2) | {"id": "17"}, "UUID ではありません"),
    (service(3) | {"name": ""}, "name がありません"),
    (service(4) | {"name": 5}, "name が 300 字"),
    (service(5) | {"name": "長" * 301}, "name が 300 字"),
    (service(6) | {"name": "a\u0000b"}, "name が 300 字"),
    ({k: v for k, v in service(7).items() if k != "status"}, "status がありません"),
    (service(8) | {"status": "open"}, "status は active"),
    ("a text", "オブジェクトではありません"),
    ([], "オブジェクトではありません"),
    ({"id": str(uuid.UUID(int=9)), "location_type": "physical"}, "どれでもありません"),
]


@pytest.mark.parametrize("form", ["array", "page", "lines"])
def test_each_record_that_cannot_be_taken_in_is_named_and_all_others_come_in(
    sqlite_database: Database, tmp_path: Path, form: str
) -> None:
    records: list[Any] = []
    for n, (bad, _) in enumerate(INVALID):
        records += [service(100 + n), bad]
    data: Any = records
    if form == "page":
        data = {"total_items": len(records), "contents": records}
    elif form == "lines":
        data = "\n".join(json.dumps(r) for r in records) + "\n{broken\n"
    report = bring_in(sqlite_database, tmp_path, data)
    broken = 1 if form == "lines" else 0
    assert report.rows == len(records) + broken
    assert report.added == len(INVALID)
    assert report.added + len(report.reported) == report.rows
    for n, (reported, (bad, words)) in enumerate(zip(report.reported, INVALID, strict=False)):
        assert reported.line == 2 * n + 2
        assert words in reported.ja
        assert reported.en
        if isinstance(bad, dict) and "id" in bad:
            assert reported.as_json()["id"] == bad["id"]
    assert count(sqlite_database, Resource) == len(INVALID)
    assert not broken or "JSON ではありません" in report.reported[-1].ja


@pytest.mark.parametrize("text", ["", "  \n", "no json", "[1, 2", "{}{}", "[{}, 1", "[]{}"])
def test_a_file_that_is_no_json_is_refused_whole(
    sqlite_database: Database, tmp_path: Path, text: str
) -> None:
    with pytest.raises(BadFile):
        bring_in(sqlite_database, tmp_path, text)
    assert count(sqlite_database, Resource) == 0


def test_an_odd_value_is_left_unknown_and_said(sqlite_database: Database, tmp_path: Path) -> None:
    odd = service(
        minimum_age=80, maximum_age=20, email="nobody", url="ftp://x", assured_date="2099-01-01",
        description=["x"], phones="03", organization={"id": "x", "name": "会"},
        cost_options=[{"id": "x", "currency": "JPY", "amount": -5}],
        ibasho={"gender": "cat", "pays": "yes", "group_size": -1, "schedule": {"rules": 3}},
        service_at_locations=[
            {"id": str(uuid.UUID(int=77)), "ibasho": {"schedule": {"rules": 3}, "places": True},
             "location": {"id": str(uuid.UUID(int=78)), "location_type": "physical",
                          "latitude": 139.7, "longitude": 35.7}},
            {"id": "not one"},
        ],
    )  # fmt: skip
    report = bring_in(sqlite_database, tmp_path, [odd])
    assert (report.added, report.reported) == (1, [])
    words = " ".join(w.ja for w in report.warned or [])
    for name in ("minimum_age", "email", "url", "assured_date", "description", "phones", "amount",
                 "organization", "gender", "pays", "group_size", "schedule", "places", "位置",
                 "service_at_locations"):  # fmt: skip
        assert name in words, name
    with sqlite_database.reading() as session:
        made = session.scalars(select(Resource)).one()
        assert (made.age_min, made.age_max, made.email, made.url, made.fee_yen) == (None,) * 5
        assert made.organization_id is None
        assert session.scalars(select(Location)).one().lon is None
        assert session.scalars(select(Offering)).one().verified_on is None


def test_an_id_that_comes_twice_is_named_and_reading_again_still_changes_nothing(
    sqlite_database: Database, tmp_path: Path
) -> None:
    records = [service(1), service(2), service(1, name="二度目"), service(2)]
    for expected in ((2, 0), (0, 2)):
        report = bring_in(sqlite_database, tmp_path, records)
        assert (report.added, report.unchanged, report.changed) == (*expected, 0)
        assert [(r.line, r.record) for r in report.reported] == [
            (3, str(uuid.UUID(int=1))), (4, str(uuid.UUID(int=2))),
        ]  # fmt: skip
        assert "1 件目と id" in report.reported[0].ja
    with sqlite_database.reading() as session:
        assert session.get_one(Resource, uuid.UUID(int=1)).name == "見本1"


def test_an_organization_named_by_its_id_alone_is_said_to_be_left_out(
    sqlite_database: Database, tmp_path: Path
) -> None:
    report = bring_in(sqlite_database, tmp_path, [service(1, organization_id="not-a-uuid")])
    assert any("organization" in w.ja for w in report.warned or [])


def test_reading_a_file_again_changes_nothing(
    database: Database, tmp_path: Path, shared_data: Path
) -> None:
    text = (shared_data / "hsds" / "examples" / "service_full.json").read_text("utf-8")
    data = [json.loads(text), service(2), service(3, organization={"id": SERVICE, "name": "会"})]
    bring_in(database, tmp_path, data)
    with database.reading() as session:
        before = latest_revision(session)
    report = bring_in(database, tmp_path, data)
    assert (report.rows, report.unchanged) == (3, 3)
    with database.reading() as session:
        assert latest_revision(session) == before


def test_what_changed_in_the_file_changes_and_what_staff_know_stays(
    database: Database, tmp_path: Path
) -> None:
    place = {"id": str(uuid.UUID(int=5)), "location": {
        "id": str(uuid.UUID(int=6)), "location_type": "physical", "name": "家",
        "latitude": 35.73, "longitude": 139.71}}  # fmt: skip
    first = service(description="前", phones=[{"id": "x", "number": "1"}],
                    service_at_locations=[place])  # fmt: skip
    bring_in(database, tmp_path, [first])
    with database.writing(by="staff") as session:
        made = session.scalars(select(Resource)).one()
        made.phone, made.noise, made.kind = "2", "low", "salon"
        session.scalars(select(Location)).one().visibility = "hidden"
    later = copy.deepcopy(first) | {"description": "後"}
    later["service_at_locations"][0]["location"]["name"] = "別の家"
    report = bring_in(database, tmp_path, [later])
    assert report.changed == 1
    with database.reading() as session:
        made = session.scalars(select(Resource)).one()
        assert (made.description, made.phone, made.noise, made.kind) == ("後", "2", "low", "salon")
        location = session.scalars(select(Location)).one()
        assert (location.name, location.visibility) == ("別の家", "hidden")


def test_a_sparse_record_takes_nothing_away_and_a_fuller_one_adds(
    database: Database, tmp_path: Path
) -> None:
    place = {"id": str(uuid.UUID(int=5)), "description": "午前の回"}
    bring_in(database, tmp_path, [service(description="くわしい説明")])
    assert count(database, Offering) == 1
    bring_in(database, tmp_path, [service(service_at_locations=[place])])
    with database.reading() as session:
        assert session.scalars(select(Resource)).one().description == "くわしい説明"
        assert session.scalars(select(Offering)).one().label == "午前の回"
    report = bring_in(database, tmp_path, [service()])
    assert (report.unchanged, count(database, Offering)) == (1, 1)


def test_a_service_that_closes_in_the_file_closes(database: Database, tmp_path: Path) -> None:
    bring_in(database, tmp_path, [service()])
    bring_in(database, tmp_path, [service() | {"status": "defunct"}])
    with database.reading() as session:
        assert session.scalars(select(Resource)).one().status == "closed"


def test_out_in_and_out_again_is_the_same(database: Database, tmp_path: Path) -> None:
    r = random.Random(9)
    with database.writing(by="test") as session:
        add_every_sort(session)
        for _ in range(60):
            parts = catalogues.registration(r, [uuid.uuid4()], TODAY)
            parts["organization"] = {"name": "架空の会"}
            register_resource(session, registration=Registration.model_validate(parts),
                              vocabulary=VOCABULARY, by="test")  # fmt: skip
        for offering in session.scalars(select(Offering)):
            offering.verified_by = offering.verified_by or "host"
        for organization in session.scalars(select(Organization)):
            organization.phone, organization.corporate_number = "03-0000-0000", "1234567890123"
    lines = written(database)
    whole = [json.loads(line) for line in lines.splitlines()]
    assert len(whole) > 20
    # Into the catalogue that it comes from: nothing changes.
    report = bring_in(database, tmp_path, lines, "out.ndjson")
    assert (report.rows, report.unchanged, report.reported) == (len(whole), len(whole), [])
    array = written(database, lines=False)
    assert json.loads(array) == whole
    emptied(database)
    report = bring_in(database, tmp_path, array)
    assert (report.added, report.reported, report.warned) == (len(whole), [], [])
    again = [json.loads(line) for line in written(database).splitlines()]
    for one, other in zip(again, whole, strict=True):
        assert without_dates_of_change(one) == without_dates_of_change(other)


def test_an_entry_of_our_own_is_not_changed_by_a_file(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with sqlite_database.writing(by="test") as session:
        add_every_sort(session)
    whole = [json.loads(line) for line in written(sqlite_database).splitlines()]
    whole[0]["description"] = "書き換え"
    with sqlite_database.reading() as session:
        before = latest_revision(session)
    report = bring_in(sqlite_database, tmp_path, whole)
    assert [r.record for r in report.reported] == [whole[0]["id"]]
    assert report.unchanged == len(whole) - 1
    with sqlite_database.reading() as session:
        assert latest_revision(session) == before


def test_a_host_alone_comes_in_once(database: Database, tmp_path: Path) -> None:
    host = {"id": SERVICE, "name": "見本の会", "description": "", "website": "https://example.jp"}
    assert bring_in(database, tmp_path, [host]).added == 1
    assert bring_in(database, tmp_path, [host]).unchanged == 1
    with database.reading() as session:
        assert session.scalars(select(Organization)).one().url == "https://example.jp"


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        ({"freq": "WEEKLY", "byday": "TU,MO", "opens_at": "10:00", "closes_at": "12:00"},
         {"days": ["mon", "tue"], "from": "10:00", "to": "12:00"}),
        ({"freq": "WEEKLY", "byday": "SA", "opens_at": "22:00+09:00", "closes_at": "02:30:00+09:00",
          "interval": 1, "timezone": 9, "dtstart": "2026-01-01"},
         {"days": ["sat"], "from": "22:00", "to": "26:30"}),
        ({"freq": "MONTHLY", "byday": "1MO,3MO", "opens_at": "09:00", "closes_at": "10:00"},
         {"days": ["mon"], "nth": [1, 3], "from": "09:00", "to": "10:00"}),
        ({"freq": "MONTHLY", "byday": "-1FR", "opens_at": "09:00", "closes_at": "10:00"},
         {"days": ["fri"], "nth": [-1], "from": "09:00", "to": "10:00"}),
        ({"freq": "MONTHLY", "bymonthday": "15,1", "opens_at": "09:00", "closes_at": "10:00"},
         {"month_days": [1, 15], "from": "09:00", "to": "10:00"}),
    ],
)  # fmt: skip
def test_a_schedule_that_can_be_said_is_read(entry: dict[str, Any], rule: dict[str, Any]) -> None:
    read = read_schedules([entry], Reader(), TODAY)["schedule"]["rules"]
    whole = {"days": [], "nth": [], "month_days": [], "holidays": None}
    assert read == [whole | rule]


@pytest.mark.parametrize(
    "more",
    [
        {"interval": 2}, {"count": 3}, {"until": "2027-01-01"}, {"byweekno": "41"},
        {"byyearday": "3"}, {"notes": "祝日は休み"}, {"timezone": 0}, {"opens_at": "10:00Z"},
        {"closes_at": "12:00-05:00"}, {"opens_at": "25:00"}, {"closes_at": "10:00"},
        {"byday": "XX"}, {"byday": ""}, {"byday": "1MO"}, {"freq": "DAILY"}, {"freq": None},
        {"bymonthday": "3"}, {"freq": "MONTHLY", "byday": "1MO,2TU"}, {"dtstart": "2027-04-01"},
        {"freq": "MONTHLY", "byday": "", "bymonthday": "-1"}, {"valid_from": "2027-04-01"},
        {"opens_at": 10}, {"byday": ["MO"]},
    ],
)  # fmt: skip
def test_a_schedule_of_which_a_part_cannot_be_said_stays_unknown(more: dict[str, Any]) -> None:
    plain = {"freq": "WEEKLY", "byday": "MO", "opens_at": "10:00", "closes_at": "12:00",
             "description": "月曜の午前"}  # fmt: skip
    assert "schedule" in read_schedules([plain], Reader(), TODAY)
    read = read_schedules([plain, plain | more], Reader(), TODAY)
    assert "schedule" not in read
    assert read["schedule_text"] == "月曜の午前"


JUNK: list[Any] = [
    None, True, -1, 10**30, 1.5, 1e308, "", "x", "\u0000", "\ud800", "長" * 12_000, [], [[]], {},
    [None], [{}], {"id": 3}, "2026-02-30", "9999-12-31", str(uuid.UUID(int=4)),
]  # fmt: skip


def spoiled(r: random.Random, node: Any) -> Any:
    """Return a record in which some values are junk."""
    if r.random() < 0.04:
        return r.choice(JUNK)
    if isinstance(node, dict):
        return {k: spoiled(r, v) for k, v in node.items()}
    return [spoiled(r, v) for v in node] if isinstance(node, list) else node


def test_no_record_however_odd_ends_the_import(
    database: Database, tmp_path: Path, shared_data: Path
) -> None:
    r = random.Random(3)
    records = [
        json.loads((shared_data / "hsds" / "examples" / f"{name}.json").read_text("utf-8"))
        for name in ("service_full", "service_at_location_full", "organization_full")
    ]
    with database.writing(by="test") as session:
        changes.acting(session, by="test")
        add_every_sort(session)
    records += [json.loads(line) for line in written(database).splitlines()]
    odd = [spoiled(r, r.choice(records)) for _ in range(150)]
    emptied(database)
    report = bring_in(database, tmp_path, odd)
    assert report.rows == 150
    assert report.added + report.changed + report.unchanged + len(report.reported) == 150
    assert report.reported
    assert report.warned
    written(database)  # what came in can be given out
