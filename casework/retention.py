"""How long records are kept, what is due, and destroying it for good once a person approved.

行政機関等 keep personal information no longer than its purpose needs (個人情報保護法 第61条第2項).
How many years that is stands in no law for these records: it is the municipality's own rule on
documents. So no kind has a term until somebody sets one with its rule, and nothing is destroyed.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Table, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from casework import audit
from casework.access import Actor
from casework.audit import Attempt
from casework.case_filter import seen_by
from casework.case_models import Case, Consent, ConsentAgency, Household, Notice, Person
from casework.cases import Unseen
from casework.kept import tables_of_case
from casework.record_models import Destruction, DestructionProposal, PersonRequest, RetentionTerm
from casework.row_security import deciding
from resources import clock
from resources.models import Base

KINDS = ("identity", "case", "meeting_case")
"""What has a term of its own: what names a person of a closed case; a closed case with consent and
all that hangs on it; a closed case of a 支援会議."""

APPROVES = ("agency_manager",)
SETS_TERMS = ("administrator",)
LONGEST_YEARS = 100


class NoTerm(LookupError):
    """A kind of record that doesn't exist, or a term without its years or its rule."""

    def __init__(self) -> None:
        super().__init__("name the kind of record, its years (0 to 100) and the rule behind it")


class NotDue(RuntimeError):
    """What was proposed is not due any more: reopened, asked about, protected, or decided."""

    def __init__(self) -> None:
        super().__init__("this is not due any more; nothing was destroyed")


class NotTheirsToDecide(PermissionError):
    """A role that doesn't set terms, or doesn't approve."""

    def __init__(self) -> None:
        super().__init__("this role doesn't decide that")


@dataclass(frozen=True)
class Due:
    """A proposal as whoever decides sees it: no content, an opaque id, dates, and the rule."""

    proposal_id: uuid.UUID
    case_id: uuid.UUID
    kind: str
    closed_on: date | None
    due_on: date
    kept_until: date | None
    kept_reason: str | None
    sees: bool


def due_on(closed_on: date, years: int) -> date:
    """Return from which day a record of a closed case is due.

    Counted from the first of April after the case was closed, as municipalities' rules on
    documents count (会計年度の翌年度の初日から起算).
    """
    april = date(closed_on.year + (closed_on.month >= 4), 4, 1)
    return april.replace(year=april.year + years)


def terms(session: Session) -> dict[str, RetentionTerm]:
    """Return the terms that were set, by kind."""
    return {term.kind: term for term in session.scalars(select(RetentionTerm))}


def set_term(session: Session, *, kind: str, years: int | None, rule: str, by: Actor | str) -> None:
    """Set how long a kind of record is kept, and by which rule; None = no term, nothing is due.

    by : an administrator, or the name of a command. Raises `NoTerm`, `NotTheirsToDecide`.
    """
    if isinstance(by, Actor) and by.role not in SETS_TERMS:
        raise NotTheirsToDecide
    if kind not in KINDS:
        raise NoTerm
    if years is not None and (not 0 <= years <= LONGEST_YEARS or not rule.strip()):
        raise NoTerm
    who = by.by if isinstance(by, Actor) else by
    row = session.get(RetentionTerm, kind)
    if years is None:
        if row is not None:
            session.delete(row)
    else:
        if row is None:
            row = RetentionTerm(kind=kind)
            session.add(row)
        row.years, row.rule = years, rule.strip()[:300]
        row.set_by, row.set_at = who, clock.now()
    session.flush()
    actor = by if isinstance(by, Actor) else None
    action = "revoke" if years is None else "permit"
    audit.record(session, Attempt(who, actor, action, "retention_term", kind, ("years", "rule")))


