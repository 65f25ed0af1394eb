"""Staff name what a person must be kept away from, and choose a place that isn't the first."""

import re
import uuid

import pytest
from door import add_staff, browser, receive_person, sign_in, token_of
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select
from starlette.datastructures import FormData

from api.app import create_app
from api.pages.reception import assessed_need
from casework.case_models import Person
from jobs.program import Program
from matching.need import parse_need
from resources.commands import register_resource
from resources.models import Change, Resource
from resources.registration import Registration
from resources.vocabulary import default_vocabulary

HERE = {"lon": 139.7101, "lat": 35.7295}
NEED = {"at": HERE, "walk_minutes": 15, "needs": {"isolation": 3}}
PLACES = {"架空の居場所ア": "架空の会", "架空の居場所イ": "架空の会", "架空の居場所ウ": "架空の団"}


@pytest.fixture
def person(program: Program) -> uuid.UUID:
    """Somebody near three places, two of them of one host."""
    with program.database.writing(by="test") as session:
        hosts: dict[str, uuid.UUID] = {}
        for name, host in PLACES.items():
            said = {"id": hosts[host]} if host in hosts else {"name": host}
            registration = {
                "organization": said,
                "resource": {
                    "name": name, "kind": "open_space", "needs": ["isolation"],
                    "audience": ["anyone"],
                },
                "location": {**HERE, "address": "架空の町"},
                "offering": {"availability": "capacity", "places": 3},
            }  # fmt: skip
            made = register_resource(
                session,
                registration=Registration.model_validate(registration),
                vocabulary=default_vocabulary(),
                by="test",
            )
            host_id = session.get_one(Resource, made.resource_id).organization_id
            assert host_id is not None
            hosts[host] = host_id
    return receive_person(program, NEED)


def listed(client: TestClient, person: uuid.UUID) -> set[str]:
    page = client.get(f"/people/{person}").text
    shown = page.split('class="suggestions"')[1] if 'class="suggestions"' in page else ""
    return {name for name in PLACES if name in shown}


def form_of(client: TestClient, person: uuid.UUID) -> dict[str, str]:
    page = client.get(f"/people/{person}/keep-away").text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    return {"csrf": token_of(page), "version": version[1]}


def test_a_host_a_place_and_an_area_are_avoided_and_taken_back(
    program: Program, app: FastAPI, person: uuid.UUID
) -> None:
    client = browser(app)
    sign_in(client, "worker")
    assert listed(client, person) == set(PLACES)
    base = f"/people/{person}/keep-away"
    form = form_of(client, person)

    found = client.post(f"{base}/look", data={**form, "words": "居場所ア"})
    assert found.status_code == 200
    host = re.search(
        r'value="organization"><input type="hidden" name="id" value="([^"]+)"', found.text
    )
    assert host is not None
    answer = client.post(base, data={**form, "what": "organization", "id": host[1]})
    assert answer.status_code == 303
    assert listed(client, person) == {"架空の居場所ウ"}
    assert "架空の会" in client.get(base).text

    # On what others changed meanwhile nothing is written.
    assert (
        client.post(base, data={**form, "what": "organization", "id": host[1]}).status_code == 409
    )

    with program.database.reading() as session:
        place = session.scalars(select(Resource).where(Resource.name == "架空の居場所ウ")).one()
    form = form_of(client, person)
    assert (
        client.post(base, data={**form, "what": "resource", "id": str(place.id)}).status_code == 303
    )
    assert listed(client, person) == set()

    for what, value in (("organization", host[1]), ("resource", str(place.id))):
        form = form_of(client, person)
        gone = client.post(f"{base}/remove", data={**form, "what": what, "value": value})
        assert gone.status_code == 303
    assert listed(client, person) == set(PLACES)
    with program.database.reading() as session:
        assert session.get_one(Person, person).need.get("safety") is None

    form = form_of(client, person)
    nowhere = client.post(base, data={**form, "what": "area", "address": "", "radius_m": "500"})
    assert nowhere.status_code == 422
    assert "町の名前から書いてください" in nowhere.text
    unknown = client.post(base, data={**form, "what": "resource", "id": str(uuid.uuid4())})
    assert unknown.status_code == 422
    assert "もう一度探してください" in unknown.text


