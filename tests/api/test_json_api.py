"""The JSON API answers as documented, for those who may ask."""

from collections.abc import Callable

import jsonschema
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.app import create_app
from api.v1.questions import ANSWER
from casework.accounts import add_token
from casework.models import Account
from jobs.program import Program

NEED = {
    "at": {"lon": 139.7272, "lat": 35.7295},
    "walk_minutes": 20,
    "age": 34,
    "on": "2026-12-01",
    "needs": {"isolation": 3},
    "step": 1,
}


@pytest.fixture
def program(demo: Program) -> Program:
    return demo


@pytest.fixture
def as_role(program: Program) -> Callable[[str], TestClient]:
    app: FastAPI = create_app(program.settings, program)

    def make(name: str, scopes: tuple[str, ...] = ("read", "write")) -> TestClient:
        with program.database.writing(by="test") as session:
            account = session.scalars(select(Account).where(Account.name == name)).one()
            token = add_token(
                session, account_id=account.id, label="test", scopes=list(scopes), by="test"
            )
        return TestClient(app, headers={"authorization": f"Bearer {token}"})

    return make


def test_suggestions_have_the_documented_shape_and_the_same_bytes_twice(
    as_role: Callable[..., TestClient],
) -> None:
    client = as_role("support")
    first = client.post("/api/v1/suggestions", json=NEED)
    assert first.status_code == 200, first.text
    jsonschema.Draft202012Validator(ANSWER).validate(first.json())
    assert first.json()["suggestions"]
    assert client.post("/api/v1/suggestions", json=NEED).content == first.content


def test_a_place_registered_is_suggested_and_a_full_one_is_not(
    as_role: Callable[..., TestClient],
) -> None:
    client = as_role("support")
    registration = {
        "resource": {
            "name": "架空の新しい居場所", "kind": "open_space", "needs": ["isolation"],
            "audience": ["anyone"], "gender": "any", "requirements": [], "steps": [1, 2],
            "visit_first": True, "accompaniment": True, "fee_yen": 0,
        },
        "location": {"lon": 139.7272, "lat": 35.7295},
        "offering": {
            "schedule": {"rules": [{"days": [], "from": "09:00", "to": "21:00", "holidays": "open"}]},
            "availability": "capacity", "places": 3, "availability_said_on": "2026-11-30",
            "verified_on": "2026-11-30",
        },
    }  # fmt: skip
    made = client.post("/api/v1/resources", json=registration)
    assert made.status_code == 201, made.text
    assert made.json()["similar"] == []
    twice = client.post("/api/v1/resources", json=registration | {"offering": {}})
    assert [s["resource"] for s in twice.json()["similar"]] == [made.json()["resource"]]
    listed = client.post("/api/v1/suggestions", json=NEED).json()["suggestions"]
    assert made.json()["offering"] in [s["offering"] for s in listed]
    full = client.put(
        f"/api/v1/offerings/{made.json()['offering']}/availability",
        json={"status": "none", "version": 1},
    )
    assert full.status_code == 200, full.text
    listed = client.post("/api/v1/suggestions", json=NEED).json()["suggestions"]
    assert made.json()["offering"] not in [s["offering"] for s in listed]
    stale = client.put(
        f"/api/v1/offerings/{made.json()['offering']}/availability",
        json={"status": "capacity", "version": 1},
    )
    assert stale.status_code == 409
    why = client.post("/api/v1/why", json={"need": NEED, "offering": made.json()["offering"]})
    assert [v["rule"] for v in why.json()["verdicts"] if v["verdict"] == "fail"] == ["places"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/suggestions", {**NEED, "needs": {"unheard_of": 3}}),
        ("/api/v1/suggestions", {**NEED, "on": "2026-02-30"}),
        ("/api/v1/suggestions", {**NEED, "at": {"lon": 35.7, "lat": 139.7}}),
        ("/api/v1/suggestions", {**NEED, "secret_name": "山田"}),
        ("/api/v1/nearby", {"at": {"lon": 0, "lat": 0}}),
        ("/api/v1/nearby", {"at": {"lon": 139.7, "lat": 35.7}, "kinds": ["castle"]}),
        ("/api/v1/nearby", {}),
        ("/api/v1/geocode", {"address": ""}),
        ("/api/v1/resources", {"resource": {"name": "架空", "kind": "castle"}}),
        ("/api/v1/resources", {"resource": {"name": "架空"}}),
        ("/api/v1/why", {"need": NEED, "offering": "not-an-id"}),
    ],
)
def test_bad_input_is_a_4xx_with_one_sentence_that_repeats_nothing(
    as_role: Callable[..., TestClient], path: str, body: object
) -> None:
    answer = as_role("support").post(path, json=body)
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]
    assert "山田" not in answer.text
    assert "unheard_of" not in answer.text


