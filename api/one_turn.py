"""Answers a question in one turn of a thread: from the look at who asks to the written answer.

FastAPI gives each dependency and each handler that isn't a coroutine a turn of its own in a thread.
Two or three of them take longer than a list does, so here the whole of what FastAPI does for a
route, in its order and with its checks, is done in one; and by one session, which sees one moment.
"""

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session

from api.bodies import is_form
from api.opened import program_of
from jobs.program import Program

T = TypeVar("T")

_TURN = "ibasho.turn"

MOST_THREADS = 1_000
"""No limit that is ever reached: how many are worked on at once is for `api.crowding` to say."""


@dataclass(frozen=True)
class Turn:
    """What a handler of one turn works with.

    session : is never committed, and works for nobody, so it is shown no case
    body : as it was sent, after the look at what no database can hold
    """

    program: Program
    session: Session
    body: bytes


class OneTurn(APIRoute):
    """A route whose handler and dependencies wait for nothing but the database.

    Its handler is written as any other, without `async`, and asks for `InTurn`. What it depends on
    besides never waits, or asks `turn_of` first; so it is neither `Reading` nor `Writing`.
    One that does wait ends as an error the first time it is asked.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **settings: Any) -> None:
        super().__init__(path, _at_once(endpoint), **settings)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        def turn(request: Request, body: bytes) -> Response:
            program = program_of(request)
            with program.database.reading() as session:
                request.scope[_TURN] = Turn(program, session, body)
                return _to_its_end(handle(request))

        async def in_one_turn(request: Request) -> Response:
            body = await request.body()  # who is slow to send keeps no thread waiting
            if is_form(request.headers.get("content-type", "")):
                async with request.form():  # to take a large one apart has to wait
                    return await _in_a_thread(turn, request, body)
            return await _in_a_thread(turn, request, body)

        return in_one_turn


def turn_of(request: Request) -> Turn | None:
    """Return the turn of a request that is in its thread already; None where it isn't."""
    turn: Turn | None = request.scope.get(_TURN)
    return turn


async def _in_turn(request: Request) -> Turn:
    turn: Turn = request.scope[_TURN]
    return turn


InTurn = Annotated[Turn, Depends(_in_turn)]


_THREADS = ThreadPoolExecutor(MOST_THREADS, "one-turn")


async def _in_a_thread(
    turn: Callable[[Request, bytes], Response], request: Request, body: bytes
) -> Response:
    """Return what a turn gives, by the event loop's own way to a thread.

    The way that FastAPI takes goes round the loop once more before it begins. A request that is
    given up meanwhile leaves its turn to end by itself.
    """
    in_context = contextvars.copy_context().run
    return await asyncio.get_running_loop().run_in_executor(
        _THREADS, in_context, turn, request, body
    )


def _at_once(endpoint: Callable[..., T]) -> Callable[..., Coroutine[Any, Any, T]]:
    @wraps(endpoint)
    async def at_once(*given: Any, **named: Any) -> T:
        return endpoint(*given, **named)

    return at_once


def _to_its_end(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine gives that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        result: T = ended.value
        return result
    coroutine.close()
    raise RuntimeError("what is done in one turn may wait for nothing")
