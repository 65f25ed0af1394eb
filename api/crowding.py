"""Turns requests away before the program drowns in them, with the word when to come again.

A queue that grows without bound makes everybody wait, and goes on doing so when the rush is over.
Of those that are let in, only so many are worked on at once that each gets what it needs to end.
"""

import asyncio
import math

from anyio.to_thread import current_default_thread_limiter
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answering import FOR_PROGRAMS
from api.figures import Figures
from resources.database import MOST_CONNECTIONS

COME_AGAIN_S = 5
ALWAYS = ("/health/live", "/static/")
"""Answered however busy the program is: cheap, and asked by those who watch over it."""

AT_WORK = MOST_CONNECTIONS - 4
"""So many requests are worked on at once, of one database.

One that holds a connection and a lock must get a thread, or another connection, to come to its end;
if all threads and connections were with those who wait for its lock, nobody would move any more.
Four connections are left for jobs, for what is streamed, and for a second one of somebody.
"""

JA = "ただいま混み合っています。少し待ってから、もう一度お試しください。"
EN = "The service is busy; try again in a few seconds."


class Uncrowded:
    """Lets so many requests in at once; the others are answered 503 with Retry-After.

    at_most : how many are answered at once; 0 = no limit
    """

    def __init__(self, app: ASGIApp, figures: Figures, at_most: int) -> None:
        self.app = app
        self.figures = figures
        self.at_most = at_most
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        free = scope["type"] != "http" or scope["path"].startswith(ALWAYS)
        if free or not self.at_most:
            await self.app(scope, receive, send)
            return
        if self._inside >= self.at_most:
            self.figures.turned_away.inc()
            await _busy(scope)(scope, receive, send)
            return
        self._inside += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._inside -= 1


class AtWork:
    """Lets so many requests work at once; the others wait, with no thread and no connection.

    It stands behind whoever reads the body, so nobody who sends slowly keeps the others waiting;
    and a request is done with its work when its answer begins.
    """

    def __init__(self, app: ASGIApp, at_most: int = AT_WORK) -> None:
        self.app = app
        self._turns = asyncio.Semaphore(at_most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(ALWAYS):
            await self.app(scope, receive, send)
            return
        working = True

        async def until_answered(message: Message) -> None:
            nonlocal working
            if working:
                working = False
                self._turns.release()
            await send(message)

        await self._turns.acquire()
        try:
            await self.app(scope, receive, until_answered)
        finally:
            if working:
                self._turns.release()


def give_threads(at_most: int) -> None:
    """Let a process of many databases have a thread for each request that is let in.

    at_most : how many are answered at once; 0 = no limit
    """
    current_default_thread_limiter().total_tokens = at_most + AT_WORK if at_most else math.inf


def _busy(scope: Scope) -> Response:
    headers = {"Retry-After": str(COME_AGAIN_S), "Cache-Control": "no-store"}
    if scope["path"].startswith(FOR_PROGRAMS):
        return JSONResponse({"status": 503, "error": EN}, 503, headers)
    return PlainTextResponse(f"{JA}\n\n{EN}\n", 503, headers)
