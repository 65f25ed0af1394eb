"""The audit: a row for every look at and every write of personal data, in the same transaction.

No row, no answer: a session that will never be committed can't record, so it can't show a person
either. Rows say who, when, in which role, whom, which class of fields, what for and on what ground;
never the content.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import event, exists, insert, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from casework.access import Actor
from casework.models import AuditRow
from resources import clock
from resources.turns import wait_for_turn

ACTIONS = (
    "list",
    "read",
    "add",
    "edit",
    "break_glass",
    "sign_in",
    "sign_out",
    "permit",
    "revoke",
    "export",
    "destroy",
)


LOCK = 0x1BA5_0002
"""Key of the advisory lock that writers of the audit share, and that sealing wants alone."""


class NotRecorded(RuntimeError):
    """Personal data was asked for in a session that is never committed."""

    def __init__(self) -> None:
        super().__init__("a look at personal data is recorded: open the session for writing")


@dataclass(frozen=True)
class Attempt:
    """What somebody did or tried to do; `actor` is None for a command of the machine's keeper."""

    by: str
    actor: Actor | None
    action: str
    entity: str
    entity_id: str
    fields: tuple[str, ...] = ()
    purpose: str | None = None
    basis: str | None = None
    allowed: bool = True


def record(session: Session, *attempts: Attempt) -> None:
    """Append a row for each attempt. Raises `NotRecorded` in a session that is only for reading."""
    if not session.info.get("by"):
        raise NotRecorded
    if attempts:
        wait_for_turn(session, LOCK, shared=True)
        at = clock.now()
        session.execute(insert(AuditRow), [{"at": at, **_row(attempt)} for attempt in attempts])


def _row(attempt: Attempt) -> dict[str, Any]:
    assert attempt.action in ACTIONS
    actor = attempt.actor
    return {
        "by": attempt.by,
        "account_id": actor.account_id if actor else None,
        "role": actor.role if actor else None,
        "agency": actor.agency if actor else None,
        "action": attempt.action,
        "entity": attempt.entity,
        "entity_id": attempt.entity_id,
        "fields": list(attempt.fields),
        "purpose": attempt.purpose,
        "basis": attempt.basis,
        "allowed": attempt.allowed,
    }


def looks_at(
    session: Session, *, case_id: uuid.UUID, person_id: uuid.UUID, limit: int = 500
) -> list[AuditRow]:
    """Return who looked at a case or its person, tried to, or wrote about them; newest first."""
    rows = session.scalars(
        select(AuditRow)
        .where(
            or_(
                (AuditRow.entity == "person") & (AuditRow.entity_id == str(person_id)),
                (AuditRow.entity == "case") & (AuditRow.entity_id == str(case_id)),
            )
        )
        .order_by(AuditRow.id.desc())
        .limit(limit)
    )
    return list(rows)


def was_recorded(
    session: Session, *, entity: str, entity_id: str, purpose: str, since: datetime
) -> bool:
    """Tell whether something was recorded for a purpose since a moment."""
    rows = exists().where(
        AuditRow.entity == entity, AuditRow.entity_id == entity_id,
        AuditRow.purpose == purpose, AuditRow.at >= since,
    )  # fmt: skip
    return bool(session.scalar(select(rows)))


def rows_for_auditor(
    session: Session, *, actor: Actor, action: str | None = None, limit: int = 200
) -> list[AuditRow]:
    """Return the newest rows of the whole audit, and record that they were looked at.

    They hold pseudonymous ids and classes of fields; an auditor can open no case by them.
    """
    which = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
    if action is not None:
        which = which.where(AuditRow.action == action)
    found = list(session.scalars(which))
    record(session, Attempt(actor.by, actor, "list", "audit", action or "all"))
    return found


_SQLITE = [
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit "
    "BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END",
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit "
    "BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END",
    # INSERT OR REPLACE removes the old row without asking the trigger on DELETE.
    "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit "
    "WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) "
    "BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END",
]

_POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'audit rows are never changed'; END $$",
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit "
    "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
]


def audit_triggers(dialect: str) -> list[str]:
    """Return the statements that make the audit append only, for `sqlite` or `postgresql`."""
    return list({"sqlite": _SQLITE, "postgresql": _POSTGRESQL}[dialect])


@event.listens_for(AuditRow.__table__, "after_create")
def _make_append_only(_table: object, connection: Connection, **_options: object) -> None:
    for statement in audit_triggers(connection.dialect.name):
        connection.exec_driver_sql(statement)
