"""A host confirms or corrects an entry by a signed link; a bent or old link opens nothing."""

import uuid
from datetime import timedelta

import pytest
from door import token_of
from fastapi.testclient import TestClient
from itsdangerous import TimestampSigner
from sqlalchemy import select

from api import host_links
from api.app import create_app
from jobs.demo.accounts import DEMO_PASSWORD
from jobs.program import Program
from resources import clock
from resources.models import Location, Offering
from resources.reported import Report
from resources.track_record import track_records
from resources.witnessed import SessionSeen

BASE = "https://testserver"


@pytest.fixture
def program(demo: Program) -> Program:
    return demo


@pytest.fixture
def client(program: Program) -> TestClient:
    return TestClient(create_app(program.settings, program), base_url=BASE)


@pytest.fixture
def offering(program: Program) -> uuid.UUID:
    with program.database.reading() as session:
        return session.scalars(
            select(Offering.id).where(Offering.location_id.is_not(None)).order_by(Offering.id)
        ).first()


@pytest.fixture
def path(program: Program, offering: uuid.UUID) -> str:
    return host_links.link_for(offering, program.settings, BASE).removeprefix(BASE)


def _offering(program: Program, offering: uuid.UUID) -> Offering:
    with program.database.reading() as session:
        return session.get(Offering, offering)


def test_a_host_says_that_all_is_as_it_stands(client, program, offering, path) -> None:
    before = _offering(program, offering)
    page = client.get(path)
    assert page.status_code == 200
    assert page.headers["referrer-policy"] == "same-origin", "no other site learns the link"
    # Reading the page, as programs that check mail do, confirms nothing.
    assert _offering(program, offering).version == before.version
    done = client.post(path, data={"csrf": token_of(page.text), "answer": "same"})
    assert done.status_code == 200
    assert "記録しました" in done.text
    now = _offering(program, offering)
    assert (now.verified_on, now.verified_by) == (clock.today(), "host")
    assert (now.availability, now.places) == (before.availability, before.places)


def test_a_correction_waits_for_staff(client, program, offering, path) -> None:
    token = token_of(client.get(path).text)
    before = _offering(program, offering)
    data = {"csrf": token, "answer": "changed", "availability": "none", "note": "<b>休み</b>"}
    assert client.post(path, data=data).status_code == 200
    assert _offering(program, offering).version == before.version
    with program.database.reading() as session:
        (report,) = session.scalars(select(Report)).all()
    assert (report.by, report.availability, report.note) == ("host", "none", "<b>休み</b>")


def test_staff_see_the_words_as_words_and_take_them_over(client, program, offering, path) -> None:
    token = token_of(client.get(path).text)
    data = {"csrf": token, "answer": "changed", "availability": "none", "note": "<b>休み</b>"}
    client.post(path, data=data)
    staff = TestClient(client.app, base_url=BASE)
    staff.post("/signin", data={
        "csrf": token_of(staff.get("/signin").text), "name": "coordinator", "password": DEMO_PASSWORD
    })  # fmt: skip
    queue = staff.get("/verify").text
    assert "&lt;b&gt;休み&lt;/b&gt;" in queue
    action = queue.split('action="/verify/reports/')[1].split('"')[0]
    data = {"csrf": token_of(queue), "decision": "take"}
    assert staff.post(f"/verify/reports/{action}", data=data).status_code == 200
    assert _offering(program, offering).availability == "none"


def test_a_form_without_its_token_or_with_what_cannot_be_is_refused(client, path) -> None:
    assert client.post(path, data={"answer": "same"}).status_code == 403
    token = token_of(client.get(path).text)
    for bad in (
        {"answer": "perhaps"},
        {"answer": "changed", "availability": "castle"},
        {"answer": "changed", "places": "-3"},
        {"answer": "changed", "note": "あ" * 2000},
    ):
        assert client.post(path, data={"csrf": token, **bad}).status_code == 422, bad


