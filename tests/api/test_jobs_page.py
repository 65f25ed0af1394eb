"""The page and the list of jobs: what is dead stays in sight, with its reason and the way back."""

import re
import uuid
from collections.abc import Callable

import pytest
from door import token_of
from fastapi.testclient import TestClient
from sqlalchemy import update

from api.pages.jobs import NEWEST
from jobs import listing
from jobs.ledger import enqueue
from jobs.listing import count_by_state, job_shown
from jobs.models import Job
from jobs.program import Program
from jobs.states import State
from resources import clock

SignedIn = Callable[[str], TestClient]


def dead_job(program: Program, subject: str | None = None) -> uuid.UUID:
    """Leave a job behind that has no attempts left."""
    with program.database.writing(by="test") as session:
        job = enqueue(session, "build_index", subject=subject)
        session.execute(
            update(Job)
            .where(Job.id == job)
            .values(state="dead", attempts=5, finished_at=clock.now(), said="failed",
                    facts={"error": "OSError", "place": "x:1"})
        )  # fmt: skip
    return job


def many_later_jobs(program: Program, count: int) -> None:
    with program.database.writing(by="test") as session:
        for n in range(count):
            enqueue(session, "refresh_some", subject=f"later{n}")


def retry_form(job: uuid.UUID) -> str:
    return f'action="/jobs/{job}/retry"'


def test_a_dead_job_stays_on_the_page_however_many_came_later(
    signed_in: SignedIn, program: Program
) -> None:
    job = dead_job(program)
    many_later_jobs(program, NEWEST + 50)
    page = signed_in("administrator").get("/jobs").text
    assert retry_form(job) in page
    assert "OSError" in page
    assert page.index(retry_form(job)) < page.index("待ち", page.index("<tbody>"))


def test_the_page_and_the_api_show_jobs_of_one_state(signed_in: SignedIn, program: Program) -> None:
    job = dead_job(program)
    many_later_jobs(program, 3)
    client = signed_in("administrator")
    rows = {s: client.get(f"/jobs?state={s}").text.count("<tr class") for s in State}
    assert rows == {"ready": 3, "running": 0, "done": 0, "dead": 1}
    assert "この状態の処理はありません" in client.get("/jobs?state=running").text
    listed = client.get("/api/v1/jobs?state=dead&limit=1").json()
    assert [(j["id"], j["state"]) for j in listed] == [(str(job), "dead")]
    assert "OSError" in listed[0]["note"]
    for path in ("/jobs", "/api/v1/jobs"):
        assert client.get(f"{path}?state=lost").status_code == 422


def test_more_dead_jobs_than_are_listed_are_told_by_their_count(
    signed_in: SignedIn, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "DEAD_AT_MOST", 2)
    for _ in range(3):
        dead_job(program)
    page = signed_in("administrator").get("/jobs").text
    assert page.count("/retry") == 2
    assert "止まった処理が 3 件あります。新しい 2 件を示しています。" in page


def test_the_button_gives_a_dead_job_its_attempts_back_once(
    signed_in: SignedIn, program: Program
) -> None:
    job = dead_job(program)
    client = signed_in("coordinator")
    page = client.get("/jobs").text
    found = re.search(r'action="(/jobs/[^"]+/retry)"', page)
    assert found
    form = {"csrf": token_of(page)}
    assert client.post(found.group(1), data=form).headers["location"] == "/jobs"
    with program.database.reading() as session:
        shown = job_shown(session, job)
        assert shown is not None
        assert (shown.state, shown.attempts) == ("ready", 0)
        assert count_by_state(session)["dead"] == 0
    assert client.post(found.group(1), data=form).status_code == 404
    assert client.post(f"/jobs/{uuid.uuid4()}/retry", data=form).status_code == 404
