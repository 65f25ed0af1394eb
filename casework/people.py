"""The people the casework is about: each look is decided by `access` and recorded by `audit`.

All of it needs a session opened for writing, in which the look is recorded.
"""

import uuid
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, selectinload

from casework import audit
from casework.access import Actor, visible
from casework.audit import Attempt
from casework.models import Account, Person, PersonName
from resources import clock
from resources.models import Agency

CONTENT = ("label", "summary", "need")


class NoSuchPerson(LookupError):
    """Nobody whom this actor may see: there is no such person, or it isn't theirs to see.

    `attempt` is to be recorded by whoever owns the transaction, which is lost by this.
    """

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        super().__init__("no such person")


class NoSuchAgency(LookupError):
    """An agency that is not in the table of agencies."""

    def __init__(self) -> None:
        super().__init__("no such agency; bring the agencies in first")


class EditedMeanwhile(RuntimeError):
    """Somebody else saved a newer version since the one that was shown."""

    def __init__(self, shown: int, stored: int) -> None:
        self.shown = shown
        self.stored = stored
        super().__init__("the person was edited meanwhile")


def check_agency(session: Session, code: str) -> None:
    """Raise `NoSuchAgency` for a code that is not in the table of agencies."""
    if session.scalar(select(Agency.code).where(Agency.code == code)) is None:
        raise NoSuchAgency


def _said(by: Actor | str) -> tuple[str, Actor | None]:
    return (by.by, by) if isinstance(by, Actor) else (by, None)


def _basis(actor: Actor, person: Person) -> str:
    return "own_agency" if actor.agency == person.agency else "named"


def add_person(
    session: Session,
    *,
    label: str,
    summary: str,
    need: dict[str, Any],
    agency: str,
    by: Actor | str,
    invented: bool = False,
) -> Person:
    """Store a person with the question their need puts to the engine.

    label : what the agency calls them; a letter, not a name
    by : the signed-in actor, or the name of a command
    Raises `NoSuchAgency`.
    """
    check_agency(session, agency)
    now = clock.now()
    person = Person(
        id=uuid.uuid4(),
        label=label,
        summary=summary,
        need=need,
        agency=agency,
        invented=invented,
        created_at=now,
        edited_at=now,
        named=[],
    )
    session.add(person)
    session.flush()
    name, actor = _said(by)
    audit.record(session, Attempt(name, actor, "add", "person", str(person.id), CONTENT))
    return person


def holds_people(session: Session, *, invented: bool) -> bool:
    """Tell whether there are people, invented or real; shows nobody, so nothing is recorded."""
    rows = select(Person.id).where(Person.invented == invented).limit(1)
    return session.scalars(rows).first() is not None


def people_visible_to(
    session: Session, *, actor: Actor, purpose: str = "list", limit: int = 500
) -> list[Person]:
    """Return the people an actor may see, oldest entry first; each one shown is recorded."""
    named = exists().where(
        PersonName.person_id == Person.id, PersonName.account_id == actor.account_id
    )
    rows = session.scalars(
        select(Person)
        .where(or_(Person.agency == actor.agency, named))
        .options(selectinload(Person.named))
        .order_by(Person.created_at, Person.id)
        .limit(limit)
    )
    shown = [person for person in rows if visible(actor, person)]
    audit.record(
        session,
        *(
            Attempt(
                by=actor.by,
                actor=actor,
                action="list",
                entity="person",
                entity_id=str(person.id),
                fields=("label", "summary"),
                purpose=purpose,
                basis=_basis(actor, person),
            )
            for person in shown
        ),
    )
    return shown


def person_for(
    session: Session, *, actor: Actor, person_id: uuid.UUID, purpose: str, action: str = "read"
) -> Person:
    """Return a person whom the actor may see, and record the look.

    purpose : a code for what the look is for (`suggest`, `plan` …); never content
    Raises `NoSuchPerson`, the same for somebody else's person and for an id that doesn't exist.
    """
    person = session.scalar(
        select(Person).where(Person.id == person_id).options(selectinload(Person.named))
    )
    allowed = person is not None and visible(actor, person)
    attempt = Attempt(
        by=actor.by,
        actor=actor,
        action=action,
        entity="person",
        entity_id=str(person_id),
        fields=CONTENT,
        purpose=purpose,
        basis=_basis(actor, person) if person is not None and allowed else None,
        allowed=allowed,
    )
    if person is None or not allowed:
        raise NoSuchPerson(attempt)
    audit.record(session, attempt)
    return person


def edit_person(
    session: Session,
    *,
    person_id: uuid.UUID,
    version: int,
    by: Actor,
    label: str | None = None,
    summary: str | None = None,
    need: dict[str, Any] | None = None,
) -> Person:
    """Change what is stored about a person; None leaves a field as it is.

    version : the version that was shown to the one who edits
    Raises `NoSuchPerson`, `EditedMeanwhile`.
    """
    person = person_for(session, actor=by, person_id=person_id, purpose="edit", action="edit")
    if person.version != version:
        raise EditedMeanwhile(version, person.version)
    for field, value in (("label", label), ("summary", summary), ("need", need)):
        if value is not None:
            setattr(person, field, value)
    person.edited_at = clock.now()
    session.flush()
    return person


def name_for_person(
    session: Session, *, person_id: uuid.UUID, account_id: uuid.UUID, by: Actor
) -> None:
    """Let one account see a person of another agency; only who sees the person can say so.

    Raises `NoSuchPerson`; `LookupError` for an account that doesn't exist.
    """
    person = person_for(session, actor=by, person_id=person_id, purpose="name", action="name")
    if session.get(Account, account_id) is None:
        raise LookupError("no such account")
    if account_id not in person.named_accounts:
        row = PersonName(
            person_id=person.id, account_id=account_id, named_by=by.by, named_at=clock.now()
        )
        person.named.append(row)
        session.flush()
    audit.record(session, Attempt(by.by, by, "permit", "account", str(account_id), ("person",)))
