"""The one door to cases: each look is decided by `access`, recorded by `audit`, then opened.

All of it needs a session opened for writing, in which the look is recorded. What hangs on a case is
read through `rows_of`, which wants the case opened first; a test holds that no other module reads
these tables.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, exists, select, true
from sqlalchemy.orm import Session, joinedload

import casework.my_number  # noqa: F401 - refuses the numbers that are never kept
from casework import audit
from casework.access import Actor, Basis, CaseFacts, basis_of, changeable, visible
from casework.audit import Attempt
from casework.case_filter import facts_of, seen_by
from casework.case_models import Case, Household, OfCase, Person
from casework.placement_models import Placement
from casework.row_security import seen_at
from resources import clock

CONTENT = ("label", "summary", "need")

Row = TypeVar("Row", bound=OfCase)


class Unseen(LookupError):
    """Nothing that this actor may see: it doesn't exist, or it isn't theirs.

    `attempt` is to be recorded by whoever owns the transaction, which is lost by this.
    """

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        super().__init__("no such case or person")


class OnlyToRead(PermissionError):
    """A case that is open by break-glass: it may be read, and nothing else."""

    def __init__(self) -> None:
        super().__init__("a case that was opened in an emergency is for reading only")


@dataclass(frozen=True)
class Opened:
    """A case that an actor may see, as the door opened it; made here and nowhere else."""

    case: Case
    facts: CaseFacts
    actor: Actor
    basis: Basis
    at: datetime

    @property
    def person(self) -> Person:
        return self.case.person

    @property
    def counts(self) -> bool:
        """Tell whether figures may count it: a case of a 支援会議 leaves no trace outside."""
        return self.case.ground == "consent"

    @property
    def may_write(self) -> bool:
        return changeable(self.actor, self.facts, self.at)


def _opened(session: Session, actor: Actor, *conditions: ColumnElement[bool]) -> list[Opened]:
    at = clock.now()
    seen_at(session, at)
    rows = session.scalars(
        select(Case)
        .where(seen_by(actor, at), *conditions)
        .options(joinedload(Case.person))
        .order_by(Case.opened_on, Case.reference)
        .execution_options(populate_existing=True)
    ).all()
    facts = facts_of(session, rows)
    found = []
    for case in rows:
        basis = basis_of(actor, facts[case.id], at)
        if basis is not None:
            found.append(Opened(case, facts[case.id], actor, basis, at))
    return found


def cases_seen(session: Session, *, actor: Actor, purpose: str = "list") -> list[Opened]:
    """Return the cases an actor may see, oldest first; each one shown is recorded."""
    return cases_where(session, true(), actor=actor, purpose=purpose)


def cases_where(
    session: Session,
    which: ColumnElement[bool],
    *,
    actor: Actor,
    purpose: str,
    fields: tuple[str, ...] = ("label", "summary"),
) -> list[Opened]:
    """Return those of the cases an actor may see that meet a condition; each look is recorded.

    fields : what of each is looked at
    """
    found = _opened(session, actor, which)
    audit.record(session, *(_look(o, "list", purpose, fields) for o in found))
    return found


def case_for(
    session: Session,
    *,
    actor: Actor,
    case_id: uuid.UUID,
    purpose: str,
    action: str = "read",
    write: bool = False,
) -> Opened:
    """Return a case that the actor may see, and record the look.

    purpose : a code for what the look is for (`plan`, `meeting` …); never content
    write : what follows will change the case

    Raises
    ------
    Unseen
        The same for somebody else's case and for an id that doesn't exist.
    OnlyToRead
        The actor sees the case by break-glass only, and means to write.
    """
    return _one(session, actor, Case.id == case_id, "case", case_id, purpose, action, write)


def case_of_person(
    session: Session,
    *,
    actor: Actor,
    person_id: uuid.UUID,
    purpose: str,
    action: str = "read",
    write: bool = False,
) -> Opened:
    """Return the case of a person; as `case_for`, but the look is at the person."""
    which = Case.person_id == person_id
    return _one(session, actor, which, "person", person_id, purpose, action, write)


def looking_for_place() -> ColumnElement[bool]:
    """Return the condition that a case is open and has no placement under way."""
    under_way = exists().where(
        Placement.case_id == Case.id, Placement.state.not_in(("declined", "ended"))
    )
    return and_(Case.state != "closed", ~under_way)


def cases_waiting(session: Session, *, owner: Actor, by: str) -> list[Opened]:
    """Return the cases of an owner for whose person a place is being looked for, for a job.

    They rest on consent, are open, and have no placement under way; each look is recorded as the
    job's.

    by : the job
    """
    found = _opened(
        session,
        owner,
        Case.owner_id == owner.account_id,
        Case.ground == "consent",
        looking_for_place(),
    )
    audit.record(
        session,
        *(
            Attempt(by, None, "read", "case", str(o.case.id), ("need",), "fit_waiting", o.basis)
            for o in found
        ),
    )
    return found


def _one(
    session: Session,
    actor: Actor,
    which: ColumnElement[bool],
    entity: str,
    entity_id: uuid.UUID,
    purpose: str,
    action: str,
    write: bool,
) -> Opened:
    found = _opened(session, actor, which)
    attempt = Attempt(
        by=actor.by,
        actor=actor,
        action=action,
        entity=entity,
        entity_id=str(entity_id),
        fields=CONTENT,
        purpose=purpose,
        basis=found[0].basis if found else None,
        allowed=bool(found),
    )
    if not found:
        raise Unseen(attempt)
    if write and not found[0].may_write:
        raise OnlyToRead
    audit.record(session, attempt)
    return found[0]


def _look(opened: Opened, action: str, purpose: str, fields: tuple[str, ...]) -> Attempt:
    return Attempt(
        by=opened.actor.by,
        actor=opened.actor,
        action=action,
        entity="person",
        entity_id=str(opened.person.id),
        fields=fields,
        purpose=purpose,
        basis=opened.basis,
    )


def rows_of(session: Session, opened: Opened, table: type[Row], *order: Any) -> list[Row]:
    """Return the rows of a table that hang on an opened case."""
    where = table.case_id == opened.case.id
    return list(session.scalars(select(table).where(where).order_by(*order)))


def row_of(session: Session, opened: Opened, table: type[Row], row_id: uuid.UUID) -> Row:
    """Return one row that hangs on an opened case; raise `Unseen` for any other case's row."""
    row = session.scalar(
        select(table).where(
            table.id == row_id,
            table.case_id == opened.case.id,
        )
    )
    if row is None:
        name = table.__tablename__
        actor = opened.actor
        raise Unseen(Attempt(actor.by, actor, "read", name, str(row_id), allowed=False))
    return row