def _ended(session: Session, kind: str, today: date) -> Iterator[tuple[Case, date]]:
    """Give the closed cases of which something of a kind is due, each with the day it was due."""
    term = session.get(RetentionTerm, kind)
    if term is None:
        return
    asked = exists().where(PersonRequest.case_id == Case.id, PersonRequest.decided_on.is_(None))
    conditions = [
        Case.state == "closed",
        Case.closed_on.is_not(None),
        ~asked,
        exists().where(Person.id == Case.person_id, ~Person.protected),
    ]
    if kind != "identity":
        conditions.append(Case.ground == ("meeting" if kind == "meeting_case" else "consent"))
    for case in session.scalars(select(Case).where(*conditions).order_by(Case.closed_on, Case.id)):
        assert case.closed_on is not None
        if due_on(case.closed_on, term.years) <= today:
            yield case, due_on(case.closed_on, term.years)


def _holds_identity(session: Session, case_id: uuid.UUID) -> bool:
    table = Base.metadata.tables["person_identity"]
    return bool(session.scalar(select(func.count()).where(table.c.case_id == case_id)))


def _protected(session: Session, case: Case) -> bool:
    need = session.get_one(Person, case.person_id).need
    return bool((need.get("safety") or {}).get("protected"))


def _is_due(session: Session, kind: str, today: date) -> dict[uuid.UUID, date]:
    return {
        case.id: day
        for case, day in _ended(session, kind, today)
        if not _protected(session, case)
        and (kind != "identity" or _holds_identity(session, case.id))
    }


def propose(session: Session, *, today: date) -> int:
    """Put down what is due, for a person to decide; nothing is destroyed by this.

    What is not due any more is proposed no longer. Returns how many of the cases with consent are
    waiting for a decision: a case of a 支援会議 is counted nowhere.
    """
    counted = 0
    for kind in KINDS:
        due = _is_due(session, kind, today)
        there = {
            row.case_id: row
            for row in session.scalars(
                select(DestructionProposal).where(DestructionProposal.kind == kind)
            )
        }
        for case_id, day in due.items():
            if case_id not in there:
                session.add(
                    DestructionProposal(
                        case_id=case_id, kind=kind, due_on=day, proposed_at=clock.now()
                    )
                )
        for case_id in there.keys() - due.keys():
            session.delete(there[case_id])
        with_consent = select(func.count()).where(Case.id.in_(due), Case.ground == "consent")
        counted += session.scalar(with_consent) or 0 if due else 0
    session.flush()
    return counted


def _decidable(session: Session, actor: Actor) -> dict[uuid.UUID, bool]:
    """Return the closed cases an actor decides about, and whether they may see each.

    A manager decides about what their agency received, even where nobody sees it any more (the
    consent was withdrawn); about a case of a 支援会議 only who may see it.
    """
    if actor.role not in APPROVES or not actor.active:
        return {}
    seen = set(session.scalars(select(Case.id).where(seen_by(actor, clock.now()))))
    received = session.scalars(
        select(Case.id)
        .join(Person, Person.id == Case.person_id)
        .where(Case.ground == "consent", Person.agency == actor.agency)
    )
    return dict.fromkeys(received, False) | dict.fromkeys(seen, True)


def proposals(session: Session, *, actor: Actor, today: date) -> list[Due]:
    """Return what waits for the actor's decision, the longest due first; the look is recorded."""
    with deciding(session, "retention"):
        mine = _decidable(session, actor)
        rows = session.execute(
            select(DestructionProposal, Case.closed_on)
            .join(Case, Case.id == DestructionProposal.case_id)
            .where(
                DestructionProposal.case_id.in_(mine),
                or_(
                    DestructionProposal.kept_until.is_(None),
                    DestructionProposal.kept_until <= today,
                ),
            )
            .order_by(DestructionProposal.due_on, DestructionProposal.id)
        ).all()
    found = [
        Due(p.id, p.case_id, p.kind, closed, p.due_on, p.kept_until, p.kept_reason, mine[p.case_id])
        for p, closed in rows
    ]
    audit.record(
        session,
        *(
            Attempt(actor.by, actor, "list", "case", str(d.case_id), ("retention",), "retention")
            for d in found
        ),
    )
    return found


def keep(session: Session, *, proposal_id: uuid.UUID, until: date, reason: str, by: Actor) -> None:
    """Decide to keep what is due until a day, and say why. Raises `Unseen`, `NotDue`."""
    with deciding(session, "retention"):
        row = _mine(session, proposal_id, by)
        if until <= clock.today() or not reason.strip():
            raise NotDue
        row.kept_until, row.kept_reason, row.kept_by = until, reason.strip(), by.by
        session.flush()
    audit.record(session, Attempt(by.by, by, "edit", "case", str(row.case_id), ("retention",)))


