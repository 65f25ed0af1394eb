"""Who may send a file, and how large: asked at the door, before its body is read."""

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from api.bodies import Larger
from api.dependencies import program_of
from api.identity import Identity, identify
from api.pages.home import IMPORTS
from jobs.settings import Settings

PATH = "/imports"
AROUND_BYTES = 64 * 1024
"""What a form needs besides the file that it carries."""


def _identified(request: Request) -> Identity | None:
    program = program_of(request)
    with program.database.reading() as session:
        return identify(session, request, program.settings)


def larger_for_files(settings: Settings) -> Larger:
    """Return what allows a file to those who import, and to nobody else."""

    async def limit(scope: Scope) -> int | None:
        if scope["method"] != "POST" or scope["path"] != PATH:
            return None
        found = await run_in_threadpool(_identified, Request(scope))
        if found is None or found.scopes is not None or found.actor.role not in IMPORTS:
            return None
        return settings.max_upload_mb * 1_000_000 + AROUND_BYTES

    return limit
