"""The decision of `access.visible` as a condition of SQL, so that lists read only what they show.

A property test holds both to the same answer; what is shown is put to the function once more.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, select
from sqlalchemy.orm import Session

from casework.access import (
    BREAK_GLASS,
    SUPPORT,
    Actor,
    CaseFacts,
    Consented,
    Named,
    OnTeam,
    Opening,
)
from casework.case_models import (
    BreakGlass,
    Case,
    CaseAgency,
    CaseMember,
    Consent,
    ConsentAgency,
    Exclusion,
)
from casework.roles import works_with_cases


def seen_by(user: Actor, at: datetime) -> ColumnElement[bool]:
    """Return the condition on `Case` that holds for what a user may see at a moment."""
    if not user.active or not works_with_cases(user.role):
        return false()
    whom = [Exclusion.account_id == user.account_id]
    if user.agency is not None:
        whom.append(Exclusion.agency == user.agency)
    excluded = exists().where(Exclusion.case_id == Case.id, or_(*whom))
    named = exists().where(
        CaseMember.case_id == Case.id,
        CaseMember.account_id == user.account_id,
        CaseMember.since <= at,
        or_(CaseMember.until.is_(None), CaseMember.until > at),
    )
    opened = exists().where(
        BreakGlass.case_id == Case.id,
        BreakGlass.account_id == user.account_id,
        BreakGlass.at <= at,
        BreakGlass.at > at - BREAK_GLASS,
    )
    allows = [and_(Case.ground == "meeting", named), opened]
    if user.agency is not None:
        allows.append(_by_consent(user.agency, at))
    return and_(not_(excluded), or_(*allows))


def _by_consent(agency: str, at: datetime) -> ColumnElement[bool]:
    on_team = exists().where(
        CaseAgency.case_id == Case.id,
        CaseAgency.agency == agency,
        CaseAgency.since <= at,
        or_(CaseAgency.until.is_(None), CaseAgency.until > at),
    )
    covered = exists().where(
        Consent.case_id == Case.id,
        Consent.purpose == SUPPORT,
        Consent.withdrawn_at.is_(None),
        ConsentAgency.consent_id == Consent.id,
        ConsentAgency.agency == agency,
    )
    return and_(Case.ground == "consent", on_team, covered)


def facts_of(session: Session, cases: Sequence[Case]) -> dict[UUID, CaseFacts]:
    """Return what the decision needs to know about some cases, by their ids."""
    ids = [case.id for case in cases]
    team = defaultdict(list)
    for a in session.scalars(select(CaseAgency).where(CaseAgency.case_id.in_(ids))):
        team[a.case_id].append(OnTeam(a.agency, a.since, a.until))
    members = defaultdict(list)
    for m in session.scalars(select(CaseMember).where(CaseMember.case_id.in_(ids))):
        members[m.case_id].append(Named(m.account_id, m.since, m.until))
    openings = defaultdict(list)
    for o in session.scalars(select(BreakGlass).where(BreakGlass.case_id.in_(ids))):
        openings[o.case_id].append(Opening(o.account_id, o.at))
    excluded = list(session.scalars(select(Exclusion).where(Exclusion.case_id.in_(ids))))
    consents = _consents_of(session, ids)
    return {
        case.id: CaseFacts(
            ground=case.ground,
            team=tuple(team[case.id]),
            consents=tuple(consents[case.id]),
            members=tuple(members[case.id]),
            excluded_accounts=frozenset(
                e.account_id for e in excluded if e.case_id == case.id and e.account_id
            ),
            excluded_agencies=frozenset(
                e.agency for e in excluded if e.case_id == case.id and e.agency
            ),
            openings=tuple(openings[case.id]),
        )
        for case in cases
    }


def _consents_of(session: Session, ids: list[UUID]) -> dict[UUID, list[Consented]]:
    found = defaultdict(list)
    rows = session.execute(
        select(Consent.case_id, Consent.purpose, Consent.withdrawn_at, ConsentAgency.agency)
        .join(ConsentAgency, ConsentAgency.consent_id == Consent.id)
        .where(Consent.case_id.in_(ids))
    )
    for case_id, purpose, withdrawn_at, agency in rows:
        found[case_id].append(Consented(agency, purpose, withdrawn_at is not None))
    return found
