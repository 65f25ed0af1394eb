"""What a handler takes from its request itself is what FastAPI would have given it, or refused."""

import json
from itertools import product
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Body, FastAPI, Request, Response
from fastapi.testclient import TestClient

from api.app import create_app
from api.dependencies import public
from api.one_turn import InTurn, OneTurn
from api.security import write_checked
from api.v1.asked import asked, described
from api.v1.questions import Listed
from api.v1.told import told
from jobs.program import Program

usual = APIRouter(prefix="/api/v1/tried", dependencies=[public])
own = APIRouter(prefix="/api/v1/tried", dependencies=[write_checked], route_class=OneTurn)
LIMIT = Listed.model_fields["limit"]


@usual.post("/usual")
def usually(
    need: Annotated[dict[str, Any], Body()],
    limit: Annotated[int, *LIMIT.metadata] = 10,
    scheme: str = "standard",
) -> dict[str, Any]:
    return {"need": need, "limit": limit, "scheme": scheme}


@own.post("/own")
def own_way(turn: InTurn, request: Request) -> Response:
    need, listed = asked(turn, request, Listed)
    return told({"need": need, **listed.model_dump()})


@pytest.fixture
def app(demo: Program) -> FastAPI:
    made = create_app(demo.settings, demo)
    made.include_router(usual)
    made.include_router(own)
    return made


JSON = "application/json"
AT = b'{"at": {"lon": 139.7, "lat": 35.7}}'
ADDRESSES = (
    "", "?limit=3", "?limit=no", "?limit=0", "?limit=51", "?limit=3.0", "?limit=3.5", "?limit=",
    "?limit=2&limit=4", "?limit=2&limit=no", "?scheme=next_door", "?scheme=", "?other=1",
    "?limit=no&scheme=x", "?limit=%31", "?limit=１", "?limit=1e1", "?limit=true", "?limit=+7",
)  # fmt: skip
BODIES = (
    (AT, JSON), (b"", JSON), (b"[]", JSON), (b"[1, 2]", JSON), (b"7", JSON), (b"null", JSON),
    (b"{}", JSON), (b"{", JSON), (b'"x"', JSON), (b"\xff", JSON), (b"false", JSON),
    (AT, "text/plain"), (AT, "text/json"), (AT, "application/vnd.x+json"), (AT, ""),
    (AT, "application/json; charset=utf-8"), (AT, "APPLICATION/JSON"), (AT, None), (b"", None),
    ("山".join('""').encode("utf-16"), JSON),
    (AT.decode().encode("utf-16"), JSON), (b"a=b", "application/x-www-form-urlencoded"),
)  # fmt: skip


def test_it_is_taken_and_refused_as_fastapi_would(app: FastAPI) -> None:
    client, statuses = TestClient(app), set()
    assert [getattr(route, "checks", None) for route in own.routes] == [[write_checked.dependency]]
    for address, (body, kind) in product(ADDRESSES, BODIES):
        headers = {} if kind is None else {"content-type": kind}
        ways = [
            client.post(f"/api/v1/tried/{way}{address}", content=body, headers=headers)
            for way in ("usual", "own")
        ]
        told = [(answer.status_code, answer.json()) for answer in ways]
        assert told[0] == told[1], (address, body, kind)
        statuses.add(told[1][0])
    assert {200, 400, 422} <= statuses


def test_it_is_described_as_fastapi_would(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    suggestions = paths["/api/v1/suggestions"]["post"]["parameters"]
    assert suggestions == paths["/api/v1/tried/usual"]["post"]["parameters"]
    assert json.loads(json.dumps(described(Listed))) == suggestions
