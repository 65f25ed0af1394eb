"""Steps that nobody took in time: who owes them is told, and a week later the agency's managers."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.access import Actor
from casework.accounts import actor_of
from casework.cases import Opened, rows_seen, sees
from casework.models import Account
from casework.notices import tell, was_told
from casework.placement_models import HandOff, Placement
from casework.stages import HAND_OFF
from resources import clock

MANAGER_AFTER = timedelta(days=7)


@dataclass(frozen=True)
class Stalled:
    """A step that is overdue: of which case, since when, and who owes it.

    kind : `placement` or `hand_off`; state : where it stands
    whose : the owner's account, or for a hand-off the agency whose turn it is
    """

    opened: Opened
    kind: str
    state: str
    due_on: date
    owner_id: uuid.UUID | None = None
    agency: str | None = None


def due_of(hand_off: HandOff) -> date | None:
    """Return by when a hand-off's next step is due; None where the sender has heard the end."""
    days = HAND_OFF[hand_off.state].within_days
    if days is None:
        return None
    return hand_off.moved_at.astimezone(clock.JAPAN).date() + timedelta(days=days)


def turn_of(hand_off: HandOff) -> str:
    """Return the agency whose turn it is: the sender's, once there is an end to hear of."""
    return hand_off.sender if hand_off.state in ("returned", "done") else hand_off.receiver


def stalled_for(session: Session, *, actor: Actor, today: date) -> list[Stalled]:
    """Return what is overdue in the cases an actor may see, the longest overdue first."""
    placements = rows_seen(
        session, actor=actor, table=Placement, where=[Placement.next_on < today], purpose="stalled"
    )
    hand_offs = rows_seen(
        session, actor=actor, table=HandOff, where=[HandOff.state != "heard"], purpose="stalled"
    )
    found = [
        Stalled(o, "placement", p.state, p.next_on or today, owner_id=p.owner_id)
        for o, p in placements
    ]
    for o, h in hand_offs:
        due_on = due_of(h)
        if due_on is not None and due_on < today:
            found.append(Stalled(o, "hand_off", h.state, due_on, agency=turn_of(h)))
    return sorted(found, key=lambda s: (s.due_on, s.opened.case.reference))


def tell_what_stalls(session: Session, *, today: date) -> tuple[int, int]:
    """Tell of each overdue step once; return how many owners and managers were told.

    Only who may see the case is told of it.
    """
    owners = managers = 0
    late = select(Placement).where(Placement.next_on < today).order_by(Placement.id)
    for placement in session.scalars(late):
        if placement.told_on is None and _tell_owner(session, placement):
            placement.told_on = today
            owners += 1
        late_since = placement.next_on or today
        if placement.manager_told_on is None and late_since + MANAGER_AFTER < today:
            managers += _tell_managers(session, placement)
            placement.manager_told_on = today
    session.flush()
    for hand_off in session.scalars(select(HandOff).where(HandOff.state != "heard")):
        due_on = due_of(hand_off)
        if due_on is not None and due_on < today:
            owners += _tell_sender(session, hand_off)
            managers += _tell_managers_of_turn(session, hand_off, due_on, today)
    return owners, managers


def _tell_owner(session: Session, placement: Placement) -> bool:
    owner = session.get_one(Account, placement.owner_id)
    if not sees(session, actor_of(owner), placement.case_id):
        return False
    tell(session, [owner.id], "placement_stalled", about="", case_id=placement.case_id)
    return True


def _tell_managers(session: Session, placement: Placement) -> int:
    owner = session.get_one(Account, placement.owner_id)
    ids = _managers(session, owner.agency, placement.case_id)
    kind = "placement_stalled_manager"
    tell(session, ids, kind, about=owner.display_name, case_id=placement.case_id)
    return len(ids)


def _managers(session: Session, agency: str | None, case_id: uuid.UUID) -> list[uuid.UUID]:
    rows = session.scalars(
        select(Account).where(
            Account.agency == agency, Account.role == "agency_manager", Account.active
        )
    )
    return [m.id for m in rows if sees(session, actor_of(m), case_id)]


def _tell_sender(session: Session, hand_off: HandOff) -> int:
    """Tell who handed it off that it doesn't go on, or that they have an end to hear of."""
    asker = session.get_one(Account, hand_off.asked_by)
    return _tell_once(session, hand_off, [asker.id], "hand_off_stalled")


def _tell_managers_of_turn(session: Session, hand_off: HandOff, due_on: date, today: date) -> int:
    if due_on + MANAGER_AFTER >= today:
        return 0
    ids = _managers(session, turn_of(hand_off), hand_off.case_id)
    return _tell_once(session, hand_off, ids, "hand_off_stalled_manager")


def _tell_once(session: Session, hand_off: HandOff, ids: list[uuid.UUID], kind: str) -> int:
    """Tell those who see the case, once for each stage of a hand-off."""
    about = f"{hand_off.id.hex}:{hand_off.state}"
    case_id = hand_off.case_id
    accounts = [session.get_one(Account, i) for i in ids]
    new = [
        a.id
        for a in accounts
        if sees(session, actor_of(a), case_id) and not was_told(session, a.id, kind, about=about)
    ]
    tell(session, new, kind, about=about, case_id=case_id)
    return len(new)
