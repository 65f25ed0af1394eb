"""Row-level security of PostgreSQL underneath the door: the database itself shows nobody's case.

It holds `access.visible` once more, in SQL of its own, for whatever forgets to ask: hand-written
statements, tables read past the mapper, rows that hang on rows. A transaction says for whom it
works (`as_actor`, `as_system`); one that says nothing sees no case. SQLite has nothing of the kind.
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from casework.access import BREAK_GLASS, SUPPORT, Actor
from casework.roles import WORKS_WITH_PEOPLE
from resources import clock
from resources.database import say_locally
from resources.models import Base

ACTOR, MOMENT, SYSTEM, LINK = "ibasho.actor", "ibasho.at", "ibasho.system", "ibasho.link"
"""Settings of a transaction: for whom, as of when, for which work of the program, by which link."""

NOBODY: Mapping[str, str] = MappingProxyType({})


def as_actor(actor: Actor | None) -> Mapping[str, str]:
    """Return what a transaction says that works for somebody; None: nobody is signed in."""
    if actor is None:
        return NOBODY
    return {ACTOR: str(actor.account_id), MOMENT: clock.now().isoformat()}


def as_system(work: str) -> Mapping[str, str]:
    """Return what a transaction says that works for no person: a job, a copy, a migration."""
    assert work
    return {SYSTEM: work}


def seen_at(session: Session, at: datetime) -> None:
    """Let the database decide as of the moment of the decision, for what this transaction wrote."""
    say_locally(session.connection(), {MOMENT: at.isoformat()})


@contextmanager
def deciding(session: Session, work: str) -> Iterator[None]:
    """Look at all cases for as long as it is being decided whether somebody may see one."""
    say_locally(session.connection(), {SYSTEM: work})
    yield  # an error ends the transaction, and with it what was said
    before = session.info.get("said", NOBODY).get(SYSTEM, "")
    say_locally(session.connection(), {SYSTEM: before})


def follow_link(session: Session, question_id: uuid.UUID) -> None:
    """Let a host see the one question whose signed link they followed."""
    say_locally(session.connection(), {LINK: str(question_id)})


def _said(name: str) -> str:
    return f"nullif(current_setting('{name}', true), '')"


_ALL = f"{_said(SYSTEM)} IS NOT NULL"
_WHO = f"{_said(ACTOR)}::uuid"
_KNOWN = f"coalesce({_said(SYSTEM)}, {_said(ACTOR)}, {_said(LINK)}) IS NOT NULL"
_ROLES = ", ".join(f"'{role}'" for role in WORKS_WITH_PEOPLE)
_LASTS = "{0}.since <= m.at AND ({0}.until IS NULL OR {0}.until > m.at)"

CLAUSES: Mapping[str, str] = {
    "active": "a.active",
    "role": f"a.role IN ({_ROLES})",
    "excluded": "NOT EXISTS (SELECT FROM exclusion e WHERE e.case_id = c.id "
    "AND (e.account_id = a.id OR e.agency = a.agency))",
}
"""What must all hold, before any ground on which a case is seen."""

GROUNDS: Mapping[str, str] = {
    "consent": "c.ground = 'consent' "  # noqa: S608 - nothing here was typed in
    "AND EXISTS (SELECT FROM case_agency t WHERE t.case_id = c.id "
    f"AND t.agency = a.agency AND {_LASTS.format('t')}) "
    "AND EXISTS (SELECT FROM consent k JOIN consent_agency ka ON ka.consent_id = k.id "
    f"WHERE k.case_id = c.id AND k.purpose = '{SUPPORT}' AND k.withdrawn_at IS NULL "
    "AND ka.agency = a.agency)",
    "meeting": "c.ground = 'meeting' AND EXISTS (SELECT FROM case_member n "
    f"WHERE n.case_id = c.id AND n.account_id = a.id AND {_LASTS.format('n')})",
    "break_glass": "EXISTS (SELECT FROM break_glass b WHERE b.case_id = c.id "
    "AND b.account_id = a.id AND b.at <= m.at "
    f"AND m.at < b.at + interval '{int(BREAK_GLASS.total_seconds())} seconds')",
}
"""On which a case is seen: one is enough."""


def cases_seen_function(
    clauses: Mapping[str, str] = CLAUSES, grounds: Mapping[str, str] = GROUNDS
) -> str:
    """Return the statement that makes the function giving the cases an actor sees.

    The function says that it decides, so the policies don't ask it about what it reads itself.
    """
    conditions = [*clauses.values(), "(" + " OR ".join(f"({g})" for g in grounds.values()) + ")"]
    cases = (
        "SELECT c.id FROM support_case c, account a, "  # noqa: S608 - nothing here was typed in
        f"(SELECT coalesce({_said(MOMENT)}::timestamptz, now()) AS at) m "
        f"WHERE a.id = {_WHO} AND {' AND '.join(conditions)}"
    )
    # A clause SET of the function itself would do, but only a superuser may say it.
    return (
        "CREATE OR REPLACE FUNCTION ibasho_cases_seen() RETURNS SETOF uuid LANGUAGE plpgsql STABLE "
        f"AS $$ DECLARE before text := coalesce(current_setting('{SYSTEM}', true), ''); BEGIN "
        f"PERFORM set_config('{SYSTEM}', 'access', true); RETURN QUERY {cases}; "
        f"PERFORM set_config('{SYSTEM}', before, true); END $$"
    )


_HANGS = "case_id IN (SELECT ibasho_cases_seen())"
_OF_CASE = (
    "case_agency", "case_member", "consent", "exclusion", "break_glass", "person_identity",
    "plan_item", "placement", "placement_step", "follow_up", "hand_off", "disclosure",
    "meeting_case", "destruction_proposal", "person_request", "pin",
)  # fmt: skip

RULES: Mapping[str, str] = {
    "support_case": "id IN (SELECT ibasho_cases_seen())",
    # Each of these asks a table whose own rule has the last word.
    "person": "id IN (SELECT person_id FROM support_case)",
    "household": "id IN (SELECT household_id FROM person)",
    "consent_agency": "consent_id IN (SELECT id FROM consent)",
    "notice": f"account_id = {_WHO} AND (case_id IS NULL OR {_HANGS})",
    "room_question": f"{_HANGS} OR id = {_said(LINK)}::uuid",
    **dict.fromkeys(_OF_CASE, _HANGS),
}
"""Which rows of a table a transaction sees that works for somebody."""


def protect(table: str) -> list[str]:
    """Return the statements that put a table under its rule; its owner is under it too."""
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY seen ON {table} USING ({_ALL} OR {RULES[table]}) WITH CHECK ({_KNOWN})",
    ]


def unprotect(table: str) -> list[str]:
    """Return the statements that take a table's rule away."""
    return [
        f"DROP POLICY seen ON {table}",
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    ]


@event.listens_for(Base.metadata, "after_create")
def _protect_all(_metadata: object, connection: Connection, tables: Any, **_options: Any) -> None:
    if connection.dialect.name != "postgresql":
        return
    made = {table.name for table in tables} & set(RULES)
    if "support_case" in made:
        connection.exec_driver_sql(cases_seen_function())
    for name in sorted(made):
        for statement in protect(name):
            connection.exec_driver_sql(statement)


@event.listens_for(Base.metadata, "before_drop")
def _unprotect_all(_metadata: object, connection: Connection, **_options: Any) -> None:
    if connection.dialect.name != "postgresql":
        return
    # A rule that asks another table would keep that table from going.
    held = connection.exec_driver_sql(
        "SELECT tablename FROM pg_policies WHERE policyname = 'seen' "
        "AND schemaname = current_schema()"
    )
    for (name,) in held.fetchall():
        for statement in unprotect(name):
            connection.exec_driver_sql(statement)
