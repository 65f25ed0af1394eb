"""Stores what a reading of a source brought, and lets what is believed of it speak.

The source's word becomes the offering's availability, as said by "source" on the source's own day.
It never replaces a word of the host or of staff that is as new or newer, never a count that is kept
here session by session, and never touches the day on which an entry was verified. A reading that
learned nothing changes nothing but the note of when it was made.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from resources import changes
from resources.models import Offering
from resources.outside.believing import believe, withdraw
from resources.outside.models import OutsideItem, OutsideSession, OutsideSource
from resources.outside.problems import HARMLESS
from resources.outside.reading import Asked, Reading
from resources.outside.rpde import Item, sessions_of
from resources.outside.said import DatedSession, Doubt, Word

FIRST_PAUSE = timedelta(minutes=15)
LONGEST_PAUSE = timedelta(days=7)
GOES_ON_AFTER = timedelta(minutes=2)
"""A feed that was not read to its end goes on soon."""


@dataclass(frozen=True)
class Heard:
    """What came of a reading.

    stored : False where the source was changed or read by somebody else meanwhile
    changed : offerings whose availability changed; doubts : of whose word nothing is believed
    """

    stored: bool
    changed: int = 0
    doubts: int = 0


def hear(
    session: Session, *, asked: Asked, reading: Reading, every: timedelta, now: datetime, by: str
) -> Heard:
    """Store a reading. every : when the source is read again, where all is well."""
    changes.acting(session, by=by)
    source = session.get(
        OutsideSource, asked.source_id, with_for_update=True, populate_existing=True
    )
    if source is None or source.state != "allowed" or source.tried_at != asked.tried_at:
        return Heard(False)
    items = list(
        session.scalars(
            select(OutsideItem)
            .where(OutsideItem.source_id == source.id)
            .order_by(OutsideItem.offering_id)
        )
    )
    # All rows are locked before the first is recorded, and always in one order: on PostgreSQL the
    # change log is a lock too, and two writers must not wait for each other.
    session.execute(
        select(Offering.id)
        .where(Offering.id.in_([i.offering_id for i in items]))
        .order_by(Offering.id)
        .with_for_update()
    )
    if asked.kind == "rpde":
        _keep_feed(session, source, items, asked, reading, now)
    elif asked.kind == "ical":
        _keep_calendar(session, items, reading)
    changed = sum(_speak(session, source, item, reading, now, by) for item in items)
    _note(source, reading, every, now)
    if any(i.problem is not None for i in items):
        # What wasn't believed may be at the next look (staff's word grew old, say), so the host is
        # to send it again though it hasn't changed.
        source.etag = source.last_modified = None
    session.flush()
    doubts = sum(i.problem is not None and i.problem not in HARMLESS for i in items)
    return Heard(True, changed, doubts)


def _speak(
    session: Session,
    source: OutsideSource,
    item: OutsideItem,
    reading: Reading,
    now: datetime,
    by: str,
) -> bool:
    """Let what is known of one offering speak; tell whether its availability changed."""
    if source.kind == "ical":
        return False  # a calendar says nothing of free places
    if item.problem == "removed":
        return withdraw(session, item=item, by=by)
    if source.kind == "rpde":
        if not (reading.complete and reading.problem is None):
            return False  # the rest of the feed may say otherwise
        said = _next_session(_kept(session, item), now)
    elif item.item_id in reading.words:
        said = reading.words[item.item_id]
    else:
        return False
    if isinstance(said, Doubt):
        item.problem = said.problem
        return False
    return believe(session, item=item, word=said, by=by)


def _next_session(kept: list[OutsideSession], now: datetime) -> Word | Doubt:
    """Return the word of the next session that has places; none has any where all say so."""
    ahead = [s for s in kept if not s.cancelled and (s.starts_at is None or s.starts_at >= now)]
    ahead.sort(key=lambda s: (s.starts_at or now, s.key))
    for one in ahead:
        if one.left:
            return Word("capacity", one.left, one.said_on)
    unsure = [s for s in ahead if s.left is None]
    if unsure or not ahead:
        return Doubt(next((s.problem for s in unsure if s.problem), "no_session_places"))
    return Word("none", 0, ahead[0].said_on)


def _kept(session: Session, item: OutsideItem) -> list[OutsideSession]:
    statement = select(OutsideSession).where(
        OutsideSession.source_id == item.source_id, OutsideSession.offering_id == item.offering_id
    )
    return list(session.scalars(statement))


def _keep_feed(
    session: Session,
    source: OutsideSource,
    items: list[OutsideItem],
    asked: Asked,
    reading: Reading,
    now: datetime,
) -> None:
    if asked.anew and (reading.feed or reading.complete):
        session.execute(delete(OutsideSession).where(OutsideSession.source_id == source.id))
    for change in reading.feed:
        for item in items:
            _keep_change(session, item, change, now)
    session.flush()


def _keep_change(session: Session, item: OutsideItem, change: Item, now: datetime) -> None:
    named = change.is_called(item.item_id)
    if named and change.data is not None:
        item.item_key = change.key
        if item.problem == "removed":
            item.problem = None  # it is back
    elif change.data is None and (named or change.key == item.item_key):
        item.problem = "removed"
    _replace(
        session,
        item,
        change.key,
        sessions_of(change, item.item_id, now=now),
    )


def _keep_calendar(session: Session, items: list[OutsideItem], reading: Reading) -> None:
    for item in items:
        said = reading.sessions.get(item.item_id)
        if isinstance(said, Doubt):
            item.problem = said.problem
        elif said is not None:
            item.problem = None
            _replace(session, item, None, said)
    session.flush()


def _replace(
    session: Session, item: OutsideItem, item_key: str | None, said: list[DatedSession]
) -> None:
    """Put sessions in the place of those that came with the same item, or of all (None)."""
    old = delete(OutsideSession).where(
        OutsideSession.source_id == item.source_id, OutsideSession.offering_id == item.offering_id
    )
    session.execute(old if item_key is None else old.where(OutsideSession.item_key == item_key))
    unique = {s.key: s for s in said}
    session.add_all(
        OutsideSession(source_id=item.source_id, offering_id=item.offering_id, **vars(s))
        for s in unique.values()
    )
    session.flush()


def _note(source: OutsideSource, reading: Reading, every: timedelta, now: datetime) -> None:
    source.tried_at = now
    if reading.cursor is not None:
        source.cursor = reading.cursor
    if reading.problem is None:
        source.succeeded_at, source.failures, source.problem = now, 0, None
        source.etag, source.last_modified = reading.etag, reading.last_modified
        source.due_at = now + (every if reading.complete else GOES_ON_AFTER)
        return
    source.problem = reading.problem
    source.failures += 1
    pause = min(FIRST_PAUSE * 4 ** min(source.failures - 1, 6), LONGEST_PAUSE)
    asked_for = timedelta(seconds=reading.retry_after_s or 0)
    source.due_at = now + min(max(pause, asked_for), LONGEST_PAUSE)
