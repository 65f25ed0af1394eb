"""Requests that all want one lock come to their end, however many of them are let in at once.

Whoever holds the lock needs a thread once more before the commit. If all threads are with those
who wait for the lock, or for a connection, nobody moves until one of them gives up.
"""

import asyncio
import json
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from anyio.to_thread import current_default_thread_limiter
from door import add_staff, browser, make_program, sign_in, token_of
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from api.app import create_app
from api.crowding import AtWork
from jobs.program import Program
from resources import clock
from resources.booking import open_places
from resources.commands import register_resource
from resources.database import Database
from resources.registration import Registration

RUSH = 64
STUCK_S = 4.0


@pytest.fixture
def program(database: Database, tmp_path: Path) -> Iterator[Program]:
    return make_program(database, tmp_path / "home")


class Rush:
    """Somebody who takes a place of one offering again and again, without waiting for answers."""

    def __init__(self, program: Program) -> None:
        self.app: FastAPI = create_app(program.settings, program)
        parts = Registration.model_validate({"resource": {"name": "見本サロン", "kind": "salon"}})
        with program.database.writing(by="test") as session:
            offering = register_resource(
                session, registration=parts, vocabulary=program.vocabulary, by="test"
            )
            day = clock.today() + timedelta(days=1)
            self.allotment = open_places(
                session, offering_id=offering.id, first_on=day, last_on=day, starts="",
                capacity=10_000, by="test",
            ).id  # fmt: skip
        add_staff(program, "support_worker")
        client = browser(self.app)
        sign_in(client, "support_worker")
        self.csrf = token_of(client.get("/").text)
        self.cookie = "; ".join(f"{c.name}={c.value}" for c in client.cookies.jar)
        self.statuses: Counter[int] = Counter()

    async def ask(self) -> None:
        path = f"/api/v1/allotments/{self.allotment}/holds"
        headers = {
            "host": "testserver", "content-type": "application/json", "cookie": self.cookie,
            "x-csrf-token": self.csrf, "idempotency-key": uuid.uuid4().hex,
        }  # fmt: skip
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
            "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"",
            "root_path": "", "server": ("testserver", 80), "client": ("127.0.0.1", 9),
            "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
        }  # fmt: skip
        body = [{"type": "http.request", "body": json.dumps({"minutes": 60}).encode()}]

        async def receive() -> Message:
            return body.pop() if body else await asyncio.Event().wait() or {}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.statuses[message["status"]] += 1

        await self.app(scope, receive, send)

    async def run(self) -> bool:
        """Tell whether all came to an end while somebody still moved; in the end, all have."""
        asking = [asyncio.create_task(self.ask()) for _ in range(RUSH)]
        ended, came_to_an_end = -1, True
        while self.statuses.total() < RUSH:
            if self.statuses.total() == ended:
                came_to_an_end = False
                current_default_thread_limiter().total_tokens = 4 * RUSH  # lets the holder go on
            ended = self.statuses.total()
            await asyncio.wait(asking, timeout=STUCK_S)
        await asyncio.gather(*asking)
        return came_to_an_end


def test_a_rush_for_one_lock_comes_to_its_end(program: Program) -> None:
    rush = Rush(program)
    assert asyncio.run(rush.run())
    assert rush.statuses == {201: RUSH}


def test_where_all_are_worked_on_at_once_nobody_moves(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The naive way: it moves again only when there are more threads than requests."""

    async def at_once(self: AtWork, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)

    monkeypatch.setattr(AtWork, "__call__", at_once)
    rush = Rush(program)
    assert not asyncio.run(rush.run())
    assert rush.statuses == {201: RUSH}
