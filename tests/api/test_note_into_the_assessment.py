"""A note fills in what is still empty of a person's assessment; staff save it, or don't."""

import tomllib
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from door import receive_person, token_of
from fastapi.testclient import TestClient
from page_read import Page
from sqlalchemy import select
from starlette.datastructures import FormData

from api.pages.note import filled_in
from api.pages.reception import assessed_need
from casework.case_models import Person
from casework.models import AuditRow
from jobs.program import Program
from matching import note
from matching.need import parse_need
from resources.vocabulary import default_vocabulary

NOTES = Path(__file__).parents[1] / "matching" / "notes"
HERE = {"lon": 139.7148, "lat": 35.729}
MANY = ("activities", "languages", "holds")


def notes() -> list[str]:
    read = [tomllib.loads(p.read_text(encoding="utf-8")) for p in sorted(NOTES.glob("*.toml"))]
    return [n["text"] for file in read for n in file["note"]]


@pytest.fixture
def worker(signed_in: Callable[..., TestClient]) -> TestClient:
    return signed_in("support_worker")


@pytest.fixture
def person(worker: TestClient, program: Program) -> uuid.UUID:
    return receive_person(program, {"at": HERE})


def form_of(html: str, person: uuid.UUID) -> list[tuple[str, str]]:
    return Page(html).sent_by(f"/people/{person}/need")


def read(worker: TestClient, person: uuid.UUID, text: str, *typed: tuple[str, str]) -> Any:
    """Type something into the form, then a note, and have it read; return the new form."""
    fields = form_of(worker.get(f"/people/{person}/need").text, person)
    replaced = {name for name, _ in typed}
    sent = [f for f in fields if f[0] not in {"note", *replaced}] + [*typed, ("note", text)]
    data: dict[str, list[str]] = {}
    for name, value in sent:
        data.setdefault(name, []).append(value)
    answer = worker.post(f"/people/{person}/need/note", data=data)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def plain(need: dict[str, Any]) -> dict[str, Any]:
    """Return a need whose lists have an order of their own."""
    need = {**need, "windows": sorted(map(str, need.get("windows", [])))}
    for part in ("wishes", "limits"):
        if part in need:
            need[part] = {k: sorted(v) if k in MANY else v for k, v in need[part].items()}
    return need


def test_all_that_was_proposed_stands_in_the_form_and_nothing_is_kept(
    worker: TestClient, person: uuid.UUID, program: Program
) -> None:
    before = {"at": HERE}
    nothing = assessed_need(
        FormData(form_of(worker.get(f"/people/{person}/need").text, person)), before
    )
    for text in notes():
        form = form_of(read(worker, person, text), person)
        asked = assessed_need(FormData([f for f in form if f[0] != "note"]), before)
        proposed = note.need_of(note.read_note(text))
        assert plain(asked) == plain(nothing | proposed), text
        parse_need({**asked, "at": HERE}, default_vocabulary())
    with program.database.reading() as session:
        session.info["said"] = {}
        kept = session.scalars(select(Person).where(Person.id == person)).one()
        assert kept.need == before
        told = " ".join(str(vars(row)) for row in session.scalars(select(AuditRow)))
    assert not any(text in told for text in notes())


def test_what_staff_typed_stays(worker: TestClient, person: uuid.UUID) -> None:
    text = "34歳。人混みが苦手、本が好き、孤立している。月曜の午前なら来られる。500円まで。"
    typed = (
        ("age", "40"),
        ("noise", "high"),
        ("weight-isolation", "3"),
        ("days", "wed"),
        ("max_yen", "100"),
    )
    html = read(worker, person, text, *typed)
    need = assessed_need(FormData(form_of(html, person)), {"at": HERE})
    assert need["age"] == 40
    assert (need["limits"]["noise"], need["limits"]["max_yen"]) == ("high", 100)
    assert need["needs"]["isolation"] == 3
    assert [w["day"] for w in need["windows"]] == ["wed"]
    assert need["wishes"]["activities"] == ["reading"]
    assert "本が好き" in html
    assert "34歳」" not in html, "what was not taken isn't said to be"


def test_a_note_in_which_nothing_is_new_says_so(worker: TestClient, person: uuid.UUID) -> None:
    html = read(worker, person, "よろしくお願いします。")
    assert "新しく読み取れる言葉がありませんでした" in html


def test_nobody_elses_person_is_read_into(
    worker: TestClient, person: uuid.UUID, signed_in: Callable[..., TestClient]
) -> None:
    other = signed_in("coordinator", "west")
    token = token_of(other.get("/suggest").text)
    answer = other.post(f"/people/{person}/need/note", data={"csrf": token, "note": "本が好き"})
    assert answer.status_code in (403, 404)
    assert worker.post(f"/people/{person}/need/note", data={"note": "本が好き"}).status_code == 403


def test_the_first_button_of_the_form_saves(worker: TestClient, person: uuid.UUID) -> None:
    page = Page(worker.get(f"/people/{person}/need").text)
    buttons = [
        e for e in page.elements
        if e.tag == "button" and any(a.attributes.get("action") == f"/people/{person}/need" for a in e.above)
    ]  # fmt: skip
    assert "formaction" not in buttons[0].attributes, "it is what Enter presses"


def test_a_second_note_adds_to_the_first(worker: TestClient) -> None:
    first, _ = filled_in(FormData([("age", "")]), note.read_note("34歳。本が好き。"))
    second, taken = filled_in(first, note.read_note("35歳。将棋が好き。"))
    assert second.getlist("age") == ["34"]
    assert second.getlist("activities")[0] == "reading"
    assert len(second.getlist("activities")) == 2
    assert [p.field for p in taken] == ["wishes.activities"]


def test_what_somebody_has_is_kept_as_known_in_part_until_staff_asked_about_all(
    worker: TestClient, person: uuid.UUID
) -> None:
    form = form_of(read(worker, person, "手帳2級あり"), person)
    assert ("holds", "handbook") in form
    before = {"at": HERE}
    limits = assessed_need(FormData(form), before)["limits"]
    assert (limits["holds"], limits["holds_open"]) == (["handbook"], True)
    all_asked = assessed_need(FormData([*form, ("holds_known", "yes")]), before)["limits"]
    assert all_asked["holds"] == ["handbook"]
    assert "holds_open" not in all_asked

    data = {name: value for name, value in form if name != "note"}
    assert worker.post(f"/people/{person}/need", data=data).status_code in (200, 303)
    again = worker.get(f"/people/{person}/need").text
    assert ("holds", "handbook") in form_of(again, person)
    assert ("holds_known", "yes") not in form_of(again, person)
    assert "満たしている参加条件：障害者手帳" in worker.get(f"/people/{person}").text
