"""Looking at people leaves a row in the audit, or doesn't happen."""

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from casework import audit
from casework.access import Actor
from casework.case_models import Person
from casework.cases import Unseen, holds_people
from casework.consents import Given, NoSuchAgency
from casework.models import AuditRow
from casework.people import (
    EditedMeanwhile,
    add_person,
    edit_person,
    people_visible_to,
    person_for,
)
from resources import clock
from resources.database import Database
from resources.models import Change


def _given(*agencies: str) -> Given:
    return Given(["support"], agencies, "self", clock.today(), "written")


def _rows(database: Database) -> list[AuditRow]:
    with database.reading() as session:
        rows = list(session.scalars(select(AuditRow).order_by(AuditRow.id)))
        session.expunge_all()
    return rows


def test_a_look_at_a_person_is_recorded_in_the_same_transaction(
    database: Database, person: Person, actor: Callable[..., Actor]
) -> None:
    who = actor()
    with database.writing(by=who.by) as session:
        seen = person_for(session, actor=who, person_id=person.id, purpose="suggest")
        assert seen.summary.startswith("ひとりで")
    row = _rows(database)[-1]
    assert (row.account_id, row.agency, row.role) == (who.account_id, "east", "support_worker")
    assert (row.action, row.entity_id, row.purpose) == ("read", str(person.id), "suggest")
    assert (row.basis, row.allowed) == ("consent", True)


def test_a_look_whose_transaction_fails_leaves_no_row_and_gives_no_answer(
    database: Database, person: Person, actor: Callable[..., Actor]
) -> None:
    before = len(_rows(database))

    def look() -> None:
        with database.writing(by="user:sato") as session:
            person_for(session, actor=actor(), person_id=person.id, purpose="suggest")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        look()
    assert len(_rows(database)) == before


def test_a_session_that_is_only_for_reading_shows_nobody(
    database: Database, person: Person, actor: Callable[..., Actor]
) -> None:
    with database.reading() as session:
        with pytest.raises(audit.NotRecorded):
            person_for(session, actor=actor(), person_id=person.id, purpose="suggest")
        with pytest.raises(audit.NotRecorded):
            people_visible_to(session, actor=actor())


def _refusal(session: Session, who: Actor, person_id: uuid.UUID) -> Unseen:
    with pytest.raises(Unseen) as refused:
        person_for(session, actor=who, person_id=person_id, purpose="suggest")
    return refused.value


def test_somebody_elses_person_is_refused_exactly_like_one_that_does_not_exist(
    database: Database, person: Person, actor: Callable[..., Actor]
) -> None:
    stranger = actor(agency="west")
    with database.writing(by=stranger.by) as session:
        theirs = _refusal(session, stranger, person.id)
        nobodys = _refusal(session, stranger, uuid.uuid4())
    assert str(theirs) == str(nobodys)
    assert theirs.attempt.allowed is nobodys.attempt.allowed is False
    assert theirs.attempt.basis is nobodys.attempt.basis is None


def test_the_list_shows_and_records_only_whom_the_actor_may_see(
    database: Database, person: Person, actor: Callable[..., Actor]
) -> None:
    with database.writing(by="test") as session:
        other = add_person(
            session,
            label="Bさん",
            summary="",
            need={},
            agency="west",
            by="test",
            consent=_given("west"),
        )
    who = actor()
    before = len(_rows(database))
    with database.writing(by=who.by) as session:
        assert [p.id for p in people_visible_to(session, actor=who)] == [person.id]
        assert people_visible_to(session, actor=actor("administrator")) == []
        assert people_visible_to(session, actor=actor("auditor", "west")) == []
    added = _rows(database)[before:]
    assert [(r.action, r.entity_id) for r in added] == [("list", str(person.id))]
    assert str(other.id) not in {r.entity_id for r in added}


def test_an_edit_needs_the_version_that_was_shown(
    database: Database, person: Person, actor: Callable[..., Actor]
) -> None:
    who = actor()
    with database.writing(by=who.by) as session:
        edited = edit_person(session, person_id=person.id, version=1, by=who, summary="新しい")
        assert (edited.label, edited.summary, edited.version) == ("Aさん", "新しい", 2)
    with database.writing(by=who.by) as session, pytest.raises(EditedMeanwhile):
        edit_person(session, person_id=person.id, version=1, by=who, summary="古い画面から")
    assert _rows(database)[-1].action == "edit"


def test_whether_there_are_real_people_can_be_asked_without_seeing_one(
    database: Database, person: Person
) -> None:
    with database.reading() as session:
        assert holds_people(session, invented=False)
        assert not holds_people(session, invented=True)


def test_a_person_of_an_unknown_agency_is_refused(database: Database) -> None:
    with database.writing(by="test") as session, pytest.raises(NoSuchAgency):
        add_person(
            session,
            label="A",
            summary="",
            need={},
            agency="nowhere",
            by="test",
            consent=_given("nowhere"),
        )


def test_nothing_about_people_or_accounts_enters_the_change_log_and_no_content_the_audit(
    database: Database, person: Person, actor: Callable[..., Actor]
) -> None:
    with database.writing(by="test") as session:
        edit_person(session, person_id=person.id, version=1, by=actor(), summary="ひみつ")
    with database.reading() as session:
        entities = set(session.scalars(select(Change.entity)))
        kept = session.execute(text("SELECT * FROM audit")).all()
    assert entities == {"agency"}
    assert all("ひみつ" not in str(row) and "Aさん" not in str(row) for row in kept)


TAMPERING = {
    "sqlite": [
        "INSERT OR REPLACE INTO audit SELECT * FROM audit",
        "UPDATE OR REPLACE audit SET id = id + 1",
    ],
    "postgresql": [
        "TRUNCATE audit",
        "INSERT INTO audit SELECT * FROM audit ON CONFLICT (id) DO UPDATE SET by = ''",
    ],
}
ANYWHERE = [
    "UPDATE audit SET allowed = NOT allowed",
    "DELETE FROM audit",
    "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)",
]


def test_no_row_of_the_audit_can_be_changed_or_removed(database: Database, person: Person) -> None:
    before = [row.id for row in _rows(database)]
    assert before
    for statement in ANYWHERE + TAMPERING[database.engine.dialect.name]:
        refused = pytest.raises(DBAPIError, match="audit rows are never changed")
        with refused, database.writing(by="test") as session:
            session.execute(text(statement))
    assert [row.id for row in _rows(database)] == before


def test_the_triggers_can_be_made_by_a_migration_too(database: Database, person: Person) -> None:
    dialect = database.engine.dialect.name
    with database.engine.begin() as connection:
        if dialect == "sqlite":
            for name in ("update", "delete", "replace"):
                connection.exec_driver_sql(f"DROP TRIGGER audit_no_{name}")
        else:
            connection.exec_driver_sql("DROP TRIGGER audit_no_change ON audit")
            connection.exec_driver_sql("DROP TRIGGER audit_no_truncate ON audit")
        for statement in audit.audit_triggers(dialect):
            connection.exec_driver_sql(statement)
    with pytest.raises(DBAPIError), database.writing(by="test") as session:
        session.execute(text("DELETE FROM audit"))
    with database.reading() as session:
        assert session.scalar(select(func.count(AuditRow.id)))
