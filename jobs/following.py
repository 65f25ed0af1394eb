"""Follows the change log: what a change to the catalogue asks for becomes jobs."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.dialects import passing_over_taken
from jobs.ledger import enqueue
from jobs.models import LogReader
from resources.changes import latest_revision
from resources.likely import touched_between
from resources.models import Change
from resources.upsert import insert_into

READER = "jobs"
REVISIONS_PER_JOB = 2_000
FOLLOWED = ("offering", "resource", "location")


def is_behind(session: Session) -> bool:
    """Tell whether the log has rows that were not looked at; a read only."""
    seen = session.scalar(select(LogReader.revision).where(LogReader.name == READER))
    return latest_revision(session) > (seen or 0)


def follow_changes(session: Session) -> int:
    """Ask for the work that the newest changes make necessary; return how many jobs.

    The position moves in the same transaction, so no change is passed over and none is followed
    twice. Where somebody else is just following there is nothing to do.
    """
    session.execute(
        insert_into(session, LogReader)
        .values(name=READER, revision=0)
        .on_conflict_do_nothing(index_elements=[LogReader.name])
    )
    reader = session.scalars(
        passing_over_taken(select(LogReader).where(LogReader.name == READER))
    ).one_or_none()
    if reader is None:
        return 0
    newest = latest_revision(session)
    asked = 0
    while reader.revision < newest:
        upto = min(reader.revision + REVISIONS_PER_JOB, newest)
        asked += _ask(session, reader.revision + 1, upto)
        reader.revision = upto
    session.flush()
    return asked


def _ask(session: Session, first: int, last: int) -> int:
    """Enqueue what the changes of some revisions ask for."""
    changed = session.execute(
        select(Change.entity, Change.action).where(Change.revision.between(first, last)).distinct()
    ).all()
    asked = 0
    if any(action == "load" for _, action in changed):
        enqueue(session, "refresh_all", dedupe_key="refresh_all")
        asked += 1
    elif any(entity in FOLLOWED for entity, _ in changed):
        enqueue(session, "refresh_changed", subject=f"{first}..{last}")
        asked += 1
    if touched_between(session, first, last) != set():
        enqueue(session, "compare_entries", dedupe_key="compare_entries")
        asked += 1
    if any(entity == "location" or action == "load" for entity, action in changed):
        enqueue(session, "place_locations", dedupe_key="place_locations")
        asked += 1
    return asked
