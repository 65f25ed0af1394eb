"""A person asks what is kept of them; what is past its term is destroyed: by the pages, as staff."""

import io
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from door import add_staff, browser, make_program, sign_in, token_of
from fastapi.testclient import TestClient
from plain_role import serving
from sqlalchemy import select, update

from api import words
from api.app import create_app
from api.kept_shown import CODES, Known, in_words
from casework import requests
from casework.access import Actor
from casework.audit import ACTIONS, AuditRow
from casework.case_models import Case, Person
from casework.cases import case_of_person, rows_of
from casework.consents import PURPOSES, Given
from casework.exclusions import exclude
from casework.identities import store_identity
from casework.kept import NOT_SHOWN, Kept, kept_of, tables_of_case
from casework.people import add_person
from casework.placement_models import Disclosure
from casework.placements import DISCLOSED
from casework.plans import add_plan_item, move_case
from casework.record_models import Destruction
from jobs.keys import RING_FILE, key_ring
from jobs.program import Program
from matching.need import Need
from resources import clock
from resources.database import Database

PLAN = '=HYPERLINK("http://evil") ＋ 午後の会へ'


@pytest.fixture
def served(database: Database, tmp_path: Path) -> Iterator[Program]:
    """The program, on PostgreSQL as a role that row security holds."""
    opened = serving(database)
    program = make_program(opened, tmp_path / "home")
    database.info |= opened.info  # the same keys
    yield program
    opened.close()


@pytest.fixture
def owner(served: Program) -> Actor:
    add_staff(served, "auditor", None)
    add_staff(served, "agency_manager", "east")
    return Actor(add_staff(served, "support_worker"), "support_worker", "support_worker", "east")


@pytest.fixture
def case_id(database: Database, served: Program, owner: Actor) -> uuid.UUID:
    """Somebody with a name, a plan, and somebody else who must not see it."""
    stranger = add_staff(served, "csw", "west", "stranger")
    with database.writing(by="test") as session:
        person = add_person(
            session, label="Ｋ", summary="朝が苦手", agency="east", by=owner,
            need={"age": 34, "needs": {"isolation": 3}, "wishes": {"text": "本の話"}},
            consent=Given(PURPOSES, ["east"], "self", clock.today(), "written"),
        )  # fmt: skip
        case = case_of_person(session, actor=owner, person_id=person.id, purpose="x", write=True)
        store_identity(session, case, key_ring(served.settings), {"name": "見本 一郎"})
        add_plan_item(session, case, what=PLAN, agency="east", due_on=clock.today())
        exclude(session, case, reason="兄の職場", account_id=stranger)
    return case.case.id


@pytest.fixture
def app_browser(served: Program) -> TestClient:
    return browser(create_app(served.settings, served))


def _signed_in(client: TestClient, name: str) -> str:
    client.cookies.clear()
    sign_in(client, name)
    return token_of(client.get("/").text)


