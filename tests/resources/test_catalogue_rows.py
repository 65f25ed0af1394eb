"""A catalogue from outside: what can be used is suggested, what can't refuses the file by its line."""

import io
import json
import random
import re
import uuid
from copy import deepcopy
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from oracle import catalogues
from quiet_place import need, suggested
from sqlalchemy import inspect

from geodata.coordinates import JAPAN_LAT, JAPAN_LON
from jobs.demo.load import load_agencies, load_catalogue, load_districts, load_terms
from matching.store import IndexStore
from resources import clock
from resources.allowed import CHOICES, CODES, RANGES
from resources.database import Database
from resources.exchange import TABLES, export_catalogue, import_catalogue
from resources.hsds.parts import capacities
from resources.import_report import FileReport
from resources.models import Base, Offering, Resource
from resources.moments import Moment
from resources.reckoned import needed_codes
from resources.sources.rows import BadFile
from resources.terms import read_vocabulary
from resources.vocabulary import default_vocabulary

FORMATS = Path(__file__).parents[2] / "docs" / "formats.md"
SCHEMA = json.loads(
    files("resources").joinpath("schemas/catalogue.schema.json").read_text("utf-8")
)  # fmt: skip
TUESDAY = {"days": ["tue"], "from": "13:00", "to": "15:00"}

Row = dict[str, Any]


def documented() -> list[Row]:
    """Return the lines of the catalogue that the document shows, whole as it stands there."""
    section = FORMATS.read_text(encoding="utf-8").split("\n## A catalogue\n")[1]
    block = re.findall(r"```json\n(.*?)```", section, re.DOTALL)[0]
    return [json.loads(line) for line in block.strip().split("\n")]


def brought_in(database: Database, rows: list[Row]) -> FileReport:
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    with database.writing(by="import") as session:
        return import_catalogue(session, lines, by="import")


def written(database: Database) -> str:
    out = io.StringIO()
    with database.reading() as session:
        export_catalogue(session, out)
    return out.getvalue()


def with_facts(table: str, **facts: Any) -> list[Row]:
    """Return the documented catalogue with other facts in its row of a table."""
    return [{**row, **facts} if row["type"] == table else row for row in documented()]


def whole_lists() -> list[Row]:
    lists = default_vocabulary()
    return [
        {"type": "taxonomy_term", "axis": t.axis, "code": t.code, "ja": t.ja, "en": t.en,
         "position": n, "facts": t.facts}
        for axis in lists.axes for n, t in enumerate(lists.terms(axis))
    ]  # fmt: skip


def with_lists(rows: list[Row]) -> list[Row]:
    header, *others = documented()
    return [header, *rows, *others]


def test_the_documented_catalogue_comes_in_and_its_place_is_suggested(
    database: Database, tmp_path: Path
) -> None:
    before = clock.now()
    assert brought_in(database, documented()).added == 4
    store = IndexStore(tmp_path / "index", default_vocabulary())
    found = suggested(database, store, need(needs={"isolation": 3})).suggestions
    assert [s.place.name for s in found] == ["（架空）ひだまりサロン"]
    with database.reading() as session:
        resource = session.get_one(Resource, found[0].place.resource)
    assert before <= resource.created_at == resource.edited_at <= clock.now()


def test_the_documented_catalogue_read_again_changes_nothing(database: Database) -> None:
    brought_in(database, documented())
    first = written(database)
    assert brought_in(database, documented()).unchanged == 4
    assert written(database) == first


def test_a_row_that_a_file_changes_without_a_moment_was_edited_now(
    sqlite_database: Database,
) -> None:
    then = "2026-01-01T00:00:00+00:00"
    brought_in(sqlite_database, with_facts("resource", created_at=then, edited_at=then))
    before = clock.now()
    assert brought_in(sqlite_database, with_facts("resource", fee_yen=100)).changed == 1
    with sqlite_database.reading() as session:
        resource = session.get_one(Resource, uuid.UUID(documented()[2]["id"]))
    assert resource.created_at.isoformat() == then
    assert resource.edited_at >= before


