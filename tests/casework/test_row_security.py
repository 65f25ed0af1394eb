"""On PostgreSQL the database itself shows what `visible` allows and nothing else, to any reading."""

import random
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from given_keys import with_keys
from plain_role import serving
from random_cases import NOW, add_case
from sqlalchemy import Connection, func, inspect, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from casework import case_models, placement_models, record_models, row_security
from casework.access import Actor, CaseFacts, visible
from casework.case_filter import facts_of
from casework.case_models import Case, Consent, ConsentAgency, Person
from casework.models import Account
from casework.placement_models import Placement
from casework.roles import ROLES
from casework.row_security import ACTOR, MOMENT, RULES, SYSTEM, as_actor, as_system
from resources.database import Database, say_locally
from resources.models import Base

CASES = 40
MOMENTS = (NOW, NOW + timedelta(minutes=29), NOW + timedelta(days=9))


@pytest.fixture
def database(bare_postgres_url: str) -> Iterator[Database]:
    from jobs.schema import upgrade

    made = with_keys(Database(bare_postgres_url))
    upgrade(made)
    yield made
    made.close()


@pytest.fixture
def served(database: Database) -> Iterator[Database]:
    """The same database, as the role that serves sees it."""
    made = serving(database)
    yield made
    made.close()


@pytest.fixture
def people(database: Database, staff: Callable[..., Actor]) -> list[Actor]:
    """Staff of two agencies and of none, with a world of cases around them."""
    chance = random.Random(20)
    found = [staff("a", "csw", "east"), staff("b", "support_worker", "west"), staff("c", "csw", None)]  # fmt: skip
    with database.writing(by="test") as session:
        for _ in range(CASES):
            add_case(session, chance, [p.account_id for p in found])
    return found


def _decided(database: Database) -> dict[uuid.UUID, CaseFacts]:
    with database.reading() as session:  # a superuser's: row-level security doesn't hold it
        return facts_of(session, session.scalars(select(Case)).all())


def _seen(connection: Connection, actor: Actor, at: object) -> set[uuid.UUID]:
    say_locally(connection, {ACTOR: str(actor.account_id), MOMENT: str(at)})
    return set(connection.execute(text("SELECT id FROM support_case")).scalars())


def _become(database: Database, actor: Actor) -> None:
    """Store an account as the decision knows it."""
    with database.writing(by="test") as session:
        session.execute(
            update(Account)
            .where(Account.id == actor.account_id)
            .values(role=actor.role, agency=actor.agency, active=actor.active)
        )


def _users(people: list[Actor]) -> Iterator[Actor]:
    for one in people:
        yield one
        yield replace(one, active=False)
    yield replace(people[0], agency="west")
    for role in ROLES:
        yield replace(people[1], role=role)


def _differences(database: Database, served: Database, people: list[Actor]) -> int:
    """Return how often the database and the decision differ on a case."""
    facts, wrong = _decided(database), 0
    for user in _users(people):
        _become(database, user)
        with served.engine.connect() as connection:
            for at in MOMENTS:
                allowed = {case for case, known in facts.items() if visible(user, known, at)}
                wrong += len(allowed ^ _seen(connection, user, at.isoformat()))
    for one in people:
        _become(database, one)
    return wrong


def test_the_database_and_the_decision_agree_on_who_sees_what(
    database: Database, served: Database, people: list[Actor]
) -> None:
    assert _differences(database, served, people) == 0
    with served.engine.connect() as connection:
        seen = [len(_seen(connection, p, NOW.isoformat())) for p in people[:2]]
    assert all(0 < n < CASES for n in seen)


