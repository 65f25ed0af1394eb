"""Those who watch over the program see figures without people, and a rush is turned away in time."""

import asyncio
import math
from collections.abc import Callable

import pytest
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from starlette.types import Message, Receive, Scope, Send

from api.crowding import AT_WORK, Uncrowded, give_threads
from api.figures import Figures
from jobs.ledger import enqueue
from jobs.program import Program

SignedIn = Callable[[str], TestClient]


def samples(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    return {
        (s.name, tuple(s.labels.values())): s.value
        for family in text_string_to_metric_families(text)
        for s in family.samples
    }


def test_answers_are_counted_by_the_pattern_of_the_address(signed_in: SignedIn) -> None:
    client = signed_in("administrator")
    secret = "11111111-2222-3333-4444-555555555555"
    client.get(f"/resources/{secret}")
    client.get("/nowhere/山田")
    client.get("/resources?q=yamada")
    text = client.get("/metrics").text
    found = samples(text)
    assert found["ibasho_http_answers_total", ("GET", "/resources/{resource_id}", "404")] == 1
    assert found["ibasho_http_answers_total", ("GET", "/resources", "200")] == 1
    assert found["ibasho_http_seconds_count", ("/resources",)] == 1
    for word in (secret, "yamada", "山田", "nowhere"):
        assert word not in text


def test_the_ledger_is_seen_as_it_stands(signed_in: SignedIn, program: Program) -> None:
    client = signed_in("administrator")
    before = samples(client.get("/metrics").text)
    with program.database.writing(by="test") as session:
        enqueue(session, "refresh_all")
        enqueue(session, "refresh_all")
    after = samples(client.get("/metrics").text)
    assert before.get(("ibasho_jobs", ("refresh_all", "ready")), 0) == 0
    assert after["ibasho_jobs", ("refresh_all", "ready")] == 2
    assert after["ibasho_oldest_due_job_seconds", ()] >= 0
    assert after["ibasho_revision", ()] >= 0


@pytest.mark.parametrize(
    ("path", "kind"), [("/signin", "text/plain"), ("/api/v1/jobs", "application/json")]
)
def test_whoever_finds_the_program_full_is_told_when_to_come_again(path: str, kind: str) -> None:
    """Without the limit all of them would be inside at once."""

    async def rush(at_most: int) -> tuple[list[int], list[Message], int]:
        go, most, inside, started = asyncio.Event(), 0, 0, []

        async def slow(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal most, inside
            inside += 1
            most = max(most, inside)
            await go.wait()
            inside -= 1
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        door = Uncrowded(slow, Figures(), at_most)

        async def one() -> int:
            answers: list[Message] = []

            async def send(message: Message) -> None:
                answers.append(message)

            async def receive() -> Message:
                return {"type": "http.request"}

            await door(
                {"type": "http", "path": path, "method": "GET", "headers": []}, receive, send
            )
            started.extend(m for m in answers if m["type"] == "http.response.start")
            return int(answers[0]["status"])

        waiting = [asyncio.create_task(one()) for _ in range(50)]
        for _ in range(60):
            await asyncio.sleep(0)
        go.set()
        first = [await task for task in waiting]
        assert await one() == 200  # the rush is over
        return first, started, most

    statuses, started, most = asyncio.run(rush(10))
    assert sorted(statuses) == [200] * 10 + [503] * 40
    assert most == 10
    refused = next(m for m in started if m["status"] == 503)
    headers = {k.decode(): v.decode() for k, v in refused["headers"]}
    assert headers["retry-after"] == "5"
    assert headers["content-type"].startswith(kind)
    _, _, most = asyncio.run(rush(0))
    assert most == 50


@pytest.mark.parametrize(("let_in", "threads"), [(64, 64 + AT_WORK), (0, math.inf)])
def test_each_who_is_let_in_where_many_databases_are_open_finds_a_thread(
    let_in: int, threads: float
) -> None:
    async def given() -> float:
        give_threads(let_in)
        return current_default_thread_limiter().total_tokens

    assert asyncio.run(given()) == threads


def test_who_watches_over_it_is_answered_however_busy_it_is(app: FastAPI) -> None:
    async def full() -> int:
        async def never(scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})

        door = Uncrowded(never, Figures(), 1)
        door._inside = 1
        seen: list[int] = []

        async def send(message: Message) -> None:
            seen.append(message["status"])

        async def receive() -> Message:
            return {"type": "http.request"}

        await door({"type": "http", "path": "/health/live"}, receive, send)
        return seen[0]

    assert asyncio.run(full()) == 200
