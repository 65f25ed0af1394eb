"""Tasks whose effect can be counted, and tasks that misbehave."""

import os
import signal

from sqlalchemy import text
from sqlalchemy.orm import Session

from jobs.ledger import Claimed, Outcome, Refused
from jobs.program import Program
from jobs.stopping import heed_stop
from jobs.tasks import Task
from labour.gates import wait_at_gate
from resources.database import Database

EFFECTS = "CREATE TABLE IF NOT EXISTS effect (job VARCHAR(36), process INTEGER)"


MUCH = "CREATE TABLE IF NOT EXISTS much (job VARCHAR(36), words TEXT)"


def make_effects_table(database: Database) -> None:
    with database.writing(by="test") as session:
        session.execute(text(EFFECTS))
        session.execute(text(MUCH))


def effects(database: Database) -> dict[str, int]:
    """Return how often each job had its effect."""
    with database.reading() as session:
        rows = session.execute(text("SELECT job, count(*) FROM effect GROUP BY job"))
        return {row[0]: row[1] for row in rows}


def much_written(database: Database) -> list[str]:
    """Return the jobs that wrote much."""
    with database.reading() as session:
        return list(session.scalars(text("SELECT job FROM much")))


def count(_program: Program, session: Session, job: Claimed) -> Outcome:
    session.execute(
        text("INSERT INTO effect VALUES (:job, :process)"),
        {"job": str(job.id), "process": os.getpid()},
    )
    return Outcome("split", {"pieces": 1})


def count_slowly(program: Program, session: Session, job: Claimed) -> Outcome:
    """Have the effect, say so outside, then wait for the word before the transaction ends."""
    outcome = count(program, session, job)
    wait_at_gate(program.settings.home, job.id)
    return outcome


def wait_first(program: Program, job: Claimed) -> None:
    """Wait for the word when the job is taken, before its transaction begins."""
    wait_at_gate(program.settings.home, job.id)


def write_much(program: Program, session: Session, job: Claimed) -> Outcome:
    """Have an effect that needs a megabyte, whatever the database does to make it smaller."""
    session.execute(
        text("INSERT INTO much VALUES (:job, :words)"),
        {"job": str(job.id), "words": os.urandom(500_000).hex()},
    )
    return count(program, session, job)


def count_in_pieces(program: Program, session: Session, job: Claimed) -> Outcome:
    """Do what `count_slowly` does, by a piece after the other."""
    outcome = count(program, session, job)
    folder = program.settings.home / "slow"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{job.id}.{os.getpid()}").touch()
    from labour.waiting import until

    def go() -> bool:
        heed_stop()
        return (folder / "go").exists()

    until(go)
    return outcome


def stumble(_program: Program, session: Session, job: Claimed) -> Outcome:
    count(_program, session, job)
    raise ValueError("東京都豊島区の山田さん")  # a message such as must never be kept


def refuse(_program: Program, _session: Session, _job: Claimed) -> Outcome:
    raise Refused("no_such_file", final=True)


def kill_the_worker(_program: Program, session: Session, job: Claimed) -> Outcome:
    count(_program, session, job)
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


TEST_TASKS = {
    "count": Task(count),
    "count_slowly": Task(count_slowly),
    "wait_then_count": Task(count, before=wait_first),
    "wait_then_write_much": Task(write_much, before=wait_first),
    "count_in_pieces": Task(count_in_pieces),
    "stumble": Task(stumble),
    "refuse": Task(refuse),
    "kill_the_worker": Task(kill_the_worker),
}
