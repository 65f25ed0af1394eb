"""Places that staff keep first on a person's list, each with its reason, until one is taken off.

A pin changes no score and no verdict: it is a word of staff beside what the engine says.
"""

import uuid
from collections.abc import Iterable

from sqlalchemy.orm import Session

from casework.cases import Opened, row_of, rows_of
from casework.placement_models import Pin
from casework.placements import wrote
from matching.answers import Verdict
from resources import clock

MOST = 10
"""Of one person: more would be a list of its own, without an order."""


class NoReasonToPin(ValueError):
    """A place was to be pinned, and nobody said why."""

    def __init__(self) -> None:
        super().__init__("say why this place is to be kept first")


class TooManyPins(ValueError):
    """More than `MOST` places pinned for one person."""

    def __init__(self) -> None:
        super().__init__(f"at most {MOST} places are pinned for one person; take one off first")


class NotSafeToPin(ValueError):
    """A place that a rule of safety keeps away from the person."""

    def __init__(self) -> None:
        super().__init__("a rule of safety keeps this place away from the person")


def pin_place(
    session: Session,
    opened: Opened,
    *,
    offering_id: uuid.UUID,
    place: str,
    reason: str,
    verdicts: Iterable[Verdict],
) -> Pin:
    """Keep a place first on the list of a case's person; the same pin where it is pinned already.

    place : the resource's name
    verdicts : what the rules say of it for this person now
    Raises `NoReasonToPin`, `NotSafeToPin`, `TooManyPins`.
    """
    if not reason.strip():
        raise NoReasonToPin
    if fails_safety(verdicts):
        raise NotSafeToPin
    # One at a time for a case: whoever presses twice, or together with a colleague, pins once.
    session.refresh(opened.case, ["version"], with_for_update=True)
    held = pins_of(session, opened)
    for there in held:
        if there.offering_id == offering_id:
            return there
    if len(held) >= MOST:
        raise TooManyPins
    made = Pin(
        id=uuid.uuid4(),
        case_id=opened.case.id,
        offering_id=offering_id,
        place=place[:300],
        reason=reason.strip(),
        made_by=opened.actor.by,
        made_at=clock.now(),
    )
    session.add(made)
    session.flush()
    wrote(session, opened, "pin")
    return made


def unpin(session: Session, opened: Opened, *, pin_id: uuid.UUID) -> None:
    """Take a pin off; who did, and when, is kept with it. One that is off already stays as it is.

    Raises `Unseen` for any other case's pin.
    """
    row = row_of(session, opened, Pin, pin_id)
    if row.unpinned_at is not None:
        return
    row.unpinned_by, row.unpinned_at = opened.actor.by, clock.now()
    session.flush()
    wrote(session, opened, "pin")


def pins_of(session: Session, opened: Opened) -> list[Pin]:
    """Return the pins of a case that hold, the oldest first."""
    rows = rows_of(session, opened, Pin, Pin.made_at, Pin.id)
    return [row for row in rows if row.unpinned_at is None]


def fails_safety(verdicts: Iterable[Verdict]) -> bool:
    """Tell whether a rule of safety keeps a place away; what isn't known counts as that."""
    return any(v.safety and v.verdict == "fail" for v in verdicts)
