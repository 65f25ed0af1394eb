"""Edits over the JSON API: on the version that was seen, or refused with both values."""

import uuid
from collections.abc import Callable

import pytest
from door import add_staff, token_of
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.app import create_app
from casework.accounts import add_token
from casework.models import AuditRow
from jobs.program import Program
from resources.models import Location, Offering

SECRET = "架空区隠町9-9-9"
REGISTRATION = {
    "resource": {"name": "架空のサロン", "kind": "salon", "fee_yen": 100},
    "location": {"address": SECRET, "lon": 139.72, "lat": 35.73, "visibility": "hidden"},
    "offering": {"schedule_text": "毎週火曜10:00～12:00", "verified_on": "2026-08-01"},
}


@pytest.fixture
def sent_by(program: Program) -> Callable[[str], TestClient]:
    app: FastAPI = create_app(program.settings, program)

    def make(role: str) -> TestClient:
        account = add_staff(program, role)
        with program.database.writing(by="test") as session:
            token = add_token(
                session, account_id=account, label="t", scopes=["read", "write"], by="test"
            )
        return TestClient(app, headers={"authorization": f"Bearer {token}"})

    return make


@pytest.fixture
def client(sent_by) -> TestClient:
    return sent_by("coordinator")


@pytest.fixture
def made(client: TestClient) -> dict[str, str]:
    return client.post("/api/v1/resources", json=REGISTRATION).json()


def test_an_edit_on_the_version_seen_is_stored_and_says_the_next(client, made) -> None:
    path = f"/api/v1/resources/{made['resource']}"
    seen = client.get(path).headers["etag"]
    done = client.patch(path, json={"fee_yen": 200, "phone": None}, headers={"If-Match": seen})
    assert done.status_code == 200, done.text
    assert done.json()["fee_yen"] == 200
    assert (seen, done.headers["etag"]) == ('"1"', '"2"')
    assert client.get(path).headers["etag"] == '"2"'


def test_an_edit_on_an_older_version_is_refused_with_both_values(client, made) -> None:
    path = f"/api/v1/resources/{made['resource']}"
    first = client.patch(path, json={"name": "先の名前"}, headers={"If-Match": '"1"'})
    assert first.status_code == 200
    refused = client.patch(path, json={"name": "後の名前"}, headers={"If-Match": '"1"'})
    assert refused.status_code == 412
    assert refused.headers["etag"] == '"2"'
    assert refused.json()["fields"] == {"name": {"sent": "後の名前", "stored": "先の名前"}}
    assert client.get(path).json()["resource"]["name"] == "先の名前"


@pytest.mark.parametrize("seen", [None, "*", '"x"', ""])
def test_an_edit_that_names_no_version_is_refused(client, made, seen) -> None:
    headers = {} if seen is None else {"If-Match": seen}
    for path in (f"resources/{made['resource']}", f"offerings/{made['offering']}"):
        answer = client.patch(f"/api/v1/{path}", json={"label": "x"}, headers=headers)
        assert answer.status_code == 428
        assert "If-Match" in answer.json()["error"]


def test_an_offering_is_edited_and_verified_only_where_that_is_said(
    client, made, program: Program
) -> None:
    path = f"/api/v1/offerings/{made['offering']}"
    edited = client.patch(
        path, json={"schedule_text": "毎週水曜10:00～12:00"}, headers={"If-Match": '"1"'}
    )
    assert edited.status_code == 200
    assert edited.json()["verified_on"] == "2026-08-01"
    assert edited.json()["schedule"]["rules"][0]["days"] == ["wed"]
    said = {"verified_on": "2026-11-24", "verified_by": "staff"}
    assert client.patch(path, json=said, headers={"If-Match": '"2"'}).status_code == 200
    with program.database.reading() as session:
        offering = session.get_one(Offering, uuid.UUID(made["offering"]))
        assert str(offering.verified_on) == "2026-11-24"


