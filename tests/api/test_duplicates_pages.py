"""Likely duplicates on the pages and in JSON: seen with evidence, decided by people, taken back."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from door import token_of
from fastapi.testclient import TestClient
from sqlalchemy import select

from jobs.comparing import compare_now
from jobs.program import Program
from resources.commands import register_resource
from resources.merged import NotSame
from resources.models import Resource
from resources.registration import Registration


@pytest.fixture
def pair(program: Program) -> tuple[str, str]:
    """The ids of two entries of one place; the second knows more."""
    shared: dict[str, Any] = {"kind": "salon", "phone": "03-0000-1111"}
    both = (
        {"resource": {**shared, "name": "架空澤サロン"}},
        {
            "resource": {**shared, "name": "㈱架空沢 サロン", "fee_yen": 100, "noise": "low"},
            "location": {"address": "架空町1-2", "visibility": "hidden"},
        },
    )
    made = []
    for parts in both:
        with program.database.writing(by="test") as session:
            made.append(
                register_resource(
                    session, registration=Registration.model_validate(parts),
                    vocabulary=program.vocabulary, by="test",
                )
            )  # fmt: skip
    compare_now(program.database)
    return str(made[0].resource_id), str(made[1].resource_id)


def form_of(page: str) -> dict[str, Any]:
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    return dict(hidden)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_pair_is_seen_with_its_evidence_merged_by_choice_and_taken_back(
    signed_in: Callable[[str], TestClient], program: Program, pair: tuple[str, str], language: str
) -> None:
    kept, other = pair
    client = signed_in("coordinator")
    client.get(f"/language/{language}")
    page = client.get("/duplicates").text
    assert "架空澤サロン" in page
    assert "㈱架空沢 サロン" in page
    assert ("表記の違いだけ" if language == "ja" else "but for spelling") in page
    assert "架空町" not in page, "a hidden place's address is no evidence"
    comparing = client.get(f"/duplicates/compare?kept={kept}&other={other}")
    assert comparing.status_code == 200
    assert "架空町" not in comparing.text
    assert 'name="taken" value="noise"' in comparing.text
    assert 'name="taken" value="phone"' not in comparing.text, "they agree on it"
    data = {**form_of(comparing.text.split("<h1>")[1]), "taken": ["noise"]}
    assert client.post("/duplicates/merge", data=data).status_code == 303
    with program.database.reading() as session:
        row = session.get_one(Resource, uuid.UUID(kept))
        assert (row.noise, row.fee_yen, row.name) == ("low", None, "架空澤サロン")
    old = client.get(f"/resources/{other}")
    assert (old.status_code, old.headers["location"]) == (303, f"/resources/{kept}")
    assert client.get(f"/api/v1/resources/{other}").json()["merged_into"] == kept
    assert client.get(f"/resources/{other}/edit").status_code == 409, "it is edited as the kept one"
    assert "㈱架空沢 サロン" in client.get(f"/resources/{kept}").text
    assert client.get("/resources").text.count("架空沢") == 0
    page = client.get("/duplicates").text
    (undo,) = re.findall(r"/duplicates/merges/[0-9a-f-]{36}/undo", page)
    assert client.post(undo, data={"csrf": token_of(page)}).status_code == 303
    assert client.get(f"/resources/{other}").status_code == 200
    assert client.get(f"/api/v1/resources/{kept}").json()["resource"]["noise"] is None


def test_a_merge_that_somebody_wrote_over_is_not_taken_back_and_the_page_says_so(
    signed_in: Callable[[str], TestClient], program: Program, pair: tuple[str, str]
) -> None:
    client = signed_in("coordinator")
    token = token_of(client.get("/duplicates").text)
    made = client.post(
        "/api/v1/duplicates/merges",
        json={"kept": pair[0], "merged": pair[1], "taken": ["fee_yen"]},
        headers={"x-csrf-token": token},
    )
    assert made.status_code == 201
    with program.database.writing(by="user:x") as session:
        session.get_one(Resource, uuid.UUID(pair[0])).fee_yen = 500
    undo = f"/duplicates/merges/{made.json()['merge']}/undo"
    refused = client.post(undo, data={"csrf": token})
    assert refused.status_code == 409
    assert "元に戻せません" in refused.text
    again = client.post(f"/api/v1{undo}", headers={"x-csrf-token": token})
    assert again.status_code == 409


def test_two_places_indeed_are_remembered_until_somebody_thinks_better_of_it(
    signed_in: Callable[[str], TestClient], pair: tuple[str, str]
) -> None:
    client = signed_in("administrator")
    page = client.get("/duplicates").text
    data = {"csrf": token_of(page), "one": pair[1], "other": pair[0]}
    assert client.post("/duplicates/apart", data=data).status_code == 303
    assert client.get("/api/v1/duplicates").json() == {"pairs": [], "total": 0, "comparing": False}
    assert "別の場としたもの" in client.get("/duplicates").text
    assert client.post("/duplicates/apart/undo", data=data).status_code == 303
    (found,) = client.get("/api/v1/duplicates").json()["pairs"]
    assert {found["one"]["resource"], found["other"]["resource"]} == set(pair)
    assert {e["field"] for e in found["evidence"]} == {"name", "phone", "kind"}


def test_what_was_edited_meanwhile_or_can_not_be_chosen_is_shown_again_with_a_sentence(
    signed_in: Callable[[str], TestClient], program: Program, pair: tuple[str, str]
) -> None:
    client = signed_in("coordinator")
    page = client.get(f"/duplicates/compare?kept={pair[0]}&other={pair[1]}").text
    data = form_of(page.split("<h1>")[1])
    bad = client.post("/duplicates/merge", data={**data, "taken": "status"})
    assert bad.status_code == 422
    assert 'role="alert"' in bad.text
    with program.database.writing(by="user:x") as session:
        session.get_one(Resource, uuid.UUID(pair[1])).fee_yen = 500
    late = client.post("/duplicates/merge", data=data)
    assert late.status_code == 409
    assert "500" in late.text, "what is new is shown"
    assert client.get(f"/duplicates/compare?kept={pair[0]}&other={pair[0]}").status_code == 404


def test_only_those_who_keep_the_whole_catalogue_may_merge(
    signed_in: Callable[[str], TestClient], pair: tuple[str, str]
) -> None:
    for role in ("support_worker", "csw", "auditor"):
        assert signed_in(role).get("/duplicates").status_code == 403


def test_while_entries_are_being_compared_the_page_says_so_and_asks_again(
    signed_in: Callable[[str], TestClient], program: Program, pair: tuple[str, str]
) -> None:
    client = signed_in("coordinator")
    assert 'hx-trigger="load' not in client.get("/duplicates").text
    with program.database.writing(by="test") as session:
        session.get_one(Resource, uuid.UUID(pair[0])).name = "別の名前の場所"
    page = client.get("/duplicates").text
    assert "いま登録をくらべています" in page
    assert 'hx-trigger="load' in page
    assert client.get("/api/v1/duplicates").json()["comparing"] is True
    compare_now(program.database)
    page = client.get("/duplicates").text
    assert "くらべています" not in page
    assert "いま確かめる組はありません" in page


def test_many_pairs_are_shown_page_by_page(
    signed_in: Callable[[str], TestClient], program: Program
) -> None:
    with program.database.writing(by="test") as session:
        for n in [*range(25), *range(25)]:
            parts = {"resource": {"name": f"架空{n}", "kind": "salon", "phone": f"03-0000-{n:04}"}}
            register_resource(
                session, registration=Registration.model_validate(parts),
                vocabulary=program.vocabulary, by="test",
            )  # fmt: skip
    compare_now(program.database)
    client = signed_in("coordinator")
    assert "同じ場かもしれない登録 25組" in client.get("/").text
    first = client.get("/duplicates").text
    assert first.count('action="/duplicates/apart"') == 20
    assert 'href="?offset=20"' in first
    second = client.get("/duplicates?offset=20").text
    assert second.count('action="/duplicates/apart"') == 5
    assert 'href="?offset=0"' in second


@pytest.mark.parametrize(("role", "remembered"), [("coordinator", True), ("csw", False)])
def test_a_place_registered_as_another_is_not_proposed_again_where_that_may_be_said(
    signed_in: Callable[[str], TestClient], program: Program, pair: tuple[str, str],
    role: str, remembered: bool,
) -> None:  # fmt: skip
    client = signed_in(role)
    form = {"name": "架空澤サロン", "kind": "salon", "phone": "03-0000-1111", "status": "draft"}
    page = client.post("/resources/new", data={**form, "csrf": token_of(client.get("/").text)})
    assert page.status_code == 409, "it is told first, and nothing is stored"
    beside = re.findall(r'name="beside" value="([^"]*)"', page.text)
    assert pair[0] in beside
    again = {**form, "csrf": token_of(page.text), "beside": beside, "another": "1"}
    answer = client.post("/resources/new", data=again)
    assert answer.status_code == 303
    new = answer.headers["location"].split("/")[2].split("?")[0]
    compare_now(program.database)
    with program.database.reading() as session:
        said = {
            frozenset((str(p.one_id), str(p.other_id))) for p in session.scalars(select(NotSame))
        }
    assert ({frozenset((new, other)) for other in beside} <= said) is remembered
    if remembered:
        proposed = client.get("/duplicates").text.split("/duplicates/apart/undo")[0]
        assert not re.search(f'compare\\?[^"]*{new}', proposed)
