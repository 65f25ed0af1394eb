"""A catalogue that is written and read back is the same catalogue."""

import io
import json
import random
import uuid
from datetime import date
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from oracle import catalogues

from resources import changes
from resources.commands import register_resource
from resources.database import Database
from resources.exchange import export_catalogue, import_catalogue
from resources.importing import BadFile
from resources.models import Agency, AgencyLink, Base, District, Organization
from resources.registration import Registration
from resources.terms import add_term, edit_term, replace_term, retire_term


def filled(database: Database) -> str:
    r = random.Random(4)
    with database.writing(by="test") as session:
        session.add(
            Agency(
                code="a",
                ja="架空課",
                en="Invented",
                programmes=["consultation"],
                fields=[],
                needs=["debt"],
                meetings=[],
            )
        )
        session.add(
            Agency(
                code="b",
                ja="架空所",
                en="Invented",
                programmes=[],
                fields=[],
                needs=[],
                meetings=[],
            )
        )
        session.flush()
        session.add(AgencyLink(origin="a", target="b", relation="refers_to"))
        session.add(District(layer="wards", code="1", ja="第一"))
        add_term(session, axis="kind", code="sauna", ja="銭湯", en="Bath", by="test")
        edit_term(session, axis="kind", code="salon", facts={"term_days": 60}, by="test")
        retire_term(session, axis="kind", code="unsorted", by="test")
        for _ in range(60):
            parts = catalogues.registration(r, [uuid.uuid4()], date(2026, 11, 24))
            parts["organization"] = {"name": "架空\u2028の会"}
            register_resource(
                session,
                registration=Registration.model_validate(parts),
                vocabulary=catalogues.VOCABULARY,
                by="test",
            )
        replace_term(session, axis="kind", old="sauna", new="salon", by="test")
    return written(database)


def written(database: Database) -> str:
    out = io.StringIO()
    with database.reading() as session:
        export_catalogue(session, out)
    return out.getvalue()


def test_out_in_and_out_again_gives_the_same_bytes(database: Database) -> None:
    text = filled(database)
    Base.metadata.drop_all(database.engine)
    Base.metadata.create_all(database.engine)
    with database.writing(by="import") as session:
        report = import_catalogue(session, text.split("\n"), by="import")
    assert report.rows == report.added == text.count("\n") - 1
    assert written(database) == text


def test_reading_it_again_changes_nothing(database: Database) -> None:
    text = filled(database)
    with database.reading() as session:
        before = changes.latest_revision(session)
    with database.writing(by="import") as session:
        report = import_catalogue(session, text.split("\n"), by="import")
    assert report.unchanged == report.rows
    with database.reading() as session:
        assert changes.latest_revision(session) == before


def test_one_changed_field_is_one_changed_row(database: Database) -> None:
    text = filled(database)
    lines = text.split("\n")
    i = next(n for n, line in enumerate(lines) if '"type":"organization"' in line)
    organization = json.loads(lines[i])
    lines[i] = json.dumps({**organization, "phone": "03-0000-0000"}, ensure_ascii=False)
    with database.writing(by="import") as session:
        report = import_catalogue(session, lines, by="import")
    assert report.changed == 1
    with database.reading() as session:
        assert session.get_one(Organization, uuid.UUID(organization["id"])).phone == "03-0000-0000"


def test_every_line_has_the_documented_form(sqlite_database: Database) -> None:
    schema = json.loads(
        files("resources").joinpath("schemas/catalogue.schema.json").read_text("utf-8")
    )
    validator = jsonschema.Draft202012Validator(schema)
    for line in filled(sqlite_database).strip("\n").split("\n"):
        validator.validate(json.loads(line))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda lines: ["", ""], "空です"),
        (lambda lines: lines[1:], "1 行目は type catalogue"),
        (lambda lines: [*lines, "{"], "JSON ではありません"),
        (lambda lines: [*lines, "[]"], "オブジェクトでは"),
        (lambda lines: [*lines, '{"type":"castle"}'], "type が決められた"),
        (lambda lines: [*lines, '{"type":"organization"}'], "キーがありません"),
        (lambda lines: [*lines, '{"type":"organization","id":"x"}'], "id の値"),
        (
            lambda lines: [*lines, f'{{"type":"organization","id":"{uuid.uuid4()}"}}'],
            "name がありません",
        ),
        (
            lambda lines: [
                *lines,
                '{"type":"district","layer":"a","code":"b","ja":"c","colour":"d"}',
            ],
            "colour",
        ),
        (lambda lines: [*lines, '{"type":"location","lon":NaN}'], "lon が使えない数"),
        (
            lambda lines: [*lines, '{"type":"location","lon":' + "9" * 5000 + "}"],
            "lon が使えない数",
        ),
        (lambda lines: [*lines, '{"type":"organization","name":"\\ud800"}'], "壊れた文字"),
        (lambda lines: [*lines, "[" * 100_000], "JSON ではありません"),
        *(
            (lambda lines, bad=bad: [*lines, _organization(bad)], "name の値")
            for bad in ("a\0b", "長" * 301)
        ),
    ],
)
def test_a_line_that_cannot_be_used_refuses_the_whole_file(
    sqlite_database: Database, spoil, words: str
) -> None:
    lines = filled(sqlite_database).strip("\n").split("\n")
    Base.metadata.drop_all(sqlite_database.engine)
    Base.metadata.create_all(sqlite_database.engine)
    with pytest.raises(BadFile) as caught, sqlite_database.writing(by="import") as session:
        import_catalogue(session, spoil(lines), by="import")
    assert words in caught.value.ja
    assert written(sqlite_database).count("\n") == 1


