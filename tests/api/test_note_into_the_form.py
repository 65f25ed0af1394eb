"""Whatever is read from a note can be confirmed: the form then asks for just what was proposed."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from door import token_of
from fastapi.testclient import TestClient
from page_read import Page
from starlette.datastructures import FormData

from api.pages.note import LONGEST_NOTE, proposed_words
from api.pages.query import need_of
from matching import note
from matching.need import parse_need
from resources.vocabulary import default_vocabulary

NOTES = Path(__file__).parents[1] / "matching" / "notes"
HERE = {"lon": 139.7148, "lat": 35.729}

OTHERS = [
    "月曜の午前なら可、木曜の午後なら可。週2回、90分まで。英語が話せる。子どものいる所は不可。",
    "女性だけの場を希望。酒のない所。住所は秘匿。歩いて15分。300円まで。5人くらい。送迎があれば。",
]


def notes() -> list[str]:
    read = [tomllib.loads(p.read_text(encoding="utf-8")) for p in sorted(NOTES.glob("*.toml"))]
    return [n["text"] for file in read for n in file["note"]] + OTHERS


@pytest.fixture
def worker(signed_in: Callable[..., TestClient]) -> TestClient:
    return signed_in("support_worker")


def test_the_form_filled_from_a_note_asks_for_all_that_was_proposed_and_nothing_else(
    worker: TestClient,
) -> None:
    token, fields = token_of(worker.get("/suggest").text), set()
    nothing = need_of(FormData(Page(worker.get("/suggest").text).sent_by("/suggest")))
    for text in notes():
        assert len(text) <= LONGEST_NOTE
        proposals = note.read_note(text)
        fields |= {
            p.field.partition(".")[0 if p.field.startswith("needs") else 2] for p in proposals
        }
        page = worker.post("/suggest/note", data={"csrf": token, "note": text}).text
        asked = need_of(FormData(Page(page).sent_by("/suggest")))
        said = nothing | note.need_of(proposals)
        assert by_day(asked.pop("windows", [])) == by_day(said.pop("windows", [])), text
        for many in ("activities", "languages", "holds"):
            for need in (asked, said):
                part = need.get("wishes" if many == "activities" else "limits", {})
                if many in part:
                    part[many] = sorted(part[many])
        assert asked == said, text
        parse_need({**asked, "at": HERE}, default_vocabulary())
    assert {
        "sessions_per_week", "minutes", "languages", "gender", "protected", "no_children_present",
        "no_alcohol", "noise", "max_yen", "group_size", "transport", "holds",
    } <= fields  # fmt: skip


def by_day(windows: list[dict[str, str]]) -> set[tuple[str, str, str]]:
    return {(w["day"], w["from"], w["to"]) for w in windows}


def test_hours_that_differ_by_the_day_can_be_unticked_one_by_one(worker: TestClient) -> None:
    token = token_of(worker.get("/suggest").text)
    page = worker.post("/suggest/note", data={"csrf": token, "note": OTHERS[0]}).text
    assert "月 09:00-12:00" in page
    assert "木 12:00-17:00" in page
    form = [f for f in Page(page).sent_by("/suggest") if f != ("windows", "mon 09:00-12:00")]
    assert by_day(need_of(FormData(form))["windows"]) == {("thu", "12:00", "17:00")}


@pytest.mark.parametrize("words", ["mon", "mon 9-12", "day 09:00-12:00", "mon 12:00-09:00", "-"])
def test_hours_that_are_none_are_refused_and_not_repeated(worker: TestClient, words: str) -> None:
    token = token_of(worker.get("/suggest").text)
    data = {"csrf": token, "address": "35.7,139.7", "windows": words}
    answer = worker.post("/suggest", data=data)
    assert answer.status_code == 422
    assert answer.text.count('role="alert"') == 1


TYPED = [
    ("address", "豊島区南大塚三丁目"),
    ("age", "33"),
    ("needs", "violence"),
    ("flags", "with_child"),
    ("safety", "protected"),
    ("safety", "no_children_present"),
    ("safety", "no_alcohol"),
    ("from_home", "no"),
    ("walk_minutes", "15"),
]


def read(worker: TestClient, page: str, text: str, *typed: tuple[str, str]) -> str:
    """Type something into the form of a page, then a note, and have it read; return the page."""
    replaced = {"note", *(name for name, _ in typed)}
    sent = [f for f in Page(page).sent_by("/suggest") if f[0] not in replaced]
    data: dict[str, list[str]] = {}
    for name, value in [*sent, *typed, ("note", text)]:
        data.setdefault(name, []).append(value)
    answer = worker.post("/suggest/note", data=data)
    assert answer.status_code == 200
    return answer.text


def test_what_staff_typed_stays_when_a_note_is_read_and_when_a_second_one_is(
    worker: TestClient,
) -> None:
    first = read(worker, worker.get("/suggest").text, "本が好き、週1回", *TYPED)
    form = Page(first).sent_by("/suggest")
    assert set(TYPED) <= set(form)
    assert {("activities", "reading"), ("sessions_per_week", "1")} <= set(form)
    second = read(
        worker,
        first,
        "35歳。歩いて30分。将棋が好き。月曜の午前。酒のない所。家からなら参加したい。",
    )
    form = Page(second).sent_by("/suggest")
    assert set(TYPED) <= set(form)
    assert {("activities", "reading"), ("days", "mon"), ("from", "09:00")} <= set(form)
    assert [v for n, v in form if n in ("age", "walk_minutes")] == ["33", "15"]
    assert "「35歳」" not in second, "what was not taken isn't said to be"
    assert "「月曜の午前」" in second
    third = read(worker, second, "水曜の午後なら。本が好き。")
    assert [v for n, v in Page(third).sent_by("/suggest") if n == "days"] == ["mon"]
    assert "すでに入っている項目はそのままです" in third


def test_hours_that_are_read_are_told_day_by_day(worker: TestClient) -> None:
    page = read(worker, worker.get("/suggest").text, "平日なら行ける。木曜の午後は仕事")
    assert "月・火・水・金 09:00–21:00、木 09:00–12:00、木 17:00–21:00" in page


def test_a_wish_to_join_from_home_is_chosen_among_what_the_form_offers(worker: TestClient) -> None:
    page = read(worker, worker.get("/suggest").text, "家からなら参加したい")
    assert ("from_home", "yes") in Page(page).sent_by("/suggest")
    assert "家から参加したい（電話・オンライン）" in page
    for said, meant in (("yes", True), ("only", "only"), ("no", False)):
        assert need_of(FormData([("from_home", said)]))["limits"] == {"from_home": meant}
    token = token_of(worker.get("/suggest").text)
    answer = worker.post(
        "/suggest", data={"csrf": token, "address": "35.7,139.7", "from_home": "x"}
    )
    assert answer.status_code == 422


def test_the_minutes_on_foot_that_nobody_typed_give_way_to_those_of_a_note(
    worker: TestClient,
) -> None:
    untouched = worker.get("/suggest").text
    without = read(worker, untouched, "本が好き")
    assert ("walk_minutes", "20") in Page(without).sent_by("/suggest")
    said = read(worker, without, "歩いて10分まで")
    assert ("walk_minutes", "10") in Page(said).sent_by("/suggest")
    again = read(worker, said, "歩いて30分まで")
    assert ("walk_minutes", "10") in Page(again).sent_by("/suggest")
    assert ("walk_minutes", "") in Page(
        read(worker, untouched, "本が好き", ("walk_minutes", ""))
    ).sent_by("/suggest")


def test_what_enter_presses_asks_and_nothing_of_the_form_goes_into_an_address(
    worker: TestClient,
) -> None:
    page = Page(worker.get("/suggest").text)
    (form,) = [e for e in page.elements if e.attributes.get("action") == "/suggest"]
    buttons = [e for e in page.elements if e.tag == "button" and form in e.above]
    assert form.attributes["method"] == "post"
    assert "formaction" not in buttons[0].attributes
    assert [b.attributes["formaction"] for b in buttons if "formaction" in b.attributes] == [
        "/suggest/note"
    ]
    assert not any("formmethod" in b.attributes for b in buttons)


def test_what_somebody_has_is_ticked_and_the_rest_stays_a_question(worker: TestClient) -> None:
    page = read(worker, worker.get("/suggest").text, "療育手帳B2。紹介状をもらった。")
    assert "満たしている参加条件：障害者手帳" in page
    assert "「紹介状をもらった」" in page
    form = Page(page).sent_by("/suggest")
    assert {("holds", "handbook"), ("holds", "referral")} <= set(form)
    limits = need_of(FormData(form))["limits"]
    assert sorted(limits.pop("holds")) == ["handbook", "referral"]
    assert limits == {"holds_open": True}
    asked = need_of(FormData([*form, ("holds_known", "yes")]))["limits"]
    assert "holds_open" not in asked, "staff said that what isn't ticked isn't met"


def test_what_a_note_says_against_what_was_ticked_is_ticked_and_told(worker: TestClient) -> None:
    page = read(worker, worker.get("/suggest").text, "手帳2級あり", ("holds_known", "yes"))
    form = Page(page).sent_by("/suggest")
    assert ("holds_known", "yes") in form
    assert [value for name, value in form if name == "holds"] == ["handbook"]
    assert "満たしている参加条件：" in page


def test_hours_that_were_typed_stay_where_a_note_names_days_alone(worker: TestClient) -> None:
    typed = (("from", "13:00"), ("to", "15:00"))
    page = read(worker, worker.get("/suggest").text, "火木なら動ける", *typed)
    form = Page(page).sent_by("/suggest")
    assert [value for name, value in form if name == "days"] == ["tue", "thu"]
    assert {("from", "13:00"), ("to", "15:00")} <= set(form)


@pytest.mark.parametrize(
    ("language", "words"),
    [("ja", "満たしている参加条件：受給者証"), ("en", "Meets: Recipient certificate")],
)
def test_what_somebody_has_is_told_in_both_languages(language: str, words: str) -> None:
    (proposal,) = note.read_note("受給者証あり")
    assert proposed_words(proposal, language, default_vocabulary()) == words
