"""Who may see a case: one function decides, for pages, API, exports, jobs and search alike."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from casework.roles import works_with_cases

BREAK_GLASS = timedelta(minutes=30)
"""How long a case stays open, to read only, for who opened it in an emergency."""

SUPPORT = "support"
"""The purpose of a consent on which agencies work on a case together."""

Basis = Literal["consent", "meeting", "break_glass"]


@dataclass(frozen=True)
class Actor:
    """Somebody who is signed in, as of this request."""

    account_id: uuid.UUID
    name: str
    role: str
    agency: str | None
    language: str = "ja"
    active: bool = True
    display_name: str = ""
    second_factor: bool = True  # or signs in elsewhere, where this program isn't asked

    @property
    def by(self) -> str:
        """How this actor stands in the change log and in the audit."""
        return f"user:{self.name}"


@dataclass(frozen=True)
class OnTeam:
    """An agency that is on a case's team from a moment, and until another where one is set."""

    agency: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Consented:
    """An agency that a consent covers for a purpose."""

    agency: str
    purpose: str
    withdrawn: bool = False


@dataclass(frozen=True)
class Named:
    """A person bound to secrecy who takes part in a 支援会議 for this one case."""

    account_id: uuid.UUID
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Opening:
    """A break-glass: who opened the case, and when."""

    account_id: uuid.UUID
    at: datetime


@dataclass(frozen=True)
class CaseFacts:
    """All that the decision needs to know about a case.

    ground : `consent`, or `meeting` for a case of a 支援会議 (法106条の6)
    """

    ground: str
    team: tuple[OnTeam, ...] = ()
    consents: tuple[Consented, ...] = ()
    members: tuple[Named, ...] = ()
    excluded_accounts: frozenset[uuid.UUID] = field(default_factory=frozenset)
    excluded_agencies: frozenset[str] = field(default_factory=frozenset)
    openings: tuple[Opening, ...] = ()


def visible(user: Actor, case: CaseFacts, at: datetime) -> bool:
    """Tell whether a user may see a case at a moment.

    An exclusion is stronger than every allow. A case rests on consent, or belongs to a 支援会議
    (社会福祉法 第106条の6), whose members are named persons bound to secrecy; `tests/casework`
    removes each clause in turn and sees a test fail.
    """
    return (
        user.active
        and works_with_cases(user.role)
        and user.account_id not in case.excluded_accounts
        and user.agency not in case.excluded_agencies
        and (
            _by_consent(user, case, at)
            or _by_meeting(user, case, at)
            or _by_break_glass(user, case, at)
        )
    )


def _by_consent(user: Actor, case: CaseFacts, at: datetime) -> bool:
    return (
        case.ground == "consent"
        and any(t.agency == user.agency and _lasts(t, at) for t in case.team)
        and consents_cover(case, SUPPORT, user.agency)
    )


def _by_meeting(user: Actor, case: CaseFacts, at: datetime) -> bool:
    return case.ground == "meeting" and any(
        m.account_id == user.account_id and _lasts(m, at) for m in case.members
    )


def _by_break_glass(user: Actor, case: CaseFacts, at: datetime) -> bool:
    return any(
        o.account_id == user.account_id and o.at <= at and at < o.at + BREAK_GLASS
        for o in case.openings
    )


def _lasts(span: OnTeam | Named, at: datetime) -> bool:
    return span.since <= at and (span.until is None or at < span.until)


def consents_cover(case: CaseFacts, purpose: str, agency: str | None) -> bool:
    """Tell whether a consent that was not withdrawn covers an agency for a purpose."""
    return any(
        c.agency == agency and c.purpose == purpose and not c.withdrawn for c in case.consents
    )


def changeable(user: Actor, case: CaseFacts, at: datetime) -> bool:
    """Tell whether a user may write to a case: who sees it otherwise than by break-glass."""
    return visible(user, replace(case, openings=()), at)


def basis_of(user: Actor, case: CaseFacts, at: datetime) -> Basis | None:
    """Return on which ground a user sees a case; None for who doesn't."""
    if not visible(user, case, at):
        return None
    if changeable(user, case, at):
        return "consent" if case.ground == "consent" else "meeting"
    return "break_glass"
