"""What runs in the background: what ran, what waits, what is dead and why; and retry."""

import uuid

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import Reading, Writing, allowed
from api.identity import language_of
from api.rendering import render
from jobs.ledger import retry
from jobs.listing import count_by_state, list_jobs, oldest_due_s, throughput
from resources.commands import NotFound

router = APIRouter(include_in_schema=False, dependencies=[allowed("coordinator", "administrator")])


@router.get("/jobs")
def jobs(request: Request, session: Reading) -> Response:
    language = language_of(request)
    return render(
        request,
        "jobs.html",
        jobs=[j.as_json(language) for j in list_jobs(session, 100)],
        counts=count_by_state(session),
        oldest=oldest_due_s(session),
        throughput=throughput(session),
    )


@router.post("/jobs/{job_id}/retry")
def retry_job(session: Writing, job_id: uuid.UUID) -> Response:
    if not retry(session, job_id):
        raise NotFound("job")
    return RedirectResponse("/jobs", 303)
