"""The people the casework is about: receiving them, looking at them, editing what is stored."""

import secrets
import uuid
from typing import Any

from sqlalchemy.orm import Session

from casework import audit
from casework.access import SUPPORT, Actor
from casework.audit import Attempt
from casework.case_models import Case, CaseMember, Person
from casework.cases import CONTENT, case_of_person, cases_seen
from casework.consents import BadConsent, Given, add_consent, check_agency
from casework.identities import forget_where
from resources import clock

COARSE = 2
"""Decimals of a degree to which the starting point of a protected person is kept."""

COARSE_M = 1_000.0
"""How far off such a point may be, so that no list tells metres from it."""

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Of a case's reference: none that is taken for another on paper or on the telephone."""


class EditedMeanwhile(RuntimeError):
    """Somebody else saved a newer version since the one that was shown."""

    def __init__(self, shown: int, stored: int) -> None:
        self.shown = shown
        self.stored = stored
        super().__init__("the person was edited meanwhile")


class NoGround(ValueError):
    """A case without consent that no person bound to secrecy opens for a 支援会議."""

    def __init__(self) -> None:
        super().__init__("without consent, a case is opened by a person bound to secrecy")


def new_reference() -> str:
    """Return eight random letters and digits, as K7Q2-M9XD."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def add_person(
    session: Session,
    *,
    label: str,
    summary: str,
    need: dict[str, Any],
    agency: str,
    by: Actor | str,
    consent: Given | None,
    invented: bool = False,
    owner_id: uuid.UUID | None = None,
) -> Person:
    """Receive somebody: store them with the question their need puts to the engine, open a case.

    label : what the agency calls them; a letter, not a name
    agency : who receives them
    by : the signed-in actor, or the name of a command
    consent : what they agreed to; None opens a case of a 支援会議 (法106条の6), whose first named
        member is the actor, bound to secrecy from today

    Raises
    ------
    NoSuchAgency, BadConsent
    NoGround
        Without consent, where no signed-in person could be its member.
    """
    check_agency(session, agency)
    actor = by if isinstance(by, Actor) else None
    name = actor.by if actor else str(by)
    if consent is None and actor is None:
        raise NoGround
    if consent is not None and not (SUPPORT in consent.purposes and agency in consent.agencies):
        raise BadConsent  # nobody could see the case
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
    )
    session.add(person)
    session.flush()
    case = Case(
        id=uuid.uuid4(),
        reference=new_reference(),
        person_id=person.id,
        ground="consent" if consent else "meeting",
        state="reception",
        owner_id=actor.account_id if actor else owner_id,
        opened_on=clock.today(),
    )
    session.add(case)
    session.flush()
    if consent is not None:
        add_consent(session, case, consent, by=name)
    elif actor is not None:
        session.add(_member(case, actor))
        session.flush()
    audit.record(session, Attempt(name, actor, "add", "person", str(person.id), CONTENT))
    return person


def _member(case: Case, actor: Actor) -> CaseMember:
    return CaseMember(
        case_id=case.id,
        account_id=actor.account_id,
        pledged_on=clock.today(),
        since=clock.now(),
        added_by=actor.by,
    )


def people_visible_to(session: Session, *, actor: Actor, purpose: str = "list") -> list[Person]:
    """Return the people whose cases an actor may see; each one shown is recorded."""
    return [opened.person for opened in cases_seen(session, actor=actor, purpose=purpose)]


def person_for(
    session: Session, *, actor: Actor, person_id: uuid.UUID, purpose: str, action: str = "read"
) -> Person:
    """Return a person whose case the actor may see, and record the look.

    purpose : a code for what the look is for (`suggest`, `plan` …); never content
    Raises `Unseen`, the same for somebody else's person and for an id that doesn't exist.
    """
    return case_of_person(
        session, actor=actor, person_id=person_id, purpose=purpose, action=action
    ).person


def without_address(need: dict[str, Any]) -> dict[str, Any]:
    """Return a need without the address it starts from, and its point to two decimals of a degree.

    That is within a kilometre of where it was (0.005° of latitude are 0.56 km).
    """
    at = need.get("at") or {}
    rest = {key: value for key, value in need.items() if key != "at"}
    if at.get("lon") is None or at.get("lat") is None:
        return rest
    point = {"lon": round(at["lon"], COARSE), "lat": round(at["lat"], COARSE)}
    return rest | {"at": {**point, "accuracy_m": max(at.get("accuracy_m") or 0.0, COARSE_M)}}


def edit_person(
    session: Session,
    *,
    person_id: uuid.UUID,
    version: int,
    by: Actor,
    label: str | None = None,
    summary: str | None = None,
    need: dict[str, Any] | None = None,
    protected: bool | None = None,
) -> Person:
    """Change what is stored about a person; None leaves a field as it is.

    version : the version that was shown to the one who edits
    protected : under 支援措置: no address is kept, and the starting point only to a kilometre or so
    Raises `Unseen`, `OnlyToRead`, `EditedMeanwhile`.
    """
    opened = case_of_person(
        session, actor=by, person_id=person_id, purpose="edit", action="edit", write=True
    )
    person = opened.person
    if person.version != version:
        raise EditedMeanwhile(version, person.version)
    given = (("label", label), ("summary", summary), ("need", need), ("protected", protected))
    for field, value in given:
        if value is not None:
            setattr(person, field, value)
    if person.protected:
        person.need = without_address(person.need)
        forget_where(session, opened)
    person.edited_at = clock.now()
    session.flush()
    return person