def test_a_bent_link_opens_nothing(client, program, path) -> None:
    token = path.removeprefix("/host/")
    for i in range(0, len(token), 7):
        other = "A" if token[i] != "A" else "B"
        bent = client.get(f"/host/{token[:i]}{other}{token[i + 1 :]}")
        assert bent.status_code == 404
    assert client.get("/host/x").status_code == 404
    foreign = host_links.URLSafeTimedSerializer(b"another key", salt="host link")
    assert client.get(f"/host/{foreign.dumps(uuid.uuid4().hex)}").status_code == 404
    other_use = host_links.URLSafeTimedSerializer(
        host_links.secret_key(program.settings.home), salt="another use"
    )
    assert client.get(f"/host/{other_use.dumps(uuid.uuid4().hex)}").status_code == 404


def test_a_link_ends_after_its_days(client, program, offering, path, monkeypatch) -> None:
    seconds = int(host_links.LASTS.total_seconds())
    original = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: original(self) + seconds + 5)
    expired = client.get(path)
    assert expired.status_code == 410
    assert "期限" in expired.text


def test_a_hidden_place_is_not_told(client, program, offering, path) -> None:
    with program.database.writing(by="test") as session:
        place = session.get(Location, session.get(Offering, offering).location_id)
        place.visibility, place.address = "hidden", "架空町一丁目2番3号"
    assert "架空町" not in client.get(path).text


def test_one_tap_says_that_an_entry_is_wrong(client, program, offering) -> None:
    client.post("/signin", data={
        "csrf": token_of(client.get("/signin").text), "name": "csw", "password": DEMO_PASSWORD
    })  # fmt: skip
    token = token_of(client.get("/resources").text)
    tapped = client.post(
        f"/offerings/{offering}/wrong", data={"csrf": token}, headers={"hx-request": "true"}
    )
    assert "受け付けました" in tapped.text
    with program.database.reading() as session:
        assert [r.said for r in session.scalars(select(Report))] == ["wrong"]
    assert client.post(f"/offerings/{uuid.uuid4()}/wrong", data={"csrf": token}).status_code == 404


def test_a_host_says_by_one_tap_that_today_took_place(client, program, offering, path) -> None:
    with program.database.writing(by="test") as session:
        session.get(Offering, offering).schedule = None
    page = client.get(path)
    assert "今日は開きましたか" in page.text
    day = clock.today().isoformat()
    data = {"csrf": token_of(page.text), "on": day, "held": "true"}
    said = client.post(f"{path}/session", data=data)
    assert "開催の実績として記録しました" in said.text
    with program.database.reading() as session:
        (word,) = session.scalars(
            select(SessionSeen).where(SessionSeen.offering_id == offering, SessionSeen.by == "host")
        )
        assert (word.on, word.held, word.said_by) == (clock.today(), True, "host")
    ahead = {**data, "on": (clock.today() + timedelta(days=7)).isoformat()}
    assert client.post(f"{path}/session", data=ahead).status_code == 409
    assert client.post(f"{path}/session", data={**data, "held": "perhaps"}).status_code == 422


def test_staff_note_a_shut_door_and_a_call_that_nobody_answered(client, program, offering) -> None:
    with program.database.writing(by="test") as session:
        session.get(Offering, offering).schedule = None
        resource = session.get(Offering, offering).resource_id
    client.post("/signin", data={
        "csrf": token_of(client.get("/signin").text), "name": "coordinator",
        "password": DEMO_PASSWORD,
    })  # fmt: skip
    token = token_of(client.get(f"/resources/{resource}").text)
    data = {"csrf": token, "on": clock.today().isoformat(), "held": "false", "said_by": "field"}
    tapped = client.post(
        f"/offerings/{offering}/session", data=data, headers={"hx-request": "true"}
    )
    assert "開かなかった" in tapped.text
    page = client.get(f"/resources/{resource}").text
    assert "現地で" in page
    assert "開催の実績" in page
    called = client.post("/verify/unanswered", data={"csrf": token, "offering": str(offering)})
    assert called.status_code == 200
    with program.database.reading() as session:
        sessions, answers = track_records(session, [offering])[offering]
    assert (clock.today(), False) in sessions
    assert answers[0] == (clock.today(), False)
    client.post("/verify", data={"csrf": token, "offering": str(offering)})
    with program.database.reading() as session:
        assert track_records(session, [offering])[offering].answers[0] == (clock.today(), True)
        assert session.get(Offering, offering).verified_by == "call"
