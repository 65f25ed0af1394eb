"""Consents: what somebody agreed to, for which agencies; recording and withdrawing them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from casework import audit
from casework.access import SUPPORT, Actor
from casework.audit import Attempt
from casework.case_models import Case, CaseAgency, Consent, ConsentAgency
from casework.cases import Opened, row_of
from resources import clock
from resources.models import Agency

PURPOSES = (SUPPORT, "meeting", "referral")
"""What a consent may be for: working on the case together, telling a 重層的支援会議, telling a
host."""

GIVERS = ("self", "guardian", "parent", "family")
FORMS = ("written", "electronic", "oral", "carried_over")


class NoSuchAgency(LookupError):
    """An agency that is not in the table of agencies."""

    def __init__(self) -> None:
        super().__init__("no such agency; bring the agencies in first")


class BadConsent(ValueError):
    """A consent without a purpose, an agency, a giver, a form, or of a day to come."""

    def __init__(self) -> None:
        super().__init__("a consent names its purpose, agencies, giver, form and a day not ahead")


@dataclass(frozen=True)
class Given:
    """A consent as somebody gave it."""

    purposes: Sequence[str]
    agencies: Sequence[str]
    given_by: str
    given_on: date
    form: str


def check_agency(session: Session, code: str) -> None:
    """Raise `NoSuchAgency` for a code that is not in the table of agencies."""
    if session.scalar(select(Agency.code).where(Agency.code == code)) is None:
        raise NoSuchAgency


def check_given(session: Session, given: Given) -> None:
    """Raise `BadConsent` or `NoSuchAgency` for a consent that can't be stored."""
    known = (
        set(given.purposes) <= set(PURPOSES)
        and given.given_by in GIVERS
        and given.form in FORMS
        and given.given_on <= clock.today()
    )
    if not known or not given.purposes or not given.agencies:
        raise BadConsent
    for agency in given.agencies:
        check_agency(session, agency)


def add_consent(session: Session, case: Case, given: Given, *, by: str) -> None:
    """Store a consent, a row for each purpose, and put the agencies it names on the team.

    A case of a 支援会議 becomes an ordinary one by a consent to work on it together, and in no
    other way: its named members then see it only if their agency is covered.
    """
    check_given(session, given)
    now = clock.now()
    for purpose in dict.fromkeys(given.purposes):
        session.add(
            Consent(
                id=uuid.uuid4(),
                case_id=case.id,
                purpose=purpose,
                given_by=given.given_by,
                given_on=given.given_on,
                form=given.form,
                recorded_by=by,
                recorded_at=now,
                agencies=[ConsentAgency(agency=a) for a in dict.fromkeys(given.agencies)],
            )
        )
    if SUPPORT in given.purposes:
        case.ground = "consent"
        _join_team(session, case, given.agencies, by)
    session.flush()


def _join_team(session: Session, case: Case, agencies: Sequence[str], by: str) -> None:
    now = clock.now()
    there = set(
        session.scalars(
            select(CaseAgency.agency).where(
                CaseAgency.case_id == case.id,
                CaseAgency.until.is_(None) | (CaseAgency.until > now),
            )
        )
    )
    for agency in dict.fromkeys(agencies):
        if agency not in there:
            session.add(CaseAgency(case_id=case.id, agency=agency, since=now, added_by=by))


def consents_of(session: Session, opened: Opened) -> list[Consent]:
    """Return the consents of a case, newest first, with the agencies each covers."""
    rows = session.scalars(
        select(Consent)
        .where(Consent.case_id == opened.case.id)
        .options(selectinload(Consent.agencies))
        .order_by(Consent.recorded_at.desc(), Consent.purpose)
    )
    return list(rows)


def record_consent(session: Session, opened: Opened, given: Given) -> None:
    """Store a consent of a case that somebody opened to write. Raises `BadConsent`."""
    add_consent(session, opened.case, given, by=opened.actor.by)
    _permitted(session, opened.actor, "permit", opened.case.id, tuple(given.agencies))


def withdraw_consent(session: Session, opened: Opened, *, consent_id: uuid.UUID) -> None:
    """End a consent: access that rests on it ends with this transaction."""
    consent = row_of(session, opened, Consent, consent_id)
    if consent.withdrawn_at is None:
        consent.withdrawn_at = clock.now()
        consent.withdrawn_by = opened.actor.by
        session.flush()
    _permitted(session, opened.actor, "revoke", opened.case.id, (consent.purpose,))


def leave_team(session: Session, opened: Opened, *, agency: str) -> None:
    """Take an agency off the team, from this moment; its past on the team stays recorded.

    Raises `NoSuchAgency`.
    """
    check_agency(session, agency)
    now = clock.now()
    for row in session.scalars(
        select(CaseAgency).where(
            CaseAgency.case_id == opened.case.id,
            CaseAgency.agency == agency,
            CaseAgency.until.is_(None),
        )
    ):
        row.until = now
    session.flush()
    _permitted(session, opened.actor, "revoke", opened.case.id, (agency,))


def _permitted(
    session: Session, actor: Actor, action: str, case_id: uuid.UUID, fields: tuple[str, ...]
) -> None:
    audit.record(session, Attempt(actor.by, actor, action, "case", str(case_id), fields))
