"""Those who wait share the free places on a page; a person's path and week stand on theirs."""

import re
import uuid
from collections.abc import Callable

import pytest
from door import add_staff, token_of
from fastapi.testclient import TestClient
from sqlalchemy import select

from casework.case_models import Case, Household, Person
from casework.consents import FORMS, PURPOSES, Given
from casework.models import AuditRow
from casework.people import add_person
from jobs.program import Program
from resources import clock

Enter = Callable[..., TestClient]
AT = {"lon": 139.7148, "lat": 35.7290}


def register(client: TestClient, name: str, places: int, **more: object) -> None:
    token = token_of(client.get("/resources/new").text)
    data = {"csrf": token, "name": name, "kind": "salon", "status": "published", "another": "1",
            "lon": "139.7148", "lat": "35.7295", "needs": ["isolation"], "host": f"{name}の会",
            "availability": "capacity", "places": str(places), **more}  # fmt: skip
    answer = client.post("/resources/new", data=data)
    assert answer.status_code == 303, answer.text


def receive(program: Program, label: str, agency: str = "east", **need: object) -> Person:
    with program.database.writing(by="test") as session:
        consent = Given(PURPOSES, [agency], "self", clock.today(), FORMS[0])
        return add_person(
            session, label=label, summary="架空", agency=agency, by="test", consent=consent,
            invented=True, need={"at": AT, "needs": {"isolation": 3}, **need},
        )  # fmt: skip


def case_of(program: Program, person: Person) -> str:
    with program.database.writing(by="test") as session:
        return str(session.scalars(select(Case.id).where(Case.person_id == person.id)).one())


def test_the_last_seat_goes_to_one_and_it_is_said_who_waits_and_what_one_more_would_do(
    signed_in: Enter, program: Program
) -> None:
    client = signed_in("coordinator")
    register(client, "架空のサロン", 1)
    add_staff(program, "csw", "west", "elsewhere")
    mine = [receive(program, "Ａさん"), receive(program, "Ｂさん")]
    other = receive(program, "Ｚさん", "west")
    page = client.get("/allocation")
    assert page.status_code == 200
    assert "Ｂさん" in page.text
    assert "Ｚさん" not in page.text
    ids = [case_of(program, p) for p in [*mine, other]]
    sent = {"csrf": token_of(page.text), "case": ids, "fair": "1"}
    found = client.post("/allocation", data=sent)
    assert "2人のうち 1人に場があります" in found.text
    assert "Ｚさん" not in found.text  # whoever names another's case gets nothing of it
    assert "合う所は、満員か、ほかの人で空きが埋まる" in found.text
    more = found.text.split("空きがもう1つあったら")[1].split("</table>")[0]
    assert "架空のサロン" in more
    assert "+1人" in more
    with program.database.reading() as session:
        looks = session.scalars(select(AuditRow).where(AuditRow.purpose == "allocate")).all()
        assert {r.entity_id for r in looks if "need" in r.fields} == {str(p.id) for p in mine}
        assert not any(r.action == "add" and r.entity == "placement" for r in looks)
    assert client.post("/allocation", data={"csrf": sent["csrf"]}).status_code == 422


def test_one_more_seat_is_tried_where_somebody_chooses_and_nowhere_else(
    signed_in: Enter, program: Program
) -> None:
    client = signed_in("coordinator")
    register(client, "架空のサロン", 0)
    register(client, "架空の読書室", 2, needs=["isolation", "withdrawal"])
    person = receive(program, "Ａさん")
    page = client.get("/allocation")
    assert 'name="one_more"' not in page.text  # nothing to choose from before there is a result
    sent = {"csrf": token_of(page.text), "case": case_of(program, person), "one_more": ""}
    found = client.post("/allocation", data=sent).text
    assert "架空のサロン（空き 0）" in found
    choices = re.findall(r'<option value="([0-9a-f-]{36})" >架空の読書室', found)
    again = client.post("/allocation", data={**sent, "one_more": choices[0]})
    assert again.status_code == 200
    more = again.text.split("空きがもう1つあったら")[1].split("</table>")[0]
    assert re.search("架空の読書室 .*指定した場", more)
    assert f'<option value="{choices[0]}" selected>' in again.text
    elsewhere = client.post("/allocation", data={**sent, "one_more": str(uuid.uuid4())})
    assert elsewhere.status_code == 422
    assert "合う場の中にありません" in elsewhere.text


