"""Takes places and gives them back: hold → confirm → attend, or cancel, or expire.

Each step is one conditional UPDATE, so that it doesn't matter how many ask at once: who comes too
late changes no row. Counting first and inserting then gives more places than there are.
"""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Update, select, update
from sqlalchemy.orm import Session

from resources import changes, clock
from resources.booked import Allotment, Hold
from resources.booking_told import tell_offerings
from resources.commands import NotFound
from resources.models import Offering
from resources.witnessing import say_session

LONGEST_HOLD = timedelta(days=14)
TAKEN = ("held", "confirmed", "attended")
"""States in which a place is taken."""


class NoPlaceLeft(RuntimeError):
    """All places are taken."""

    def __init__(self) -> None:
        super().__init__("no place is left")


class Over(RuntimeError):
    """The session or the period lies in the past."""

    def __init__(self) -> None:
        super().__init__("it is over")


class NotYet(RuntimeError):
    """Nobody can have attended what has not begun."""

    def __init__(self) -> None:
        super().__init__("it has not begun")


class WrongState(RuntimeError):
    """A hold can't take this step from where it stands."""

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(f"the hold is {state}")


class MoreHeld(RuntimeError):
    """More places are taken than there would be; `holds` are those that take them."""

    def __init__(self, holds: Sequence[uuid.UUID]) -> None:
        self.holds = tuple(holds)
        super().__init__(f"{len(self.holds)} places are taken")


def open_places(
    session: Session,
    *,
    offering_id: uuid.UUID,
    first_on: date,
    last_on: date | None = None,
    starts: str = "",
    capacity: int,
    by: str,
) -> Allotment:
    """Say how many places a session or a period has; the same one again changes its number.

    last_on : None = a session on one day

    Raises
    ------
    NotFound
        No such offering.
    MoreHeld
        The number is less than what is taken already.
    """
    if session.get(Offering, offering_id) is None:
        raise NotFound("offering")
    last = last_on or first_on
    known = session.scalars(
        select(Allotment).where(
            Allotment.offering_id == offering_id,
            Allotment.first_on == first_on,
            Allotment.last_on == last,
            Allotment.starts == starts,
        )
    ).first()
    if known is not None:
        return change_capacity(session, allotment_id=known.id, capacity=capacity, by=by)
    changes.acting(session, by=by)
    made = Allotment(
        id=uuid.uuid4(),
        offering_id=offering_id,
        first_on=first_on,
        last_on=last,
        starts=starts,
        capacity=capacity,
        held=0,
    )
    session.add(made)
    session.flush()
    _record(session, made.id, "add", None, {"capacity": capacity, "first_on": str(first_on)})
    tell_offerings(session, [offering_id])
    return made


def change_capacity(
    session: Session, *, allotment_id: uuid.UUID, capacity: int, by: str
) -> Allotment:
    """Change how many places there are. Raises `NotFound`, `MoreHeld`."""
    changes.acting(session, by=by)
    before = session.scalar(select(Allotment.capacity).where(Allotment.id == allotment_id))
    if before is None:
        raise NotFound("allotment")
    statement = (
        update(Allotment)
        .where(Allotment.id == allotment_id, Allotment.held <= capacity)
        .values(capacity=capacity)
    )
    if not _changed(session, statement):
        taken = select(Hold.id).where(Hold.allotment_id == allotment_id, Hold.state.in_(TAKEN))
        raise MoreHeld(session.scalars(taken.order_by(Hold.made_at)).all())
    _record(session, allotment_id, "edit", {"capacity": before}, {"capacity": capacity})
    allotment = session.get(Allotment, allotment_id, populate_existing=True)
    assert allotment is not None
    tell_offerings(session, [allotment.offering_id])
    return allotment


def hold_place(
    session: Session,
    *,
    allotment_id: uuid.UUID,
    keep: timedelta,
    party: uuid.UUID | None = None,
    by: str,
    now: datetime | None = None,
) -> Hold:
    """Take a place, to be confirmed within a time (`LONGEST_HOLD` at most).

    Raises
    ------
    NotFound, Over, NoPlaceLeft
    """
    moment = now or clock.now()
    today = moment.astimezone(clock.JAPAN).date()
    statement = (
        update(Allotment)
        .where(
            Allotment.id == allotment_id,
            Allotment.held < Allotment.capacity,
            Allotment.last_on >= today,
        )
        .values(held=Allotment.held + 1)
    )
    if not _changed(session, statement):
        raise _why_not(session, allotment_id, today)
    hold = Hold(
        id=uuid.uuid4(),
        allotment_id=allotment_id,
        state="held",
        party=party,
        expires_at=moment + min(keep, LONGEST_HOLD),
        made_by=by,
        made_at=moment,
        changed_by=by,
        changed_at=moment,
    )
    session.add(hold)
    session.flush()
    _tell(session, [allotment_id], by=by)
    return hold


