"""Every operation of the API's own description, with what nobody should send: never a fault of ours."""

import json
import random
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from demo_ward import DemoWard
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.app import create_app
from casework.accounts import add_token
from casework.models import Account
from jobs.program import Program
from resources.models import Offering

EACH = 6
"""How many spoiled requests an operation gets from each role."""

NESTED: Any = []
for _ in range(60):
    NESTED = [NESTED]

HOSTILE: list[Any] = [
    None, True, -1, 0, 2**31, 2**63, -(2**63) - 1, 10**400, 1e308, "", " ", "a" * 5000, "\0",
    "'; DROP TABLE audit; --", "%s%n", "{{7*7}}", "../../etc/passwd", "２０２６", "0001-01-01",
    "9999-12-31T23:59:59+00:00", [], {}, [None], {"": None}, NESTED, "\u202e\u0000", "🦊" * 300,
]  # fmt: skip
RAW = ["NaN", "Infinity", "1e999", '"\\ud800"', "9" * 5000, "[" * 3000]
"""What no JSON library of ours would write, put in as text."""


@pytest.fixture(scope="module")
def demo(demo_ward: DemoWard, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    program = demo_ward.copied(tmp_path_factory.mktemp("attack"), demo=True)
    yield program
    program.database.close()


@pytest.fixture(scope="module")
def app(demo: Program) -> FastAPI:
    return create_app(demo.settings, demo)


def _client(app: FastAPI, demo: Program, name: str) -> TestClient:
    with demo.database.writing(by="test") as session:
        account = session.scalars(select(Account.id).where(Account.name == name)).one()
        token = add_token(
            session, account_id=account, label="x", scopes=["read", "write"], by="test"
        )
    return TestClient(app, headers={"authorization": f"Bearer {token}"})


def operations(app: FastAPI) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
    ]


def _resolved(app: FastAPI, schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        found: dict[str, Any] = app.openapi()["components"]["schemas"][name]
        return found
    return schema


def _example(app: FastAPI, schema: dict[str, Any], chance: random.Random, depth: int = 0) -> Any:
    """Return something that a schema more or less allows."""
    schema = _resolved(app, schema)
    for way in ("anyOf", "oneOf", "allOf"):
        if way in schema:
            return _example(app, chance.choice(schema[way]), chance, depth + 1)
    if "enum" in schema:
        return chance.choice(schema["enum"])
    kind = schema.get("type", "object" if "properties" in schema else "string")
    kind = chance.choice(kind) if isinstance(kind, list) else kind
    if kind == "object" and depth < 6:
        wanted = schema.get("properties", {})
        required = set(schema.get("required", ()))
        return {
            name: _example(app, part, chance, depth + 1)
            for name, part in wanted.items()
            if name in required or chance.random() < 0.5
        }
    if kind == "array":
        return [_example(app, schema.get("items", {}), chance, depth + 1)] if depth < 6 else []
    plain = {"integer": 3, "number": 139.7, "boolean": True, "null": None, "object": {}}
    return plain.get(kind, "2026-12-01")


def _spoiled(value: Any, chance: random.Random) -> str:
    """Return a body as JSON in which one part is something that nobody should send."""
    mark = f"mark-{uuid.UUID(int=chance.getrandbits(128))}"

    def put(node: Any) -> Any:
        if isinstance(node, dict) and node and chance.random() < 0.85:
            name = chance.choice(list(node))
            return {**node, name: put(node[name])}
        if isinstance(node, list) and node and chance.random() < 0.85:
            return [put(node[0]), *node[1:]]
        return mark

    whole = json.dumps(put(value), ensure_ascii=True)
    part = chance.choice([*RAW, *(json.dumps(x) for x in HOSTILE)])
    return whole.replace(json.dumps(mark), part)


def _address(path: str, demo_id: str, chance: random.Random) -> str:
    filled = path
    while "{" in filled:
        start, end = filled.index("{"), filled.index("}")
        words = (
            "x",
            "0",
            "9" * 30,
            "%F0%9F%A6%8A",
            "..%2f..",
            str(uuid.UUID(int=0)),
            demo_id,
            demo_id,
        )
        filled = filled[:start] + chance.choice(words) + filled[end + 1 :]
    return filled


def _query(operation: dict[str, Any], chance: random.Random) -> dict[str, str]:
    words = (
        "",
        "-1",
        "9" * 25,
        "1e400",
        "NaN",
        "\U0001f98a",
        "a" * 3000,
        "2026-13-45",
        "true",
        "3",
    )
    return {
        p["name"]: chance.choice(words)
        for p in operation.get("parameters", [])
        if p["in"] == "query" and (p.get("required") or chance.random() < 0.6)
    }


@pytest.mark.parametrize("name", ["support", "coordinator", "auditor"])
def test_no_operation_fails_whatever_is_sent(app: FastAPI, demo: Program, name: str) -> None:
    client = _client(app, demo, name)
    chance = random.Random(f"20261125{name}")
    with demo.database.reading() as session:
        offering = str(session.scalars(select(Offering.id).limit(1)).one())
    asked = refused = 0
    for method, path, operation in operations(app):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        for _ in range(EACH):
            address, query = _address(path, offering, chance), _query(operation, chance)
            body, headers = None, {"idempotency-key": f"k{chance.getrandbits(64)}"}
            if content is not None:
                headers["content-type"] = "application/json"
                body = _spoiled(_example(app, content.get("schema", {}), chance), chance)
            answer = client.request(method, address, params=query, content=body, headers=headers)
            asked += 1
            refused += 400 <= answer.status_code < 500
            assert answer.status_code < 500, (method, address, query, (body or "")[:300])
    assert asked == EACH * len(operations(app))
    assert refused > asked / 3


def test_the_audit_still_stands_after_all_that(demo: Program) -> None:
    from casework.audit_seal import seal, verify

    with demo.database.writing(by="job") as session:
        assert seal(session, key=b"k" * 32) > 0
        assert verify(session, key=b"k" * 32).findings == []