def _organization(name: str) -> str:
    moment = "2026-11-24T00:00:00+00:00"
    row = {"id": str(uuid.uuid4()), "name": name, "created_at": moment, "edited_at": moment}
    return json.dumps({"type": "organization", **row}, ensure_ascii=False)


def test_a_row_that_refers_to_nothing_refuses_the_file(database: Database) -> None:
    offering = {
        "type": "offering", "id": str(uuid.uuid4()), "resource_id": str(uuid.uuid4()),
        "created_at": "2026-11-24T00:00:00+00:00", "edited_at": "2026-11-24T00:00:00+00:00",
    }  # fmt: skip
    lines = ['{"type":"catalogue","format":1}', json.dumps(offering)]
    with pytest.raises(BadFile, match="refers"), database.writing(by="import") as session:
        import_catalogue(session, lines, by="import")


MOMENT = "2026-11-24T00:00:00+00:00"
HOST, ROOM = (str(uuid.UUID(int=n)) for n in (1, 2))


def _line(table: str, /, **row: object) -> str:
    whole = {"type": table, "created_at": MOMENT, "edited_at": MOMENT, **row}
    return json.dumps(whole, ensure_ascii=False)


def _resource(**row: object) -> str:
    return _line("resource", **{"id": ROOM, "name": "場", "kind": "salon", **row})


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (['{"type":5}'], "type が決められたもの（taxonomy_term、"),
        (['{"type":["resource"]}'], "type が決められたもの"),
        ([_resource(id=5)], "id の値が正しくありません（ID（UUID）にしてください）"),
        ([_resource(id=[HOST])], "id の値が正しくありません"),
        ([_resource(organization_id=True)], "organization_id の値が正しくありません"),
        ([_resource(created_at="2026-11-24")], "created_at の値が正しくありません（時差つきの日時"),
        ([_resource(age_min="3")], "age_min の値が正しくありません（整数にしてください）"),
        ([_resource(staff_present=1)], "staff_present の値が正しくありません（true か false"),
        ([_resource(name="長" * 400)], "name の値が正しくありません（300字までにしてください）"),
        ([_resource(name=None)], "name の値が正しくありません（空にはできません）"),
        ([_resource(name=" ")], "name が空です"),
        ([_resource(kind="cafe")], "kind のコード「cafe」は、一覧 kind（salon、hiroba、"),
        ([_resource(), _resource(name="別の名")], "3 行目: 2 行目と同じキーです"),
        ([_resource()[:-1] + ',"name":"別の名"}'], "2 行目: name が二度書かれています"),
        ([_line("organization", id=HOST, name="会"), _resource(organization_id=HOST),
          _line("offering", id=HOST, resource_id=ROOM, location_id=ROOM)],
         "4 行目: location_id の指す location（00000000-0000-0000-0000-000000000002）"),
        ([_resource(organization_id=HOST)], "2 行目: organization_id の指す organization"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_line_and_field_with_what_is_wanted(
    database: Database, lines: list[str], words: str
) -> None:
    whole = ['{"type":"catalogue","format":1}', *lines]
    with pytest.raises(BadFile) as caught, database.writing(by="import") as session:
        import_catalogue(session, whole, by="import")
    assert words in caught.value.ja
    assert written(database).count("\n") == 1


def test_the_number_of_a_format_is_no_truth(database: Database) -> None:
    with pytest.raises(BadFile, match="no catalogue"), database.writing(by="import") as session:
        import_catalogue(session, ['{"type":"catalogue","format":true}'], by="import")


@pytest.mark.parametrize(
    "spoilt",
    [
        {"closed": 0}, {"closed": ""}, {"rules": [{"nth": 0}]}, {"rules": [{"nth": ""}]},
        {"rules": [{"month_days": {}}]}, {"closed": [{"dates": ["2026-12-03"], "nth": ""}]},
    ],
)  # fmt: skip
def test_nothing_but_a_list_stands_for_a_list_of_a_schedule(
    sqlite_database: Database, spoilt: dict[str, Any]
) -> None:
    rule = {"days": ["tue"], "from": "10:00", "to": "12:00"}
    schedule: dict[str, Any] = {"rules": [rule], "closed": []} | spoilt
    schedule["rules"] = [{**rule, **part} for part in schedule["rules"]]
    offering = _line("offering", id=HOST, resource_id=ROOM, schedule=schedule)
    lines = ['{"type":"catalogue","format":1}', _resource(), offering]
    with pytest.raises(BadFile, match="schedule"), sqlite_database.writing(by="i") as session:
        import_catalogue(session, lines, by="import")
