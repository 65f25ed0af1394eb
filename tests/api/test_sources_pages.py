"""Sources outside as people propose, allow and see them; and as the command lists them."""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from door import browser, make_program, sign_in, token_of
from fastapi.testclient import TestClient
from httpx2 import Response
from outside import Host, answer, host_outside
from read_outside import hsds
from sqlalchemy import select

from api.app import create_app
from casework.models import AuditRow
from jobs.program import Program
from jobs.reading_sources import ask_for_source
from jobs.runtime import run_one
from jobs.tasks import TASKS
from resources import clock
from resources.commands import register_resource
from resources.database import Database
from resources.models import Offering
from resources.outside.models import AllowedHost, OutsideSession, OutsideSource
from resources.registration import Registration

READING = {"read_source": TASKS["read_source"]}

SignedIn = Callable[[str], TestClient]


@pytest.fixture
def program(sqlite_database: Database, tmp_path: Path) -> Program:
    return make_program(sqlite_database, tmp_path / "home", sources_loopback=True)


@pytest.fixture
def host() -> Iterator[Host]:
    with host_outside() as made:
        yield made


@pytest.fixture
def offering(program: Program) -> Offering:
    schedule = {"rules": [{"days": [], "from": "10:00", "to": "12:00"}]}
    parts = {
        "resource": {"name": "見本サロン", "kind": "salon"},
        "offering": {"schedule": schedule, "schedule_text": "毎日10:00～12:00"},
    }
    with program.database.writing(by="test") as session:
        return register_resource(
            session,
            registration=Registration.model_validate(parts),
            vocabulary=program.vocabulary,
            by="test",
        )


def send(client: TestClient, path: str, page: str, **data: object) -> Response:
    token = token_of(client.get(page).text)
    return client.post(path, data={"csrf": token, **data})


def propose(
    client: TestClient, offering: Offering, url: str, kind: str = "hsds", item: str = "s1"
) -> Response:
    page = f"/resources/{offering.resource_id}/source"
    return send(client, page, page, kind=kind, url=url, offering=str(offering.id), item=item)


def test_a_source_is_proposed_allowed_and_read_and_its_failing_is_shown(
    program: Program, signed_in: SignedIn, host: Host, offering: Offering
) -> None:
    coordinator, keeper = signed_in("coordinator"), signed_in("administrator")
    resource_page = f"/resources/{offering.resource_id}"
    assert "外部の提供元を提案する" in coordinator.get(resource_page).text
    url = host.url("/services/s1?full=true")
    assert propose(coordinator, offering, url).status_code == 303
    assert "許可待ち" in coordinator.get(resource_page).text
    page = keeper.get("/sources").text
    assert url in page
    assert f"まずホストを許可する（{host.origin}）" in page
    [source] = re.findall(r"/sources/([0-9a-f-]{36})/decide", page)
    refused = send(keeper, f"/sources/{source}/decide", "/sources", decision="allow")
    assert refused.status_code == 409
    assert "先にホストを許可してください" in refused.text
    assert send(keeper, "/sources/hosts", "/sources", origin=host.origin).status_code == 303
    assert (
        send(keeper, f"/sources/{source}/decide", "/sources", decision="allow").status_code == 303
    )
    host.answers["/services/s1?full=true"] = answer(json.dumps(hsds(3)).encode())
    assert run_one(program, tasks=READING)
    page = coordinator.get(resource_page).text
    assert "空き3（7日前・公開データ）" in page
    assert "読み取り中" in page
    assert "うまく読めていません" not in page
    host.answers["/services/s1?full=true"] = answer(b"", "500 Oh")
    with program.database.writing(by="test") as session:
        ask_for_source(session, uuid.UUID(source))
    assert run_one(program, tasks=READING)
    for client, path in ((coordinator, resource_page), (keeper, "/sources")):
        page = client.get(path).text
        assert "うまく読めていません" in page
        assert "提供元で誤りが起きています" in page
    page = coordinator.get(resource_page).text
    assert "空き3（7日前・公開データ）" in page  # the old word
    assert "古いおそれがあります" in page
    # Others see that it fails, not where it is read from.
    page = signed_in("support_worker").get(resource_page).text
    assert "うまく読めていません" in page
    assert host.origin not in page
    jobs = keeper.get("/jobs").text
    assert "外部の提供元を読めません" in jobs
    assert host.origin not in jobs
    assert send(keeper, f"/sources/{source}/decide", "/sources", decision="stop").status_code == 303
    assert "停止中" in keeper.get("/sources").text
    send(keeper, f"/sources/{source}/decide", "/sources", decision="allow")
    assert propose(coordinator, offering, url).status_code == 303  # that one waits again
    with program.database.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.entity.in_(("source", "host"))))
        assert [(r.action, r.entity, r.role) for r in rows] == [
            ("permit", "host", "administrator"),
            ("permit", "source", "administrator"),
            ("revoke", "source", "administrator"),
            ("permit", "source", "administrator"),
            ("revoke", "source", "coordinator"),
        ]


