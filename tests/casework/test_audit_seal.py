"""Whatever is done to the sealed audit is found."""

import random
import uuid
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.orm import Session

from casework.audit import Attempt, record
from casework.audit_seal import BeingWritten, Head, newest_seal, seal, verify
from casework.models import AuditRow, AuditSeal
from resources.database import Database

KEY = b"k" * 32
ACTIONS = ("list", "read", "edit", "permit")
PER_SEAL, SEALS = 12, 6


def fill(database: Database) -> Head:
    chance = random.Random(1)
    for _ in range(SEALS):
        with database.writing(by="test") as session:
            attempts = [
                Attempt(
                    f"user:{chance.choice('abc')}", None, chance.choice(ACTIONS), "person",
                    str(uuid.UUID(int=chance.getrandbits(128))), ("label",), "plan", "consent",
                    allowed=chance.random() < 0.9,
                )
                for _ in range(PER_SEAL)
            ]  # fmt: skip
            record(session, *attempts)
        with database.writing(by="job") as session:
            assert seal(session, key=KEY) == PER_SEAL
    with database.reading() as session:
        newest = newest_seal(session)
        assert newest is not None
        return Head(newest.number, newest.digest)


def without_triggers(database: Database) -> None:
    """As somebody who owns the database may do."""
    with database.engine.begin() as connection:
        if database.is_sqlite:
            for name in ("update", "delete", "replace"):
                connection.exec_driver_sql(f"DROP TRIGGER audit_no_{name}")
        else:
            connection.exec_driver_sql("DROP TRIGGER audit_no_change ON audit")


def test_an_untouched_audit_verifies_and_what_is_new_waits_for_its_seal(
    database: Database,
) -> None:
    head = fill(database)
    with database.writing(by="test") as session:
        record(session, Attempt("user:a", None, "read", "person", "x"))
    with database.reading() as session:
        found = verify(session, key=KEY, head=head)
    assert (found.seals, found.rows, found.unsealed) == (SEALS, SEALS * PER_SEAL, 1)
    assert found.findings == []
    with database.writing(by="job") as session:
        assert seal(session, key=KEY) == 1
        assert seal(session, key=KEY) == 0
    with database.reading() as session:
        assert verify(session, key=KEY, head=head).findings == []
        assert verify(session, key=b"another key" * 3).findings != []


def _change(chance: random.Random, connection: Connection, ids: list[int]) -> str:
    values = {
        "by": "user:mallory",
        "entity_id": "changed",
        "action": "sign_out",
        "entity": "token",
        "role": "auditor",
        "agency": "west",
        "purpose": "other",
        "basis": "meeting",
        "fields": ["need"],
        "account_id": uuid.uuid4(),
    }
    column = chance.choice([*values, "allowed", "at"])
    row = AuditRow.id == chance.choice(ids)
    if column == "allowed":
        connection.execute(update(AuditRow).where(row).values(allowed=~AuditRow.allowed))
    elif column == "at":
        old = connection.execute(select(AuditRow.at).where(row)).scalar_one()
        new = old.replace(microsecond=(old.microsecond + 1) % 1_000_000)
        connection.execute(update(AuditRow).where(row).values(at=new))
    else:
        connection.execute(update(AuditRow).where(row).values({column: values[column]}))
    return f"change {column}"


def _remove(chance: random.Random, connection: Connection, ids: list[int]) -> str:
    gone = chance.sample(ids, chance.randint(1, 3))
    connection.execute(delete(AuditRow).where(AuditRow.id.in_(gone)))
    return "remove"


def _reorder(chance: random.Random, connection: Connection, ids: list[int]) -> str:
    a, b = chance.sample(ids, 2)
    for old, new in ((a, -1), (b, a), (-1, b)):
        connection.execute(update(AuditRow).where(AuditRow.id == old).values(id=new))
    return "reorder"


