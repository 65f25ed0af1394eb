"""Processes that take places at once, each a program of its own: the kernel's way and a naive one."""

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from resources import booking, clock
from resources.booked import Hold
from resources.database import Database

CAPACITY = 5
GIVE_BACK = 10
"""Every so manieth place that was taken is cancelled, so that places come free meanwhile."""


def _take(session, allotment: uuid.UUID) -> uuid.UUID | None:
    try:
        return booking.hold_place(
            session, allotment_id=allotment, keep=timedelta(days=1), by="test"
        ).id
    except booking.NoPlaceLeft:
        return None


def _count_then_insert(session, allotment: uuid.UUID) -> uuid.UUID | None:
    taken = session.scalar(
        select(func.count()).where(Hold.allotment_id == allotment, Hold.state == "held")
    )
    if taken >= CAPACITY:
        return None
    now = clock.now()
    hold = Hold(
        id=uuid.uuid4(), allotment_id=allotment, state="held", made_by="test", changed_by="test",
        expires_at=now, made_at=now, changed_at=now,
    )  # fmt: skip
    session.add(hold)
    session.flush()
    return hold.id


def rush(url: str, allotments: list[uuid.UUID], attempts: int, naive: bool, start, out) -> None:
    """Take places, the processes together through one allotment after the other."""
    database = Database(url)
    if naive and database.is_sqlite:
        database.close()
        # As SQLAlchemy opens SQLite by itself: what reads takes no part in the transaction.
        database = _Plain(create_engine(url))
    found: Counter[str] = Counter()
    start.wait()
    for n in range(attempts):
        allotment = allotments[n * len(allotments) // attempts]
        try:
            with database.writing(by="test") as session:
                hold = (_count_then_insert if naive else _take)(session, allotment)
        except Exception as error:
            found[type(error).__name__] += 1
            continue
        if hold is None:
            found["full"] += 1
            continue
        found["held"] += 1
        if not naive and found["held"] % GIVE_BACK == 0:
            with database.writing(by="test") as session:
                booking.cancel(session, hold_id=hold, by="test")
            found["given back"] += 1
    out.put(found)


class _Plain:
    """What a program does that has not thought about transactions."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def writing(self, *, by: str) -> Iterator[Session]:
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield session
