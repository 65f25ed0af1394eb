"""Invented words on the invented places: which latest sessions took place, and who answered."""

import random
import uuid
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from resources.clock import JAPAN
from resources.models import Offering
from resources.witnessed import HostAsked, SessionSeen
from resources.witnessing import days_to_ask

KNOWN, HELD, ASKED, ANSWERED = 0.5, 0.85, 0.3, 0.8
"""Shares: of the places of which somebody said anything, and of what was said."""


def load_words(session: Session, *, seed: int, today: date) -> None:
    """Store what was said of some of the invented places; of most nobody said anything."""
    r = random.Random(seed)
    evening = datetime.combine(today, time(0), JAPAN)
    offerings = session.scalars(select(Offering).where(Offering.invented).order_by(Offering.id))
    for offering in offerings:
        days = days_to_ask(offering, evening) if offering.schedule is not None else []
        if r.random() < KNOWN:
            for on in days:
                session.add(_seen(offering.id, on, r))
        if r.random() < ASKED:
            session.add(_asked(offering.id, today - timedelta(days=r.randint(3, 60)), r))
    session.flush()


def _seen(offering: uuid.UUID, on: date, r: random.Random) -> SessionSeen:
    at = datetime.combine(on, time(18), JAPAN)
    return SessionSeen(
        offering_id=offering, on=on, said_by=r.choice(["host", "staff"]), held=r.random() < HELD,
        by="demo", at=at,
    )  # fmt: skip


def _asked(offering: uuid.UUID, on: date, r: random.Random) -> HostAsked:
    return HostAsked(
        offering_id=offering, id=uuid.UUID(int=r.getrandbits(128), version=4), way="call",
        asked_on=on, silent_from=on, answered_on=on if r.random() < ANSWERED else None, by="demo",
    )  # fmt: skip
