"""Each page answers for whom it is meant, in both languages, with words from the catalogues."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from door import token_of
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import words
from api.app import create_app
from jobs.program import Program

TEMPLATES = Path(words.__file__).parent / "templates"
KEY = re.compile(r"""\bt\(\s*["']([a-z_.0-9]+)["']\s*[,)]""")


def test_both_catalogues_hold_the_same_keys_and_no_empty_words() -> None:
    japanese, english = words.catalogue("ja"), words.catalogue("en")
    assert set(japanese) == set(english)
    assert all(japanese.values())
    assert all(english.values())


def test_the_same_values_are_named_in_both_languages() -> None:
    japanese, english = words.catalogue("ja"), words.catalogue("en")
    for key, text in japanese.items():
        assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", english[key])), key


def test_templates_use_only_words_that_exist_and_hold_none_of_their_own() -> None:
    known = set(words.catalogue("ja"))
    for template in TEMPLATES.glob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert set(KEY.findall(text)) <= known, template.name
        outside = re.sub(r"{[{%#].*?[}%#]}", "", text, flags=re.S)
        bare = re.findall(r"[\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]+", outside)
        assert bare == [], template.name


@pytest.fixture
def demo_app(demo: Program) -> FastAPI:
    return create_app(demo.settings, demo)


@pytest.fixture
def entered(demo_app: FastAPI) -> Callable[[str], TestClient]:
    from door import browser, sign_in

    from jobs.demo.accounts import DEMO_PASSWORD

    def make(name: str) -> TestClient:
        client = browser(demo_app)
        sign_in(client, name, DEMO_PASSWORD)
        return client

    return make


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(
    "path",
    ["/", "/people", "/suggest", "/resources", "/resources/new", "/nearby", "/verify", "/jobs",
     "/agencies?need=withdrawal&need=debt&district=d1", "/duplicates", "/unmet"],
)  # fmt: skip
def test_every_page_opens_for_a_coordinator_in_both_languages(
    entered: Callable[[str], TestClient], path: str, language: str
) -> None:
    client = entered("coordinator")
    client.get(f"/language/{language}")
    page = client.get(path)
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.text
    assert page.headers["cache-control"] == "no-store"


def test_a_person_is_shown_with_suggestions_and_the_look_is_recorded(
    entered: Callable[[str], TestClient], demo: Program
) -> None:
    client = entered("support")
    links = re.findall(r"/people/[0-9a-f-]{36}", client.get("/people").text)
    page = client.get(links[0])
    assert page.status_code == 200
    assert "参加の場の提案" in page.text
    from sqlalchemy import select

    from casework.models import AuditRow

    with demo.database.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "read")).all()
    assert [(r.entity_id, r.purpose, r.allowed) for r in rows] == [
        (links[0].rsplit("/", 1)[1], "suggest", True)
    ]


def test_somebody_elses_person_is_as_if_there_were_none(
    entered: Callable[[str], TestClient], demo: Program
) -> None:
    mine = set(re.findall(r"/people/([0-9a-f-]{36})", entered("support").get("/people").text))
    from sqlalchemy import text

    with demo.database.reading() as session:
        everyone = {str(r[0]) for r in session.execute(text("SELECT id FROM person"))}
    import uuid

    other = next(str(uuid.UUID(p)) for p in sorted(everyone) if str(uuid.UUID(p)) not in mine)
    client = entered("support")
    refused = client.get(f"/people/{other}")
    missing = client.get(f"/people/{uuid.uuid4()}")
    assert refused.status_code == missing.status_code == 404
    assert re.sub(r"[0-9a-f-]{36}", "", refused.text) == re.sub(r"[0-9a-f-]{36}", "", missing.text)


def test_a_form_that_is_sent_without_its_token_writes_nothing(
    entered: Callable[[str], TestClient],
) -> None:
    client = entered("coordinator")
    answer = client.post("/resources/new", data={"name": "架空", "kind": "salon"})
    assert answer.status_code == 403


