"""What the commands answer, in shapes that other programs may rely on."""

import json
import os
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from icalendar import Calendar
from oracle.recurring_days import plain_sessions
from terminal import Ibasho

from api.commands.answers import print_explanation
from api.commands.words import say
from jobs.program import open_program
from jobs.settings import read_settings
from matching.table import Table
from resources import clock
from resources.calendar_export import WEEKS
from resources.commands import register_resource, set_availability
from resources.registration import Registration
from resources.vocabulary import default_vocabulary

Profile = Callable[..., Path]
Register = Callable[..., str]

SUGGESTION = {
    "offering", "resource", "name", "kind", "score", "confidence", "contributions", "verdicts",
    "distance_m", "walk_minutes", "route", "next_session", "availability", "first_step",
}  # fmt: skip


@pytest.fixture
def register() -> Register:
    """Register an open space in Toshima, in a process of its own as far as the index can tell."""

    def registered(name: str, **more: Any) -> str:
        program = open_program(read_settings())
        try:
            with program.database.writing(by="test") as session:
                offering = register_resource(
                    session,
                    registration=Registration.model_validate(
                        {
                            "organization": {"name": f"{name}の会"},
                            "resource": {
                                "name": name,
                                "kind": "open_space",
                                "needs": ["isolation"],
                            },
                            "location": {
                                "address": "東京都豊島区南大塚3-44",
                                "lon": 139.7150,
                                "lat": 35.7300,
                            },
                            "offering": {
                                "availability": "capacity",
                                "schedule": {
                                    "rules": [
                                        {
                                            "days": ["mon", "tue"],
                                            "nth": [],
                                            "month_days": [],
                                            "from": "10:00",
                                            "to": "12:00",
                                            "holidays": "closed",
                                        }
                                    ],
                                    "closed": [],
                                },
                                **more,
                            },
                        }
                    ),
                    vocabulary=program.vocabulary,
                    by="test",
                )
                return str(offering.id)
        finally:
            program.close()

    return registered


def test_an_empty_catalogue_gives_an_empty_list_and_a_hint(
    ibasho: Ibasho, profile: Profile
) -> None:
    outcome = ibasho("suggest", "--profile", profile(), "--format", "json")
    assert outcome.code == 0
    assert outcome.json["suggestions"] == []
    assert "ibasho import opendata" in outcome.err
    assert ibasho("suggest", "--profile", profile()).code == 0
    assert ibasho("nearby", "--lon", 139.7, "--lat", 35.7).code == 0
    assert ibasho("jobs", "--format", "json").code == 0


def test_a_suggestion_has_the_shape_that_was_promised(
    ibasho: Ibasho, profile: Profile, register: Register
) -> None:
    offering = register("見本の居場所")
    file = profile(needs={"isolation": 3}, walk_minutes=20)
    answer = ibasho("suggest", "--profile", file, "--format", "json").json
    assert answer["scheme"] == "standard"
    assert isinstance(answer["revision"], int)
    (found,) = answer["suggestions"]
    assert found["offering"] == offering
    assert found.keys() >= SUGGESTION
    assert found["score"] == pytest.approx(sum(found["contributions"].values()), abs=1e-9)
    assert found["next_session"]["start"] == "2026-12-01T10:00+09:00"
    assert found["availability"].keys() == {"status", "places", "said_at", "said_by"}
    for verdict in found["verdicts"]:
        assert verdict["verdict"] in ("pass", "fail", "unknown")
        assert verdict["evidence"].keys() == {"field", "value", "verified_on"}


