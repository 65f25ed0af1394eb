"""The plan of a case: who provides what by when; hand-offs; going on and closing."""

import uuid
from datetime import date

from sqlalchemy.orm import Session

from casework.access import Actor
from casework.case_models import Case
from casework.cases import Opened, row_of, rows_of, rows_seen
from casework.consents import check_agency
from casework.notices import tell
from casework.placement_models import HandOff, Placement, PlanItem
from casework.placements import wrote
from casework.stages import CASE, HAND_OFF, PLACEMENT, step
from resources import clock

OUTCOMES = ("settled", "other_agency", "moved", "no_wish", "unreachable", "died")


class StillOpen(ValueError):
    """A case with a placement under way, or a hand-off whose sender hasn't heard the end."""

    def __init__(self) -> None:
        super().__init__("a placement or a hand-off is still open")


class BadOutcome(ValueError):
    """A case that is closed without saying how it ended."""

    def __init__(self) -> None:
        super().__init__("say how the case ended")


class NotYours(PermissionError):
    """A hand-off's step that is for the other agency to take."""

    def __init__(self) -> None:
        super().__init__("this step is for the other agency")


def add_plan_item(
    session: Session, opened: Opened, *, what: str, agency: str, due_on: date
) -> None:
    """Put down who provides what by when. Raises `NoSuchAgency`."""
    check_agency(session, agency)
    session.add(
        PlanItem(
            case_id=opened.case.id, what=what, agency=agency, due_on=due_on, made_by=opened.actor.by
        )
    )
    session.flush()
    wrote(session, opened, "plan")


def done_plan_item(session: Session, opened: Opened, *, item_id: uuid.UUID) -> None:
    """Tick an entry of the plan."""
    row_of(session, opened, PlanItem, item_id).done_on = clock.today()
    session.flush()
    wrote(session, opened, "plan")


def ask_hand_off(session: Session, opened: Opened, *, receiver: str, what: str) -> None:
    """Hand something to an agency; it must be on the team to see what it is about.

    Raises `NoSuchAgency`; `NotYours` for an actor without an agency.
    """
    check_agency(session, receiver)
    if opened.actor.agency is None:
        raise NotYours
    now = clock.now()
    session.add(
        HandOff(
            case_id=opened.case.id,
            sender=opened.actor.agency,
            receiver=receiver,
            asked_by=opened.actor.account_id,
            what=what,
            state="asked",
            asked_at=now,
            moved_at=now,
        )
    )
    session.flush()
    wrote(session, opened, "hand_off")


def move_hand_off(
    session: Session, opened: Opened, *, hand_off_id: uuid.UUID, target: str, answer: str | None
) -> None:
    """Take a step of a hand-off: the receiver's are accepted, returned, done; the sender's heard.

    The sender is told when the receiver is through; only what the sender has heard is closed.
    Raises `NoSuchStep`, `NotYours`.
    """
    row = row_of(session, opened, HandOff, hand_off_id)
    step(HAND_OFF, row.state, target)
    if opened.actor.agency != (row.sender if target == "heard" else row.receiver):
        raise NotYours
    row.state, row.moved_at = target, clock.now()
    if answer:
        row.answer = answer
    session.flush()
    if target in ("returned", "done"):
        about = f"agency:{row.receiver}"
        tell(session, [row.asked_by], "hand_off_ended", about=about, case_id=opened.case.id)
    wrote(session, opened, "hand_off")


def hand_offs_waiting(session: Session, *, actor: Actor) -> list[tuple[Opened, HandOff]]:
    """Return the hand-offs whose next step is for the actor's agency."""
    found = rows_seen(
        session, actor=actor, table=HandOff, where=[HandOff.state != "heard"], purpose="to_do"
    )
    return [
        (o, h)
        for o, h in found
        if actor.agency == (h.sender if h.state in ("returned", "done") else h.receiver)
    ]


def move_case(
    session: Session,
    opened: Opened,
    *,
    target: str,
    outcome: str | None = None,
    evaluation: str | None = None,
) -> Case:
    """Take a case to its next stage, close it with its outcome and evaluation, or open it again.

    Raises `NoSuchStep`; for closing `StillOpen` and `BadOutcome`.
    """
    case = opened.case
    step(CASE, case.state, target)
    if target == "closed":
        _check_through(session, opened)
        if outcome not in OUTCOMES:
            raise BadOutcome
        case.closed_on, case.outcome, case.evaluation = clock.today(), outcome, evaluation
    else:
        case.closed_on = None
    case.state = target
    session.flush()
    wrote(session, opened, "state")
    return case


def _check_through(session: Session, opened: Opened) -> None:
    placements = rows_of(session, opened, Placement)
    under_way = any(PLACEMENT[p.state].within_days is not None for p in placements)
    unheard = any(HAND_OFF[h.state].to for h in rows_of(session, opened, HandOff))
    if under_way or unheard:
        raise StillOpen
