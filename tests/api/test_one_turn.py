"""A question is answered in one turn of a thread, with every check that other routes have."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import anyio.to_thread
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import select

from api import identity, one_turn
from api.app import create_app
from api.dependencies import Allowed, Reading, allowed
from api.one_turn import InTurn, OneTurn
from casework.accounts import add_token
from casework.models import Account, ApiToken
from jobs.program import Program
from resources import clock

NEED = {"at": {"lon": 139.7272, "lat": 35.7295}, "age": 34, "needs": {"isolation": 3}}
QUESTIONS = {
    "/api/v1/suggestions": NEED,
    "/api/v1/nearby": {"at": {"lon": 139.7272, "lat": 35.7295}},
    "/api/v1/geocode": {"address": "東池袋一丁目"},
}


@pytest.fixture
def program(demo: Program) -> Program:
    return demo


@pytest.fixture
def app(program: Program) -> FastAPI:
    return create_app(program.settings, program)


def _token(program: Program, scopes: tuple[str, ...] = ("read",)) -> dict[str, str]:
    with program.database.writing(by="test") as session:
        account = session.scalars(select(Account).where(Account.name == "support")).one()
        token = add_token(
            session, account_id=account.id, label="test", scopes=list(scopes), by="test"
        )
    return {"authorization": f"Bearer {token}"}


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The turns that are taken in threads, by what is done in them."""
    taken: list[str] = []
    usual = anyio.to_thread.run_sync
    of_the_loop = asyncio.base_events.BaseEventLoop.run_in_executor

    async def noted(func: Callable[..., Any], *args: Any, **options: Any) -> Any:
        taken.append(getattr(func, "__qualname__", repr(func)))
        return await usual(func, *args, **options)

    def noted_too(loop: Any, executor: Any, func: Callable[..., Any], *args: Any) -> Any:
        taken.append(getattr(func, "__qualname__", repr(func)))
        return of_the_loop(loop, executor, func, *args)

    monkeypatch.setattr(anyio.to_thread, "run_sync", noted)
    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "run_in_executor", noted_too)
    return taken


@pytest.mark.parametrize("path", QUESTIONS)
def test_one_turn_from_the_look_at_who_asks_to_the_answer(
    app: FastAPI, program: Program, path: str, turns: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    where: list[str] = []
    looked, opened = identity.look, program.database.reading

    def look(*given: Any) -> Any:
        where.append(threading.current_thread().name)
        return looked(*given)

    monkeypatch.setattr(identity, "look", look)
    client, headers = TestClient(app, headers=_token(program)), {}
    sessions: list[object] = []
    monkeypatch.setattr(
        program.database, "reading", lambda **said: (sessions.append(1), opened(**said))[1]
    )
    client.post(path, json=QUESTIONS[path], headers=headers)  # the lists are looked at once
    turns.clear(), sessions.clear(), where.clear()
    answer = client.post(path, json=QUESTIONS[path], headers=headers)
    assert answer.status_code == 200, answer.text
    assert len(turns) == 1, turns
    assert len(sessions) == 1, "who asks and what is asked see one moment"
    assert where == [where[0]]
    assert where[0] != threading.main_thread().name


def test_who_asks_is_looked_at_before_what_is_asked(app: FastAPI, program: Program) -> None:
    client = TestClient(app)
    for body in (NEED, {"at": 7}, []):
        assert client.post("/api/v1/suggestions?limit=no", json=body).status_code == 401
    for refused in (_token(program, ("write",)), {"authorization": "Bearer nobody"}):
        answer = client.post("/api/v1/suggestions", json=NEED, headers=refused)
        assert answer.status_code in (401, 403)
    allowed_one = _token(program)
    assert client.post("/api/v1/suggestions", json=NEED, headers=allowed_one).status_code == 200
    bad = client.post("/api/v1/suggestions?limit=no", json=NEED, headers=allowed_one)
    assert (bad.status_code, bad.json()["fields"][0]["field"]) == (422, "query.limit")


def test_a_token_that_is_taken_back_counts_with_the_next_question(
    app: FastAPI, program: Program
) -> None:
    client, headers = TestClient(app), _token(program)
    assert client.post("/api/v1/suggestions", json=NEED, headers=headers).status_code == 200
    with program.database.writing(by="test") as session:
        session.scalars(select(ApiToken)).one().revoked_at = clock.now()
    assert client.post("/api/v1/suggestions", json=NEED, headers=headers).status_code == 401


def test_a_form_is_refused_however_large_it_is(app: FastAPI, program: Program) -> None:
    client, headers = TestClient(app), _token(program)
    for size in (10, 200_000, 3_000_000):
        answer = client.post(
            "/api/v1/suggestions", files={"a": ("a.csv", b"x" * size)}, headers=headers
        )
        assert answer.status_code in (413, 422), answer.text


router = APIRouter(prefix="/api/v1/tried", route_class=OneTurn)


async def _waits() -> None:
    await asyncio.sleep(0)


async def _waits_too(request: Request) -> None:
    await asyncio.sleep(0)


@router.get("/waits", dependencies=[allowed(scope="read"), Depends(_waits)])
def waits(turn: InTurn) -> Response:
    return Response()


@router.get("/waits_too", dependencies=[allowed(scope="read"), Depends(_waits_too)])
def waits_too(turn: InTurn, request: Request) -> Response:
    return Response()


@router.get("/reading", dependencies=[allowed(scope="read")])
def reading(session: Reading) -> Response:
    return Response()


@router.get("/told", dependencies=[allowed(scope="read")])
def told(request: Request, turn: InTurn, n: int = 3) -> dict[str, Any]:
    return {"n": n, "turn": one_turn.turn_of(request) is turn}


def test_one_that_would_wait_is_an_error_and_not_an_answer(app: FastAPI, program: Program) -> None:
    app.include_router(router)
    client = TestClient(app, headers=_token(program))
    assert client.get("/api/v1/tried/told?n=5").json() == {"n": 5, "turn": True}
    for path in ("waits", "waits_too", "reading"):
        assert client.get(f"/api/v1/tried/{path}").status_code == 500
    assert client.get("/api/v1/tried/told").json() == {"n": 3, "turn": True}, "and goes on"


def _called_as_they_stand(app: FastAPI) -> dict[str, tuple[list[Any], list[Any]]]:
    """Return, of each such route, what is called before its handler and what FastAPI would call."""
    return {
        str(context.path): (
            context.original_route.checks,
            list(dict.fromkeys(d.call for d in context.dependant.dependencies if d.name is None)),
        )
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, OneTurn) and context.original_route.checks is not None
    }


def test_what_is_called_as_it_stands_is_checked_as_by_fastapi(app: FastAPI) -> None:
    called = _called_as_they_stand(app)
    assert "/api/v1/suggestions" in called
    for path, (checks, by_fastapi) in called.items():
        assert checks == by_fastapi, path
        assert any(isinstance(check, Allowed) for check in checks), path


def test_a_check_that_another_router_adds_would_be_found_missing(app: FastAPI) -> None:
    app.include_router(router, dependencies=[Depends(_waits_too)])
    checks, by_fastapi = _called_as_they_stand(app)["/api/v1/tried/waits_too"]
    assert checks != by_fastapi


def test_what_asks_for_more_is_left_to_fastapi() -> None:
    by_name = {route.name: route.checks for route in router.routes if isinstance(route, OneTurn)}
    assert [name for name, checks in by_name.items() if checks is not None] == ["waits_too"]
    assert set(by_name) == {"waits", "waits_too", "reading", "told"}