def test_from_the_middle_of_a_town_no_metres_are_told(
    ibasho: Ibasho, profile: Profile, register: Register, tmp_path: Path
) -> None:
    offering = register("見本の居場所")
    towns = tmp_path / "towns.csv"
    towns.write_text(
        "pref,city,town,koaza,lat,lng\n東京都,豊島区,南大塚三丁目,,35.7320,139.7180\n",
        encoding="utf-8",
    )
    assert ibasho("import", "gazetteer", towns).code == 0
    metres = re.compile(r"[0-9]+ ?m\b|distance_m")
    file = profile(walk_minutes=20)
    assert metres.search(ibasho("suggest", "--profile", file).out)
    assert metres.search(ibasho("why", offering, "--profile", file).out)
    file = profile(at={"address": "東京都豊島区南大塚3-1-1"}, walk_minutes=20)
    for command in (("suggest",), ("why", offering)):
        outcome = ibasho(*command, "--profile", file)
        assert outcome.code == 0
        assert "見本の居場所" in outcome.out
        assert not metres.search(outcome.out)
    answer = ibasho("suggest", "--profile", file, "--format", "json").json
    assert answer["from_town"] is True
    assert answer["from_accuracy_m"] >= 100


@pytest.mark.usefixtures("in_japanese")
def test_reasons_are_given_in_words_and_questions_can_be_asked(
    ibasho: Ibasho, profile: Profile, register: Register
) -> None:
    offering = register("見本の居場所")
    file = profile(age=52, walk_minutes=20, needs={"isolation": 2})
    table = ibasho("why", offering, "--profile", file).out
    shown = re.sub(r"\s", "", table)
    assert "公開中" in shown
    assert "4週間に" in shown, "each criterion is told with what it rests on"
    codes = ("status", "schedule", "availability", "distance_m", "sessions_in", "published")
    assert not any(code in table for code in codes)
    listed = re.sub(r"[\s│]", "", ibasho("suggest", "--profile", file).out)
    assert "何歳から何歳までの方が利用できますか。" in listed
    evidence = ibasho("why", offering, "--profile", file, "--format", "json").json["verdicts"][0]
    assert evidence["evidence"] == {"field": "status", "value": "published", "verified_on": None}


def test_the_same_question_gives_the_same_bytes(
    ibasho: Ibasho, profile: Profile, register: Register
) -> None:
    for name in ("いち", "に", "さん"):
        register(name)
    file = profile(needs={"isolation": 1})
    first = ibasho("suggest", "--profile", file, "--format", "json")
    assert ibasho("suggest", "--profile", file, "--format", "json").out == first.out
    piped = ibasho("suggest", "--profile", "-", "--format", "json", stdin=file.read_bytes())
    assert piped.out == first.out


def test_a_place_registered_elsewhere_is_in_the_next_answer_and_a_full_one_is_not(
    ibasho: Ibasho, profile: Profile, register: Register
) -> None:
    def suggested() -> list[str]:
        answer = ibasho("suggest", "--profile", profile(), "--format", "json").json
        return [s["offering"] for s in answer["suggestions"]]

    first = register("はじめの場")
    assert suggested() == [first]
    second = register("あとからの場")
    assert set(suggested()) == {first, second}
    program = open_program(read_settings())
    with program.database.writing(by="test") as session:
        import uuid
        from datetime import date

        set_availability(
            session,
            offering_id=uuid.UUID(first),
            status="none",
            places=0,
            said_by="host",
            said_on=date(2026, 11, 1),
            by="test",
        )
    program.close()
    assert suggested() == [second]


def test_why_gives_every_rule_for_one_place(
    ibasho: Ibasho, profile: Profile, register: Register
) -> None:
    offering = register("遠くない場")
    file = profile(windows=[{"day": "sun", "from": "10:00", "to": "12:00"}])
    answer = ibasho("why", "--profile", file, offering, "--format", "json").json
    assert answer["offering"] == offering
    assert answer["suggestible"] is False
    (windows,) = [v for v in answer["verdicts"] if v["rule"] == "windows"]
    assert windows["verdict"] == "fail"
    assert windows["change"]["ja"]
    by_resource = ibasho("why", answer["resource"], "--profile", file, "--format", "json")
    assert by_resource.json == answer


