"""`ibasho jobs`: what is dead comes first with its reason, and is put back by its id."""

import uuid
from datetime import timedelta

from sqlalchemy import update
from terminal import Ibasho

from jobs.ledger import enqueue
from jobs.models import Job
from jobs.program import open_program
from jobs.settings import read_settings
from resources import clock


def dead_and_later(later: int) -> uuid.UUID:
    """Leave a job behind that has no attempts left, and some that came after it."""
    program = open_program(read_settings())
    with program.database.writing(by="test") as session:
        dead = enqueue(session, "build_index")
        session.execute(
            update(Job).values(
                state="dead", attempts=5, finished_at=clock.now(), said="failed",
                facts={"error": "OSError", "place": "x:1"},
            )
        )  # fmt: skip
    with program.database.writing(by="test") as session:
        for n in range(later):
            enqueue(session, "refresh_some", subject=f"later{n}")
    program.close()
    return dead


def test_a_dead_job_comes_first_and_one_state_can_be_asked_for(ibasho: Ibasho) -> None:
    dead = dead_and_later(3)
    found = ibasho("jobs", "--limit", 2, "--format", "json").json
    assert [j["state"] for j in found["jobs"]] == ["dead", "ready", "ready"]
    assert found["counts"] == {"ready": 3, "running": 0, "done": 0, "dead": 1}
    table = ibasho("jobs", "--limit", 1).out
    assert str(dead) in table
    assert "OSError" in table
    assert "ready 3, running 0, done 0, dead 1" in table
    only = ibasho("jobs", "--state", "dead", "--format", "json").json["jobs"]
    assert [j["id"] for j in only] == [str(dead)]
    assert "No job is in this state" in ibasho("jobs", "--state", "running").out
    assert ibasho("jobs", "--state", "lost").code == 2


def test_a_dead_job_is_put_back_once(ibasho: Ibasho) -> None:
    dead = dead_and_later(0)
    assert ibasho("jobs", "retry", dead, "--format", "json").json == {
        "id": str(dead), "state": "ready",
    }  # fmt: skip
    [job] = ibasho("jobs", "--format", "json").json["jobs"]
    assert (job["state"], job["attempts"]) == ("ready", 0)
    for other in (dead, uuid.uuid4()):
        refused = ibasho("jobs", "retry", other)
        assert refused.code == 2
        assert "ibasho jobs" in refused.err
    assert ibasho("jobs", "retry", "seven").code == 2


def test_it_says_how_long_the_oldest_due_job_has_been_waiting(ibasho: Ibasho) -> None:
    nothing = ibasho("jobs", "--format", "json").json
    assert (nothing["jobs"], nothing["oldest_due_job_s"]) == ([], None)
    assert "waiting" not in ibasho("jobs").out
    program = open_program(read_settings())
    with program.database.writing(by="test") as session:
        enqueue(session, "build_index", run_after=clock.now() - timedelta(minutes=10))
    program.close()
    found = ibasho("jobs", "--state", "dead", "--format", "json").json
    assert 600 <= found["oldest_due_job_s"] < 700
    assert "has been waiting for 60" in ibasho("jobs").out
