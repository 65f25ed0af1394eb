"""Tables of what was seen of an offering: whether a session took place, whether its host answered.

Nothing of a person stands in them. A row is somebody's word: who said so, and when.
"""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from resources.models import Base, Logged


class SessionSeen(Logged, Base):
    """Whether an offering took place on a day, by one kind of witness; the newest word counts.

    said_by : host / staff / field (staff who stood there) / booking (somebody came)
    """

    __tablename__ = "session_seen"

    offering_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True
    )
    on: Mapped[date] = mapped_column(primary_key=True)
    said_by: Mapped[str] = mapped_column(String(10), primary_key=True)
    held: Mapped[bool]
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]


class HostAsked(Logged, Base):
    """A question to a host, and whether it was answered in time.

    way : room (a question without a name) / call (of the list of places to call)
    silent_from : the day from which no answer counts as silence
    answered_on : None = not answered
    """

    __tablename__ = "host_asked"

    offering_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("offering.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    way: Mapped[str] = mapped_column(String(10))
    asked_on: Mapped[date]
    silent_from: Mapped[date]
    answered_on: Mapped[date | None]
    by: Mapped[str] = mapped_column(String(100))
