"""What runs in the background: what ran, what waits, what is dead and why; and retry."""

import uuid

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import Reading, Writing, allowed
from api.identity import language_of
from api.rendering import render
from jobs.ledger import retry
from jobs.listing import (
    count_by_state,
    dead_then_newest,
    list_jobs,
    oldest_due_s,
    throughput,
)
from jobs.states import State
from resources.commands import NotFound

router = APIRouter(include_in_schema=False, dependencies=[allowed("coordinator", "administrator")])

NEWEST = 100
OF_ONE_STATE = 500


@router.get("/jobs")
def jobs(request: Request, session: Reading, state: State | None = None) -> Response:
    """Show what needs a decision first, or the jobs of one state."""
    language = language_of(request)
    if state is None:
        listed = dead_then_newest(session, NEWEST)
    else:
        listed = list_jobs(session, OF_ONE_STATE, state=state)
    return render(
        request,
        "jobs.html",
        jobs=[j.as_json(language) for j in listed],
        state=state,
        dead_listed=sum(j.state == State.DEAD for j in listed),
        counts=count_by_state(session),
        oldest=oldest_due_s(session),
        throughput=throughput(session),
    )


@router.post("/jobs/{job_id}/retry")
def retry_job(session: Writing, job_id: uuid.UUID) -> Response:
    if not retry(session, job_id):
        raise NotFound("job")
    return RedirectResponse("/jobs", 303)