def test_an_unknown_scheme_and_an_unknown_offering_are_said_so(
    as_role: Callable[..., TestClient],
) -> None:
    client = as_role("support")
    assert client.post("/api/v1/suggestions?scheme=nonsense", json=NEED).status_code == 422
    nobody = "00000000-0000-4000-8000-000000000000"
    assert client.post("/api/v1/why", json={"need": NEED, "offering": nobody}).status_code == 404


def test_a_token_that_may_only_read_writes_nothing(as_role: Callable[..., TestClient]) -> None:
    client = as_role("support", scopes=("read",))
    assert client.post("/api/v1/suggestions", json=NEED).status_code == 200
    answer = client.post("/api/v1/resources", json={"resource": {"name": "架空", "kind": "salon"}})
    assert answer.status_code == 403


def test_a_list_that_is_too_long_is_refused_with_its_field_and_its_limit(
    as_role: Callable[..., TestClient],
) -> None:
    areas = [{"lon": 139.7, "lat": 35.7, "radius_m": 500}] * 101
    asked = {**NEED, "safety": {"exclude_areas": areas}}
    answer = as_role("support").post("/api/v1/suggestions", json=asked)
    assert answer.status_code == 422
    assert answer.json()["error"] == "指定できるのは100件までです。減らしてください。"
    assert answer.json()["fields"] == [{"field": "safety.exclude_areas", "problem": "unusable"}]


def test_a_moment_of_other_times_is_refused_with_its_field(
    as_role: Callable[..., TestClient],
) -> None:
    client = as_role("support")
    for when in ("0001-01-01T00:00:00+09:00", "1999-12-31T23:59", "2200-01-01T00:00:00+09:00"):
        answer = client.post(
            "/api/v1/nearby", json={"at": {"lon": 139.7, "lat": 35.7}, "when": when}
        )
        assert answer.status_code == 422
        assert answer.json()["error"] == "2000年から2199年までの日時を指定してください。"
        assert answer.json()["fields"] == [{"field": "when", "problem": "unusable"}]


def test_addresses_nearby_vocabulary_and_jobs(as_role: Callable[..., TestClient]) -> None:
    client = as_role("coordinator")
    found = client.post("/api/v1/geocode", json={"address": "南大塚３丁目４１－１２"}).json()
    assert (found["town"], found["number"], found["level"]) == ("南大塚三丁目", "41-12", "chome")
    near = client.post(
        "/api/v1/nearby",
        json={"at": {"lon": 139.7286, "lat": 35.7317}, "when": "2026-12-01T14:10:00+09:00"},
    ).json()
    assert near["places"]
    assert {"code": "salon"}.items() <= client.get("/api/v1/vocabulary").json()["kind"][0].items()
    assert client.get("/api/v1/jobs").status_code == 200


def test_the_api_describes_itself(as_role: Callable[..., TestClient]) -> None:
    described = as_role("support").get("/api/openapi.json").json()
    for path in ("suggestions", "nearby", "why", "geocode", "resources", "vocabulary", "jobs"):
        assert f"/api/v1/{path}" in described["paths"]
