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
from inspect import isroutine, signature
from typing import Annotated, Any, TypeVar, get_type_hints

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

    Where a handler makes its response of its turn and the request alone, and each check asks for
    no more than the request, FastAPI has nothing to work out: they are called as they stand, which
    saves a tenth of what a question costs beside its answer. All that is checked then stands on
    the route or its own router; of what includes that router nothing is known here.

    checks : what is called then, in this order; None where FastAPI does all
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **settings: Any) -> None:
        checks = [policy.dependency for policy in settings.get("dependencies") or ()]
        straight = _is(endpoint, InTurn, Request, gives=Response)
        straight = straight and all(_is(check, Request, gives=type(None)) for check in checks)
        self.checks = checks if straight else None
        self._answer = endpoint
        super().__init__(path, _at_once(endpoint), **settings)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        checks, answer = self.checks, self._answer

        def turn(request: Request, body: bytes) -> Response:
            program = program_of(request)
            with program.database.reading() as session:
                request.scope[_TURN] = at_hand = Turn(program, session, body)
                if checks is None:
                    return _to_its_end(handle(request))
                for check in checks:
                    _to_its_end(check(request))
                response: Response = answer(at_hand, request)
                return response

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


def _is(call: Callable[..., Any], *asks: Any, gives: Any) -> bool:
    """Tell whether something asks for these alone, in this order, and says that it gives this."""
    hints = get_type_hints(call if isroutine(call) else type(call).__call__, include_extras=True)
    asked = [hints.get(name) for name in signature(call).parameters]
    return asked == list(asks) and hints.get("return") is gives


def _to_its_end(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine gives that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        result: T = ended.value
        return result
    coroutine.close()
    raise RuntimeError("what is done in one turn may wait for nothing")
