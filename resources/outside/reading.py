"""What one reading of a source brought, before anything of it is stored; and what to read next."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from resources.models import Resource
from resources.outside.commands import allowed_origins
from resources.outside.models import OutsideItem, OutsideSession, OutsideSource
from resources.outside.rpde import Item
from resources.outside.said import DatedSession, Doubt, Word

FORGETS_AFTER = timedelta(days=6)
"""A feed keeps what it deleted for a week at least; one not read for so long is read anew."""


@dataclass(frozen=True)
class Asked:
    """What is asked of a source, as it stood before the reading.

    items : the id in the source by offering
    origin : of the source, which its pages don't leave
    url : where to begin; anew : from the beginning of a feed
    known_keys : the items of a feed that sessions are kept of
    """

    source_id: uuid.UUID
    kind: str
    origin: str
    url: str
    items: dict[uuid.UUID, str]
    etag: str | None
    last_modified: str | None
    known_keys: frozenset[str]
    anew: bool
    tried_at: datetime | None
    origins: frozenset[str]


@dataclass(frozen=True)
class Reading:
    """What it said.

    words, sessions : by the id in the source; empty where nothing changed since the last reading
    feed : what changed in a feed, in order; complete : its end was reached
    cursor : where the feed goes on
    problem : why the reading failed, a code; what was read before that still counts
    """

    words: dict[str, Word | Doubt] = field(default_factory=dict)
    sessions: dict[str, list[DatedSession] | Doubt] = field(default_factory=dict)
    feed: list[Item] = field(default_factory=list)
    complete: bool = True
    cursor: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    problem: str | None = None
    retry_after_s: float | None = None


def to_ask(session: Session, source_id: uuid.UUID, *, now: datetime) -> Asked | None:
    """Return what to ask of a source; None for one that isn't allowed (any more)."""
    source = session.get(OutsideSource, source_id)
    if source is None or source.state != "allowed":
        return None
    items = session.execute(
        select(OutsideItem.offering_id, OutsideItem.item_id).where(
            OutsideItem.source_id == source_id
        )
    )
    read_at = source.succeeded_at
    anew = source.cursor is None or read_at is None or now - read_at > FORGETS_AFTER
    return Asked(
        source_id=source.id,
        kind=source.kind,
        origin=source.origin,
        url=source.url if anew else source.cursor or source.url,
        items={row.offering_id: row.item_id for row in items},
        etag=source.etag,
        last_modified=source.last_modified,
        known_keys=frozenset(
            session.scalars(
                select(OutsideSession.item_key).where(OutsideSession.source_id == source_id)
            )
        ),
        anew=anew,
        tried_at=source.tried_at,
        origins=allowed_origins(session),
    )


def due_sources(session: Session, *, now: datetime, limit: int = 500) -> list[uuid.UUID]:
    """Return the allowed sources whose time has come, the longest overdue first."""
    statement = (
        select(OutsideSource.id)
        .join(Resource, OutsideSource.resource_id == Resource.id)
        .where(OutsideSource.state == "allowed", OutsideSource.due_at <= now)
        .where(Resource.status.in_(("draft", "review", "published", "paused")))
        .order_by(OutsideSource.due_at, OutsideSource.id)
        .limit(limit)
    )
    return list(session.scalars(statement))
