"""Every route about a case × who asks × kind of case: walked, and held to the one decision."""

import html
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from door import add_staff, browser, make_program, sign_in, token_of
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from plain_role import serving
from sqlalchemy import select

from api.app import create_app
from casework.access import Actor
from casework.case_models import Case, Consent
from casework.cases import case_of_person, rows_of
from casework.consents import Given
from casework.exclusions import break_glass, exclude, name_member
from casework.meetings import add_meeting, put_on_agenda
from casework.people import add_person
from casework.pins import pin_place
from casework.placement_models import FollowUp, HandOff, Placement, PlanItem
from casework.placements import move_placement, start_placement
from casework.plans import add_plan_item, ask_hand_off
from casework.requests import record_request
from jobs.program import Program
from matching.need import parse_need
from resources import clock
from resources.database import Database
from resources.derived import ListsShown, Suggested, UnmetNeed

SCRIPT = "<script>alert(1)</script>'\"><img src=x onerror=alert(1)>"
HOSTILE = [SCRIPT, "{{ 71993*73 }} %00 ../../etc/passwd"]

# Role and agency of each who asks, and how they stand to the two cases.
WHO = {
    "team": ("support_worker", "east"),
    "named": ("csw", "west"),
    "glass": ("inclusion_officer", "west"),
    "stranger": ("coordinator", "west"),
    "excluded": ("agency_manager", "east"),
    "auditor": ("auditor", None),
    "administrator": ("administrator", None),
    "host": ("host", None),
}
SEES = {
    "consent": {"team": "writes", "glass": "reads"},
    "meeting": {"named": "writes", "team": "writes", "glass": "reads"},
}
"""Who sees which kind of case; everybody else must not tell it from one that doesn't exist."""

WORKERS = [
    name for name, (role, _) in WHO.items() if role not in ("auditor", "administrator", "host")
]


@dataclass(frozen=True)
class World:
    """The application, with one case of each kind and what hangs on it."""

    app: FastAPI
    program: Program
    cases: dict[str, dict[str, str]]  # kind → the values of a path


def _actor(ids: dict[str, uuid.UUID], name: str) -> Actor:
    role, agency = WHO[name]
    return Actor(ids[name], name, role, agency)


def _case(session: Any, ids: dict[str, uuid.UUID], kind: str, words: str) -> dict[str, str]:
    owner = _actor(ids, "team")
    consent = None
    if kind == "consent":
        purposes = ("support", "referral", "meeting")
        consent = Given(purposes, ["east"], "self", clock.today(), "written")
    need = {"at": {"lon": 139.7272, "lat": 35.7295}, "needs": {"isolation": 3}}
    person = add_person(
        session, label=words[:100], summary=words, need=need, agency="east", by=owner,
        consent=consent,
    )  # fmt: skip
    case = case_of_person(session, actor=owner, person_id=person.id, purpose="plan", write=True)
    add_plan_item(session, case, what=words, agency="east", due_on=clock.today())
    ask_hand_off(session, case, receiver="west", what=words)
    meeting = add_meeting(
        session, kind="juso" if consent else "shien", held_on=clock.today(), title=words[:200],
        by=owner,
    )  # fmt: skip
    put_on_agenda(session, case, meeting=meeting)
    found = {
        "case_id": case.case.id, "person_id": person.id, "meeting_id": meeting.id,
        "item_id": rows_of(session, case, PlanItem)[0].id,
        "hand_off_id": rows_of(session, case, HandOff)[0].id,
        "offering_id": uuid.UUID(int=1), "consent_id": uuid.UUID(int=1),
        "placement_id": uuid.UUID(int=1), "follow_up_id": uuid.UUID(int=1),
    }  # fmt: skip
    found["pin_id"] = pin_place(
        session, case, offering_id=uuid.uuid4(), place=words, reason=words, verdicts=()
    ).id
    found["request_id"] = record_request(
        session, case, kind="disclosure", received_on=clock.today(), asked_by="self", wish=words
    ).id
    if consent:
        placement = start_placement(
            session, case, offering_id=uuid.uuid4(), place=words, told=["need"], note=words
        )
        move_placement(
            session, case, placement_id=placement.id, version=1, target="joined", note=words
        )
        found["placement_id"] = rows_of(session, case, Placement)[0].id
        found["follow_up_id"] = rows_of(session, case, FollowUp)[0].id
        found["consent_id"] = rows_of(session, case, Consent)[0].id
    else:
        name_member(session, case, account_id=ids["named"], pledged_on=clock.today())
    exclude(session, case, reason=words, account_id=ids["excluded"])
    reference = session.scalars(select(Case.reference).where(Case.id == case.case.id)).one()
    break_glass(session, actor=_actor(ids, "glass"), reference=reference, reason=words)
    return {name: str(value) for name, value in found.items()}


