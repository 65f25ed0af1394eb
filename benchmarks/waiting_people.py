"""New places for many who wait, by 1, 2 and 4 Celery workers, and by workers that are killed.

    python -m benchmarks.waiting_people [--people 100000] [--staff 2000] [--kills 5]

Real PostgreSQL, Redis and `ibasho worker` processes of one process each, on this machine. Places
become free again; the ledger splits the people among pieces that any worker takes, each asks the
engine for its people, and the owners of the cases are told. Who is told of what must be what one
process says of each need. That moves with the hours of the day: it is asked before and after each
run, and a run in which it moved is done again.
"""

import argparse
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, func, select

from benchmarks.installation import end_all, scaled, worker
from casework.accounts import add_account
from casework.case_models import Case, Notice, Person
from casework.consents import FORMS, PURPOSES, Given
from casework.models import Account
from casework.people import add_person
from casework.waiting import FITS
from jobs.demo.accounts import DEMO_PASSWORD
from jobs.fitting import READER
from jobs.ledger import enqueue
from jobs.models import Job, LogReader
from jobs.program import Program, open_program
from jobs.settings import read_settings
from matching.lists import lists_for
from matching.need import parse_need
from resources import clock
from resources.changes import latest_revision
from resources.commands import set_availability
from resources.database import Database
from resources.models import Change, Offering

OUT = Path(__file__).parent / "out"
AGENCY = "kurashi_shigoto"
PATIENCE_S = 3_000.0
FREED = 200
"""Places that are free again between two runs."""

AT_ONCE = 1_000
STAFF = "staff"
Told = set[tuple[str, str]]
KINDS = ("fit_waiting", "fit_some", "expire_holds")
"""The work, and what warms the workers; the clock asks for others beside it."""


@dataclass(frozen=True)
class Run:
    """One night's suggestions."""

    workers: int
    kills: int
    seconds: float
    pieces: int
    told: int

    def line(self, people: int) -> str:
        rate = people / self.seconds
        return (
            f"| {self.workers} | {self.kills} | {self.seconds:.1f} | {rate:.0f} "
            f"| {rate / self.workers:.0f} | {self.pieces} | {self.told} |"
        )


def fill(environment: dict[str, str], people: int, staff: int, offerings: int) -> None:
    """Add accounts, and cases that are theirs, all of them looking for a place."""
    command = [sys.executable, "-m", "api.cli", "demo", "--offerings", str(offerings)]
    subprocess.run(command, env={**os.environ, **environment}, check=True, capture_output=True)
    program = open_program(read_settings(environment))
    with program.database.writing(by="benchmark") as session:
        like = list(session.scalars(select(Person).order_by(Person.id)))
        model = add_account(
            session, name=f"{STAFF}0", password=DEMO_PASSWORD, role="support_worker", agency=AGENCY,
            display_name="staff 0", by="benchmark", demo=True,
        )  # fmt: skip
        # The same digest of the same password: nobody signs in here.
        columns = {c.key: getattr(model, c.key) for c in Account.__table__.columns}
        owners = [model.id]
        for n in range(1, staff):
            one = Account(**{**columns, "id": uuid.uuid4(), "name": f"{STAFF}{n}"})
            session.add(one)
            owners.append(one.id)
    turns = itertools.cycle(owners)
    consent = Given(PURPOSES, [AGENCY], "self", clock.today(), FORMS[0])
    for start in range(0, people, AT_ONCE):
        with program.database.writing(by="benchmark") as session:
            for n in range(start, min(start + AT_ONCE, people)):
                one = like[n % len(like)]
                add_person(
                    session, label=f"見本{n}", summary=one.summary, need=one.need, agency=AGENCY,
                    by="benchmark", consent=consent, invented=True, owner_id=next(turns),
                )  # fmt: skip
    program.close()


def suggest(
    database: Database, environment: dict[str, str], workers: int, kills: int
) -> tuple[Run, Told]:
    """Let so many workers tell all owners of the same freed places; kill them by turns."""
    with database.writing(by="benchmark") as session:
        session.execute(delete(Notice))
        session.execute(delete(Job).where(Job.state.in_(("ready", "running"))))
    running = [worker(environment) for _ in range(workers)]
    try:
        with database.writing(by="benchmark") as session:
            for _ in range(4 * workers):
                enqueue(session, "expire_holds")
        _until(lambda: _open(database, *KINDS) == 0 and _done(database) > 0, "the workers are warm")
        with database.writing(by="benchmark") as session:
            enqueue(session, "fit_waiting")
        began = time.monotonic()
        for n in range(kills):
            _until(lambda n=n: _done(database, "fit_some") > n, "some pieces are done")
            turn = n % workers
            running[turn].kill()
            running[turn] = worker(environment)
        _until(lambda: _open(database, *KINDS) == 0, "all is done")
        seconds, pieces = time.monotonic() - began, _done(database, "fit_some")
    finally:
        end_all(running)
    told = _told(database)
    with database.writing(by="benchmark") as session:
        session.execute(delete(Job))
    return Run(workers, kills, seconds, pieces, len(told)), told


