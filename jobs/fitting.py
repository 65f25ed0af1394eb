"""Puts places that are new, or free again, to those who wait: whom they suit, their owners hear."""

import re
import uuid
from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.models import Account
from casework.waiting import Waiting, people_waiting, tell_of_place
from jobs.ledger import Claimed, Outcome, Refused, enqueue
from jobs.models import LogReader
from jobs.program import Program
from matching.lists import lists_for
from matching.need import BadNeed, Need, parse_need
from resources.changes import latest_revision
from resources.models import Change
from resources.queries import offering_ids_touched
from resources.upsert import insert_into

READER = "fits_waiting"
OWNERS = 50
"""Staff whose people are done in one piece: a second or two of work."""

NIGHT = 5
"""Priority of the pieces: what a person's change asks for goes first."""

SUBJECT = re.compile(r"(\d+)\.\.(\d+):([0-9a-f]{32})\.\.([0-9a-f]{32})")
TELLING = {
    "offering": ("availability", "places", "schedule", "location_id"),
    "resource": ("status", "accepted_audience", "needs", "activities", "steps"),
}
"""Edits after which a place may suit somebody whom it didn't suit before."""


def fit_waiting(program: Program, session: Session, job: Claimed) -> Outcome:
    """Suggest anew for everybody who waits, where a place has come or changed since the last time.

    What was there before the first time is no news. Where there are many staff the people whose
    cases are theirs are done in pieces, which any worker takes.
    """
    newest = latest_revision(session)
    since = _move_reader(session, newest)
    fresh = set() if since is None else _came_or_changed(session, since, newest)
    if not fresh:
        return Outcome("nothing_to_do")
    owners = list(session.scalars(select(Account.id).where(Account.active).order_by(Account.id)))
    if len(owners) <= OWNERS:
        return _tell(program, session, job, fresh, None)
    pieces = [owners[start : start + OWNERS] for start in range(0, len(owners), OWNERS)]
    for piece in pieces:
        subject = f"{since}..{newest}:{piece[0].hex}..{piece[-1].hex}"
        enqueue(session, "fit_some", subject=subject, priority=NIGHT)
    return Outcome("split", {"pieces": len(pieces)})


def fit_some(program: Program, session: Session, job: Claimed) -> Outcome:
    """Suggest anew for those who wait with some of the staff, as `fit_waiting` asked."""
    said = SUBJECT.fullmatch(job.subject or "")
    if said is None:
        raise Refused("bad_subject", final=True)
    fresh = _came_or_changed(session, int(said[1]), int(said[2]))
    return _tell(program, session, job, fresh, (uuid.UUID(said[3]), uuid.UUID(said[4])))


def _tell(
    program: Program,
    session: Session,
    job: Claimed,
    fresh: set[uuid.UUID],
    owners: tuple[uuid.UUID, uuid.UUID] | None,
) -> Outcome:
    waiting = list(people_waiting(session, by=f"job:{job.kind}", owners=owners))
    asked: list[tuple[Waiting, Need]] = []
    for one in waiting:
        # An address without a point, or a code that was retired: staff see it there.
        with suppress(BadNeed):
            asked.append((one, parse_need(one.need, program.vocabulary)))
    told = 0
    lists = lists_for(session, program.store, (need for _, need in asked))
    for (one, _), listed in zip(asked, lists, strict=True):
        for place in listed:
            if place.offering in fresh:
                told += tell_of_place(session, one, place.offering)
    return Outcome("fitted", {"places": len(fresh), "waiting": len(waiting), "told": told})


def _move_reader(session: Session, newest: int) -> int | None:
    """Return up to where the log was looked at before; None the first time."""
    reader = session.get(LogReader, READER)
    if reader is None:
        session.execute(
            insert_into(session, LogReader)
            .values(name=READER, revision=newest)
            .on_conflict_do_nothing(index_elements=[LogReader.name])
        )
        return None
    since, reader.revision = reader.revision, newest
    return since


def _came_or_changed(session: Session, since: int, upto: int) -> set[uuid.UUID]:
    rows = session.scalars(
        select(Change).where(
            Change.revision > since, Change.revision <= upto, Change.entity.in_(tuple(TELLING))
        )
    )
    found: dict[str, set[uuid.UUID]] = {name: set() for name in TELLING}
    for row in rows:
        edited = row.action == "edit" and not set(row.after or ()) & set(TELLING[row.entity])
        if row.action in ("add", "edit") and not edited:
            found[row.entity].add(uuid.UUID(row.entity_id))
    return found["offering"] | offering_ids_touched(session, resources=found["resource"])