def _world(database: Database, home: Path, words: str) -> World:
    program = make_program(database, home)
    ids = {name: add_staff(program, role, agency, name) for name, (role, agency) in WHO.items()}
    with program.database.writing(by="test") as session:
        cases = {kind: _case(session, ids, kind, words) for kind in SEES}
    return World(create_app(program.settings, program), program, cases)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """On PostgreSQL the application opens the database as a role that row security holds."""
    from jobs.tables import METADATA

    folder = tmp_path_factory.mktemp("cases")
    url = f"sqlite:///{folder / 'test.sqlite3'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("new_postgres_url")()
    database = Database(url)
    METADATA.create_all(database.engine)
    made = _world(database, folder / "home", "ふつうの言葉")
    served = serving(database)
    program = make_program(served, folder / "home")
    yield replace(made, program=program, app=create_app(program.settings, program))
    served.close()
    database.close()


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """Return every route whose path names a case or a person."""
    found = []
    for context in iter_route_contexts(app.routes):
        path = str(context.path)
        if isinstance(context.original_route, APIRoute) and re.search(
            r"{(case_id|person_id)}", path
        ):
            found += [(m, path) for m in sorted(context.methods or ()) if m != "HEAD"]
    return found


BODIES: dict[str, dict[str, Any]] = {
    "/cases/{case_id}/stage": {"target": "nowhere"},
    "/cases/{case_id}/owner": {},
    "/cases/{case_id}/household": {"other": str(uuid.UUID(int=1)), "label": "x"},
    "/cases/{case_id}/household/leave": {},
    "/cases/{case_id}/consents": {"given_by": "x", "given_on": "2026-01-01", "form": "x"},
    "/cases/{case_id}/consents/{consent_id}/withdraw": None,
    "/cases/{case_id}/team/leave": {"agency": "nowhere"},
    "/cases/{case_id}/members": {"name": "nobody", "pledged_on": "2026-01-01"},
    "/cases/{case_id}/exclusions": {"reason": " "},
    "/cases/{case_id}/placements": {"offering": str(uuid.UUID(int=1))},
    "/cases/{case_id}/placements/{placement_id}": {"version": 1, "target": "nowhere"},
    "/cases/{case_id}/follow-ups/{follow_up_id}": {"note": "x"},
    "/cases/{case_id}/plan": {"what": "x", "agency": "nowhere", "due_on": "2026-01-01"},
    "/cases/{case_id}/plan/{item_id}/done": {},
    "/cases/{case_id}/hand-offs": {"receiver": "nowhere", "what": "x"},
    "/cases/{case_id}/hand-offs/{hand_off_id}": {"target": "nowhere"},
    "/cases/{case_id}/meetings": {"meeting": str(uuid.UUID(int=1))},
    "/meetings/{meeting_id}/cases/{case_id}": {"decision": "x"},
    "/cases/{case_id}/room-questions": {"offering": str(uuid.UUID(int=1))},
    "/cases/{case_id}/identity": {"kana": "x"},
    "/people/{person_id}/unmet": {},
    "/people/{person_id}/pins": {"offering": str(uuid.UUID(int=1)), "reason": "x"},
    "/people/{person_id}/pins/{pin_id}/remove": {},
    "/cases/{case_id}/requests": {"kind": "x", "received_on": "2026-01-01", "asked_by": "x"},
    "/cases/{case_id}/requests/{request_id}/identity": {"version": 1, "paper": "x"},
    "/cases/{case_id}/requests/{request_id}/time": {"version": 1, "extended_days": 99},
    "/cases/{case_id}/requests/{request_id}/masks": {"version": 1, "keys": "x"},
    "/cases/{case_id}/requests/{request_id}/decision": {"version": 1, "decision": "x"},
    "/cases/{case_id}/requests/{request_id}/papers": {"form": "x"},
    "/people/{person_id}/need": {"version": "1"},
    "/people/{person_id}/need/note": {"version": "1", "note": "本が好き"},
    "/people/{person_id}/keep-away": {"version": "1", "what": "resource", "id": "x"},
    "/people/{person_id}/keep-away/look": {"words": "x"},
    "/people/{person_id}/keep-away/remove": {"version": "9", "what": "resource", "value": "x"},
}  # type: ignore[dict-item]
"""A form for each writing route that changes as little as can be; None: it would change access."""