def _put_in(chance: random.Random, connection: Connection, ids: list[int]) -> str:
    at = chance.choice(ids[1:-1])
    copied = (
        connection.execute(select(AuditRow.__table__).where(AuditRow.id == at)).mappings().one()
    )
    connection.execute(insert(AuditRow).values({**copied, "id": -chance.randint(1, 9)}))
    if chance.random() < 0.5:  # and another instead, so that the count is right again
        connection.execute(delete(AuditRow).where(AuditRow.id == at))
        connection.execute(insert(AuditRow).values({**copied, "id": at, "by": "user:mallory"}))
    return "put in"


def _seals(chance: random.Random, connection: Connection, ids: list[int]) -> str:
    number = AuditSeal.number == chance.randint(1, SEALS)
    match chance.randint(0, 3):
        case 0:
            connection.execute(update(AuditSeal).where(number).values(digest="f" * 64))
        case 1:
            connection.execute(delete(AuditSeal).where(number))
        case 2:
            connection.execute(
                update(AuditSeal).where(number).values(last_row=AuditSeal.last_row - 1)
            )
        case 3:  # the newest seals go together with all their rows
            first = chance.randint(2, SEALS)
            connection.execute(delete(AuditSeal).where(AuditSeal.number >= first))
            connection.execute(delete(AuditRow).where(AuditRow.id > (first - 1) * PER_SEAL))
    return "seals"


TAMPERINGS = (_change, _change, _remove, _reorder, _put_in, _seals)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def tampered_with(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Database, Head]]:
    from jobs.tables import METADATA

    url = f"sqlite:///{tmp_path_factory.mktemp('seal') / 'test.sqlite3'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("new_postgres_url")()
    made = Database(url)
    METADATA.create_all(made.engine)
    head = fill(made)
    without_triggers(made)
    yield made, head
    made.close()


def _found_after(
    database: Database, head: Head, tampering: Callable[..., str], chance: random.Random
) -> tuple[str, bool]:
    with database.engine.connect() as connection:
        ids = list(range(1, SEALS * PER_SEAL + 1))
        told = tampering(chance, connection, ids)
        with Session(bind=connection, join_transaction_mode="rollback_only") as session:
            found = bool(verify(session, key=KEY, head=head).findings)
        connection.rollback()
    return told, found


def test_a_thousand_random_tamperings_are_all_found(tampered_with: tuple[Database, Head]) -> None:
    database, head = tampered_with
    chance = random.Random(20261125)
    missed = []
    for _ in range(1000):
        told, found = _found_after(database, head, chance.choice(TAMPERINGS), chance)
        if not found:
            missed.append(told)
    assert missed == []
    with database.reading() as session:  # each was taken back: the next one began from the truth
        assert verify(session, key=KEY, head=head).findings == []


def test_a_chain_without_a_kept_head_loses_its_end_unnoticed(
    tampered_with: tuple[Database, Head],
) -> None:
    """The naive variant, which is why the head stands outside the database."""
    database, head = tampered_with
    with database.engine.connect() as connection:
        connection.execute(delete(AuditSeal).where(AuditSeal.number == SEALS))
        connection.execute(delete(AuditRow).where(AuditRow.id > (SEALS - 1) * PER_SEAL))
        with Session(bind=connection, join_transaction_mode="rollback_only") as session:
            assert verify(session, key=KEY).findings == []
            assert verify(session, key=KEY, head=head).findings != []
        connection.rollback()


def test_some_of_each_kind_are_found_on_both_databases(database: Database) -> None:
    head = fill(database)
    without_triggers(database)
    chance = random.Random(5)
    for tampering in TAMPERINGS:
        told, found = _found_after(database, head, tampering, chance)
        assert found, told


def test_nothing_is_sealed_while_somebody_writes(postgres_url: str, database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    with database.writing(by="a") as writer:
        record(writer, Attempt("user:a", None, "read", "person", "x"))
        with database.writing(by="b") as other:  # writers share
            record(other, Attempt("user:b", None, "read", "person", "y"))
        with database.writing(by="job") as sealing, pytest.raises(BeingWritten):
            seal(sealing, key=KEY)
    with database.writing(by="job") as sealing:
        assert seal(sealing, key=KEY) == 2
        sealed = sealing.execute(text("SELECT count(*) FROM audit_seal")).scalar()
    assert sealed == 1
