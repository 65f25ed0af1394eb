"""A request that is sent twice is done once: the answer stands beside what it did."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from resources import clock
from resources.booked import AnsweredOnce
from resources.upsert import insert_into

KEPT = timedelta(days=7)
"""How long an answer is kept; a request that is repeated later is a new one."""


class KeyUsedForOther(ValueError):
    """The idempotency key was sent before, with something else."""

    def __init__(self) -> None:
        super().__init__("this idempotency key came before with another request")


def once(
    session: Session, *, by: str, key: str, asked: Any, act: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Do something for a key, or return what doing it the first time returned.

    An error leaves nothing behind: the same key may be sent again.

    by : whose key it is
    asked : all that the request says (JSON); the same key with other words is refused
    act : does it within this session's transaction and returns the answer (JSON)

    Raises
    ------
    KeyUsedForOther
    """
    words = json.dumps(asked, sort_keys=True, ensure_ascii=False, default=str)
    digest = hashlib.sha256(words.encode()).hexdigest()
    # First of all: a second request with this key waits here until the first is done.
    claim = insert_into(session, AnsweredOnce).values(
        by=by, key=key, asked=digest, answer=None, at=clock.now()
    )
    taken = session.execute(claim.on_conflict_do_nothing().returning(AnsweredOnce.key)).first()
    which = (AnsweredOnce.by == by, AnsweredOnce.key == key)
    if taken is None:
        before, answer = session.execute(
            select(AnsweredOnce.asked, AnsweredOnce.answer).where(*which)
        ).one()
        if before != digest:
            raise KeyUsedForOther
        return dict(answer)
    answer = act()
    session.execute(update(AnsweredOnce).where(*which).values(answer=answer))
    return answer


def forget_answers(session: Session, *, now: datetime) -> int:
    """Remove the answers that are older than `KEPT`; return how many."""
    old = AnsweredOnce.at < now - KEPT
    n = session.scalar(select(func.count()).select_from(AnsweredOnce).where(old)) or 0
    session.execute(delete(AnsweredOnce).where(old))
    return n