def test_from_a_request_to_the_papers_with_what_concerns_others_left_out(
    app_browser: TestClient, database: Database, case_id: uuid.UUID, owner: Actor
) -> None:
    csrf = _signed_in(app_browser, "support_worker")
    here = f"/cases/{case_id}/requests"
    received = clock.today() - timedelta(days=2)
    form = {"kind": "disclosure", "received_on": str(received), "asked_by": "self", "csrf": csrf}
    page = app_browser.post(here, data=form).headers["location"]
    shown = app_browser.get(page).text
    assert "見本 一郎" in shown
    assert "社会的孤立" in shown
    assert "第76条" in shown
    assert "第83条" in shown
    due = received + timedelta(days=30)
    assert f"{due.year}年{due.month}月{due.day}日" in shown
    assert f"{due.month}月{due.day}日" in app_browser.get("/requests").text
    # Nobody saw yet that it is the person: no papers, no decision.
    assert app_browser.post(f"{page}/papers", data={"csrf": csrf}).status_code == 422
    decision = {"decision": "partly", "reason": "第78条第1項第2号", "csrf": csrf}
    refused = app_browser.post(f"{page}/decision", data={**decision, "version": 1})
    assert refused.status_code == 422
    paper = {"paper": "licence", "version": 1, "csrf": csrf}
    assert app_browser.post(f"{page}/identity", data=paper).status_code == 303
    assert app_browser.post(f"{page}/identity", data=paper).status_code == 409  # an old version
    papers = app_browser.post(f"{page}/papers", data={"csrf": csrf}).text
    assert "見本 一郎" in papers
    assert "兄の職場" not in papers  # of somebody else: not without a decision
    assert "support_worker" in papers  # who looked
    with database.writing(by="test") as session:
        case = case_of_person(session, actor=owner, person_id=_person(session), purpose="x")
        (row,) = requests.requests_of(session, case)
        kept = kept_of(session, case, key_ring(app_browser.app.state.settings))  # type: ignore[attr-defined]
        keys = [k.key for k in kept if k.table == "person_identity"]
        version = row.version
    masks = {"keys": [*keys, "nothing:of-the-kind"], "version": version, "csrf": csrf}
    assert app_browser.post(f"{page}/masks", data=masks).status_code == 303
    answer = app_browser.post(f"{page}/papers?form=xlsx", data={"csrf": csrf})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [c for r in book.active.iter_rows() for c in r]  # type: ignore[union-attr]
    texts = {str(c.value) for c in cells}
    assert "見本 一郎" not in texts  # marked
    assert "兄の職場" in texts  # its mark was taken off
    assert PLAN in texts
    assert {c.data_type for c in cells} <= {"s", "n"}
    assert not any(c.data_type == "f" for c in cells)
    assert (
        app_browser.post(f"{page}/decision", data={**decision, "version": version + 1}).status_code
        == 303
    )
    assert app_browser.get("/requests").text.count("/requests/") == 0
    with database.writing(by="test") as session:
        told = [d for d in rows_of(session, case, Disclosure) if d.why == "request"]
        assert len(told) == 2
        assert {"person", "plan_item", "looks"} <= set(told[0].fields)
        exports = session.scalars(select(AuditRow).where(AuditRow.action == "export")).all()
        assert [(e.by, e.purpose) for e in exports] == [("user:support_worker", "request")] * 2
    assert "開示請求" in app_browser.get(f"/cases/{case_id}").text


def _person(session: object) -> uuid.UUID:
    return session.scalars(select(Person.id)).one()  # type: ignore[attr-defined, no-any-return]


def test_more_time_is_thirty_days_at_most_with_a_reason(
    app_browser: TestClient, case_id: uuid.UUID
) -> None:
    csrf = _signed_in(app_browser, "support_worker")
    form = {"kind": "suspension", "received_on": str(clock.today()), "asked_by": "agent"}
    page = app_browser.post(f"/cases/{case_id}/requests", data={**form, "csrf": csrf}).headers[
        "location"
    ]
    for days, reason, status in ((31, "x", 422), (30, " ", 422), (30, "照会中", 303)):
        data = {"extended_days": days, "reason": reason, "version": 1, "csrf": csrf}
        data["completing_days"] = 3
        assert app_browser.post(f"{page}/time", data=data).status_code == status
    due = clock.today() + timedelta(days=63)
    assert f"{due.year}年{due.month}月{due.day}日" in app_browser.get(page).text


