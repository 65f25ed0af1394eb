"""The condition of SQL and the decision are the same, on random worlds and on both databases."""

import random
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from casework.access import BREAK_GLASS, Actor, visible
from casework.case_filter import facts_of, seen_by
from casework.case_models import (
    BreakGlass,
    Case,
    CaseAgency,
    CaseMember,
    Consent,
    ConsentAgency,
    Exclusion,
    Person,
)
from casework.people import new_reference
from casework.roles import ROLES
from resources.database import Database

NOW = datetime(2026, 10, 1, 3, 0, tzinfo=UTC)
MOMENTS = [NOW - timedelta(days=9), NOW - BREAK_GLASS, NOW - timedelta(minutes=1), NOW, NOW + timedelta(days=9)]  # fmt: skip
AGENCIES = ("east", "west")


def _spans(chance: random.Random) -> tuple[datetime, datetime | None]:
    since = chance.choice(MOMENTS)
    ends = [m for m in MOMENTS if m >= since]
    return since, chance.choice([None, *ends])


def _add_case(session: Session, chance: random.Random, accounts: list[uuid.UUID]) -> None:
    person = Person(
        id=uuid.uuid4(), label="A", summary="", need={}, agency=chance.choice(AGENCIES),
        created_at=NOW, edited_at=NOW,
    )  # fmt: skip
    session.add(person)
    session.flush()
    case = Case(
        id=uuid.uuid4(),
        reference=new_reference(),
        person_id=person.id,
        ground=chance.choice(["consent", "consent", "meeting"]),
        state="plan",
        opened_on=date(2026, 9, 1),
    )
    session.add(case)
    session.flush()
    for _ in range(chance.randint(0, 3)):
        since, until = _spans(chance)
        agency = chance.choice(AGENCIES)
        session.add(
            CaseAgency(case_id=case.id, agency=agency, since=since, until=until, added_by="t")
        )
    for _ in range(chance.randint(0, 3)):
        session.add(
            Consent(
                case_id=case.id,
                purpose=chance.choice(["support", "support", "referral"]),
                given_by="self",
                given_on=date(2026, 9, 1),
                form="oral",
                recorded_by="t",
                recorded_at=NOW,
                withdrawn_at=chance.choice([None, None, NOW]),
                agencies=[
                    ConsentAgency(agency=a)
                    for a in chance.sample(AGENCIES, chance.randint(1, len(AGENCIES)))
                ],
            )
        )
    for _ in range(chance.randint(0, 2)):
        since, until = _spans(chance)
        session.add(
            CaseMember(
                case_id=case.id, account_id=chance.choice(accounts), pledged_on=date(2026, 9, 1),
                since=since, until=until, added_by="t",
            )
        )  # fmt: skip
    if chance.random() < 0.3:
        ban = (
            {"account_id": chance.choice(accounts)}
            if chance.random() < 0.5
            else {"agency": chance.choice(AGENCIES)}
        )
        session.add(Exclusion(case_id=case.id, reason="x", made_by="t", made_at=NOW, **ban))
    if chance.random() < 0.4:
        at = chance.choice(MOMENTS)
        session.add(
            BreakGlass(case_id=case.id, account_id=chance.choice(accounts), reason="x", at=at)
        )


@pytest.mark.parametrize("seed", range(3))
def test_sql_and_function_agree_on_who_sees_what(
    database: Database, staff: Callable[..., Actor], seed: int
) -> None:
    chance = random.Random(seed)
    people = [staff("a", "csw", "east"), staff("b", "support_worker", "west"), staff("c", "csw", None)]  # fmt: skip
    with database.writing(by="test") as session:
        for _ in range(60):
            _add_case(session, chance, [p.account_id for p in people])
    users = [replace(p, role=r) for p in people for r in ("csw", "auditor")]
    users += [replace(people[0], active=False), replace(people[1], agency="east")]
    answers = []
    with database.reading() as session:
        cases = session.scalars(select(Case)).all()
        facts = facts_of(session, cases)
        for user in users:
            for at in (NOW, NOW + timedelta(minutes=29), NOW + timedelta(days=9)):
                by_sql = set(session.scalars(select(Case.id).where(seen_by(user, at))))
                by_function = {c.id for c in cases if visible(user, facts[c.id], at)}
                assert by_sql == by_function
                answers.append(len(by_sql))
    # The worlds are worth asking about: neither nobody nor everybody sees.
    assert max(answers) < len(cases)
    assert sum(answers) > len(cases) / 2


def test_every_role_is_asked(database: Database, staff: Callable[..., Actor]) -> None:
    who = staff("a", "csw", "east")
    chance = random.Random(7)
    with database.writing(by="test") as session:
        for _ in range(20):
            _add_case(session, chance, [who.account_id])
    with database.reading() as session:
        cases = session.scalars(select(Case)).all()
        facts = facts_of(session, cases)
        for code in [*ROLES, "mayor"]:
            user = replace(who, role=code)
            by_sql = set(session.scalars(select(Case.id).where(seen_by(user, NOW))))
            assert by_sql == {c.id for c in cases if visible(user, facts[c.id], NOW)}
