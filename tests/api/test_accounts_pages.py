"""From a fresh installation to staff who sign in; and the pages of names and of room."""

import re
import uuid
from collections.abc import Callable

import pytest
from door import add_staff, browser, sign_in, token_of
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from api.app import create_app
from casework.case_models import Case, Person
from casework.invitations import invite_first_administrator
from casework.models import Account, Invitation
from casework.placement_models import RoomQuestion
from casework.room_questions import LASTS, age_band
from jobs.program import Program
from resources import clock
from resources.models import Offering

LONG = "ながい合言葉 2026"


def _welcome(app: FastAPI, code: str, password: str = LONG) -> int:
    client = browser(app)
    data = {"csrf": token_of(client.get("/welcome").text), "code": code, "password": password}
    return client.post("/welcome", data=data).status_code


def test_a_fresh_installation_has_no_account_until_the_first_administrator_signs_up(
    program: Program, app: FastAPI
) -> None:
    with program.database.writing(by="cli") as session:
        assert session.scalar(select(func.count()).select_from(Account)) == 0
        code = invite_first_administrator(session, name="kanri", by="cli")
    assert _welcome(app, "AAAAA-AAAAA-AAAAA-AAAAA") == 422
    assert _welcome(app, code) == 303
    assert _welcome(app, code) == 422
    keeper = browser(app)
    sign_in(keeper, "kanri", LONG)
    add_staff(program, "auditor", "east")
    csrf = token_of(keeper.get("/accounts").text)
    invitation = {
        "csrf": csrf,
        "name": "mori",
        "display_name": "森",
        "role": "csw",
        "agency": "east",
    }
    page = keeper.post("/accounts", data=invitation)
    (given,) = re.findall(r'<strong class="code">([^<]*)', page.text)
    assert given not in keeper.get("/accounts").text  # shown this once
    assert _welcome(app, given, "short") == 422
    assert _welcome(app, given) == 303
    sign_in(browser(app), "mori", LONG)
    assert keeper.post("/accounts", data={**invitation, "name": "kanri"}).status_code == 422
    with program.database.reading() as session:
        account_id = session.scalars(select(Account.id).where(Account.name == "mori")).one()
    assert keeper.post(f"/accounts/{account_id}/close", data={"csrf": csrf}).status_code == 303
    client = browser(app)
    data = {"name": "mori", "password": LONG, "csrf": token_of(client.get("/signin").text)}
    assert client.post("/signin", data=data).status_code == 401


def test_guessing_invitation_codes_is_slowed_down(app: FastAPI) -> None:
    answers = [_welcome(app, f"GUESS-{n}") for n in range(7)]
    assert answers[0] == 422
    assert answers[-1] == 429


def _entered(program: Program, name: str) -> TestClient:
    from jobs.demo.accounts import DEMO_PASSWORD

    client = browser(create_app(program.settings, program))
    sign_in(client, name, DEMO_PASSWORD)
    return client


def test_a_host_answers_by_one_tap_and_learns_nothing_of_whom_it_is_about(demo: Program) -> None:
    client = _entered(demo, "support")
    with demo.database.reading() as session:
        case = session.scalars(
            select(Case)
            .join(Person, Case.person_id == Person.id)
            .where(Person.agency == "kurashi_shigoto")
            .options(joinedload(Case.person))
            .limit(1)
        ).one()
        case_id, label, person_id = case.id, case.person.label, case.person_id
        summary = case.person.summary
        offering = session.scalars(select(Offering.id).limit(1)).one()
    data = {"csrf": token_of(client.get("/").text), "offering": str(offering)}
    page = client.post(f"/cases/{case_id}/room-questions", data=data)
    assert page.status_code == 200
    (link,) = re.findall(r"https?://[^<\s]*(/room/[^<\s]+)", page.text)
    host = browser(create_app(demo.settings, demo))
    asked = host.get(link)
    assert asked.status_code == 200
    for secret in (label, str(case_id), str(person_id), summary[:12], "担当（デモ）"):
        assert secret not in asked.text
    with demo.database.reading() as session:  # opening the link has answered nothing
        assert session.scalars(select(RoomQuestion.answer)).one() is None
    answer = host.post(link, data={"csrf": token_of(asked.text), "answer": "wait"})
    assert "待てば入れます" in answer.text
    with demo.database.reading() as session:
        assert session.scalars(select(RoomQuestion.answer)).one() == "wait"
        told = session.get_one(Offering, offering)
        assert (told.availability, told.availability_said_by) == ("waitlist", "host")
    assert "空きの返事がありました" in client.get("/").text
    assert host.get(link + "x").status_code == 404
    assert host.post(link, data={"csrf": token_of(asked.text), "answer": "all"}).status_code == 422


def test_a_questions_week_ends(demo: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    from casework.room_questions import NoSuchQuestion, question_for_host

    with demo.database.writing(by="test") as session:
        row = RoomQuestion(
            case_id=session.scalars(select(Case.id).limit(1)).one(),
            offering_id=uuid.UUID(int=1),
            place="架空",
            days=[],
            asked_by=session.scalars(select(Account.id).limit(1)).one(),
            asked_at=clock.now(),
            expires_at=clock.now() + LASTS,
        )
        session.add(row)
        session.flush()
        assert question_for_host(session, row.id).age_band is None
        over = clock.now() + LASTS
        monkeypatch.setattr(clock, "now", lambda: over)
        with pytest.raises(NoSuchQuestion):
            question_for_host(session, row.id)


def test_ages_are_told_in_bands_of_ten_years_or_more() -> None:
    assert [age_band(age) for age in (None, 0, 9, 10, 34, 39, 40, 79, 80, 104)] == [
        None, "0-9", "0-9", "10-19", "30-39", "30-39", "40-49", "70-79", "80-", "80-",
    ]  # fmt: skip


def test_a_name_is_found_by_a_form_and_stands_in_no_address(demo: Program) -> None:
    client = _entered(demo, "support")
    csrf = token_of(client.get("/").text)
    case = re.findall(r"/cases/[0-9a-f-]{36}", client.get("/people").text)[0]
    data = {"csrf": csrf, "name": "架空 花子", "phone": "090-0000-0000"}
    assert client.post(f"{case}/identity", data=data).status_code == 303
    assert "架空 花子" in client.get(f"{case}/identity").text
    assert "架空 花子" not in client.get(case).text
    found = client.post("/people/find", data={"csrf": csrf, "name": "架空　花子"})
    assert re.findall(r"/cases/[0-9a-f-]{36}", found.text) == [case]
    other = _entered(demo, "coordinator")
    missing = other.post(
        "/people/find", data={"csrf": token_of(other.get("/").text), "name": "架空 花子"}
    )
    assert "その氏名の方はいません" in missing.text


@pytest.mark.parametrize("role", ["support_worker", "auditor", "host"])
def test_only_an_administrator_prepares_accounts(
    signed_in: Callable[[str], TestClient], program: Program, role: str
) -> None:
    client = signed_in(role)
    assert client.get("/accounts").status_code == 403
    data = {"csrf": token_of(client.get("/").text), "name": "x", "display_name": "x", "role": "csw"}
    assert client.post("/accounts", data=data).status_code == 403
    with program.database.reading() as session:
        assert session.scalars(select(Invitation)).all() == []