def rows_seen(
    session: Session,
    *,
    actor: Actor,
    table: type[Row],
    where: Sequence[ColumnElement[bool]],
    purpose: str,
) -> list[tuple[Opened, Row]]:
    """Return the rows that meet a condition in all cases the actor may see, each with its case.

    The look at each case of which something is shown is recorded.
    """
    at = clock.now()
    seen_at(session, at)
    case_id = table.case_id
    rows = session.scalars(
        select(table).join(Case, Case.id == case_id).where(seen_by(actor, at), *where)
    ).all()
    ids = {row.case_id for row in rows}
    cases = {o.case.id: o for o in _opened(session, actor, Case.id.in_(ids))} if ids else {}
    audit.record(session, *(_look(o, "list", purpose, ("label",)) for o in cases.values()))
    return [(cases[r.case_id], r) for r in rows if r.case_id in cases]


def household_of(session: Session, opened: Opened) -> tuple[Household, list[Opened]] | None:
    """Return the household of a case's person, and of the other members' cases those one may see.

    What one member shares stays apart: nothing tells that there is a member whose case isn't seen.
    """
    household_id = opened.person.household_id
    if household_id is None:
        return None
    others = _opened(
        session,
        opened.actor,
        Case.person_id.in_(select(Person.id).where(Person.household_id == household_id)),
        Case.id != opened.case.id,
    )
    audit.record(session, *(_look(o, "list", "household", ("label",)) for o in others))
    return session.get_one(Household, household_id), others


def takes_part(session: Session, actor: Actor) -> bool:
    """Tell whether an actor sees any case of a 支援会議 now, without showing one."""
    which = select(Case.id).where(Case.ground == "meeting", seen_by(actor, clock.now()))
    return session.scalar(which.limit(1)) is not None


def sees(session: Session, actor: Actor, case_id: uuid.UUID) -> bool:
    """Tell whether somebody may see a case, without showing it to them."""
    case = session.get(Case, case_id)
    if case is None:
        return False
    return visible(actor, facts_of(session, [case])[case.id], clock.now())


def holds_people(session: Session, *, invented: bool) -> bool:
    """Tell whether there are people, invented or real; shows nobody, so nothing is recorded."""
    rows = select(Person.id).where(Person.invented == invented).limit(1)
    return session.scalars(rows).first() is not None