def test_a_url_that_cannot_be_a_source_is_refused_with_the_remedy(
    program: Program, signed_in: SignedIn, offering: Offering
) -> None:
    coordinator = signed_in("coordinator")
    for url, said in {
        "http://places.example.jp/": "https:// で始まる",
        "https://u:secret-word@places.example.jp/": "パスワードや鍵",
        "https://places.example.jp/?token=secret-word": "パスワードや鍵",
        "https://10.0.0.5/": "名前",
    }.items():
        answered = propose(coordinator, offering, url)
        assert answered.status_code == 422
        assert said in answered.text
    with program.database.reading() as session:
        assert session.scalars(select(OutsideSource)).all() == []


def test_a_proposal_without_an_id_or_of_an_unknown_kind_is_refused(
    signed_in: SignedIn, offering: Offering
) -> None:
    coordinator = signed_in("coordinator")
    answered = propose(coordinator, offering, "https://places.example.jp/", item=" ")
    assert answered.status_code == 422
    assert "一つは指定してください" in answered.text
    assert propose(coordinator, offering, "https://places.example.jp/", "rss").status_code == 422


def test_only_the_administrator_decides_and_only_coordinators_propose(
    program: Program, signed_in: SignedIn, offering: Offering
) -> None:
    coordinator = signed_in("coordinator")
    propose(coordinator, offering, "https://places.example.jp/s1")
    with program.database.reading() as session:
        [source] = session.scalars(select(OutsideSource))
    page = coordinator.get("/sources").text
    assert "/decide" not in page
    for path, data in (
        (f"/sources/{source.id}/decide", {"decision": "allow"}),
        ("/sources/hosts", {"origin": "places.example.jp"}),
    ):
        form = f"/resources/{offering.resource_id}/source"
        assert send(coordinator, path, form, **data).status_code == 403
    assert signed_in("administrator").get(form).status_code == 403
    assert signed_in("csw").get("/sources").status_code == 403
    with program.database.reading() as session:
        assert session.scalars(select(AllowedHost)).all() == []


def test_a_host_is_taken_off_the_list_and_a_bad_one_never_gets_on_it(
    program: Program, signed_in: SignedIn
) -> None:
    keeper = signed_in("administrator")
    send(keeper, "/sources/hosts", "/sources", origin="Data.Example.JP")
    page = keeper.get("/sources").text
    assert "https://data.example.jp" in page
    for bad in ("10.0.0.5", "http://data.example.jp", "intranet", "https://a:b@c.example.jp"):
        assert send(keeper, "/sources/hosts", "/sources", origin=bad).status_code == 422
    [listed] = re.findall(r"/sources/hosts/([0-9a-f-]{36})/remove", page)
    assert send(keeper, f"/sources/hosts/{listed}/remove", "/sources").status_code == 303
    with program.database.reading() as session:
        assert session.scalars(select(AllowedHost)).all() == []


def test_a_session_that_a_source_calls_off_is_closed_by_staff_only(
    program: Program, signed_in: SignedIn, offering: Offering
) -> None:
    coordinator = signed_in("coordinator")
    propose(coordinator, offering, "https://places.example.jp/a.ics", "ical", "")
    day = clock.today() + timedelta(days=4)
    starts = clock.now_in_japan().replace(hour=10, minute=0, second=0, microsecond=0)
    with program.database.writing(by="test") as session:
        [source] = session.scalars(select(OutsideSource))
        source.state = "allowed"
        session.add(
            OutsideSession(
                source_id=source.id, offering_id=offering.id, key="a", item_key="a",
                starts_at=starts + timedelta(days=4), cancelled=True,
            )
        )  # fmt: skip
    page = f"/resources/{offering.resource_id}"
    assert "提供元では中止になっています" in coordinator.get(page).text
    closed = send(coordinator, f"/offerings/{offering.id}/closure", page, day=day.isoformat())
    assert closed.status_code == 303
    assert "提供元では中止になっています" not in coordinator.get(page).text
    with program.database.reading() as session:
        schedule = session.get_one(Offering, offering.id).schedule
    assert (schedule or {})["closed"] == [{"dates": [day.isoformat()]}]


def test_a_served_program_takes_no_source_on_its_own_machine(
    program: Program, signed_in: SignedIn, offering: Offering, host: Host
) -> None:
    signed_in("coordinator")
    served = replace(program, settings=replace(program.settings, sources_loopback=False))
    client = browser(create_app(served.settings, served))
    sign_in(client, "coordinator")
    assert propose(client, offering, host.url("/")).status_code == 422