def test_what_finds_nothing_is_put_down_by_staff_and_counted_without_the_person(
    entered: Callable[[str], TestClient], demo: Program
) -> None:
    client, planner = entered("support"), entered("coordinator")
    links = sorted(set(re.findall(r"/people/[0-9a-f-]{36}", client.get("/people").text)))
    import uuid

    from casework.case_models import Person

    with demo.database.writing(by="test") as session:  # somebody who must keep away from everywhere
        person = session.get_one(Person, uuid.UUID(links[0].rsplit("/", 1)[1]))
        area = {**person.need["at"], "radius_m": 100_000}
        person.need = {**person.need, "safety": {"exclude_areas": [area]}}
    page = client.get(links[0]).text
    assert f'action="{links[0]}/unmet"' in page
    token = token_of(page)
    noted = client.post(f"{links[0]}/unmet", data={"csrf": token}, follow_redirects=True)
    assert "充足していないニーズとして数えました" in noted.text
    listed = planner.get("/unmet").text
    assert "5未満" in listed
    fits = next(link for link in links if f'action="{link}/unmet"' not in client.get(link).text)
    before = listed.count("<tr>")
    client.post(f"{fits}/unmet", data={"csrf": token})
    assert planner.get("/unmet").text.count("<tr>") == before  # it had suggestions
    assert client.post(f"{links[0]}/unmet").status_code == 403


def test_a_note_is_read_into_the_form_with_its_words_and_the_form_lacks_nothing_of_it(
    entered: Callable[[str], TestClient],
) -> None:
    client = entered("support")
    note = "34歳。人混みが苦手、本が好き。月・水の午後なら。週2回。女性だけの場。住所は秘匿。"
    token = token_of(client.get("/suggest").text)
    page = client.post("/suggest/note", data={"csrf": token, "note": note}).text
    assert "提案を見る" in page
    assert 'value="reading" checked' in page
    assert 'name="age" type="number" min="0" max="120" value="34"' in page
    assert "「人混み」" in page
    assert "「住所は秘」" in page
    assert 'name="safety" value="protected" checked' in page
    assert 'name="sessions_per_week" min="1" max="14" value="2"' in page
    assert 'value="female" selected' in page
    assert "suggestions" not in page  # nothing was asked on its own
    empty = client.post("/suggest/note", data={"csrf": token, "note": "よい天気"}).text
    assert "読み取れる言葉がありませんでした" in empty


def test_a_search_without_a_person_that_finds_nothing_says_so_and_offers_nothing_to_count(
    entered: Callable[[str], TestClient],
) -> None:
    client = entered("support")
    token = token_of(client.get("/suggest").text)
    asked = {"csrf": token, "address": "南大塚三丁目", "walk_minutes": "1", "age": "120"}
    page = client.post("/suggest", data={**asked, "days": ["mon"], "from": "03:00", "to": "03:10"})
    assert page.status_code == 200
    assert 'class="nothing"' in page.text
    assert "/unmet" not in page.text.split('<section class="list"')[1]


def test_a_search_without_a_person_gives_suggestions_and_keeps_nothing(
    entered: Callable[[str], TestClient], demo: Program
) -> None:
    client = entered("support")
    token = token_of(client.get("/suggest").text)
    from resources.changes import latest_revision

    with demo.database.reading() as session:
        before = latest_revision(session)
    page = client.post(
        "/suggest",
        data={
            "csrf": token,
            "address": "南大塚三丁目",
            "needs": ["isolation"],
            "walk_minutes": "20",
        },
    )
    assert page.status_code == 200
    assert 'class="card suggestion"' in page.text
    with demo.database.reading() as session:
        assert latest_revision(session) == before


@pytest.mark.parametrize(
    "bad",
    [
        {"address": "どこでもない所"},
        {"address": "南大塚三丁目", "age": "300"},
        {"address": "南大塚三丁目", "walk_minutes": "abc"},
        {"address": "南大塚三丁目", "needs": ["nonsense"]},
        {"address": "南大塚三丁目", "languages": ["ja"] * 65},
    ],
)
def test_a_search_that_cannot_be_says_so_in_one_sentence(
    entered: Callable[[str], TestClient], bad: dict[str, object]
) -> None:
    client = entered("support")
    token = token_of(client.get("/suggest").text)
    page = client.post("/suggest", data={"csrf": token, **bad})
    assert page.status_code == 422
    assert 'role="alert"' in page.text