def test_a_manager_destroys_by_the_page_what_an_administrator_gave_a_term(
    app_browser: TestClient, database: Database, served: Program, case_id: uuid.UUID, owner: Actor
) -> None:
    from jobs.ledger import enqueue
    from jobs.runtime import run_one

    add_staff(served, "administrator", None)
    with database.writing(by="test") as session:
        case = case_of_person(session, actor=owner, person_id=_person(session), purpose="x")
        move_case(session, case, target="closed", outcome="settled")
        long_ago = clock.today() - timedelta(days=8 * 366)
        session.execute(update(Case).values(closed_on=long_ago))
    csrf = _signed_in(app_browser, "administrator")
    term = {"kind": "case", "years": "5", "rule": "文書管理規程（見本）", "csrf": csrf}
    assert app_browser.post("/retention/terms", data={**term, "rule": ""}).status_code == 422
    assert app_browser.post("/retention/terms", data=term).status_code == 303
    with served.database.writing(by="test") as session:
        job = enqueue(session, "propose_destruction")
    assert run_one(served, job)
    assert str(case_id) not in app_browser.get("/retention").text  # no case for an administrator
    csrf = _signed_in(app_browser, "agency_manager")
    page = app_browser.get("/retention").text
    assert f"/cases/{case_id}" in page
    proposal = page.split("/destroy")[0].rsplit("/", 1)[1]
    address = f"/retention/{proposal}/destroy"
    assert app_browser.post(address, data={"csrf": csrf}).status_code == 409  # not ticked
    assert app_browser.post(address, data={"csrf": csrf, "sure": "true"}).status_code == 303
    again = app_browser.post(address, data={"csrf": csrf, "sure": "true"})
    nobodys = app_browser.post(
        f"/retention/{uuid.UUID(int=0)}/destroy", data={"csrf": csrf, "sure": "true"}
    )
    assert again.status_code == nobodys.status_code == 404
    assert again.text.replace(proposal, str(uuid.UUID(int=0))) == nobodys.text
    with database.reading() as session:
        assert session.scalars(select(Person)).all() == []
        assert session.scalars(select(Destruction)).one().approved_by == "user:agency_manager"
    _signed_in(app_browser, "auditor")
    assert "agency_manager" in app_browser.get("/retention").text
    assert app_browser.get(f"/cases/{case_id}").status_code == 403


def test_every_field_and_code_that_is_kept_has_words_in_both_languages() -> None:
    for language in words.LANGUAGES:
        known = Known({}, {}, {}, lambda _, code: code, language)
        for table in [Person, Case, *tables_of_case()]:
            if table.__tablename__ in ("person_identity", "destruction_proposal"):
                continue
            fields = {c.name: "x" for c in table.__table__.columns if c.name not in NOT_SHOWN}
            (shown,) = in_words([Kept("k", table.__tablename__, fields)], known)
            assert len(shown.fields) == len(fields)
        said: dict[str, object] = dict.fromkeys(Need.model_fields.keys() - {"needs", "windows"}, 1)
        said["windows"] = [{"day": "mon", "from": "10:00", "to": "12:00"}]
        (need,) = in_words([Kept("k", "person", {"need": said})], known)
        lines = need.fields[0][1].splitlines()
        assert len(lines) == len(said)
        assert not any(line.startswith(part) for line in lines for part in said)
        catalogue = words.catalogue(language)
        assert {f"told.{f}" for f in DISCLOSED} <= catalogue.keys()
        assert {f"action.{a}" for a in ACTIONS} <= catalogue.keys()
        assert {f"told.{t.__tablename__}" for t in tables_of_case()} - {
            "told.destruction_proposal"
        } <= catalogue.keys()
        for prefix in CODES.values():
            assert any(key.startswith(prefix) for key in catalogue), prefix


def test_where_the_keys_are_lost_pages_say_so_and_none_are_made(
    app_browser: TestClient, served: Program, case_id: uuid.UUID
) -> None:
    _signed_in(app_browser, "support_worker")
    ring = served.settings.home / RING_FILE
    page = f"/cases/{case_id}/identity"
    assert "見本 一郎" in app_browser.get(page).text
    right = ring.read_bytes()
    for junk in (None, b"", b"junk"):
        ring.unlink()
        if junk is not None:
            ring.write_bytes(junk)
        said = app_browser.get(page)
        assert said.status_code == 503
        assert "鍵が揃っていない" in said.text
        assert (ring.read_bytes() if ring.exists() else None) == junk
        ring.write_bytes(right)
    assert "見本 一郎" in app_browser.get(page).text
