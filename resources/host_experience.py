"""What is known of a host from the casework: how many it received, and how soon it answers.

Bands stand here and nothing finer, so that no number tells of one person. All of it is worked out
from placements and questions; it is in the change log, so that the index follows it.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from statistics import median_high
from typing import NamedTuple

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from resources import changes
from resources.models import Base, Logged, Offering, Resource
from resources.witnessed import HostAsked

PEOPLE = (5, 10, 20, 50)
"""Lower ends of the bands of people; fewer than the first aren't told."""

ANSWER_DAYS = (1, 3, 7, 14, 30, 90)
"""Upper ends of the bands of days to an answer; the last holds what took longer, or never came."""

NEVER_ANSWERED = ANSWER_DAYS[-1]

FEWEST_ANSWERS = 3
LATEST_ANSWERS = 9
"""The typical time to an answer is that of the latest ones, and of so many at least."""


class HostExperience(Logged, Base):
    """A host in bands (see `PEOPLE` and `ANSWER_DAYS`); None = too few to be told.

    accompanied : people who came on trial or joined
    stayed : those of them who stayed for three months
    answer_days : within how many days it usually answers
    """

    __tablename__ = "host_experience"

    organization_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), primary_key=True
    )
    accompanied: Mapped[int | None]
    stayed: Mapped[int | None]
    answer_days: Mapped[int | None]


class Experience(NamedTuple):
    """A host's bands; None = too few to be told."""

    accompanied: int | None = None
    stayed: int | None = None
    answer_days: int | None = None


class Answer(NamedTuple):
    """How a host answered once.

    asked_on : orders the answers; days : until the answer, `NEVER_ANSWERED` where none came
    """

    asked_on: date
    days: int


def band_of_people(people: int | None) -> int | None:
    """Return the lower end of the band that so many people lie in; None for fewer than five."""
    return max((low for low in PEOPLE if people is not None and low <= people), default=None)


def band_of_days(days: int | None) -> int | None:
    """Return the upper end of the band that so many days lie in."""
    if days is None:
        return None
    return next((high for high in ANSWER_DAYS if days <= high), NEVER_ANSWERED)


def usual_days(answers: Sequence[Answer]) -> int | None:
    """Return the median of the latest answers, of two in the middle the later; None for too few."""
    latest = sorted(answers)[-LATEST_ANSWERS:]
    return median_high(a.days for a in latest) if len(latest) >= FEWEST_ANSWERS else None


def answers_about_room(session: Session, *, today: date) -> dict[uuid.UUID, list[Answer]]:
    """Return how each host answered what it was asked about room; what is still open is left out.

    Calls aren't among them: who is reached answers at once.
    """
    asked = session.execute(
        select(
            Resource.organization_id, HostAsked.asked_on, HostAsked.silent_from,
            HostAsked.answered_on,
        )
        .join(Offering, HostAsked.offering_id == Offering.id)
        .join(Resource, Offering.resource_id == Resource.id)
        .where(HostAsked.way == "room")
    )  # fmt: skip
    found: dict[uuid.UUID, list[Answer]] = {}
    for host, asked_on, silent_from, answered_on in asked:
        if answered_on is not None:
            days = max((answered_on - asked_on).days, 0)
        elif silent_from <= today:
            days = NEVER_ANSWERED
        else:
            continue
        if host is not None:
            found.setdefault(host, []).append(Answer(asked_on, days))
    return found


def keep_experience(session: Session, *, found: Mapping[uuid.UUID, Experience], by: str) -> int:
    """Store what is known of all hosts; return of how many something else is known than before.

    A host that isn't among them, or of which nothing may be told, has no row.
    """
    changes.acting(session, by=by)
    known = {row.organization_id: row for row in session.scalars(select(HostExperience))}
    told = {host: own for host, own in found.items() if own != Experience()}
    changed = 0
    for host in known.keys() - told.keys():
        session.delete(known[host])
        changed += 1
    for host, own in told.items():
        row = known.get(host)
        if row is None:
            session.add(HostExperience(organization_id=host, **own._asdict()))
        elif (row.accompanied, row.stayed, row.answer_days) != own:
            row.accompanied, row.stayed, row.answer_days = own
        else:
            continue
        changed += 1
    session.flush()
    return changed