def test_nearby_answers_for_a_point_and_a_time(ibasho: Ibasho, register: Register) -> None:
    offering = register("歩いて行ける場")
    here = ("--lon", 139.7148, "--lat", 35.7290, "--format", "json")
    at_eleven = ibasho("nearby", *here, "--when", "2026-12-01T11:00").json
    (place,) = at_eleven["places"]
    assert place["offering"] == offering
    assert place["open"] == "open"
    assert place["open_until"] == "2026-12-01T12:00+09:00"
    assert ibasho("nearby", *here, "--when", "2026-12-01T20:00").json["places"] == []
    in_utc = ibasho("nearby", *here, "--when", "2026-12-01T02:00+00:00").json
    assert in_utc["places"] == at_eleven["places"]


def test_nearby_may_start_from_a_town(ibasho: Ibasho, register: Register, gazetteer: None) -> None:
    register("町の場")
    for option in ("--town", "--address"):
        outcome = ibasho("nearby", option, "東京都豊島区東池袋一丁目", "--format", "json")
        assert outcome.json["at"] == {"lon": 139.7142, "lat": 35.7305}


@pytest.mark.usefixtures("gazetteer")
def test_an_address_becomes_a_point_in_a_profile(
    ibasho: Ibasho, profile: Profile, register: Register
) -> None:
    offering = register("町の場")
    file = profile(at={"address": "東京都豊島区東池袋1丁目2-3"}, walk_minutes=30)
    answer = ibasho("suggest", "--profile", file, "--format", "json").json
    assert [s["offering"] for s in answer["suggestions"]] == [offering]


@pytest.mark.usefixtures("gazetteer")
def test_geocode_answers_one_object_or_one_a_line(ibasho: Ibasho) -> None:
    one = ibasho("geocode", "東京都豊島区南大塚3-44-1", "--format", "json").json
    assert list(one) == sorted(
        ["prefecture", "city", "town", "number", "rest", "level", "lon", "lat", "accuracy_m"]
    )
    assert (one["prefecture"], one["city"], one["town"]) == ("東京都", "豊島区", "南大塚三丁目")
    lines = "東京都豊島区南大塚3-44-1\n\nどこかの町\r\n東京都豊島区東池袋一丁目".encode()
    answers = [json.loads(line) for line in ibasho("geocode", "-", stdin=lines).out.splitlines()]
    assert answers[0] == one
    assert [a["town"] for a in answers] == ["南大塚三丁目", None, None, "東池袋一丁目"]


def test_a_schedule_is_parsed_or_the_part_that_was_not_understood_is_named(
    ibasho: Ibasho,
) -> None:
    parsed = ibasho("schedule", "parse", "第1・3月曜 10:00～12:00", "--format", "json").json
    assert parsed["parsed"] is True
    assert parsed["unparsed"] is None
    (rule,) = parsed["rules"]
    assert rule.keys() == {"days", "nth", "month_days", "from", "to", "holidays"}
    assert (rule["days"], rule["nth"], rule["from"]) == (["mon"], [1, 3], "10:00")
    refused = ibasho("schedule", "parse", "気が向いたとき", "--format", "json").json
    assert refused["parsed"] is False
    assert refused["unparsed"]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("第1・3・5土", {"days": ["sat"], "nth": [1, 3, 5], "from": None, "to": None}),
        ("毎月15日", {"days": [], "month_days": [15], "from": None, "to": None}),
        ("10時半", {"days": [], "from": "10:30", "to": None}),
        ("放課後～18:30", {"from": None, "to": "18:30", "from_event": "after_school"}),
    ],
)
def test_what_is_said_in_part_has_null_for_what_is_not_said(
    ibasho: Ibasho, text: str, fields: dict[str, Any]
) -> None:
    parsed = ibasho("schedule", "parse", text, "--format", "json").json
    assert (parsed["parsed"], parsed["closed"], parsed["unparsed"]) == (True, [], None)
    (rule,) = parsed["rules"]
    assert {name: rule[name] for name in fields} == fields
    assert (
        "it is not used as times at which a place is open" in ibasho("schedule", "parse", text).out
    )


