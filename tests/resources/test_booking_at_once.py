"""Many processes take places at once: none is given twice. The naive way gives some twice.

`make faults` runs it with 100,000 attempts on each database (IBASHO_ATTEMPTS).
"""

import multiprocessing
import os
from collections import Counter
from datetime import timedelta

from labour.booking_rush import CAPACITY, rush
from sqlalchemy import func, select

from resources import booking, clock
from resources.booked import Allotment, Hold
from resources.commands import register_resource
from resources.database import Database
from resources.registration import Registration
from resources.vocabulary import default_vocabulary

ATTEMPTS = int(os.environ.get("IBASHO_ATTEMPTS", "1600"))
PROCESSES = 4
PER_ALLOTMENT = 40
"""Attempts for each session: several times as many as it has places."""


def _at_once(database: Database, *, naive: bool, attempts: int) -> tuple[Counter[str], list[int]]:
    """Let processes take places; return what became of the attempts, and the places taken."""
    registration = Registration.model_validate({"resource": {"name": "架空", "kind": "salon"}})
    with database.writing(by="test") as session:
        allotments = []
        for _ in range(attempts // PER_ALLOTMENT):
            offering = register_resource(
                session, registration=registration, vocabulary=default_vocabulary(), by="test"
            )
            allotments.append(
                booking.open_places(
                    session, offering_id=offering.id, capacity=CAPACITY, by="test",
                    first_on=clock.today() + timedelta(days=1),
                ).id
            )  # fmt: skip
    context = multiprocessing.get_context("spawn")
    start, out = context.Barrier(PROCESSES), context.Queue()
    url = database.engine.url.render_as_string(hide_password=False)
    processes = [
        context.Process(
            target=rush, args=(url, allotments, attempts // PROCESSES, naive, start, out)
        )
        for _ in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    found = sum((out.get(timeout=60 + ATTEMPTS / 50) for _ in processes), Counter())
    for process in processes:
        process.join()
    with database.reading() as session:
        taken = [
            session.scalar(
                select(func.count()).where(
                    Hold.allotment_id == allotment, Hold.state.in_(booking.TAKEN)
                )
            )
            for allotment in allotments
        ]
        counted = session.scalars(select(Allotment.held).where(Allotment.id.in_(allotments))).all()
    if not naive:
        assert sorted(counted) == sorted(taken), "the number that is kept is the number of holds"
    return found, taken


def test_no_place_is_given_twice(database: Database) -> None:
    found, taken = _at_once(database, naive=False, attempts=ATTEMPTS)
    print(
        f"{database.engine.dialect.name}: {ATTEMPTS:,} attempts, {dict(found)}, "
        f"{sum(taken):,} of {len(taken) * CAPACITY:,} places taken, at most {max(taken)} of one"
    )
    assert set(found) <= {"held", "full", "given back"}, found
    assert found["held"] + found["full"] == ATTEMPTS // PROCESSES * PROCESSES
    assert found["held"] - found["given back"] == sum(taken)
    assert max(taken) <= CAPACITY
    # There are several times as many attempts as places; only what came free last may be left.
    assert sum(taken) >= len(taken) * (CAPACITY - 1)


def test_counting_first_gives_places_twice(database: Database) -> None:
    over = 0
    for _ in range(5):
        _, taken = _at_once(database, naive=True, attempts=1600)
        over += sum(max(n - CAPACITY, 0) for n in taken)
        if over:
            break
    print(f"{database.engine.dialect.name}: the naive way gave {over} places too many")
    assert over > 0
