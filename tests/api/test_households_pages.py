"""The pages on which somebody makes a household, gives a case to a colleague, and sees what stalls."""

import re
from datetime import timedelta

import pytest
from door import add_staff, browser, sign_in, token_of
from fastapi import FastAPI

from casework.access import Actor
from casework.cases import case_of_person
from casework.consents import Given
from casework.people import add_person
from casework.plans import ask_hand_off
from jobs.program import Program
from resources import clock


def test_a_household_is_made_a_colleague_chosen_and_what_stalls_is_found(
    program: Program, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    east = Actor(add_staff(program, "csw"), "csw", "csw", "east")
    colleague = add_staff(program, "coordinator")
    outside = add_staff(program, "inclusion_officer", "west")
    with program.database.writing(by=east.by) as session:
        agreed = Given(["support"], ["east"], "self", clock.today(), "written")
        people = [
            add_person(
                session, label=label, summary="", need={}, agency="east", by=east, consent=agreed
            )
            for label in ("母", "子")
        ]
        cases = [
            case_of_person(session, actor=east, person_id=p.id, purpose="plan", write=True)
            for p in people
        ]
        ask_hand_off(session, cases[0], receiver="west", what="家計の相談")
        mother, child = (c.case.id for c in cases)
    client = browser(app)
    sign_in(client, "csw")
    page = client.get(f"/cases/{mother}/household").text
    csrf = token_of(page)
    assert str(child) in page
    assert "支援チーム、同意、記録は一人ひとり別" in page
    path = f"/cases/{mother}/household"
    assert client.post(path, data={"csrf": csrf, "other": str(child)}).status_code == 422
    made = client.post(path, data={"csrf": csrf, "other": str(child), "label": "Ａの世帯"})
    assert made.status_code == 303
    for case in (mother, child):
        assert "Ａの世帯" in client.get(f"/cases/{case}/household").text
    assert f'href="/cases/{child}"' in client.get(path).text
    assert client.post(f"/cases/{child}/household/leave", data={"csrf": csrf}).status_code == 303
    assert "Ａの世帯" not in client.get(f"/cases/{child}").text

    page = client.get(f"/cases/{mother}").text
    offered = set(re.findall(r'<option value="([0-9a-f-]{36})">見本の職員', page))
    assert str(colleague) in offered
    assert str(outside) not in offered
    owner = f"/cases/{mother}/owner"
    assert client.post(owner, data={"csrf": csrf, "account": str(outside)}).status_code == 422
    assert client.post(owner, data={"csrf": csrf, "account": str(colleague)}).status_code == 303
    theirs = browser(app)
    sign_in(theirs, "coordinator")
    assert "担当をあなたに替えました" in theirs.get("/").text

    assert "滞っている支援はありません" in client.get("/stalled").text
    later = clock.today() + timedelta(days=8)
    monkeypatch.setattr(clock, "today", lambda: later)
    page = client.get("/stalled").text
    assert f"/cases/{mother}#handoffs" in page
    assert "1日過ぎ" in page
