"""What isn't known is shown as a question to ask, and each language keeps to its own marks."""

from collections.abc import Callable
from typing import Any

import pytest
from door import receive_person, token_of
from fastapi.testclient import TestClient

from api.evidence_shown import evidence_words
from api.rendering import TEMPLATES, shown_availability
from api.words import say
from jobs.program import Program
from matching.rules import RULES
from resources.vocabulary import default_vocabulary


def asked(client: TestClient, program: Program, language: str) -> str:
    """Register a place that says next to nothing of itself; return what a person's list asks."""
    token = token_of(client.get("/resources/new").text)
    data = {"csrf": token, "name": "架空のサロン", "kind": "salon", "status": "published",
            "lon": "139.7148", "lat": "35.7295", "needs": ["isolation"]}  # fmt: skip
    assert client.post("/resources/new", data=data).status_code == 303
    at = {"lon": 139.7148, "lat": 35.7290}
    person = receive_person(program, {"at": at, "age": 52, "needs": {"isolation": 3}})
    client.get(f"/language/{language}")
    page = client.get(f"/people/{person}").text
    return page.split('<p class="asks">')[1].split("</p>")[0]


def test_a_card_shows_questions_that_can_be_read_out_on_the_telephone(
    signed_in: Callable[..., TestClient], program: Program
) -> None:
    asks = asked(signed_in("coordinator"), program, "ja")
    assert "何歳から何歳までの方が利用できますか。" in asks
    assert "いま空きはありますか、なければ待つことはできますか。" in asks
    assert "年齢が合う" not in asks


def test_in_english_the_questions_are_english_and_so_are_the_marks(
    signed_in: Callable[..., TestClient], program: Program
) -> None:
    asks = asked(signed_in("coordinator"), program, "en")
    assert "What ages do you receive?" in asks
    assert not set("：、～。（）") & set(asks)


def test_a_card_says_of_room_once_what_was_said_and_when(
    signed_in: Callable[..., TestClient], program: Program
) -> None:
    client = signed_in("coordinator")
    token = token_of(client.get("/resources/new").text)
    data = {"csrf": token, "name": "架空のサロン", "kind": "salon", "status": "published",
            "lon": "139.7148", "lat": "35.7295", "needs": ["isolation"],
            "availability": "capacity", "places": "2"}  # fmt: skip
    assert client.post("/resources/new", data=data).status_code == 303
    at = {"lon": 139.7148, "lat": 35.7290}
    person = receive_person(program, {"at": at, "age": 52, "needs": {"isolation": 3}})
    page = client.get(f"/people/{person}").text
    card = page.split('<dl class="facts">')[1].split("</details>")[0]
    assert card.count("空き2（今日、職員が確認）") == 1
    assert card.count("空き2") == 1


def test_no_template_holds_a_mark_that_only_japanese_has() -> None:
    odd = [p.name for p in TEMPLATES.glob("*.html") if set("：、～") & set(p.read_text("utf-8"))]
    assert odd == []


def test_one_of_something_is_not_said_as_several() -> None:
    assert say("days.ago", "en", n=1) == "1 day ago"
    assert say("days.ago", "en", n=5) == "5 days ago"
    assert say("days.ago", "ja", n=1) == "1日前"
    room = {"status": "capacity", "places": 3, "said_by": "host", "said_at": None}
    shown = shown_availability(room, "en", default_vocabulary())
    assert shown == "3 free (date not known, from the host)"


EVIDENCE: list[tuple[str, str, Any, str, str]] = [
    ("published", "status", "published", "公開中", "Published"),
    ("age", "age_min", 18, "18歳～", "18–"),
    ("age", "age_max", 64, "～64歳", "–64"),
    ("windows", "schedule", {"sessions_in_8_weeks": 3}, "8週間に3日", "3 days in 8 weeks"),
    ("windows", "ends_on", "2026-11-02", "2026年11月2日に終わった", "ended on 2 Nov 2026"),
    ("places", "availability", {"status": "waitlist", "places": None, "said_at": None},
     "待機あり", "Waiting list"),
    ("host_rest", "host", {"resting_until": None, "accompanied_cap": 3, "accompanied_now": 1},
     "受け入れられる人数 3・いま 1", "receives 3 at most, 1 at present"),
    ("sessions_per_week", "min_per_week", 2, "週2回から", "2 a week at least"),
    ("sessions_per_week", "min_per_week", 0, "決まった回数なし", "no set number"),
    ("step_free", "step_free", True, "はい", "Yes"),
    ("audience", "audience", ["anyone"], "どなたでも", "Anyone"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "field", "value", "ja", "en"), EVIDENCE)
def test_evidence_is_said_in_the_words_of_the_reader(
    rule: str, field: str, value: Any, ja: str, en: str
) -> None:
    lists = default_vocabulary()
    assert evidence_words(rule, field, value, "ja", lists) == ja
    assert evidence_words(rule, field, value, "en", lists) == en


@pytest.mark.parametrize("rule", [rule.code for rule in RULES])
def test_what_isnt_known_is_said_not_to_be(rule: str) -> None:
    assert evidence_words(rule, rule, None, "ja", default_vocabulary()) == "情報なし"