def _without(clause: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    return (
        {k: v for k, v in row_security.CLAUSES.items() if k != clause},
        {k: v for k, v in row_security.GROUNDS.items() if k != clause},
    )


def test_no_clause_of_the_policy_can_be_left_out(
    database: Database, served: Database, people: list[Actor]
) -> None:
    for clause in [*row_security.CLAUSES, *row_security.GROUNDS]:
        with database.engine.begin() as connection:
            connection.exec_driver_sql(row_security.cases_seen_function(*_without(clause)))
        assert _differences(database, served, people) > 0, clause


WAYS: dict[str, Callable[[Session], object]] = {
    "text": lambda s: s.execute(text("SELECT * FROM support_case")).all(),
    "core": lambda s: s.execute(select(Person.__table__)).all(),
    "from_statement": lambda s: s.scalars(
        select(Person).from_statement(text("SELECT * FROM person"))
    ).all(),
    "rows that hang on rows": lambda s: s.execute(select(ConsentAgency)).all(),
    "rows that hang on a case": lambda s: s.scalars(select(Placement)).all(),
    "a count": lambda s: s.scalar(select(func.count()).select_from(Consent)),
    "an update": lambda s: s.execute(update(Person).values(label_sealed="X")).rowcount,  # type: ignore[attr-defined]
    "the driver": lambda s: (
        s.connection().connection.cursor().execute("SELECT * FROM case_member").fetchall()
    ),
}
"""Ways of reading that no filter on the mapper catches, and others."""


def test_a_reading_that_asks_nobody_is_shown_nobody(
    database: Database, served: Database, people: list[Actor]
) -> None:
    with database.writing(by="test") as session:
        case = session.scalars(select(Case)).first()
        assert case is not None
        session.add(
            Placement(
                case_id=case.id, offering_id=uuid.uuid4(), place="p", state="asked",
                owner_id=people[0].account_id, started_on=case.opened_on,
            )
        )  # fmt: skip
    stranger = replace(people[0], account_id=uuid.uuid4())
    for way, read in WAYS.items():
        for said in (row_security.NOBODY, as_actor(None), as_actor(stranger)):
            with served.reading(said=said) as session:
                assert not read(session), way
        with served.reading(said=as_system("test")) as session:
            assert read(session), way  # there is something to see


def _tables() -> set[str]:
    """Return the names of the casework's tables."""
    return {
        str(mapper.local_table.name)  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if mapper.class_.__module__
        in {m.__name__ for m in (case_models, placement_models, record_models)}
    }


def test_every_table_that_hangs_on_a_case_is_under_a_rule_its_owner_included(
    database: Database,
) -> None:
    with database.engine.connect() as connection:
        held = set(
            connection.execute(
                text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
            ).scalars()
        )
        rules = {
            (r.tablename, r.qual, r.with_check)
            for r in connection.execute(text("SELECT * FROM pg_policies"))
        }
    assert held == set(RULES) == _tables() - {"meeting", "retention_term", "destruction"}
    # What the models make and what the migrations make are the same.
    from jobs.tables import METADATA

    METADATA.drop_all(database.engine)
    METADATA.create_all(database.engine)
    with database.engine.connect() as connection:
        assert rules == {
            (r.tablename, r.qual, r.with_check)
            for r in connection.execute(text("SELECT * FROM pg_policies"))
        }


def test_it_can_be_taken_down_and_put_up_again(database: Database) -> None:
    from jobs.schema import downgrade, upgrade

    downgrade(database, "0015")
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT * FROM pg_policies")).all() == []
    upgrade(database)
    with database.engine.connect() as connection:
        assert len(connection.execute(text("SELECT * FROM pg_policies")).all()) == len(RULES)


def test_what_was_said_ends_with_the_transaction(served: Database, people: list[Actor]) -> None:
    with served.engine.connect() as connection:
        say_locally(connection, {SYSTEM: "test"})
        assert connection.scalar(text("SELECT count(*) FROM support_case")) == CASES
        connection.rollback()
        assert connection.scalar(text("SELECT count(*) FROM support_case")) == 0


def test_who_says_nothing_writes_nothing(served: Database, people: list[Actor]) -> None:
    with pytest.raises(ProgrammingError) as refused, served.writing(by="test") as session:
        session.execute(
            text(
                "INSERT INTO household (id, label, created_at) "
                "VALUES (gen_random_uuid(), 'x', now())"
            )
        )
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)


def test_the_check_up_knows_a_user_that_row_security_does_not_hold(
    database: Database, served: Database
) -> None:
    assert database.passes_over_row_security()
    assert not served.passes_over_row_security()
    assert inspect(served.engine).has_table("support_case")