def _until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"never came: {what}")
        time.sleep(0.1)


def _open(database: Database, *kinds: str) -> int:
    with database.reading() as session:
        live = select(func.count()).where(Job.state.in_(("ready", "running")))
        return session.scalar(live.where(Job.kind.in_(kinds)) if kinds else live) or 0


def _done(database: Database, *kinds: str) -> int:
    with database.reading() as session:
        done = select(func.count()).where(Job.state == "done")
        return session.scalar(done.where(Job.kind.in_(kinds)) if kinds else done) or 0


def _told(database: Database) -> Told:
    """Return who was told, as cases with places; each is told once."""
    with database.reading() as session:
        rows = session.execute(
            select(Notice.case_id, Notice.about)
            .join(Case, Case.id == Notice.case_id)
            .join(Account, Account.id == Case.owner_id)
            .where(Account.name.like(STAFF + "%"), Notice.kind == FITS)
        ).all()
    told = {(str(case), about) for case, about in rows}
    assert len(told) == len(rows), "somebody was told twice"
    return told


def _expected(program: Program, since: int) -> Told:
    """Return what one process says, which asks for each need once."""
    with program.database.reading() as session:
        changed = select(Change.entity_id).where(
            Change.revision > since, Change.entity == "offering"
        )
        freed = set(session.scalars(changed))
        cases: dict[str, list[str]] = {}
        rows = session.execute(
            select(Case.id, Person)
            .join(Person, Person.id == Case.person_id)
            .join(Account, Account.id == Case.owner_id)
            .where(Account.name.like(STAFF + "%"))
        )
        for case, person in rows:
            cases.setdefault(json.dumps(person.need, sort_keys=True), []).append(str(case))
        needs = [parse_need(json.loads(need), program.vocabulary) for need in cases]
        expected: Told = set()
        for listed, owned in zip(
            lists_for(session, program.store, needs), cases.values(), strict=True
        ):
            places = [str(p.offering) for p in listed if str(p.offering) in freed]
            expected |= {(case, place) for case in owned for place in places}
    return expected


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--staff", type=int, default=2_000)
    parser.add_argument("--offerings", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=5)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="ibasho-", ignore_cleanup_errors=True) as name,
        scaled(Path(name)) as environment,
    ):
        fill(environment, given.people, given.staff, given.offerings)
        program = open_program(read_settings(environment))
        database = program.database
        try:
            _settle(database, environment)
            since = _free_some(database)
            plan = [(1, 0), (2, 0), (4, 0), (2, given.kills)]
            runs = [_as_expected(program, environment, since, w, k) for w, k in plan]
        finally:
            program.close()
    head = (
        "| workers | killed | seconds | people a second | a worker | pieces | told |\n"
        "|---|---|---|---|---|---|---|"
    )
    table = "\n".join([head, *(run.line(given.people) for run in runs)])
    print(
        f"{given.people:,} people, {given.staff:,} staff, {given.offerings:,} offerings\n\n{table}"
    )
    OUT.mkdir(exist_ok=True)
    (OUT / "waiting_people.md").write_text(table + "\n", encoding="utf-8")
    if len({run.told for run in runs}) != 1:
        print("what is expected moved between the runs, with the hours of the day")


def _as_expected(
    program: Program, environment: dict[str, str], since: int, workers: int, kills: int
) -> Run:
    """Return a run that told what one process says; another answer ends the program."""
    while True:
        before = _expected(program, since)
        with program.database.writing(by="benchmark") as session:
            session.execute(delete(LogReader).where(LogReader.name == READER))
            session.add(LogReader(name=READER, revision=since))
        run, told = suggest(program.database, environment, workers, kills)
        if before == _expected(program, since):
            break
    if told != before:
        more, less = len(told - before), len(before - told)
        raise SystemExit(f"{workers} workers, {kills} killed: {more} too many, {less} too few")
    return run


def _settle(database: Database, environment: dict[str, str]) -> None:
    """Let one worker do what the clock asks for in a new installation: no part of the work."""
    running = worker(environment)
    try:
        _until(lambda: _done(database) > 0 and _open(database) == 0, "what the clock asks for")
    finally:
        end_all([running])


def _free_some(database: Database) -> int:
    """Say that some places are free now; return the revision before."""
    with database.writing(by="benchmark") as session:
        since = latest_revision(session)
        every = list(session.scalars(select(Offering.id).order_by(Offering.id)))
        for offering in random.Random(3).sample(every, min(FREED, len(every))):
            set_availability(
                session, offering_id=offering, status="capacity", places=50, said_by="host",
                said_on=clock.today(), by="benchmark",
            )  # fmt: skip
    return since


if __name__ == "__main__":
    main()