UNUSABLE: list[tuple[str, str, Any, str]] = [
    ("resource", "kind", "xyz", "xyz"),
    ("resource", "status", "active", "published"),
    ("resource", "gender", "women", "female"),
    ("resource", "noise", "quiet", "low"),
    ("resource", "conversation", "some", "optional"),
    ("resource", "steps", ["visit"], "0"),
    ("resource", "steps", [6], "5"),
    ("resource", "steps", [True], "5"),
    ("resource", "steps", 1, "5"),
    ("resource", "needs", "isolation", '["…"'),
    ("resource", "needs", {"isolation": 3}, '["…"'),
    ("resource", "needs", [1], '["…"'),
    ("resource", "needs", ["isolationn"], "isolationn"),
    ("resource", "activities", ["read"], "read"),
    ("resource", "audience", ["everybody"], "everybody"),
    ("resource", "accepted_audience", ["everybody"], "everybody"),
    ("resource", "languages", ["Japanese"], "Japanese"),
    ("resource", "requirements", ["none"], "none"),
    ("resource", "fee_yen", -5, "1000000"),
    ("resource", "fee_yen", 10**9, "1000000"),
    ("resource", "pay_yen_hour", -1, "100000"),
    ("resource", "group_size", -3, "100000"),
    ("resource", "age_min", 121, "120"),
    ("resource", "accepted_age_max", -1, "120"),
    ("resource", "original", [], "original"),
    ("resource", "url", "javascript:alert(1)", "https"),
    ("location", "visibility", "secret", "hidden"),
    ("location", "point_level", "roof", "chome"),
    ("location", "point_source", "somebody", "gazetteer"),
    ("location", "accuracy_m", -1, "1000000"),
    ("offering", "availability", "full", "none"),
    ("offering", "availability_said_by", "me", "booking"),
    ("offering", "verified_by", "me", "call"),
    ("offering", "attendance", "always", "drop_in"),
    ("offering", "places", -1, "1000000"),
    ("offering", "capacity", -1, "1000000"),
    ("offering", "min_minutes", 100_000, "1440"),
    ("offering", "min_per_week", 8, "7"),
    ("offering", "schedule", "火曜 13:00～15:00", "rules"),
    ("offering", "schedule", {"rules": [{**TUESDAY, "days": ["Tuesday"]}]}, "mon"),
    ("offering", "schedule", {"rules": [{**TUESDAY, "to": "12:00"}]}, "rules"),
    ("organization", "accompanied_cap", -1, "10000"),
]


@pytest.mark.parametrize(("table", "field", "value", "allowed"), UNUSABLE)
def test_a_value_that_no_suggestion_can_reckon_with_refuses_the_file(
    database: Database, table: str, field: str, value: Any, allowed: str
) -> None:
    rows = with_facts(table, **{field: value})
    line = next(n for n, row in enumerate(rows, start=1) if row["type"] == table)
    with pytest.raises(BadFile) as refused:
        brought_in(database, rows)
    assert refused.value.ja.startswith(f"{line} 行目: {field} ")
    assert refused.value.en.startswith(f"Line {line} has ")
    assert field in refused.value.en
    assert allowed in refused.value.ja
    assert written(database).count("\n") == 1


@pytest.mark.parametrize(
    ("table", "facts", "words"),
    [
        ("resource", {"age_min": 90, "age_max": 10}, "age_min above age_max"),
        (
            "resource",
            {"accepted_age_min": 20, "accepted_age_max": 10},
            "accepted_age_min above accepted_age_max",
        ),
        ("location", {"lon": 35.729, "lat": 139.7148}, "they are swapped"),
        ("location", {"lon": 2.35, "lat": 48.85}, "outside Japan"),
        ("location", {"lat": None}, "only one of lon and lat"),
    ],
)
def test_values_that_contradict_each_other_refuse_the_file(
    sqlite_database: Database, table: str, facts: Row, words: str
) -> None:
    with pytest.raises(BadFile, match=words):
        brought_in(sqlite_database, with_facts(table, **facts))
    assert written(sqlite_database).count("\n") == 1


def test_a_file_that_changes_one_of_two_fields_is_held_to_what_is_stored_of_the_other(
    sqlite_database: Database,
) -> None:
    brought_in(sqlite_database, with_facts("resource", age_min=20, age_max=30))
    header, resource = documented()[0], documented()[2]["id"]
    with pytest.raises(BadFile, match="Line 2 has age_min above age_max"):
        brought_in(sqlite_database, [header, {"type": "resource", "id": resource, "age_min": 40}])