def test_a_schedule_in_columns_is_read_as_they_are_labelled(ibasho: Ibasho) -> None:
    columns = ("--start", "9:00～17:00", "--closed", "月曜日、年末年始")
    parsed = ibasho("schedule", "parse", *columns, "--format", "json").json
    (rule,) = parsed["rules"]
    assert rule["days"] == ["tue", "wed", "thu", "fri", "sat", "sun"]
    assert parsed["closed"] == [{"days": ["mon"]}, {"from_day": "12-29", "to_day": "01-03"}]


def test_a_table_of_schedules_is_read_row_by_row_and_counted(
    ibasho: Ibasho, tmp_path: Path
) -> None:
    table = tmp_path / "hours.csv"
    table.write_text(
        "name,days,start,end,note,closed\n見本あ,月火水,09:00,17:00,,\n"
        "見本い,月火水,09:00,17:00,,\n見本う,第1・3土,,,,\n見本え,,,,気が向いたとき,\n見本お,,,,,\n",
        encoding="utf-8",
    )
    *rows, counts = map(
        json.loads,
        ibasho("schedule", "parse", "--file", str(table), "--format", "json").out.splitlines(),
    )
    assert [(row["line"], row["parsed"]) for row in rows] == [
        (2, True), (3, True), (4, True), (5, False),
    ]  # fmt: skip
    assert counts == {
        "rows": 5, "stated": 4, "read": 3, "distinct": 3, "distinct_read": 2, "distinct_whole": 1,
    }  # fmt: skip
    shown = ibasho("schedule", "parse", "--file", str(table)).out
    assert "2: 月火水 09:00～17:00 → Mon–Wed 9:00–17:00" in shown
    assert "5 rows, 3 distinct; 2 of these were read (66.7 %)" in shown


@pytest.mark.parametrize(
    "arguments", [(), ("月曜", "--days", "月曜"), ("月曜", "--file", "x.csv"), ("--days", " ")]
)
def test_a_schedule_is_given_in_one_way(ibasho: Ibasho, arguments: tuple[str, ...]) -> None:
    refused = ibasho("schedule", "parse", *arguments)
    assert refused.code == 2
    assert "Give" in refused.err


def test_the_calendar_of_the_command_is_that_of_dateutil_and_the_law(
    ibasho: Ibasho, register: Register
) -> None:
    stored = {
        "rules": [
            {"days": ["mon", "fri"], "nth": [1, 3, -1], "month_days": [15], "from": "18:00",
             "to": "25:30", "holidays": "closed"},
            {"days": [], "nth": [], "month_days": [], "from": "10:00", "to": "12:00",
             "holidays": "only"},
        ],
        "closed": [
            {"from_day": "12-29", "to_day": "01-03"},
            {"days": ["fri"], "if_holiday": "next_weekday"},
        ],
    }  # fmt: skip
    offering = register("夜の場", schedule=stored)
    before = clock.now()
    written = ibasho("schedule", "ics", offering).out
    found = {(e["dtstart"].dt, e["dtend"].dt) for e in Calendar.from_ical(written).walk("VEVENT")}
    assert len(found) > 10
    assert found == plain_sessions(stored, before, 7 * WEEKS)


def test_the_next_sessions_of_an_offering(ibasho: Ibasho, register: Register) -> None:
    offering = register("月火の場")
    shown = ibasho("schedule", "show", offering, "--format", "json").json
    assert shown["schedule"]["rules"][0]["days"] == ["mon", "tue"]
    after = ("--after", "2026-11-22T00:00", "--limit", 2, "--format", "json")
    written = ibasho("schedule", "ics", offering).out
    assert written.startswith("BEGIN:VCALENDAR")
    assert "DTSTART;TZID=Asia/Tokyo:" in written
    sessions = ibasho("schedule", "next", offering, *after).json["sessions"]
    # Monday the 23rd is 勤労感謝の日, and the place is closed on public holidays.
    assert [s["start"] for s in sessions] == [
        "2026-11-24T10:00+09:00",
        "2026-11-30T10:00+09:00",
    ]