def _filled(path: str, values: dict[str, str]) -> str:
    return re.sub(r"{(\w+)}", lambda m: values[m[1]], path)


def _told(text: str) -> str:
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", text)


@pytest.mark.parametrize("name", list(WHO))
def test_every_route_about_a_case_holds_to_the_decision(world: World, name: str) -> None:
    client = browser(world.app)
    sign_in(client, name)
    csrf = token_of(client.get("/").text)
    asked = 0
    for method, path in routes(world.app):
        body = BODIES[path] if method == "POST" else {}  # a new route needs its form here
        if body is None:
            continue
        for kind, values in world.cases.items():
            nobodys = {
                **values,
                "case_id": str(uuid.UUID(int=0)),
                "person_id": str(uuid.UUID(int=0)),
            }
            data = {**body, "csrf": csrf} if method == "POST" else None
            answer = client.request(method, _filled(path, values), data=data)
            missing = client.request(method, _filled(path, nobodys), data=data)
            asked += 1
            where = (name, kind, method, path, answer.status_code)
            assert answer.status_code < 500, where
            if name not in WORKERS:
                assert answer.status_code == missing.status_code == 403, where
                continue
            assert missing.status_code == 404, where
            standing = SEES[kind].get(name)
            if standing is None:
                assert answer.status_code == 404, where
                assert _told(answer.text) == _told(missing.text), where
                assert dict(answer.headers) | {"content-length": ""} == dict(missing.headers) | {
                    "content-length": ""
                }, where
            elif standing == "reads" and method == "POST":
                assert answer.status_code == 403, where
            elif method == "GET" and not path.endswith(("/looks", "/why/{offering_id}")):
                assert answer.status_code == 200, where
            else:
                assert answer.status_code not in (401, 403) or path.endswith("/looks"), where
    assert asked >= 30


@pytest.mark.parametrize("name", WORKERS)
def test_lists_counts_and_agendas_show_only_what_may_be_seen(world: World, name: str) -> None:
    client = browser(world.app)
    sign_in(client, name)
    people = client.get("/people").text
    for kind, values in world.cases.items():
        seen = name in SEES[kind]
        assert (values["person_id"] in people) == seen, kind
        agenda = client.get(f"/meetings/{values['meeting_id']}").text
        assert (values["case_id"] in agenda) == seen, kind
        assert (values["case_id"] in client.get("/").text) <= seen


@pytest.mark.parametrize("name", list(WHO))
def test_no_page_that_names_no_case_shows_one_that_may_not_be_seen(world: World, name: str) -> None:
    """Walked like the others: a list, count or tile that is added later is asked as well."""
    client = browser(world.app)
    sign_in(client, name)
    asked = 0
    for context in iter_route_contexts(world.app.routes):
        path = str(context.path)
        if "GET" not in (context.methods or ()) or "{" in path or path == "/signin/provider/back":
            continue
        answer = client.get(path)
        assert answer.status_code < 500 or answer.status_code == 503, path
        asked += 1
        for kind, values in world.cases.items():
            if name not in SEES[kind]:
                for what in ("case_id", "person_id", "placement_id", "item_id", "hand_off_id"):
                    if values[what] != str(uuid.UUID(int=1)):
                        assert values[what] not in answer.text, (name, kind, path)
    assert asked > 30


def test_who_looked_is_shown_to_the_owner_alone(world: World) -> None:
    values = world.cases["meeting"]
    for name, status in (("team", 200), ("named", 403), ("stranger", 404)):
        client = browser(world.app)
        sign_in(client, name)
        if name == "team":  # whoever takes a case over is its owner
            csrf = token_of(client.get("/").text)
            client.post(f"/cases/{values['case_id']}/owner", data={"csrf": csrf})
        page = client.get(f"/cases/{values['case_id']}/looks")
        assert page.status_code == status
        if status == 200:
            assert "緊急閲覧" in page.text


def test_the_auditor_sees_that_there_was_an_emergency_and_no_content(world: World) -> None:
    client = browser(world.app)
    sign_in(client, "auditor")
    home, audit = client.get("/").text, client.get("/audit?action=break_glass").text
    assert "glass さんが緊急閲覧を使いました" in home
    for values in world.cases.values():
        for page in (home, audit):
            assert values["case_id"] not in page
            assert "ふつうの言葉" not in page
    assert "glass" in audit