def test_more_places_than_the_usual_capacity_stay_as_they_were_said(
    sqlite_database: Database,
) -> None:
    """A session may have more; in HSDS, where a maximum is never exceeded, it is left out."""
    said = {"availability": "capacity", "availability_said_on": "2026-11-20", "capacity": 10}
    for places, maximum in ((12, None), (10, 10), (0, 10)):
        brought_in(sqlite_database, with_facts("offering", places=places, **said))
        with sqlite_database.reading() as session:
            offering = session.get_one(Offering, uuid.UUID(documented()[4]["id"]))
            resource = session.get_one(Resource, offering.resource_id)
            assert (offering.places, offering.capacity) == (places, 10)
            (told,) = capacities(resource, offering, default_vocabulary())
        assert (told["available"], told.get("maximum")) == (places, maximum)


OFFERING, AGENCY = documented()[4]["id"], {"type": "agency", "code": "a", "ja": "課", "en": "A"}


@pytest.mark.parametrize(
    ("field", "row"),
    [
        ("needs", {**AGENCY, "programmes": [], "fields": [], "needs": ["x"], "meetings": []}),
        ("programmes", {**AGENCY, "programmes": "x", "fields": [], "needs": [], "meetings": []}),
        ("meetings", {**AGENCY, "programmes": [], "fields": [], "needs": [], "meetings": {}}),
        ("relation", {"type": "agency_link", "origin": "a", "target": "a", "relation": "knows"}),
        ("said_by", {"type": "session_seen", "offering_id": OFFERING, "on": "2026-11-24",
                     "said_by": "me", "held": True, "by": "x"}),
        ("way", {"type": "host_asked", "offering_id": OFFERING, "id": OFFERING, "way": "letter",
                 "asked_on": "2026-11-24", "silent_from": "2026-12-01", "by": "x"}),
        ("writes", {"type": "merge", "id": OFFERING, "kept_id": OFFERING, "merged_id": OFFERING,
                    "writes": [1], "by": "x"}),
        ("axis", {"type": "taxonomy_term", "axis": "colour", "code": "red", "ja": "赤",
                  "en": "Red", "position": 0, "facts": {}}),
    ],
)  # fmt: skip
def test_what_stands_in_the_other_tables_is_held_to_its_values_too(
    sqlite_database: Database, field: str, row: Row
) -> None:
    with pytest.raises(BadFile, match=f"Line 6 has .*{field}"):
        brought_in(sqlite_database, [*documented(), row])
    assert written(sqlite_database).count("\n") == 1


def test_a_code_of_the_files_own_lists_may_stand_in_its_rows_and_a_retired_one_too(
    database: Database,
) -> None:
    own = {"type": "taxonomy_term", "axis": "kind", "code": "sauna", "ja": "銭湯", "en": "Bath",
           "position": 99, "facts": {"participation": True}, "active": False}  # fmt: skip
    rows = with_lists([*whole_lists(), own])
    place = next(row for row in rows if row["type"] == "resource")
    brought_in(database, [{**row, "kind": "sauna"} if row == place else row for row in rows])
    with database.reading() as session:
        assert session.get_one(Resource, uuid.UUID(place["id"])).kind == "sauna"
    # Later files find the lists in the database.
    brought_in(database, with_facts("resource", kind="sauna", fee_yen=0))
    with pytest.raises(BadFile, match="kind"):
        brought_in(database, with_facts("resource", kind="castle"))


def test_a_kind_that_open_data_gave_where_the_lists_are_older_goes_out_and_comes_in(
    sqlite_database: Database,
) -> None:
    kind = min(needed_codes("kind"))
    rows = with_lists(lists_without("kind", kind))
    rows = [{**row, "kind": kind} if row["type"] == "resource" else row for row in rows]
    assert brought_in(sqlite_database, rows).added == len(rows) - 1


def lists_without(axis: str, code: str) -> list[Row]:
    return [row for row in whole_lists() if (row["axis"], row["code"]) != (axis, code)]


