"""Whether the program lives, and whether it is ready to serve."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import SQLAlchemyError

from api.dependencies import public
from api.opened import program_of
from jobs.listing import oldest_due_s

router = APIRouter(prefix="/health", dependencies=[public], tags=["health"])


@router.get("/live")
async def live() -> dict[str, str]:
    """Answer as long as the process does."""
    return {"status": "ok"}


@router.get("/ready")
def ready(request: Request) -> Response:
    """Tell whether the database answers, and how long the oldest due job has been waiting.

    Until the program has asked itself its first question (see `matching.warm`), it is starting.
    """
    warming = request.app.state.warming
    if warming is not None and not warming.done():
        return JSONResponse({"status": "starting"}, 503, {"Retry-After": "5"})
    try:
        with program_of(request).database.reading() as session:
            waiting_s = oldest_due_s(session)
    except SQLAlchemyError:
        return JSONResponse({"status": "unavailable", "database": False}, 503)
    return JSONResponse({"status": "ok", "database": True, "oldest_due_job_s": waiting_s})