def _mine(session: Session, proposal_id: uuid.UUID, by: Actor) -> DestructionProposal:
    row = session.get(DestructionProposal, proposal_id, with_for_update=True)
    if row is None or row.case_id not in _decidable(session, by):
        raise Unseen(
            Attempt(by.by, by, "destroy", "destruction_proposal", str(proposal_id), allowed=False)
        )
    return row


def destroy(session: Session, *, proposal_id: uuid.UUID, by: Actor) -> Destruction:
    """Destroy what was proposed, for good, and write down that it was, in one transaction.

    Whether it is still due is looked at once more. Rows are removed, not marked: labels, needs,
    free texts, sealed names and their blind indexes. The audit stays, by pseudonymous ids.

    by : the named person who approves. Raises `Unseen`, `NotDue`.
    """
    with deciding(session, "destruction"):
        row = _mine(session, proposal_id, by)
        today = clock.today()
        term = session.get(RetentionTerm, row.kind)
        kept = row.kept_until is not None and row.kept_until > today
        if term is None or kept or row.case_id not in _is_due(session, row.kind, today):
            raise NotDue
        case = session.get_one(Case, row.case_id, populate_existing=True, with_for_update=True)
        ids = [str(case.id), str(case.person_id)]
        record = Destruction(
            kind=row.kind,
            ids=ids,
            counts={},
            rule=term.rule,
            years=term.years,
            due_on=row.due_on,
            without_consent=case.ground == "meeting",
            approved_by=by.by,
            at=clock.now(),
        )
        counts = _names(session, row) if row.kind == "identity" else _everything(session, case)
        record.counts = {name: n for name, n in counts.items() if n}
        session.add(record)
        session.flush()
    audit.record(session, Attempt(by.by, by, "destroy", "case", ids[0], (record.kind,)))
    return record


def _names(session: Session, proposal: DestructionProposal) -> dict[str, int]:
    table = Base.metadata.tables["person_identity"]
    count = _removed(session, table, table.c.case_id == proposal.case_id)
    session.delete(proposal)
    return {table.name: count}


def _removed(session: Session, table: Table, which: object) -> int:
    done = session.execute(delete(table).where(which))  # type: ignore[arg-type]
    return int(done.rowcount)  # type: ignore[attr-defined]


def _everything(session: Session, case: Case) -> dict[str, int]:
    """Remove a case, its person, and every row of every table that hangs on them."""
    case_id, person_id = case.id, case.person_id
    household_id = session.scalar(select(Person.household_id).where(Person.id == person_id))
    session.flush()
    session.expunge_all()
    tables = Base.metadata.tables
    covered = tables[ConsentAgency.__tablename__]
    consents = select(Consent.id).where(Consent.case_id == case_id)
    counts = {covered.name: _removed(session, covered, covered.c.consent_id.in_(consents))}
    hanging = {t.__tablename__ for t in tables_of_case()}
    for table in reversed(Base.metadata.sorted_tables):
        if table.name in hanging | {Notice.__tablename__}:
            counts[table.name] = _removed(session, table, table.c.case_id == case_id)
    for name, value in ((Case.__tablename__, case_id), (Person.__tablename__, person_id)):
        counts[name] = _removed(session, tables[name], tables[name].c.id == value)
    if household_id is not None:
        alone = ~exists().where(Person.household_id == household_id)
        home = tables[Household.__tablename__]
        counts[home.name] = _removed(session, home, (home.c.id == household_id) & alone)
    return counts


def destructions(session: Session, *, actor: Actor, limit: int = 200) -> list[Destruction]:
    """Return what was destroyed, newest first, without what a 支援会議 was about."""
    which = select(Destruction).order_by(Destruction.at.desc(), Destruction.id).limit(limit)
    if actor.role != "auditor":
        which = which.where(or_(~Destruction.without_consent, Destruction.approved_by == actor.by))
    return list(session.scalars(which))