def test_an_area_is_named_by_its_address_and_kept_without_it(demo: Program) -> None:
    person = receive_person(demo, NEED)
    client = browser(create_app(demo.settings, demo))
    sign_in(client, "worker")
    base = f"/people/{person}/keep-away"
    form = form_of(client, person)
    answer = client.post(
        base, data={**form, "what": "area", "address": "東池袋一丁目", "radius_m": "500"}
    )
    assert answer.status_code == 303
    page = client.get(base).text
    assert "東池袋" in page
    with demo.database.reading() as session:
        (area,) = session.get_one(Person, person).need["safety"]["exclude_areas"]
    assert area["radius_m"] > 500  # a town's middle stands for the address
    assert set(area) == {"lon", "lat", "radius_m"}
    value = f"{area['lon']} {area['lat']} {area['radius_m']}"
    form = form_of(client, person)
    gone = client.post(f"{base}/remove", data={**form, "what": "area", "value": value})
    assert gone.status_code == 303
    with demo.database.reading() as session:
        assert "exclude_areas" not in session.get_one(Person, person).need.get("safety", {})


def test_nobody_else_sees_or_changes_it_and_no_log_of_the_catalogue_tells_of_it(
    program: Program, app: FastAPI, person: uuid.UUID
) -> None:
    add_staff(program, "csw", "west")
    client = browser(app)
    sign_in(client, "csw")
    base = f"/people/{person}/keep-away"
    assert client.get(base).status_code == 404
    token = token_of(client.get("/people").text)
    data = {"csrf": token, "version": "1", "what": "resource", "id": str(uuid.uuid4())}
    assert client.post(base, data=data).status_code == 404
    assert client.post(f"{base}/look", data={**data, "words": "架空"}).status_code == 404
    assert client.post(f"{base}/remove", data={**data, "value": "x"}).status_code == 404
    add_staff(program, "administrator")
    other = browser(app)
    sign_in(other, "administrator")
    assert other.get(base).status_code == 403
    with program.database.reading() as session:
        assert "person" not in set(session.scalars(select(Change.entity)))


def test_a_place_that_is_not_the_first_is_started_with_a_reason(
    program: Program, app: FastAPI, person: uuid.UUID
) -> None:
    client = browser(app)
    sign_in(client, "worker")
    page = client.get(f"/people/{person}").text
    case = re.search(r'action="/cases/([0-9a-f-]{36})/placements"', page)
    why = re.findall(rf'href="(/people/{person}/why/([0-9a-f-]{{36}}))', page)
    assert case is not None
    assert page.count('name="not_first"') == len(PLACES) - 1
    told = client.get(why[1][0]).text
    assert 'name="not_first"' in told
    assert "この場所を避ける" in told
    start = f"/cases/{case[1]}/placements"
    data = {"csrf": token_of(page), "offering": why[1][1], "not_first": "1"}
    refused = client.post(start, data=data)
    assert refused.status_code == 422
    assert "理由を書いてください" in refused.text
    assert client.post(start, data={**data, "note": "家から近い"}).status_code == 303


def test_gender_languages_what_is_met_and_the_pace_are_asked_for() -> None:
    before = {
        "at": HERE,
        "speed_m_s": 0.6,
        "limits": {"gender": "female", "languages": ["ja"], "holds": ["referral"], "noise": "low"},
    }
    words = default_vocabulary()
    held = words.codes("requirement")[0]
    form = FormData([
        ("address", ""), ("gender", "male"), ("languages", "en"), ("languages", "ne"),
        ("holds_known", "yes"), ("holds", held), ("speed_m_s", "0.8"), ("noise", "low"),
    ])  # fmt: skip
    need = assessed_need(form, before)
    assert need["speed_m_s"] == 0.8
    assert need["limits"] == {
        "gender": "male", "languages": ["en", "ne"], "holds": [held], "noise": "low",
    }  # fmt: skip
    assert parse_need(need, words, lambda _: None).speed_m_s == 0.8

    nothing_met = assessed_need(
        FormData([("address", ""), ("gender", ""), ("holds_known", "yes"), ("speed_m_s", "1.1")]),
        before,
    )
    assert nothing_met["limits"] == {"holds": []}
    assert "speed_m_s" not in nothing_met
    emptied = assessed_need(FormData([("address", ""), ("gender", "")]), before)
    assert "limits" not in emptied
    assert emptied["speed_m_s"] == 0.6
