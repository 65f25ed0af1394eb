"""What a handler may ask for: the program, a session, who is signed in, and who may use a route.

Every route states who may use it, on itself or on its router:

    router = APIRouter(dependencies=[allowed("support_worker", "csw")])

    @router.get("/people/{person_id}")
    def person_page(request: Request, session: Writing, user: User, person_id: UUID) -> Response:

- `Reading`: a session that is never committed; it works for nobody, so it is shown no
  case. `Writing`: one transaction, committed before the
  answer is sent. Whatever shows a person needs `Writing`, since the look itself is recorded.
- `User`: who is signed in. Nobody is: a page sends to the sign-in page, the API answers 401.
- `allowed(*roles)`: these roles may use the route; `allowed()`: everybody who is signed in;
  `public`: nobody needs to be signed in.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from api import identity
from api.one_turn import turn_of
from api.opened import program_of
from casework import audit
from casework.access import Actor
from casework.administration import NotToOneself
from casework.arriving import Arriving
from casework.cases import Unseen
from casework.roles import role
from casework.row_security import as_actor
from jobs.program import Program as OpenProgram

Scope = Literal["read", "write", "browser"]
"""What a route asks of a token; no token has `browser`, so such a route wants a sign-in."""


class NotSignedIn(PermissionError):
    """Nobody is signed in, or the session has expired."""

    def __init__(self) -> None:
        super().__init__("sign in first")


class NotAllowed(PermissionError):
    """The role of who is signed in, or the scope of the token, does not cover the route."""

    def __init__(self) -> None:
        super().__init__("this role may not do that")


class MustEnrol(PermissionError):
    """A role that must use a second factor, and somebody of it who has none yet."""

    def __init__(self) -> None:
        super().__init__("this role sets up a second factor before anything else")


class VersionNotSaid(ValueError):
    """An edit that doesn't say in If-Match which version it was made on."""

    def __init__(self) -> None:
        super().__init__("an edit says in If-Match which version it was made on")


_ARRIVED = "ibasho.arrived"


async def arrival(request: Request) -> Arriving:
    """Return what every request has to know: who sends it, and that the lists are as they are now.

    The database is looked at once, in one thread and by one statement: each more would cost a
    request as much as what is asked by it. What follows from the answer needs no other turn.
    """
    # Called rather than depended on by what needs it: to work out a dependency costs more.
    if _ARRIVED not in request.scope:
        turn = turn_of(request)
        if turn is None:
            found = await run_in_threadpool(_look, request)
        else:
            found = _look(request, lambda: nullcontext(turn.session.connection()))
        request.scope[_ARRIVED] = found
        request.state.user = found.actor
    arrived: Arriving = request.scope[_ARRIVED]
    return arrived


def _look(request: Request, opened: identity.Opened | None = None) -> Arriving:
    program = program_of(request)
    found = identity.look(request, program.settings, opened or program.database.looking)
    if found.revision is not None:
        program.follow_lists(found.revision)
    return found


Arrived = Annotated[Arriving, Depends(arrival)]


async def open_program(request: Request) -> OpenProgram:
    """Return what the running program holds, with the closed lists as they are now."""
    await arrival(request)
    return program_of(request)


Program = Annotated[OpenProgram, Depends(open_program)]


async def signed_in(request: Request) -> Actor:
    """Return who is signed in; raise `NotSignedIn` where nobody is."""
    actor = (await arrival(request)).actor
    if actor is None:
        raise NotSignedIn
    return actor


User = Annotated[Actor, Depends(signed_in)]


def reading(program: Program) -> Iterator[Session]:
    with program.database.reading() as session:
        yield session


def writing(program: Program, arrived: Arrived) -> Iterator[Session]:
    database, actor = program.database, arrived.actor
    by = actor.by if actor else "nobody"
    try:
        said = as_actor(actor)
        with database.writing(by=by, said=said) as session:
            yield session
    except (Unseen, NotToOneself) as refused:
        # The transaction is gone, the attempt is not: it is recorded before anything is answered.
        with database.writing(by=by) as session:
            audit.record(session, refused.attempt)
        raise


# scope="function": a commit that fails is an error, not an answer that was already sent.
Reading = Annotated[Session, Depends(reading, scope="function")]
Writing = Annotated[Session, Depends(writing, scope="function")]


def must_enrol(request: Request, actor: Actor) -> bool:
    """Tell whether somebody has to set up a second factor before they may do anything."""
    return not actor.second_factor and actor.role in request.app.state.settings.second_factor_for


@dataclass(frozen=True)
class Allowed:
    """The policy of a route: which roles may use it (none named: everybody who is signed in)."""

    roles: tuple[str, ...]
    scope: Scope | None = None
    before_enrolment: bool = False

    async def __call__(self, request: Request) -> None:
        arrived = await arrival(request)
        actor, scopes = arrived.actor, arrived.scopes
        if actor is None:
            raise NotSignedIn
        if not self.before_enrolment and must_enrol(request, actor):
            raise MustEnrol
        if self.roles and actor.role not in self.roles:
            raise NotAllowed
        needed = self.scope or ("read" if request.method in ("GET", "HEAD") else "write")
        if scopes is not None and needed not in scopes:
            raise NotAllowed


def allowed(*roles: str, scope: Scope | None = None, before_enrolment: bool = False) -> Any:
    """State which roles may use a route.

    scope : what an API token needs for it; by default "read" for GET and "write" for the rest
        (a question that is put by POST is "read"); "browser": no token will do
    before_enrolment : also for who must set up a second factor and hasn't yet
    """
    return Depends(Allowed(tuple(role(code).code for code in roles), scope, before_enrolment))


async def open_to_all() -> None:
    """The policy of a route that needs nobody signed in."""


public = Depends(open_to_all)