def test_places_of_one_name_are_told_apart_by_when_and_where(
    signed_in: Enter, program: Program
) -> None:
    client = signed_in("coordinator")
    register(client, "架空のサロン", 1, schedule="毎週月曜 10:00～12:00")
    register(client, "架空のサロン", 0, schedule="毎週木曜 10:00～12:00", host="別の会")
    register(client, "架空の読書室", 0, schedule="毎週火曜 10:00～12:00")
    person = receive(program, "Ａさん")
    page = client.get("/allocation")
    sent = {"csrf": token_of(page.text), "case": case_of(program, person), "one_more": ""}
    found = client.post("/allocation", data=sent).text
    choices = re.findall(r"<option [^>]*>(架空の[^<]*)<", found)
    assert set(choices) == {
        "架空のサロン（毎週月曜 10:00～12:00・空き 1）",
        "架空のサロン（毎週木曜 10:00～12:00・空き 0）",
        "架空の読書室（空き 0）",  # a name of its own is enough
    }
    thursday = re.findall(r'<option value="([0-9a-f-]{36})" >架空のサロン（毎週木曜', found)
    again = client.post("/allocation", data={**sent, "one_more": thursday}).text
    more = again.split("空きがもう1つあったら")[1].split("</table>")[0]
    assert re.search("架空のサロン <small>毎週木曜 10:00～12:00</small>", more)


def test_a_household_is_placed_together_or_not_at_all(signed_in: Enter, program: Program) -> None:
    client = signed_in("support_worker")
    register(client, "架空のサロン", 1)
    people = [receive(program, "Ａさん"), receive(program, "Ｂさん")]
    with program.database.writing(by="test") as session:
        home = Household(label="架空の世帯", created_at=clock.now())
        session.add(home)
        session.flush()
        for person in people:
            session.get_one(Person, person.id).household_id = home.id
    page = client.get("/allocation")
    ids = [case_of(program, p) for p in people]
    found = client.post(
        "/allocation", data={"csrf": token_of(page.text), "case": ids, "together": "1"}
    )
    assert "2人のうち 0人に場があります" in found.text
    assert "世帯がそろって入れる空きがない" in found.text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_next_rungs_and_a_week_stand_on_a_page_of_the_person(
    signed_in: Enter, program: Program, language: str
) -> None:
    client = signed_in("support_worker")
    register(client, "架空のサロン", 3, steps=["1", "2", "3"], schedule="毎日 10:00～16:00")
    person = receive(program, "Ａさん", step=1, limits={"sessions_per_week": 2})
    client.get(f"/language/{language}")
    page = client.get(f"/people/{person.id}/ahead")
    assert page.status_code == 200
    path = page.text.split('id="path"')[1].split("</section>")[0]
    assert path.count("架空のサロン") == 1, "a path at one place is one line"
    assert {"ja": "「定期的に通う」へ進む見通し", "en": "goes on step by step at the same place"}[
        language
    ] in path
    assert '<ol class="stages">' not in path
    week = page.text.split('id="week"')[1].split("</section>")[0]
    assert week.count("架空のサロン") == 1  # each place once
    assert f"/people/{person.id}/ahead" in client.get(f"/people/{person.id}").text
    with program.database.reading() as session:
        looks = session.scalars(select(AuditRow).where(AuditRow.purpose == "ahead")).all()
        assert {r.entity_id for r in looks} == {str(person.id)}


def test_what_lies_ahead_of_somebody_elses_person_is_shown_to_nobody(
    signed_in: Enter, program: Program
) -> None:
    client = signed_in("support_worker")
    add_staff(program, "csw", "west", "elsewhere")
    other = receive(program, "Ｚさん", "west")
    assert client.get(f"/people/{other.id}/ahead").status_code == 404
    for role in ("host", "auditor", "administrator"):
        stranger = signed_in(role, None)
        assert stranger.get("/allocation").status_code == 403
        assert stranger.get(f"/people/{other.id}/ahead").status_code == 403
