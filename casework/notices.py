"""What somebody must know, told on their first page until they have seen it."""

import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.access import Actor
from casework.case_models import Notice
from casework.cases import sees
from casework.models import Account
from resources import clock

KINDS = (
    "break_glass",
    "break_glass_used",
    "placement_stalled",
    "placement_stalled_manager",
    "follow_up_due",
    "follow_up_due_manager",
    "ask_again",
    "verifications_due",
    "towns_without",
    "account_invited",
    "room_answered",
    "hand_off_asked",
    "hand_off_ended",
    "place_fits",
    "given_to_you",
    "hand_off_stalled",
    "hand_off_stalled_manager",
)


def tell(
    session: Session,
    account_ids: Iterable[uuid.UUID],
    kind: str,
    *,
    about: str,
    case_id: uuid.UUID | None = None,
) -> None:
    """Tell some accounts of something, in the transaction in which it happens."""
    assert kind in KINDS
    now = clock.now()
    for account_id in dict.fromkeys(account_ids):
        session.add(
            Notice(account_id=account_id, kind=kind, about=about[:100], case_id=case_id, at=now)
        )
    session.flush()


def was_told(session: Session, account_id: uuid.UUID, kind: str, *, about: str) -> bool:
    """Tell whether somebody was told of something already, seen or not."""
    before = select(Notice.id).where(
        Notice.account_id == account_id, Notice.kind == kind, Notice.about == about
    )
    return session.scalar(before.limit(1)) is not None


def tell_role(session: Session, role: str, kind: str, *, about: str) -> None:
    """Tell everybody of a role, without naming a case."""
    ids = session.scalars(select(Account.id).where(Account.role == role, Account.active))
    tell(session, ids.all(), kind, about=about)


def notices_of(session: Session, *, actor: Actor) -> list[Notice]:
    """Return what an actor has not seen yet, newest first.

    A notice of a case that the actor may no longer see is not shown.
    """
    rows = session.scalars(
        select(Notice)
        .where(Notice.account_id == actor.account_id, Notice.seen_at.is_(None))
        .order_by(Notice.at.desc())
        .limit(50)
    )
    return [n for n in rows if n.case_id is None or sees(session, actor, n.case_id)]


def mark_seen(session: Session, *, actor: Actor, notice_id: uuid.UUID) -> None:
    """Take one of the actor's own notices off their first page; any other stays as it is."""
    row = session.scalar(
        select(Notice).where(Notice.id == notice_id, Notice.account_id == actor.account_id)
    )
    if row is not None:
        row.seen_at = clock.now()
        session.flush()
