"""Who may send a file, and how large: asked at the door, before its body is read."""

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from api.bodies import Larger
from api.identity import look
from api.opened import program_of
from api.pages.home import IMPORTS
from casework.arriving import Arriving
from jobs.settings import Settings

PATH = "/imports"
AROUND_BYTES = 64 * 1024
"""What a form needs besides the file that it carries."""


def _looked(request: Request) -> Arriving:
    program = program_of(request)
    return look(request, program.settings, program.database.looking)


def larger_for_files(settings: Settings) -> Larger:
    """Return what allows a file to those who import, and to nobody else."""

    async def limit(scope: Scope) -> int | None:
        if scope["method"] != "POST" or scope["path"] != PATH:
            return None
        found = await run_in_threadpool(_looked, Request(scope))
        actor, by_token = found.actor, found.scopes is not None
        if actor is None or by_token or actor.role not in IMPORTS:
            return None
        return settings.max_upload_mb * 1_000_000 + AROUND_BYTES

    return limit
