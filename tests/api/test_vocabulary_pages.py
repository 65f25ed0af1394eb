"""Coordinators and administrators keep the closed lists on a page of their own."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from door import token_of
from fastapi.testclient import TestClient
from sqlalchemy import select

from casework.consents import Given
from casework.people import add_person
from jobs.program import Program
from resources import clock, terms
from resources.commands import register_resource
from resources.models import Offering, Resource
from resources.registration import Registration

Enter = Callable[..., TestClient]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_lists_show_every_word_with_how_often_it_is_used(
    signed_in: Enter, program: Program, language: str
) -> None:
    client = signed_in("coordinator")
    client.get(f"/language/{language}")
    token = token_of(client.get("/resources/new").text)
    for n in range(2):
        data = {"csrf": token, "name": f"架空{n}", "kind": "salon", "status": "draft",
                "activities": ["tea"] if n else ["tea", "meal"], "another": "1"}  # fmt: skip
        assert client.post("/resources/new", data=data).status_code == 303
    page = client.get("/vocabulary").text
    for axis in program.vocabulary.axes:
        for term in program.vocabulary.terms(axis):
            assert f"/vocabulary/{axis}/{term.code}" in page
    used = {c: page.split(f'/vocabulary/activity/{c}"')[-1].split("</tr>")[0]
            for c in ("tea", "meal", "music")}  # fmt: skip
    marks = {c: 'class="warn"' in text for c, text in used.items()}
    assert marks == {"tea": False, "meal": True, "music": True}
    rare = page.split('id="rare"')[1].split("</details>")[0]
    assert "/vocabulary/activity/meal" in rare
    assert "/vocabulary/activity/tea" not in rare
    assert "/vocabulary/requirement/handbook" not in rare, "the program itself uses it"
    assert "/vocabulary/requirement/membership" in rare


def test_a_word_is_added_renamed_retired_and_shown_where_it_stands(signed_in: Enter) -> None:
    client = signed_in("administrator")
    token = {"csrf": token_of(client.get("/vocabulary").text)}
    new = {**token, "code": "tea_ceremony", "ja": "茶道", "en": "Tea ceremony"}
    assert client.post("/vocabulary/activity", data=new).status_code == 303
    again = client.post("/vocabulary/activity", data=new)
    assert again.status_code == 422
    assert "使い回せません" in again.text
    assert "茶道" in client.get("/resources/new").text
    token = {"csrf": token_of(client.get("/vocabulary").text)}
    page = "/vocabulary/activity/tea_ceremony"
    renamed = {**token, "do": "edit", "ja": "お茶会", "en": "Tea", "place": "1"}
    assert client.post(page, data=renamed).status_code == 303
    data = {**token, "name": "架空", "kind": "salon", "activities": "tea_ceremony",
            "status": "draft"}  # fmt: skip
    made = client.post("/resources/new", data=data).headers["location"].partition("?")[0]
    assert client.post(page, data={**token, "do": "retire"}).status_code == 303
    assert "お茶会" not in client.get("/resources/new").text
    assert "お茶会" in client.get(made).text
    assert "お茶会 （使用終了）" in client.get(f"{made}/edit").text
    replaced = client.post(page, data={**token, "do": "replace", "new": "tea"})
    assert "1 件を置き換えました" in replaced.text
    assert "お茶・おしゃべり" in client.get(made).text


def test_how_long_a_verification_holds_is_edited_and_at_once_in_force(
    signed_in: Enter, program: Program
) -> None:
    client = signed_in("coordinator")
    token = {"csrf": token_of(client.get("/vocabulary").text)}
    sent = {**token, "do": "edit", "ja": "サロン", "en": "Salon", "participation": "1",
            "first_needs": "isolation"}  # fmt: skip
    bad = client.post("/vocabulary/kind/salon", data={**sent, "term_days": "0"})
    assert bad.status_code == 422
    for n, told in enumerate((10, 60, None)):
        new = {
            "csrf": token,
            "name": f"架空の会{n}",
            "kind": "salon",
            "status": "published",
            "another": "1",
        }
        assert client.post("/resources/new", data={**new, **token}).status_code == 303
        with program.database.writing(by="test") as session:
            day = None if told is None else clock.today() - timedelta(days=told)
            session.scalars(
                select(Offering).join(Resource).where(Resource.name == f"架空の会{n}")
            ).one().verified_on = day
    shown = client.post("/vocabulary/kind/salon", data={**sent, "term_days": "45"})
    assert shown.status_code == 200
    assert "3か所のうち、確認の期限を過ぎているのは 1か所から 2か所に" in shown.text
    assert "あらたに期限切れ：1か所" in shown.text
    assert "一度も確認されていない 1か所" in shown.text
    client.get("/vocabulary")
    assert program.vocabulary.term("kind", "salon").facts["term_days"] == 90  # nothing is kept yet
    tried = {"tried": shown.text.split('name="tried" value="')[1].split('"')[0]}
    other = client.post("/vocabulary/kind/salon", data={**sent, "term_days": "46", **tried})
    assert other.status_code == 200  # another number than the one that was shown
    good = client.post("/vocabulary/kind/salon", data={**sent, "term_days": "45", **tried})
    assert good.status_code == 303
    client.get("/vocabulary")
    assert program.vocabulary.term("kind", "salon").facts["term_days"] == 45
    kinds = {k["code"]: k for k in client.get("/api/v1/vocabulary").json()["kind"]}
    assert (kinds["salon"]["term_days"], kinds["salon"]["active"]) == (45, True)


def test_the_lists_are_kept_by_few(signed_in: Enter) -> None:
    assert signed_in("csw").get("/vocabulary").status_code == 403
    client = signed_in("coordinator")
    assert client.get("/vocabulary/kind/castle").status_code == 404
    assert client.get("/vocabulary/castle/salon").status_code == 404


def test_what_the_law_asks_for_a_kind_is_said_and_not_edited(signed_in: Enter) -> None:
    client = signed_in("administrator")
    page = client.get("/vocabulary/kind/b_type").text
    assert "法律により" in page
    assert "受給者証" in page
    assert 'name="requires"' not in page
    assert "法律により" not in client.get("/vocabulary/kind/salon").text


def test_what_a_need_means_is_shown_on_lists_before_it_is_kept(
    signed_in: Enter, program: Program
) -> None:
    client = signed_in("coordinator")
    page = "/vocabulary/need/hoarding"
    token = {"csrf": token_of(client.get(page).text)}
    label = program.vocabulary.term("need", "hoarding")
    typed = {**token, "do": "edit", "ja": label.ja, "en": label.en, "from_home": "1",
             "audience": ["carers", "withdrawn"], "audience_maybe": "carers"}  # fmt: skip
    shown = client.post(page, data=typed)
    assert shown.status_code == 200
    assert 'id="preview"' in shown.text
    assert "まだ" in shown.text or "一覧" in shown.text
    assert "audience" not in _facts(program, "hoarding")
    tried = shown.text.split('name="tried" value="')[1].split('"')[0]
    other = {**typed, "tried": tried, "rides": "1"}
    assert client.post(page, data=other).status_code == 200, "what wasn't shown isn't kept"
    assert "rides" not in _facts(program, "hoarding")
    assert client.post(page, data={**typed, "tried": tried}).status_code == 303
    assert _facts(program, "hoarding") == {
        "audience": ["carers", "withdrawn"], "audience_maybe": [], "rides": False,
        "from_home": True,
    }  # fmt: skip
    assert client.post(page, data=typed).status_code == 303, "nothing new: saved as it stands"
    bad = client.post(page, data={**typed, "audience": "castle"})
    assert bad.status_code == 422
    assert "対象の一覧にある語" in bad.text


def _facts(program: Program, need: str) -> dict[str, object]:
    program.look_again()
    return program.vocabulary.term("need", need).facts


def test_whom_a_kind_is_for_is_shown_on_lists_before_it_is_kept(
    signed_in: Enter, program: Program
) -> None:
    client = signed_in("coordinator")
    page = "/vocabulary/kind/prevention_centre"
    token = {"csrf": token_of(client.get(page).text)}
    term = program.vocabulary.term("kind", "prevention_centre")
    typed = {
        **token, "do": "edit", "ja": term.ja, "en": term.en, "participation": "1",
        "gathering": "1", "accompanies": "1", "needs": term.facts["needs"],
        "first_needs": ["frailty", "dementia"], "term_days": str(term.facts["term_days"]), "audience": ["elderly", "carers"],
    }  # fmt: skip

    def kept() -> dict[str, object]:
        client.get("/vocabulary")
        return program.vocabulary.term("kind", "prevention_centre").facts

    shown = client.post(page, data=typed)
    assert (shown.status_code, 'id="preview"' in shown.text) == (200, True)
    assert kept()["audience"] == ["elderly"], "nothing is kept yet"
    tried = shown.text.split('name="tried" value="')[1].split('"')[0]
    more = {**typed, "tried": tried, "term_days": "30"}
    again = client.post(page, data=more)
    assert again.status_code == 200, "another term was not shown yet"
    tried = again.text.split('name="tried" value="')[1].split('"')[0]
    assert client.post(page, data={**more, "tried": tried}).status_code == 303
    assert (kept()["audience"], kept()["term_days"]) == (["elderly", "carers"], 30)
    assert kept()["first_needs"] == ["frailty", "dementia"]
    only = {**more, "first_needs": ["frailty"]}
    assert client.post(page, data=only).status_code == 200, "what it is there for was not shown yet"
    for bad in ({"audience": ["anyone"]}, {"first_needs": ["nothing_known"]}, {"audience": ["castle"], "term_days": "31"},
                {"audience": ["youth"], "term_days": ""}):  # fmt: skip
        assert client.post(page, data={**more, **bad}).status_code == 422


@pytest.mark.parametrize(
    "other",
    [{"participation": ""}, {"accompanies": ""}, {"needs": ["grief"]}, {"needs": []}],
)
def test_what_else_lists_rest_on_of_a_kind_is_shown_before_it_is_kept(
    signed_in: Enter, program: Program, other: dict[str, object]
) -> None:
    client = signed_in("coordinator")
    page = "/vocabulary/kind/salon"
    facts = program.vocabulary.term("kind", "salon").facts
    typed = {
        "csrf": token_of(client.get(page).text), "do": "edit", "ja": "サロン", "en": "Salon",
        "participation": "1", "gathering": "1", "accompanies": "1", "needs": facts["needs"],
        "first_needs": facts["first_needs"], "term_days": str(facts["term_days"]), **other,
    }  # fmt: skip
    shown = client.post(page, data=typed)
    assert (shown.status_code, 'id="preview"' in shown.text) == (200, True)
    client.get("/vocabulary")
    assert program.vocabulary.term("kind", "salon").facts == facts, "nothing is kept yet"
    tried = shown.text.split('name="tried" value="')[1].split('"')[0]
    assert client.post(page, data={**typed, "tried": tried}).status_code == 303
    client.get("/vocabulary")
    assert program.vocabulary.term("kind", "salon").facts != facts


def test_what_somebody_else_changed_meanwhile_is_not_written_over(
    signed_in: Enter, program: Program
) -> None:
    client = signed_in("coordinator")
    page = "/vocabulary/activity/tea"
    opened = client.get(page).text
    was = opened.split('name="was" value="')[1].split('"')[0]
    typed = {"csrf": token_of(opened), "do": "edit", "was": was, "ja": "お茶", "en": "Tea"}
    with program.database.writing(by="test") as session:
        terms.edit_term(session, axis="activity", code="tea", ja="お茶の時間", en="Tea", by="test")
    late = client.post(page, data=typed)
    assert late.status_code == 422
    assert "ほかの人がこの用語を変えました" in late.text
    assert "お茶の時間" in late.text
    again = late.text.split('name="was" value="')[1].split('"')[0]
    assert client.post(page, data={**typed, "was": again}).status_code == 303


def test_that_a_kind_is_for_others_stands_where_a_place_is_explained(
    signed_in: Enter, program: Program
) -> None:
    worker = signed_in("support_worker")
    at = {"lon": 139.7148, "lat": 35.7290}
    parts = {"resource": {"name": "架空のカフェ", "kind": "dementia_cafe"}, "location": at}
    agreed = Given(
        purposes=["support"], agencies=["east"], given_by="self", given_on=clock.today(),
        form="written",
    )  # fmt: skip
    with program.database.writing(by="test") as session:
        cafe = register_resource(
            session, registration=Registration.model_validate(parts),
            vocabulary=program.vocabulary, by="test",
        ).id  # fmt: skip
        person = add_person(
            session, label="甲", summary="", need={"at": at, "age": 36}, agency="east",
            consent=agreed, by="test",
        ).id  # fmt: skip
    page = worker.get(f"/people/{person}/why/{cafe}").text
    assert "認知症カフェはふつう高齢者、介護をしている人、認知症の人と家族のための場" in page
