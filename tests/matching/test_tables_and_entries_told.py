"""What can't be used of a table or a question is told by its name, with what is wanted."""

import json
import uuid
from datetime import date, datetime
from importlib.resources import files
from typing import Any

import jsonschema
import pandas as pd
import pytest

from matching.need import BadNeed, parse_need
from matching.table import Table
from matching.table_rows import BadTable
from resources.vocabulary import default_vocabulary

ID = uuid.UUID(int=1)
AT = {"lon": 139.71, "lat": 35.73}
SCHEMA = json.loads(files("matching").joinpath("schemas/need.schema.json").read_text("utf-8"))


def table(**row: Any) -> Table:
    return Table(pd.DataFrame([{"id": ID, "name": "架空の場", "kind": "salon", **AT, **row}]))


@pytest.mark.parametrize(
    "written",
    [
        [{"on": "2026-11-24", "yes": True}, {"on": "2026-11-17", "yes": False}],
        '[{"on": "2026-11-24", "yes": true}, {"on": "2026-11-17", "yes": false}]',
        [(date(2026, 11, 24), True), (date(2026, 11, 17), False)],
        [("2026-11-24", True), ["2026-11-17", False]],
    ],
)
def test_words_on_sessions_are_read_however_they_are_written(written: Any) -> None:
    told = table(sessions_seen=written, host_answers=written).why({"at": AT}, ID)
    place = told.suggestion.place
    assert place.sessions_seen == place.host_answers
    assert [(str(on), yes) for on, yes in place.sessions_seen] == [
        ("2026-11-24", True), ("2026-11-17", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("sessions_seen", [{"on": "2026-11-24"}]),
        ("sessions_seen", [{"on": "yesterday", "yes": True}]),
        ("sessions_seen", ["2026-11-24"]),
        ("host_answers", [("2026-11-24", 1)]),
        ("host_answers", "never"),
        ("steps", 3),
        ("needs", 5),
        ("invented", "x"),
        ("ends_on", 0),
        ("ends_on", "0"),
        ("verified_on", "1796083200"),
        ("resting_until", 3.5),
        ("accompanied", [3]),
        ("stayed", {"n": 3}),
        ("answer_days", float("inf")),
        ("accompanied", date(2026, 11, 24)),
        ("stayed", 10**30),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(column: str, value: Any) -> None:
    with pytest.raises(BadTable, match=column):
        table(**{column: value})


BACKWARDS = {"rules": [{"days": ["mon"], "from": "12:00", "to": "09:00"}], "closed": []}


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"schedule": BACKWARDS}, "schedule: can't be read: from must be earlier than to"),
        ({"lon": 139.7, "lat": None}, "lon, lat: lon and lat go together"),
        ({"age_min": 9, "age_max": 3}, "accepted_age_max: age_min is above age_max"),
        ({"needs": ["loneliness"]}, "needs: holds a code that its list doesn't offer"),
    ],
)
def test_what_is_wrong_with_cells_is_said(cells: dict[str, Any], told: str) -> None:
    with pytest.raises(BadTable, match=told):
        table(**cells)


@pytest.mark.parametrize(
    "aside",
    [
        {"resource": str(ID), "organization": str(ID)},
        {"until": "2026-12-01"},
        {"resource": None, "organization": None},
    ],
)
def test_what_is_set_aside_is_one_thing(aside: dict[str, Any]) -> None:
    need = {"at": AT, "set_aside": [aside]}
    with pytest.raises(BadNeed) as bad:
        parse_need(need, default_vocabulary())
    assert bad.value.field == "set_aside.0"
    assert "どちらか一方だけ" in bad.value.problem.ja
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(need, SCHEMA)


@pytest.mark.parametrize("other", [{}, {"organization": None}])
def test_one_thing_may_be_set_aside(other: dict[str, Any]) -> None:
    need = {"at": AT, "set_aside": [{"resource": str(ID), **other}]}
    assert parse_need(need, default_vocabulary()).set_aside[0].resource == ID
    jsonschema.validate(need, SCHEMA)


