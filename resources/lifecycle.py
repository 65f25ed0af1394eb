"""Where an entry stands, from draft to closed: which steps there are, and who took them when.

One table and one function decide; pages, JSON API and jobs ask them.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from resources.models import Change

STATUSES = ("draft", "review", "published", "paused", "closed")

NEW = "new"
"""Where an entry stands that isn't stored yet."""

MOVES: dict[str, tuple[str, ...]] = {
    NEW: ("draft", "review", "published"),
    "draft": ("review", "published", "closed"),
    "review": ("published", "draft", "closed"),
    "published": ("paused", "closed"),
    "paused": ("published", "closed"),
    # Reopened: at once by who may publish, else by way of a look at it.
    "closed": ("review", "published"),
}
"""What was public is paused or closed, never a draft again: people may have been sent there."""

NEEDS_REASON = ("closed",)

LAST_DAY_OVER = "last_day_over"
"""The reason that the program itself gives, when every offering has had its last day."""


class MoveRefused(ValueError):
    """A step that an entry can't take from where it stands, or not by this person."""

    def __init__(self, before: str, after: str, may_publish: bool = True) -> None:
        self.before = before
        self.after = after
        self.may_publish = may_publish
        super().__init__(f"an entry can't go from {before} to {after}")


class ReasonMissing(ValueError):
    """Closing without a reason: those who ask later must be told why."""

    def __init__(self) -> None:
        super().__init__("closing needs a reason")


@dataclass(frozen=True)
class Step:
    """A step that an entry took; `reason` is None where none was given."""

    status: str
    reason: str | None
    at: datetime
    by: str


def moves_from(status: str, *, may_publish: bool = True) -> tuple[str, ...]:
    """Return where an entry may go from where it stands."""
    return tuple(s for s in MOVES.get(status, ()) if may_publish or s != "published")


def check_move(
    before: str, after: str, *, reason: str | None = None, may_publish: bool = True
) -> None:
    """Raise `MoveRefused` for a step that isn't in the table, `ReasonMissing` for one in silence.

    before : where it stands; `NEW` before it is stored
    may_publish : whether who asks may publish
    """
    if after not in moves_from(before, may_publish=may_publish):
        raise MoveRefused(before, after, may_publish)
    if after in NEEDS_REASON and not reason:
        raise ReasonMissing


def steps_of(session: Session, resource_id: uuid.UUID) -> list[Step]:
    """Return the steps an entry took, the first first; what a bulk load brought has none."""
    rows = session.execute(
        select(Change.after, Change.at, Change.by)
        .where(Change.entity == "resource", Change.entity_id == str(resource_id))
        .order_by(Change.revision)
    )
    return [
        Step(after["status"], after.get("status_reason"), at, by)
        for after, at, by in rows
        if after and "status" in after
    ]
