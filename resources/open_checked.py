"""Looks whether what was given out as open data is told as it stands in the catalogue. Reads only.

What changed since the log was last followed is left out: the next who asks follows it first.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from resources.changes import latest_revision
from resources.open_log import READER, count_told, not_followed_yet
from resources.open_rows import Opened, OpenedUpto
from resources.public_entries import open_ids


@dataclass(frozen=True)
class Mistold:
    """Entries whose place in the log of open data is wrong.

    not_buried : told as open, though they were removed or are open no more
    not_told : open, without a row that says so
    lost : marks that are gone, of all entries that were ever told of; who has a copy of such an
        entry will never learn that it is open no more
    ahead : rows, or the reader itself, at a revision that the log hasn't reached; whoever reads
        along would miss what comes next
    """

    not_buried: int
    not_told: int
    lost: int
    ahead: int


def mistold(session: Session) -> Mistold:
    """Compare the rows of open data with the catalogue and with the change log."""
    reader = session.get(OpenedUpto, READER)
    followed = reader.revision if reader else 0
    newest = latest_revision(session)
    told_open = set(session.scalars(select(Opened.offering_id).where(Opened.is_open)))
    ahead = session.scalar(
        select(func.count())
        .select_from(Opened)
        .where(or_(Opened.modified > followed, Opened.modified < 1))
    )
    # Where nobody ever asked for open data, nothing was given out.
    really_open: set[uuid.UUID] = set(session.scalars(open_ids())) if followed else set()
    coming, loaded = not_followed_yet(session, followed) if followed else (set(), False)
    return Mistold(
        not_buried=len(told_open - really_open - coming),
        not_told=0 if loaded else len(really_open - told_open - coming),
        lost=max(0, ((reader and reader.entries) or 0) - count_told(session)),
        ahead=(ahead or 0) + (followed > newest),
    )
