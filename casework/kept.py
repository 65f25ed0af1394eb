"""All that is kept of one person: each table that hangs on the case, row by row, and who looked."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.audit import looks_at
from casework.case_models import Consent, ConsentAgency, OfCase, PersonIdentity
from casework.cases import Opened, rows_of
from casework.identities import identity_of
from casework.models import AuditRow
from casework.record_models import DestructionProposal
from casework.sealed_fields import KeyRing

NOT_SHOWN = {"id", "case_id", "person_id", "version", "placement_id", "sealed", "lookup", "told_on",
             "manager_told_on", "masked", "household_id", "offering_id", "asked_id"}  # fmt: skip
"""Columns that say nothing of the person: ids, counters of versions, and what is sealed."""

LOOKS = "looks"
OTHERS = {"exclusion"}
"""Tables that tell of somebody else as well: not disclosed unless staff decide to."""


@dataclass(frozen=True)
class Kept:
    """One thing that is kept: of which class, and its fields.

    key : by which staff mark it as not to be disclosed
    table : the class of fields, as the audit calls them
    """

    key: str
    table: str
    fields: dict[str, Any]


def tables_of_case() -> list[type[OfCase]]:
    """Return every table that hangs on a case, in the order of their names."""
    found = [
        m.class_ for m in OfCase.registry.mappers if issubclass(m.class_, OfCase)
    ]  # fmt: skip
    return sorted(found, key=lambda table: table.__tablename__)


def _fields(row: Any) -> dict[str, Any]:
    columns = type(row).__table__.columns.keys()
    values = {name: getattr(row, name) for name in columns if name not in NOT_SHOWN}
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def kept_of(session: Session, opened: Opened, ring: KeyRing) -> list[Kept]:
    """Return all that is kept of the person of an opened case, and who looked at it.

    What names them is opened, which is recorded as a look of its own. Raises `CannotOpen`.
    """
    person, case = opened.person, opened.case
    fields = _fields(person)
    if person.protected or person.need.get("safety", {}).get("protected"):
        # Under 支援措置 nothing that tells where somebody lives is printed or exported.
        fields["need"] = {k: v for k, v in person.need.items() if k != "at"}
    names = identity_of(session, opened, ring)
    found = [Kept(f"identity:{n}", "person_identity", {n: v}) for n, v in names.items()]
    found += [Kept(f"person:{n}", "person", {n: v}) for n, v in fields.items()]
    found += [Kept(f"case:{n}", "support_case", {n: v}) for n, v in _fields(case).items()]
    covered = _covered(session, opened)
    for table in tables_of_case():
        if table in (PersonIdentity, DestructionProposal):
            continue
        name = table.__tablename__
        for row in rows_of(session, opened, table, table.id):
            fields = _fields(row)
            if isinstance(row, Consent):
                fields["agencies"] = covered.get(row.id, [])
            found.append(Kept(f"{name}:{row.id}", name, fields))
    return found + looks_of(session, opened)


def _covered(session: Session, opened: Opened) -> dict[uuid.UUID, list[str]]:
    found: dict[uuid.UUID, list[str]] = {}
    rows = session.execute(
        select(ConsentAgency.consent_id, ConsentAgency.agency)
        .join(Consent, Consent.id == ConsentAgency.consent_id)
        .where(Consent.case_id == opened.case.id)
        .order_by(ConsentAgency.agency)
    )
    for consent_id, agency in rows:
        found.setdefault(consent_id, []).append(agency)
    return found


def looks_of(session: Session, opened: Opened) -> list[Kept]:
    """Return by whom which classes of fields were seen or written, how often, since when."""
    by_whom: dict[tuple[str, str | None, str], list[AuditRow]] = {}
    for row in looks_at(session, case_id=opened.case.id, person_id=opened.person.id, limit=100_000):
        if row.allowed:
            by_whom.setdefault((row.by, row.agency, row.action), []).append(row)
    return [
        Kept(
            f"{LOOKS}:{by}:{action}",
            LOOKS,
            {
                "by": by,
                "agency": agency,
                "action": action,
                "classes": sorted({f for r in rows for f in r.fields}),
                "since": rows[-1].at,
                "until": rows[0].at,
                "times": len(rows),
            },
        )
        for (by, agency, action), rows in by_whom.items()
    ]


def masked_at_first(kept: list[Kept]) -> list[str]:
    """Return what is not disclosed until staff decide: what tells of somebody else as well."""
    return [one.key for one in kept if one.table in OTHERS]