def lists_with(axis: str, code: str, **facts: Any) -> list[Row]:
    rows = deepcopy(whole_lists())
    row = next(row for row in rows if (row["axis"], row["code"]) == (axis, code))
    row["facts"] |= facts
    return rows


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (lists_without("audience", "anyone"), "audience without anyone"),
        (lists_without("need", "truancy"), "need without truancy"),
        (lists_without("requirement", "handbook"), "requirement without handbook"),
        (lists_without("activity", "delivery"), "activity without delivery"),
        (lists_without("language", "easy_ja"), "language without easy_ja"),
        (lists_without("step", "contact"), "step other than it must be"),
        ([row for row in whole_lists() if row["axis"] == "kind"], "give all lists"),
        (lists_with("kind", "salon", term_days="long"), "kind with facts of salon"),
        (lists_with("kind", "salon", needs="isolation"), "kind with facts of salon"),
        (lists_with("kind", "salon", requires=["magic"]), "kind with facts of salon"),
        (lists_with("kind", "salon", replaced_by=["hiroba"]), "kind with facts of salon"),
        (lists_with("need", "debt", audience=["x"]), "need with facts of debt"),
    ],
)
def test_lists_that_the_program_could_not_reckon_with_refuse_the_file(
    sqlite_database: Database, rows: list[Row], words: str
) -> None:
    with pytest.raises(BadFile, match=words) as refused:
        brought_in(sqlite_database, with_lists(rows))
    assert refused.value.ja.startswith(f"{len(rows) + 1} 行目: ")
    with sqlite_database.reading() as session:
        assert read_vocabulary(session) is None


def registered(r: random.Random) -> list[Row]:
    """Return the rows of a random place, with much left out."""
    parts = catalogues.registration(r, [uuid.uuid4()], date(2026, 11, 24))
    ids = {table: str(uuid.UUID(int=r.getrandbits(128), version=4)) for table in parts}
    rows = [
        {"type": "resource", "id": ids["resource"], **parts["resource"]},
        {"type": "location", "id": ids["location"], **parts["location"]},
        {"type": "offering", "id": ids["offering"], "resource_id": ids["resource"],
         "location_id": ids["location"], **parts["offering"]},
    ]  # fmt: skip
    return [
        {k: v.isoformat() if isinstance(v, date) else v
         for k, v in row.items() if v is not None or r.random() < 0.5}
        for row in rows
    ]  # fmt: skip


def test_the_demo_goes_out_and_comes_in_byte_by_byte(sqlite_database: Database) -> None:
    database = sqlite_database
    with database.writing(by="demo") as session:
        load_terms(session, default_vocabulary())
        load_agencies(session)
        load_districts(session)
        load_catalogue(session, seed=2026, today=date(2026, 11, 23))
    first = written(database)
    Base.metadata.drop_all(database.engine)
    Base.metadata.create_all(database.engine)
    assert brought_in(database, [json.loads(line) for line in first.split("\n")[:-1]]).added > 900
    assert written(database) == first


@pytest.mark.parametrize("seed", range(4))
def test_whatever_a_registration_takes_comes_in_and_goes_out_as_it_was_written(
    database: Database, seed: int
) -> None:
    r = random.Random(seed)
    rows = [documented()[0], *(row for _ in range(50) for row in registered(r))]
    validator = jsonschema.Draft202012Validator(SCHEMA)
    for row in rows:
        validator.validate(row)
    rows.sort(key=lambda row: ["catalogue", "resource", "location", "offering"].index(row["type"]))
    assert brought_in(database, rows).added == 150
    stored = {
        row["id"]: row for row in map(json.loads, written(database).split("\n")[:-1]) if "id" in row
    }
    for row in rows[1:]:
        assert row.items() <= stored[row["id"]].items()


def test_the_index_stands_where_a_row_came_past_the_checks(
    database: Database, tmp_path: Path
) -> None:
    brought_in(database, documented())
    other = {row["type"]: str(uuid.uuid4()) for row in documented()[1:]}
    old = {row["id"]: other[row["type"]] for row in documented()[1:]}
    second = [
        {k: old.get(v, v) if isinstance(v, str) else v for k, v in row.items()}
        for row in documented()
    ]
    brought_in(database, second)
    with database.writing(by="test") as session:
        resource = session.get_one(Resource, uuid.UUID(other["resource"]))
        resource.kind, resource.steps = "xyz", ["visit", 2]  # type: ignore[list-item]
        offering = session.get_one(Offering, uuid.UUID(other["offering"]))
        offering.schedule = {"rules": "火曜"}
    store = IndexStore(tmp_path / "index", default_vocabulary())
    found = suggested(database, store, need(needs={"isolation": 3})).suggestions
    assert [str(s.place.offering) for s in found] == [OFFERING]


