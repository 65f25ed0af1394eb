"""The shapes that other systems rely on are the documented ones."""

import json
import random
import uuid
from datetime import date
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from oracle import catalogues

from matching.criteria import CRITERIA
from matching.need import BadNeed, Limits, Need, Safety, Wishes, parse_need
from matching.rules import RULES
from matching.schemes import default_weighing
from matching.sentences import catalogue
from matching.store import IndexStore
from matching.suggest import suggest_placements
from resources.commands import register_resource
from resources.database import Database
from resources.registration import Registration


def schema(name: str) -> Any:
    return json.loads(files("matching").joinpath(f"schemas/{name}.schema.json").read_text("utf-8"))


def test_the_documented_need_is_the_one_that_is_read() -> None:
    documented, read = schema("need"), Need.model_json_schema(by_alias=True)
    assert documented["properties"] == read["properties"]
    assert documented["$defs"] == read["$defs"]
    assert documented["required"] == ["at"]


def test_every_answer_has_the_documented_shape(
    sqlite_database: Database, store: IndexStore
) -> None:
    r = random.Random(3)
    validator = jsonschema.Draft202012Validator(schema("answer"))
    with sqlite_database.writing(by="test") as session:
        for _ in range(150):
            parts = catalogues.registration(r, [uuid.uuid4()], date(2026, 11, 24))
            parts["organization"] = {"name": "架空"}
            register_resource(
                session,
                registration=Registration.model_validate(parts),
                vocabulary=catalogues.VOCABULARY,
                by="test",
            )
    shown = 0
    with sqlite_database.reading() as session:
        for _ in range(60):
            asked = catalogues.need(r, [uuid.uuid4(), uuid.uuid4()], date(2026, 11, 24))
            need = parse_need(asked, catalogues.VOCABULARY)
            answer = suggest_placements(session, store, need).as_json()
            validator.validate(json.loads(json.dumps(answer, allow_nan=False)))
            shown += len(answer["suggestions"])
    assert shown > 40


def test_every_rule_and_criterion_has_its_sentence_and_every_scheme_weighs_all() -> None:
    sentences = catalogue()
    for rule in RULES:
        assert sentences[f"rule.{rule.code}"].ja
    for criterion in CRITERIA:
        assert sentences[f"criterion.{criterion.code}"].en
    for scheme in default_weighing().schemes.values():
        assert set(scheme.weights) == {c.code for c in CRITERIA}
    assert all(s.ja and s.en for s in sentences.values())


def test_null_says_nothing_and_an_hour_may_be_written_shorter() -> None:
    at = {"lon": 139.7148, "lat": 35.7290}
    plain = Need.model_validate({"at": at})
    documented = jsonschema.Draft202012Validator(schema("need"))
    nothing = {"at": at, **{name: None for name in Need.model_fields if name != "at"}}
    assert Need.model_validate(nothing) == plain
    documented.validate(nothing)
    for name, part in (("wishes", Wishes), ("limits", Limits), ("safety", Safety)):
        said = {"at": at, name: dict.fromkeys(part.model_fields)}
        assert Need.model_validate(said) == plain
        documented.validate(said)
    for bad in ({"at": None}, {"at": at, "safety": {"exclude_areas": [{"lon": None}]}}):
        assert not documented.is_valid(bad)
        with pytest.raises(ValueError, match="Need"):
            Need.model_validate(bad)
    windows = [
        parse_need(
            {"at": at, "windows": [{"day": "mon", "from": a, "to": b}]}, catalogues.VOCABULARY
        ).windows
        for a, b in (("09:00", "17:00"), ("9:00", "17:00"), ("09:00:00", "17:00:00"))
    ]
    assert windows[0] == windows[1] == windows[2]
    for bad in ("9:0", "25:00", "9:00:01", "24:01", "900"):
        with pytest.raises(BadNeed):
            parse_need(
                {"at": at, "windows": [{"day": "mon", "from": bad, "to": "24:00"}]},
                catalogues.VOCABULARY,
            )


def test_a_choice_that_cannot_be_is_told_what_may_be() -> None:
    with pytest.raises(BadNeed) as refused:
        parse_need(
            {"at": {"lon": 139.7, "lat": 35.7}, "limits": {"noise": "silent"}},
            catalogues.VOCABULARY,
        )
    assert refused.value.field == "limits.noise"
    assert "low, medium, high" in refused.value.problem.ja
    assert "silent" not in refused.value.problem.ja + refused.value.problem.en


def test_every_reason_for_staying_without_a_place_is_documented() -> None:
    reasons = schema("shared")["properties"]["unplaced"]["items"]["properties"]["reason"]["enum"]
    told = {name.removeprefix("unplaced.") for name in catalogue() if name.startswith("unplaced.")}
    assert set(reasons) == told


AREA = {"lon": 139.7, "lat": 35.7, "radius_m": 500}


@pytest.mark.parametrize(
    ("part", "field", "one", "most"),
    [
        ("safety", "exclude_organizations", str(uuid.UUID(int=1)), 500),
        ("safety", "exclude_resources", str(uuid.UUID(int=1)), 500),
        ("safety", "exclude_areas", AREA, 100),
        ("limits", "languages", "ja", 64),
        ("limits", "holds", "referral", 64),
        ("wishes", "activities", "cleaning", 64),
    ],
)
def test_a_list_in_a_question_has_an_end_and_is_told_which(
    part: str, field: str, one: object, most: int
) -> None:
    at = {"lon": 139.7, "lat": 35.7}
    assert parse_need({"at": at, part: {field: [one] * most}}, catalogues.VOCABULARY)
    longer = {"at": at, part: {field: [one] * (most + 1)}}
    with pytest.raises(BadNeed) as refused:
        parse_need(longer, catalogues.VOCABULARY)
    assert refused.value.field == f"{part}.{field}"
    assert refused.value.problem.ja == f"指定できるのは{most}件までです。減らしてください。"
    assert refused.value.problem.en == f"At most {most} can be named; name fewer."
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(longer, schema("need"))
