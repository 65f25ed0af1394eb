"""The condition of SQL and the decision are the same, on random worlds and on both databases."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from random_cases import NOW, add_case
from sqlalchemy import select

from casework.access import Actor, visible
from casework.case_filter import facts_of, seen_by
from casework.case_models import Case
from casework.roles import ROLES
from resources.database import Database


@pytest.mark.parametrize("seed", range(3))
def test_sql_and_function_agree_on_who_sees_what(
    database: Database, staff: Callable[..., Actor], seed: int
) -> None:
    chance = random.Random(seed)
    people = [staff("a", "csw", "east"), staff("b", "support_worker", "west"), staff("c", "csw", None)]  # fmt: skip
    with database.writing(by="test") as session:
        for _ in range(60):
            add_case(session, chance, [p.account_id for p in people])
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
            add_case(session, chance, [who.account_id])
    with database.reading() as session:
        cases = session.scalars(select(Case)).all()
        facts = facts_of(session, cases)
        for code in [*ROLES, "mayor"]:
            user = replace(who, role=code)
            by_sql = set(session.scalars(select(Case.id).where(seen_by(user, NOW))))
            assert by_sql == {c.id for c in cases if visible(user, facts[c.id], NOW)}
