"""The job that compares entries with each other, so that pages only read which pairs may be one."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.ledger import Claimed, Outcome
from jobs.models import LogReader
from jobs.program import Program
from jobs.stopping import heed_stop
from resources.changes import latest_revision
from resources.database import Database
from resources.likely import LikelyPair, find_pairs, keep_pairs, touched_between
from resources.upsert import insert_into

READER = "duplicates"
BY = "duplicates"

Run = Callable[[Program, Session, Claimed], Outcome]


@dataclass(frozen=True)
class _Compared:
    """What was found at a revision.

    touched : the resources that were compared with all others; None = all
    """

    upto: int
    touched: set[uuid.UUID] | None
    found: list[LikelyPair]


def _touched(session: Session, upto: int) -> set[uuid.UUID] | None:
    seen = session.scalar(select(LogReader.revision).where(LogReader.name == READER))
    return None if seen is None else touched_between(session, seen + 1, upto)


def is_comparing(session: Session) -> bool:
    """Tell whether entries were changed that were not compared since; a read only."""
    touched = _touched(session, latest_revision(session))
    return touched is None or bool(touched)


def _compare(database: Database) -> _Compared:
    with database.reading() as session:
        upto = latest_revision(session)  # before the rows: what is written in between comes again
        touched = _touched(session, upto)
        return _Compared(upto, touched, find_pairs(session, touched=touched, between=heed_stop))


def _keep(session: Session, compared: _Compared) -> bool:
    """Store what was found; False where somebody has stored something newer meanwhile."""
    session.execute(
        insert_into(session, LogReader)
        .values(name=READER, revision=-1)
        .on_conflict_do_nothing(index_elements=[LogReader.name])
    )
    reader = session.scalars(
        select(LogReader).where(LogReader.name == READER).with_for_update()
    ).one()
    if reader.revision >= compared.upto:
        return False
    keep_pairs(session, compared.found, touched=compared.touched)
    reader.revision = compared.upto
    session.flush()
    return True


def compare_entries(_program: Program, _session: Session, _job: Claimed) -> Outcome:
    return Outcome("nothing_to_do")


def compare_outside(program: Program, _job: Claimed) -> Run | None:
    """Compare outside any transaction of the job; return what stores it. It may be done twice."""
    compared = _compare(program.database)

    def store(_program: Program, session: Session, _job: Claimed) -> Outcome:
        kept = _keep(session, compared)
        if not kept or (compared.touched is not None and not compared.touched):
            return Outcome("nothing_to_do")
        return Outcome("compared", {"pairs": len(compared.found)})

    return store


def compare_now(database: Database) -> None:
    """Bring the pairs up to the newest change, here and now."""
    with database.reading() as session:
        if not is_comparing(session):
            return
    compared = _compare(database)
    with database.writing(by=BY) as session:
        _keep(session, compared)