def confirm(session: Session, *, hold_id: uuid.UUID, by: str, now: datetime | None = None) -> None:
    """Make a hold a firm place. Raises `NotFound`; `WrongState` also when its time is over."""
    moment = now or clock.now()
    _step(
        session,
        update(Hold).where(Hold.id == hold_id, Hold.state == "held", Hold.expires_at > moment),
        hold_id,
        state="confirmed",
        expires_at=None,
        changed_at=moment,
        changed_by=by,
    )


def attend(session: Session, *, hold_id: uuid.UUID, by: str, now: datetime | None = None) -> None:
    """Store that somebody came, so that the session took place.

    Raises `NotFound`, `WrongState`, `NotYet`.
    """
    moment = now or clock.now()
    found = session.execute(
        select(Allotment.offering_id, Allotment.first_on, Allotment.last_on)
        .join(Hold, Hold.allotment_id == Allotment.id)
        .where(Hold.id == hold_id)
    ).first()
    if found is not None and found.first_on > moment.astimezone(clock.JAPAN).date():
        raise NotYet
    _step(
        session,
        update(Hold).where(Hold.id == hold_id, Hold.state == "confirmed"),
        hold_id,
        state="attended",
        changed_at=moment,
        changed_by=by,
    )
    if found is not None and found.first_on == found.last_on:  # not of a period: on which day?
        say_session(
            session, offering_id=found.offering_id, on=found.first_on, held=True,
            said_by="booking", by=by, now=moment,
        )  # fmt: skip


def cancel(session: Session, *, hold_id: uuid.UUID, by: str, now: datetime | None = None) -> None:
    """Give a place back. Raises `NotFound`, `WrongState`."""
    _step(
        session,
        update(Hold).where(Hold.id == hold_id, Hold.state.in_(("held", "confirmed"))),
        hold_id,
        state="cancelled",
        expires_at=None,
        changed_at=now or clock.now(),
        changed_by=by,
    )
    allotment_id = session.scalar(select(Hold.allotment_id).where(Hold.id == hold_id))
    assert allotment_id is not None
    _free(session, allotment_id)
    _tell(session, [allotment_id], by=by)


def expire_holds(session: Session, *, now: datetime, by: str, limit: int = 500) -> int:
    """Give back what wasn't confirmed in time; return how many."""
    due = session.execute(
        select(Hold.id, Hold.allotment_id)
        .where(Hold.state == "held", Hold.expires_at <= now)
        .order_by(Hold.allotment_id, Hold.id)
        .limit(limit)
        .with_for_update(skip_locked=True)  # somebody may be confirming or cancelling it
    ).all()
    expired: list[uuid.UUID] = []
    for hold_id, allotment_id in due:
        statement = (
            update(Hold)
            .where(Hold.id == hold_id, Hold.state == "held", Hold.expires_at <= now)
            .values(state="expired", changed_at=now, changed_by=by)
        )
        if _changed(session, statement):
            _free(session, allotment_id)
            expired.append(allotment_id)
    _tell(session, expired, by=by)
    return len(expired)


def _step(session: Session, statement: Update, hold_id: uuid.UUID, **values: Any) -> None:
    if not _changed(session, statement.values(**values)):
        state = session.scalar(select(Hold.state).where(Hold.id == hold_id))
        raise NotFound("hold") if state is None else WrongState(state)


def _free(session: Session, allotment_id: uuid.UUID) -> None:
    # Without a condition: below 0 would be a fault of ours, which the database refuses.
    statement = update(Allotment).where(Allotment.id == allotment_id)
    _changed(session, statement.values(held=Allotment.held - 1))


def _tell(session: Session, allotments: Sequence[uuid.UUID], *, by: str) -> None:
    changes.acting(session, by=by)
    of = select(Allotment.offering_id).where(Allotment.id.in_(allotments)).distinct()
    tell_offerings(session, session.scalars(of).all())


def _why_not(session: Session, allotment_id: uuid.UUID, today: date) -> Exception:
    allotment = session.get(Allotment, allotment_id, populate_existing=True)
    if allotment is None:
        return NotFound("allotment")
    return Over() if allotment.last_on < today else NoPlaceLeft()


def _changed(session: Session, statement: Update) -> bool:
    result = session.execute(statement, execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def _record(
    session: Session,
    allotment_id: uuid.UUID,
    action: str,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> None:
    changes.record(
        session,
        entity="allotment",
        entity_id=str(allotment_id),
        action=action,
        before=before,
        after=after,
    )
