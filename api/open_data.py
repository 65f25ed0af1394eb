"""What every route of open data begins with: it is switched on, and the log has been followed.

Nobody needs to be signed in; what they get is decided by `resources.public_entries` alone.
"""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from api.dependencies import Program, open_to_all
from jobs.open_data import catch_up
from jobs.program import Program as OpenProgram

WAIT_S = 5.0


def caught_up(program: OpenProgram) -> None:
    """Follow the change log, so that the answer tells of every change made before it.

    One request at a time does so; the others wait a little, so that a crowd of callers can't keep
    all of the server's threads waiting for the database.
    """
    if not program.catching_up.acquire(timeout=WAIT_S):
        raise HTTPException(503, headers={"Retry-After": "5"})
    try:
        catch_up(program.database)
    finally:
        program.catching_up.release()


def switched_on(request: Request) -> None:
    """Answer as for a page that doesn't exist where open data is switched off."""
    if not request.app.state.settings.open_data:
        raise HTTPException(404)


def opened(program: Program) -> Iterator[Session]:
    caught_up(program)
    with program.database.reading() as session:
        yield session


def base_url(request: Request) -> str:
    """Return the address at which the program is reached, without a slash at its end."""
    settings = request.app.state.settings
    return str(settings.public_url or request.base_url).rstrip("/")


OpenReading = Annotated[Session, Depends(opened, scope="function")]
OPEN = [Depends(open_to_all), Depends(switched_on)]
