"""Households: who lives together. Each member keeps a case of their own, with its team and consent.

What joins them is the household's name alone; who works with one member isn't told of another whose
case they don't see (`cases.household_of`).
"""

import uuid

from sqlalchemy.orm import Session

from casework.case_models import Household
from casework.cases import Opened
from casework.placements import wrote
from resources import clock


class InAnotherHousehold(ValueError):
    """Two people who belong to different households; one of them has to leave theirs first."""

    def __init__(self) -> None:
        super().__init__("they belong to different households; one leaves theirs first")


class NoName(ValueError):
    """A household that is made without saying how it is called."""

    def __init__(self) -> None:
        super().__init__("say how the household is called")


def join(session: Session, opened: Opened, other: Opened, *, label: str) -> None:
    """Let two people, whose cases are both open for writing, be of one household.

    label : how it is called where neither has one yet; whoever sees a member's case reads it
    Raises `InAnotherHousehold`, `NoName`.
    """
    mine, theirs = opened.person.household_id, other.person.household_id
    if mine is not None and theirs is not None and mine != theirs:
        raise InAnotherHousehold
    household_id = mine or theirs or _made(session, label)
    for each in (opened, other):
        if each.person.household_id != household_id:
            each.person.household_id = household_id
            session.flush()
            wrote(session, each, "household")


def _made(session: Session, label: str) -> uuid.UUID:
    if not label.strip():
        raise NoName
    household = Household(id=uuid.uuid4(), label=label.strip(), created_at=clock.now())
    session.add(household)
    session.flush()
    return household.id


def leave(session: Session, opened: Opened) -> None:
    """Let a person be of no household any more; the others stay as they are."""
    if opened.person.household_id is not None:
        opened.person.household_id = None
        session.flush()
        wrote(session, opened, "household")