@pytest.fixture(params=HOSTILE, ids=["script", "template"])
def hostile(
    request: pytest.FixtureRequest, sqlite_database: Database, tmp_path: Path
) -> tuple[World, str]:
    return _world(sqlite_database, tmp_path / "home", request.param), request.param


def test_what_people_write_is_shown_as_text_on_every_page(hostile: tuple[World, str]) -> None:
    world, words = hostile
    client = browser(world.app)
    sign_in(client, "team")
    pages = ["/", "/people", "/meetings"]
    for method, path in routes(world.app):
        if method == "GET":
            pages += [_filled(path, values) for values in world.cases.values()]
    pages += [f"/meetings/{values['meeting_id']}" for values in world.cases.values()]
    shown = 0
    for page in pages:
        answer = client.get(page)
        assert answer.status_code in (200, 404), (page, answer.status_code)
        assert "<script>alert" not in answer.text, page
        assert "<img src=x" not in answer.text, page
        assert "5255489" not in _told(answer.text), page  # what 71993*73 comes to
        shown += words in html.unescape(answer.text)
    assert shown >= 4


UNSTORABLE = ["a\0b", "a\ud800b"]


@pytest.mark.parametrize("words", UNSTORABLE, ids=["nul", "surrogate"])
def test_what_no_database_can_hold_is_refused_in_every_field(world: World, words: str) -> None:
    client = browser(world.app)
    sign_in(client, "team")
    csrf = token_of(client.get("/").text)
    fields = 0
    for method, path in routes(world.app):
        if method != "POST" or not BODIES[path]:
            continue
        for field in BODIES[path]:
            values = {**BODIES[path], field: words, "csrf": csrf}
            encoded = "&".join(
                f"{k}={''.join(f'%{b:02X}' for b in str(v).encode('utf-8', 'surrogatepass'))}"
                for k, v in values.items()
            )
            answer = client.post(
                _filled(path, world.cases["consent"]),
                content=encoded,
                headers={"content-type": "application/x-www-form-urlencoded"},
            )
            assert answer.status_code == 422, (path, field, answer.status_code)
            fields += 1
    assert fields >= 12


def test_a_person_received_and_assessed_can_be_asked_for(tmp_path: Path) -> None:
    from starlette.datastructures import FormData

    from api.pages.reception import assessed_need
    from resources.vocabulary import default_vocabulary

    before = {
        "at": {"lon": 139.7, "lat": 35.7},
        "limits": {"languages": ["ja"], "noise": "low", "gender": "female"},
        "windows": [
            {"day": "mon", "from": "13:00", "to": "17:00"},
            {"day": "tue", "from": "09:00", "to": "12:00"},
        ],
        "safety": {"exclude_resources": [str(uuid.UUID(int=5))], "protected": True},
    }
    form = FormData(
        [
            ("address", ""), ("age", "34"), ("weight-isolation", "3"), ("weight-debt", ""),
            ("days", "mon"), ("days", "tue"), ("from", "13:00"), ("to", "17:00"),
            ("minutes", "90"), ("flags", "staff_present"),
        ]
    )  # fmt: skip
    need = assessed_need(form, before)
    assert need["needs"] == {"isolation": 3}
    # What the form doesn't ask for stays; what was emptied or unticked is gone.
    assert need["at"] == before["at"]
    assert need["windows"] == before["windows"]
    assert need["limits"] == {
        "languages": ["ja"], "gender": "female", "staff_present": True, "minutes": 90,
    }  # fmt: skip
    assert need["safety"] == {"exclude_resources": [str(uuid.UUID(int=5))]}
    assert parse_need(need, default_vocabulary(), lambda _: None).age == 34


def test_a_case_without_consent_is_in_no_count(sqlite_database: Database, tmp_path: Path) -> None:
    world = _world(sqlite_database, tmp_path / "home", "ふつうの言葉")

    def counted() -> int:
        with world.program.database.reading() as session:
            return (
                len(session.scalars(select(Suggested)).all())
                + sum(int(row.times) for row in session.scalars(select(UnmetNeed)))
                + sum(row.lists for row in session.scalars(select(ListsShown)))
            )

    client = browser(world.app)
    sign_in(client, "team")
    csrf = token_of(client.get("/").text)
    before = counted()
    for kind, more in (("meeting", 0), ("consent", 1)):
        person = world.cases[kind]["person_id"]
        assert client.get(f"/people/{person}").status_code == 200
        assert client.post(f"/people/{person}/unmet", data={"csrf": csrf}).status_code == 303
        assert (counted() > before) == bool(more), kind