def test_where_it_stands_is_moved_along_the_same_table(client, sent_by, made) -> None:
    path = f"/api/v1/resources/{made['resource']}"
    for edits, status in (
        ({"status": "draft"}, 409), ({"status": "closed"}, 422),
        ({"status": "closed", "status_reason": "引退", "fee_yen": 0}, 200),
    ):  # fmt: skip
        answer = client.patch(path, json=edits, headers={"If-Match": '"1"'})
        assert answer.status_code == status, answer.text
    assert answer.json()["status"] == "closed"
    version = client.get(path).headers["etag"]
    reopened = {"status": "published"}
    csw = sent_by("csw")
    assert csw.patch(path, json=reopened, headers={"If-Match": version}).status_code == 409
    assert csw.post("/api/v1/resources", json=REGISTRATION).status_code == 409
    assert client.patch(path, json=reopened, headers={"If-Match": version}).status_code == 200


@pytest.mark.parametrize(
    "edits", [{"fee_yen": -1}, {"kind": "castle"}, {"unheard_of": 1}, {"name": None}]
)
def test_what_cannot_be_is_a_422_and_changes_nothing(client, made, edits) -> None:
    path = f"/api/v1/resources/{made['resource']}"
    answer = client.patch(path, json=edits, headers={"If-Match": '"1"'})
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert client.get(path).headers["etag"] == '"1"'


def test_a_hidden_place_is_edited_by_those_who_keep_it_and_it_is_recorded(
    client, sent_by, made, program: Program
) -> None:
    with program.database.reading() as session:
        place = session.scalars(select(Location)).one().id
    path = f"/api/v1/locations/{place}"
    refused = sent_by("csw").patch(path, json={"building": "x"}, headers={"If-Match": '"1"'})
    assert refused.status_code == 403
    assert SECRET not in refused.text
    done = client.patch(path, json={"building": "2階"}, headers={"If-Match": '"1"'})
    assert (done.status_code, done.json()["address"]) == (200, SECRET)
    stale = client.patch(path, json={"building": "3階"}, headers={"If-Match": '"1"'})
    assert stale.json()["fields"]["building"] == {"sent": "3階", "stored": "2階"}
    with program.database.reading() as session:
        looks = session.scalars(select(AuditRow).where(AuditRow.entity == "location")).all()
    assert [(row.action, row.role) for row in looks] == [("edit", "coordinator")] * 2
    resource = client.get(f"/api/v1/resources/{made['resource']}")
    assert SECRET not in resource.text
    assert "139.72" not in resource.text
    missing = client.patch(
        f"/api/v1/locations/{uuid.uuid4()}", json={}, headers={"If-Match": '"1"'}
    )
    assert missing.status_code == 404


def test_one_tap_says_from_the_list_of_places_nearby_that_something_is_wrong(
    signed_in, program: Program
) -> None:
    coordinator = signed_in("coordinator")
    token = token_of(coordinator.get("/resources/new").text)
    data = {"csrf": token, "name": "架空の広場", "kind": "hiroba", "status": "published",
            "lon": "139.7286", "lat": "35.7317", "schedule": "毎日9:00～21:00"}  # fmt: skip
    assert coordinator.post("/resources/new", data=data).status_code == 303
    csw = signed_in("csw")
    token = token_of(csw.get("/nearby").text)
    where = {"csrf": token, "lon": "139.7286", "lat": "35.7317", "when": "2026-12-01T14:10",
             "minutes": "15"}  # fmt: skip
    page = csw.post("/nearby", data=where).text
    with program.database.reading() as session:
        offering = session.scalars(select(Offering)).one().id
    assert f'action="/offerings/{offering}/wrong"' in page
    thanks = csw.post(
        f"/offerings/{offering}/wrong", data={"csrf": token}, headers={"hx-request": "true"}
    )
    assert "受け付けました" in thanks.text
