"""Who must never see a case; named members of a 支援会議; and opening a case in an emergency."""

import uuid
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework import audit, guessing
from casework.access import Actor, Opening, visible
from casework.audit import Attempt
from casework.case_filter import facts_of
from casework.case_models import BreakGlass, Case, CaseMember, Exclusion
from casework.cases import Opened, Unseen
from casework.consents import check_agency
from casework.models import Account
from casework.notices import tell, tell_role
from casework.row_security import deciding
from resources import clock


class NoReason(ValueError):
    """An exclusion or a break-glass without a reason."""

    def __init__(self) -> None:
        super().__init__("say why")


class NobodyNamed(ValueError):
    """An exclusion that names neither an account nor an agency, or both."""

    def __init__(self) -> None:
        super().__init__("an exclusion names an account or an agency")


class NotAMeetingCase(ValueError):
    """A case that rests on consent has a team of agencies, and no named members."""

    def __init__(self) -> None:
        super().__init__("only a case of a 支援会議 has named members")


def exclude(
    session: Session,
    opened: Opened,
    *,
    reason: str,
    account_id: uuid.UUID | None = None,
    agency: str | None = None,
) -> None:
    """Keep an account or an agency away from a case for ever; stronger than every allow.

    Raises `NoReason`, `NoSuchAgency`; `NobodyNamed` unless exactly one of both is named.
    """
    if not reason.strip():
        raise NoReason
    if (account_id is None) == (agency is None):
        raise NobodyNamed
    if agency is not None:
        check_agency(session, agency)
    session.add(
        Exclusion(
            case_id=opened.case.id,
            account_id=account_id,
            agency=agency,
            reason=reason,
            made_by=opened.actor.by,
            made_at=clock.now(),
        )
    )
    session.flush()
    _record(session, opened.actor, "revoke", opened.case.id, ("exclusion",))


def name_member(
    session: Session, opened: Opened, *, account_id: uuid.UUID, pledged_on: date
) -> None:
    """Let a person take part in the 支援会議 about a case, once they pledged secrecy.

    Raises `NotAMeetingCase`; `LookupError` for an account that doesn't exist.
    """
    if opened.case.ground != "meeting":
        raise NotAMeetingCase
    if session.get(Account, account_id) is None:
        raise LookupError("no such account")
    session.add(
        CaseMember(
            case_id=opened.case.id,
            account_id=account_id,
            pledged_on=pledged_on,
            since=clock.now(),
            added_by=opened.actor.by,
        )
    )
    session.flush()
    _record(session, opened.actor, "permit", opened.case.id, ("member", str(account_id)))


def break_glass(session: Session, *, actor: Actor, reference: str, reason: str) -> uuid.UUID:
    """Open one case in an emergency: to read only, for half an hour; return its id.

    The owner of the case and the auditors are told in the same transaction. Who is excluded from
    the case is refused as if there were none.

    reference : what stands on the case's papers; tries in vain are counted and slowed down

    Raises
    ------
    NoReason
    Unseen
        There is no such case, or it must never be opened by this actor.
    """
    if len(reason.strip()) < 5:
        raise NoReason
    at = clock.now()
    with deciding(session, "break_glass"):
        case = session.scalar(select(Case).where(Case.reference == reference.strip().upper()))
        # Asked for nobody too: whether there is a case isn't told by how long the answer takes.
        facts = facts_of(session, [case] if case else []).get(case.id if case else uuid.UUID(int=0))
    entity = case.id if case else "?"
    attempt = Attempt(
        actor.by, actor, "break_glass", "case", str(entity), basis="break_glass", allowed=False
    )
    if case is None or facts is None:
        raise Unseen(attempt)
    facts = replace(facts, openings=(Opening(actor.account_id, at),))
    if not visible(actor, facts, at):  # before anything is stored
        raise Unseen(attempt)
    session.add(BreakGlass(case_id=case.id, account_id=actor.account_id, reason=reason, at=at))
    session.flush()
    guessing.forget_tries(session, name=f"break glass {actor.name}", source="")
    audit.record(
        session,
        Attempt(actor.by, actor, "break_glass", "case", str(case.id), basis="break_glass"),
    )
    if case.owner_id is not None:
        tell(session, [case.owner_id], "break_glass", about=actor.by, case_id=case.id)
    # An auditor sees no case: what is told names who did it, and not to whom.
    tell_role(session, "auditor", "break_glass_used", about=actor.by)
    return case.id


def _record(
    session: Session, actor: Actor, action: str, case_id: uuid.UUID, fields: tuple[str, ...]
) -> None:
    audit.record(session, Attempt(actor.by, actor, action, "case", str(case_id), fields))