def test_an_edit_is_shown_in_words_and_can_be_taken_back(
    entered: Callable[[str], TestClient],
) -> None:
    client = entered("coordinator")
    link = re.findall(r"/resources/[0-9a-f-]{36}", client.get("/resources").text)[0]
    token = token_of(client.get(link).text)
    changed = client.post(f"{link}/status", data={"csrf": token, "status": "paused"})
    assert changed.status_code == 303
    page = client.get(link).text
    assert "公開の状態：公開中 → 休止中" in page
    assert "coordinator・変更" in page
    (revision,) = re.findall(r'name="revision" value="(\d+)"', page)
    undone = client.post(f"{link}/undo", data={"csrf": token, "revision": revision})
    assert undone.status_code == 303
    page = client.get(link).text
    assert "公開の状態：休止中 → 公開中" in page
    # What was written again since isn't taken back a second time.
    again = client.post(f"{link}/undo", data={"csrf": token, "revision": revision})
    assert again.status_code == 409
    assert "そのあとに同じ項目が変更されている" in again.text


def test_a_status_that_there_is_not_is_refused(entered: Callable[[str], TestClient]) -> None:
    client = entered("coordinator")
    link = re.findall(r"/resources/[0-9a-f-]{36}", client.get("/resources").text)[0]
    token = token_of(client.get(link).text)
    assert client.post(f"{link}/status", data={"csrf": token, "status": "gone"}).status_code == 422


def test_who_may_not_edit_sees_the_history_without_buttons(
    entered: Callable[[str], TestClient],
) -> None:
    client = entered("auditor")
    link = re.findall(r"/resources/[0-9a-f-]{36}", client.get("/resources").text)[0]
    page = client.get(link).text
    assert "/undo" not in page
    assert "/status" not in page


def test_every_field_of_the_catalogue_has_a_name_in_both_languages() -> None:
    from api.words import catalogue
    from resources.history import UNTOLD
    from resources.models import Offering, Resource

    for table in (Resource, Offering):
        for column in table.__table__.columns:
            if column.name not in UNTOLD | {"id"}:
                for language in ("ja", "en"):
                    assert f"field.{column.name}" in catalogue(language)


def test_the_sessions_of_a_place_come_as_a_calendar(
    entered: Callable[[str], TestClient],
) -> None:
    client = entered("csw")
    links = re.findall(r"/resources/[0-9a-f-]{36}", client.get("/resources?kind=salon").text)
    answer = client.get(f"{links[0]}/calendar.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.text.startswith("BEGIN:VCALENDAR")
    assert "SUMMARY:（架空）" in answer.text


def test_the_calendar_of_the_page_is_that_of_dateutil_and_the_law(
    entered: Callable[[str], TestClient], demo: Program
) -> None:
    from icalendar import Calendar
    from oracle.recurring_days import plain_sessions

    from resources import clock
    from resources.calendar_export import WEEKS
    from resources.models import Offering

    with demo.database.reading() as session:
        stored = [
            (o.resource_id, o.schedule) for o in session.query(Offering)
            if o.schedule and o.ends_on is None
        ]  # fmt: skip
    client = entered("csw")
    seen = 0
    for resource, schedule in stored[:: max(len(stored) // 12, 1)]:
        if sum(r == resource for r, _ in stored) > 1:
            continue
        before = clock.now()
        answer = client.get(f"/resources/{resource}/calendar.ics")
        assert answer.status_code == 200
        found = {
            (e["dtstart"].dt, e["dtend"].dt) for e in Calendar.from_ical(answer.text).walk("VEVENT")
        }
        assert not found or found == plain_sessions(schedule, before, 7 * WEEKS)
        seen += len(found)
    assert seen > 50


def test_the_calls_that_help_most_are_listed_and_a_call_made_is_noted(
    entered: Callable[[str], TestClient], demo: Program
) -> None:
    from resources import clock
    from resources.models import Offering
    from resources.verify_next import calls_to_make

    client = entered("support")
    person = re.findall(r"/people/[0-9a-f-]{36}", client.get("/people").text)[0]
    client.get(person)  # its suggestions count
    with demo.database.reading() as session:
        before = calls_to_make(session, demo.vocabulary, today=clock.today(), limit=500)
    assert sum(c.suggested for c in before) == 5
    client = entered("coordinator")
    page = client.get("/verify").text
    assert page.count("変わりなし（確認した）") == 8
    first = before[0].entry.offering.id
    data = {"csrf": token_of(page), "offering": str(first)}
    assert client.post("/verify", data=data).status_code == 303
    with demo.database.reading() as session:
        assert session.get_one(Offering, first).verified_on == clock.today()
        after = calls_to_make(session, demo.vocabulary, today=clock.today())
    assert first not in [c.entry.offering.id for c in after]
    assert entered("auditor").get("/verify").status_code == 403
