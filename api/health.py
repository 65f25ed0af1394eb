"""Whether the program lives, and whether it is ready to serve."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import SQLAlchemyError

from api.dependencies import Program, public
from jobs.listing import oldest_due_s

router = APIRouter(prefix="/health", dependencies=[public], tags=["health"])


@router.get("/live")
def live() -> dict[str, str]:
    """Answer as long as the process does."""
    return {"status": "ok"}


@router.get("/ready")
def ready(program: Program) -> Response:
    """Tell whether the database answers, and how long the oldest due job has been waiting."""
    try:
        with program.database.reading() as session:
            waiting_s = oldest_due_s(session)
    except SQLAlchemyError:
        return JSONResponse({"status": "unavailable", "database": False}, 503)
    return JSONResponse({"status": "ok", "database": True, "oldest_due_job_s": waiting_s})