@pytest.mark.parametrize(
    "day", [0, "0", 1796083200, "1796083200", 1.5, True, "2026-12-1", "2026-12-01T00:00:00"]
)
def test_a_day_is_a_day_and_no_number(day: Any) -> None:
    for need in (
        {"at": AT, "on": day},
        {"at": AT, "set_aside": [{"resource": str(ID), "until": day}]},
    ):
        with pytest.raises(BadNeed) as bad:
            parse_need(need, default_vocabulary())
        assert "YYYY-MM-DD" in bad.value.problem.ja
    moment = datetime(2026, 12, 1)  # noqa: DTZ001 - no day either
    with pytest.raises(BadNeed):
        parse_need({"at": AT, "on": moment}, default_vocabulary())


def test_a_column_without_a_name_in_words_is_named() -> None:
    rows = pd.DataFrame([{"name": "架空の場", "kind": "salon", 5: 1}])
    with pytest.raises(BadTable, match="5"):
        Table(rows)


def test_a_moment_is_of_the_day_in_japan() -> None:
    late = pd.Timestamp("2026-09-30T20:00Z")
    told = table(verified_on=late, verified_by="call").why({"at": AT}, ID)
    assert told.suggestion.place.verified_on == "2026-10-01"


@pytest.mark.parametrize("day", ["0001-01-01", "1900-01-01", "1969-12-31", "1970-01-01"])
def test_an_event_that_ended_long_ago_is_over(day: str) -> None:
    place = table(ends_on=day, schedule="火曜10:00～12:00")
    told = place.why({"at": AT}, ID)
    assert {v.rule: v.verdict for v in told.verdicts}["windows"] == "fail"
    assert not place.suggest({"at": AT}).suggestions


def test_of_a_hidden_place_nothing_differs_wherever_one_asks_from() -> None:
    town = {"prefecture": "東京都", "city": "豊島区"}
    rows = [
        {"id": ID, "name": "架空の家", "kind": "salon", "visibility": "hidden", **AT, **town},
        {"name": "隣の家", "kind": "salon", **AT, **town},
    ]
    places = Table(pd.DataFrame(rows))
    told = set()
    for at in (AT, {"lon": 135.5, "lat": 34.69}, {"lon": 140.87, "lat": 38.26}):
        asked = {"at": at, "radius_m": 1000}
        listed = "架空の家" in {s.place.name for s in places.suggest(asked).suggestions}
        reach = {v.rule: v.verdict for v in places.why(asked, ID).verdicts}["reach"]
        told.add((listed, reach))
    assert told == {(True, "unknown")}


def test_a_list_of_nothing_is_empty() -> None:
    rows = [{"name": f"架空の場{n}", "kind": "salon", **AT} for n in range(60)]
    places = Table(pd.DataFrame(rows))
    for limit in (0, -1):
        assert places.suggest({"at": AT}, limit=limit).suggestions == ()


def test_nobody_is_thought_to_walk_slower_than_a_tenth_of_a_metre_a_second() -> None:
    for speed in (0, 1e-300, 0.09):
        with pytest.raises(BadNeed, match="speed_m_s"):
            table().why({"at": AT, "speed_m_s": speed, "walk_minutes": 20}, ID)
    far = table(lat=AT["lat"] + 0.009)
    told = far.why({"at": AT, "speed_m_s": 0.1, "walk_minutes": 20}, ID)
    assert {v.rule: v.verdict for v in told.verdicts}["reach"] == "fail"


def test_one_persons_evidence_is_not_told_to_another() -> None:
    far = table(lat=AT["lat"] + 0.009, online=True)
    asked = {"at": AT, "walk_minutes": 30}
    for home in (True, False, True):
        told = far.why({**asked, "limits": {"from_home": home}}, ID)
        (reach,) = [v for v in told.verdicts if v.rule == "reach"]
        assert (reach.verdict, reach.field) == ("pass", "online" if home else "distance_m")
