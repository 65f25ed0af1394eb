"""That nothing was found for a person counts once a month, however often somebody says so.

Small counts aren't told because they may be one person's; so no person may count as many. Who was
counted stands in the audit alone.
"""

import uuid
from datetime import datetime, time

from sqlalchemy.orm import Session

from casework.access import Actor
from casework.audit import Attempt, record, was_recorded
from resources import clock
from resources.clock import JAPAN

PURPOSE = "unmet_need"


def was_counted(session: Session, person_id: uuid.UUID) -> bool:
    """Tell whether it was counted for a person this month already."""
    month = datetime.combine(clock.today().replace(day=1), time(0), JAPAN)
    return was_recorded(
        session, entity="person", entity_id=str(person_id), purpose=PURPOSE, since=month
    )


def keep_counted(session: Session, *, actor: Actor, person_id: uuid.UUID) -> None:
    """Record that it was counted for a person."""
    record(session, Attempt(actor.by, actor, "add", "person", str(person_id), ("unmet",), PURPOSE))