def allowed_by_schema(table: str, name: str) -> dict[str, Any]:
    schema: dict[str, Any] = SCHEMA["$defs"][table]["properties"][name]
    return schema


def test_the_schema_says_what_is_allowed_as_the_import_does() -> None:
    for (table, name), values in CHOICES.items():
        nullable = inspect(TABLES[table]).columns[name].nullable
        assert allowed_by_schema(table, name)["enum"] == [*values, *([None] if nullable else [])]
    for (table, name), bounds in RANGES.items():
        schema = allowed_by_schema(table, name)
        schema = schema.get("items", schema)
        assert (schema["minimum"], schema["maximum"]) == bounds, name
    for table, name in CODES.keys() - {("resource", "kind")}:
        assert allowed_by_schema(table, name)["items"] == {"type": "string"}
    for name, degrees in (("lon", JAPAN_LON), ("lat", JAPAN_LAT)):
        schema = allowed_by_schema("location", name)
        assert (schema["minimum"], schema["maximum"]) == degrees


def closes(**facts: Any) -> Row:
    return {"rules": [], "closed": [facts]}


def holds(**facts: Any) -> Row:
    return {"rules": [{**TUESDAY, **facts}]}


ONCE = {"from": "9:00", "to": "48:00", "dates": ["2026-08-16"]}


@pytest.mark.parametrize(
    "schedule",
    [
        {"rules": [], "closed": None},
        {"rules": [{"from": "00:00", "to": "24:00"}]},
        {"rules": [ONCE, {**ONCE, "days": [], "nth": None, "month_days": None, "holidays": None}]},
        holds(nth=[1, -1], holidays="only", month_days=[31], if_holiday=None),
        holds(holidays="closed", if_holiday="next_weekday"),
        {"rules": [{**TUESDAY, "days": [], "month_days": [15], "holidays": "closed",
                    "if_holiday": "next_day"}]},
        closes(days=["mon"], nth=[], if_holiday="next_day", holidays=False),
        closes(from_day="12-29", to_day="01-03"),
        closes(holidays=True),
        closes(dates=["2026-12-24"]),
    ],
)  # fmt: skip
def test_a_schedule_that_the_import_reads_is_one_of_the_schema(
    sqlite_database: Database, schedule: Row
) -> None:
    rows = with_facts("offering", schedule=schedule)
    jsonschema.validate(rows[4], SCHEMA)
    assert brought_in(sqlite_database, rows).added == 4


@pytest.mark.parametrize(
    "schedule",
    [
        {"rules": [{"days": ["tue"], "from": "13:00"}]},
        {"rules": [{"days": ["tue"], "from": None, "to": "15:00"}]},
        {"rules": ["tue 13:00"]},
        holds(to="48:01"),
        {"rules": [{**TUESDAY, "from": "24:00", "to": "25:00"}]},
        holds(days=["tuesday"]),
        holds(days="tue"),
        holds(days=[], nth=[1]),
        holds(nth=[6]),
        holds(month_days=[32]),
        holds(holidays="sometimes"),
        holds(if_holiday="next_day"),
        holds(holidays="closed", if_holiday="open"),
        holds(dates=["2026-08-16"]),
        {"rules": [{**ONCE, "holidays": "open"}]},
        {"rules": [{**ONCE, "dates": ["16.8.2026"]}]},
        holds(closed=True),
        closes(),
        closes(nth=[2]),
        closes(undated="obon"),
        closes(from_day="12-29"),
        closes(days=["mon"], to_day="01-03"),
        closes(from_day="12-29", to_day="13-01"),
        closes(holidays="yes"),
        closes(holidays=True, if_holiday="next_day"),
    ],
)
def test_a_schedule_that_the_import_refuses_is_none_of_the_schema(
    sqlite_database: Database, schedule: Row
) -> None:
    rows = with_facts("offering", schedule=schedule)
    with pytest.raises(BadFile, match="schedule"):
        brought_in(sqlite_database, rows)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(rows[4], SCHEMA)


def test_the_schema_requires_what_a_new_row_can_not_be_without() -> None:
    for table, model in TABLES.items():
        keys = {c.key for c in inspect(model).primary_key}
        needed = {
            c.key
            for c in inspect(model).columns
            if c.key in keys
            or not (c.nullable or c.default is not None or isinstance(c.type, Moment))
        }
        assert set(SCHEMA["$defs"][table]["required"]) == {"type", *needed}, table