def test_tables_show_the_same_places_as_the_json(
    ibasho: Ibasho, profile: Profile, register: Register
) -> None:
    offering = register("読書の[部屋]")  # square brackets are no mark-up
    file = profile()
    for command in (
        ("suggest", "--profile", file),
        ("nearby", "--lon", 139.7148, "--lat", 35.729, "--when", "2026-12-01T11:00"),
        ("why", offering, "--profile", file),
        ("schedule", "next", offering, "--after", "2026-11-22"),
        ("schedule", "show", offering),
    ):
        outcome = ibasho(*command)
        assert outcome.code == 0, outcome.err
        assert outcome.out.strip()
    assert "読書の[部屋]" in ibasho("suggest", "--profile", file).out


def test_a_catalogue_goes_out_and_comes_in_without_loss(
    ibasho: Ibasho, register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register("あちらの場")
    register("こちらの場", schedule=None)
    file = tmp_path / "catalogue.jsonl"
    assert ibasho("export", "catalogue", file).code == 0
    assert ibasho("export", "catalogue").out == file.read_text(encoding="utf-8")
    monkeypatch.setenv("IBASHO_HOME", str(tmp_path / "other"))
    (report,) = ibasho("import", "catalogue", file, "--format", "json").json["files"]
    assert report["reported"] == []
    assert report["added"] == report["rows"] > 0
    again = ibasho("import", "catalogue", file, "--format", "json").json["files"][0]
    assert again["unchanged"] == again["rows"] == report["rows"]
    assert ibasho("export", "catalogue").out == file.read_text(encoding="utf-8")


def test_open_data_comes_in_with_its_counts(ibasho: Ibasho, shared_data: Path) -> None:
    file = shared_data / "municipal" / "yaizu" / "222127_community_center.csv"
    (report,) = ibasho("import", "opendata", file, "--format", "json").json["files"]
    documented = {"file", "rows", "added", "changed", "unchanged", "reported"}
    assert report.keys() == documented | {"verified", "similar"}
    counted = report["added"] + report["changed"] + report["unchanged"]
    assert report["rows"] == counted + len(report["reported"]) > 0
    again = ibasho("import", "opendata", file, "--format", "json").json["files"][0]
    assert (again["added"], again["changed"]) == (0, 0)


def test_the_doctor_says_what_is_missing(ibasho: Ibasho) -> None:
    found = ibasho("doctor", "--format", "json").json
    states = {check["name"]: check for check in found["checks"]}
    assert states["database"]["state"] == "ok"
    assert states["gazetteer"]["state"] == "optional"
    assert "ibasho import gazetteer" in states["gazetteer"]["remedy"]
    assert ibasho("doctor").out


def test_districts_are_kept_as_a_layer(ibasho: Ibasho, shared_data: Path) -> None:
    file = shared_data / "boundaries" / "toshima_middle_school_districts_A32.geojson"
    properties = json.loads(file.read_text(encoding="utf-8"))["features"][0]["properties"]
    code, name = list(properties)[1], list(properties)[-1]
    outcome = ibasho(
        "import", "districts", file, "--layer", "schools", "--code-column", "no_such",
        "--name-column", name,
    )  # fmt: skip
    assert outcome.code == 2
    assert code in outcome.err


def test_the_index_and_the_database_are_made_on_demand(ibasho: Ibasho, register: Register) -> None:
    assert ibasho("migrate", "--format", "json").json == {"database": "sqlite", "up_to_date": True}
    assert ibasho("database", "upgrade").code == 0
    register("索引の場")
    built = ibasho("index", "build", "--format", "json").json
    assert built["revision"] > 0
    assert (Path(os.environ["IBASHO_HOME"]) / "index" / "current").exists()


def test_a_worker_is_only_for_celery(ibasho: Ibasho) -> None:
    outcome = ibasho("worker")
    assert outcome.code == 2
    assert "IBASHO_RUNNER=celery" in outcome.err


def test_a_port_in_use_is_said_before_anything_begins(
    ibasho: Ibasho, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("IBASHO_PORT", str(taken.getsockname()[1]))
        outcome = ibasho("serve")
    assert outcome.code == 2
    assert "IBASHO_PORT" in outcome.err
    assert not Path(os.environ["IBASHO_HOME"]).exists()


def test_points_for_maps_are_written_whole_or_not_at_all(
    ibasho: Ibasho, register: Register, tmp_path: Path
) -> None:
    register("地図にのる場")
    before = sorted(tmp_path.iterdir())
    written = ibasho("export", "geojson", tmp_path / "map.geojson")
    assert written.code == 0, written.err
    text = (tmp_path / "map.geojson").read_text(encoding="utf-8")
    assert ibasho("export", "geojson").out == text
    assert ibasho("export", "geopackage", tmp_path / "map.gpkg").code == 0
    assert sorted(set(tmp_path.iterdir()) - set(before)) == [
        tmp_path / "map.geojson",
        tmp_path / "map.gpkg",
    ]
    nowhere = ibasho("export", "geojson", tmp_path / "no" / "map.geojson")
    assert nowhere.code == 2
    assert "no/map.geojson" in nowhere.err


def test_open_data_is_confirmed_written_out_and_comes_home(
    ibasho: Ibasho, shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = shared_data / "municipal" / "yaizu" / "222127_child_rearing_support_center.csv"
    assert ibasho("import", "opendata", file, "--verified-on", "tomorrow").code == 2
    assert ibasho("import", "opendata", file, "--verified-on", "2099-01-01").code == 2
    first = ibasho("import", "opendata", file, "--verified-on", "2026-11-01", "--format", "json")
    (report,) = first.json["files"]
    assert report["verified"] == report["added"] == report["rows"]
    assert ibasho("export", "opendata", "--layout", "castle", tmp_path / "a.csv").code == 2
    assert ibasho("export", "opendata", "--layout", "facility", tmp_path / "a.txt").code == 2
    for name in ("out.csv", "out.xlsx"):
        out = tmp_path / name
        assert ibasho("export", "opendata", "--layout", "facility", out).code == 0
        (again,) = ibasho("import", "opendata", out, "--format", "json").json["files"]
        assert again["unchanged"] == again["rows"] == report["rows"]
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    monkeypatch.setenv("IBASHO_HOME", str(tmp_path / "other"))
    (fresh,) = ibasho("import", "opendata", out, "--format", "json").json["files"]
    assert fresh["added"] == report["rows"]
    # The same places once more, under a table of another name.
    copy = tmp_path / "another_list.csv"
    copy.write_bytes(file.read_bytes())
    (twice,) = ibasho("import", "opendata", copy, "--format", "json").json["files"]
    assert len(twice["similar"]) == report["rows"]
    shown = ibasho("import", "opendata", copy.rename(tmp_path / "third_list.csv"))
    assert shown.code == 0


@pytest.mark.parametrize(
    ("limits", "place", "way"),
    [
        ({"from_home": True}, {"online": True}, "online"),
        ({"transport": True}, {"transport": True}, "ride"),
    ],
)
def test_how_somebody_gets_to_what_is_too_far_to_walk_to_is_told(
    limits: dict[str, Any],
    place: dict[str, Any],
    way: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    own = uuid.UUID(int=1)
    row = {"id": own, "name": "遠い間", "kind": "open_space", "lon": 139.75, "lat": 35.73, **place}
    asked = {"at": {"lon": 139.71, "lat": 35.73}, "walk_minutes": 10, "limits": limits}
    print_explanation(Table(pd.DataFrame([row])).why(asked, own), default_vocabulary())
    assert say(f"table.way_{way}") in capsys.readouterr().out
