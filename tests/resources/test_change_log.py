"""Every write to the catalogue leaves a row in the change log, in its own transaction."""

import threading
import uuid
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from resources import changes, clock
from resources.commands import EditedMeanwhile, register_resource, set_availability, set_status
from resources.database import Database
from resources.models import Change, Offering, Organization, Resource
from resources.queries import list_resources
from resources.registration import BadRegistration, Registration, check_registration
from resources.vocabulary import default_vocabulary

VOCABULARY = default_vocabulary()


def registration(**resource: Any) -> Registration:
    return Registration.model_validate(
        {
            "organization": {"name": "架空の会"},
            "resource": {"name": "架空サロン", "kind": "salon", **resource},
            "location": {"lon": 139.7, "lat": 35.7},
        }
    )


def registered(database: Database, **resource: Any) -> uuid.UUID:
    with database.writing(by="user:coordinator") as session:
        return register_resource(
            session,
            registration=registration(**resource),
            vocabulary=VOCABULARY,
            by="user:coordinator",
        ).id


def newest(session: Session, offering: str) -> Change:
    found = session.scalars(
        select(Change)
        .where(Change.entity == "offering", Change.entity_id == offering)
        .order_by(Change.revision.desc())
        .limit(1)
    )
    return found.one()


def test_a_registration_logs_each_row_with_who_and_what(database: Database) -> None:
    offering = registered(database)
    with database.reading() as session:
        rows = changes.changes_since(session, 0)
        assert [(r.entity, r.action) for r in rows] == [
            ("organization", "add"),
            ("location", "add"),
            ("resource", "add"),
            ("offering", "add"),
        ] or {r.entity for r in rows} == {"organization", "location", "resource", "offering"}
        assert {r.by for r in rows} == {"user:coordinator"}
        assert newest(session, str(offering)).after["availability"] == "unknown"


def test_an_edit_logs_only_the_fields_that_changed(database: Database) -> None:
    offering = registered(database)
    with database.writing(by="user:b") as session:
        set_availability(
            session, offering_id=offering, status="capacity", places=3, said_by="host",
            said_on=date(2026, 11, 20), by="user:b",
        )  # fmt: skip
    with database.reading() as session:
        row = newest(session, str(offering))
    assert (row.action, row.by) == ("edit", "user:b")
    assert row.after["availability"] == "capacity"
    assert row.before["availability"] == "unknown"
    assert "schedule" not in row.after


def test_a_transaction_that_fails_leaves_no_row(database: Database) -> None:
    with pytest.raises(RuntimeError), database.writing(by="user:a") as session:
        register_resource(session, registration=registration(), vocabulary=VOCABULARY, by="user:a")
        raise RuntimeError
    with database.reading() as session:
        assert changes.latest_revision(session) == 0
        assert session.scalars(select(Resource)).all() == []


def test_a_write_by_nobody_is_refused(database: Database) -> None:
    with pytest.raises(changes.NobodyActing), database.writing(by="") as session:
        now = clock.now()
        session.add(Organization(name="架空", created_at=now, edited_at=now))
        session.flush()


def test_revisions_become_visible_in_their_order(database: Database) -> None:
    """While writers write, whoever has seen revision n never sees a smaller one appear later."""
    stop = threading.Event()
    late: list[int] = []

    def write(name: str) -> None:
        for _ in range(15):
            registered(database, name=name)

    def watch() -> None:
        seen = 0
        known: set[int] = set()
        while not stop.is_set():
            with database.reading() as session:
                found = set(session.scalars(select(Change.revision)))
            late.extend(r for r in found - known if r <= seen)
            known |= found
            seen = max(known, default=0)

    writers = [threading.Thread(target=write, args=(f"場所{i}",)) for i in range(3)]
    watcher = threading.Thread(target=watch)
    watcher.start()
    for w in writers:
        w.start()
    for w in writers:
        w.join()
    stop.set()
    watcher.join()
    assert late == []
    with database.reading() as session:
        assert changes.latest_revision(session) == 3 * 15 * 4


def test_an_edit_of_an_older_version_is_refused(database: Database) -> None:
    offering = registered(database)
    facts = {
        "offering_id": offering, "status": "none", "places": 0, "said_by": "host",
        "said_on": date(2026, 11, 20), "by": "user:a",
    }  # fmt: skip
    with database.writing(by="user:a") as session:
        set_availability(session, **facts, version=1)
    with pytest.raises(EditedMeanwhile), database.writing(by="user:b") as session:
        set_availability(session, **facts, version=1)


def test_two_edits_at_once_do_not_both_win(sqlite_database: Database) -> None:
    offering = registered(sqlite_database)
    with sqlite_database.reading() as session:
        stale = session.get_one(Offering, offering)
        session.expunge(stale)
    with sqlite_database.writing(by="user:a") as session:
        session.get_one(Offering, offering).label = "先"
    with pytest.raises(StaleDataError), sqlite_database.writing(by="user:b") as session:
        session.add(stale)
        stale.label = "後"


def test_a_list_finds_by_words_kind_and_status_and_says_how_many(database: Database) -> None:
    for i in range(5):
        registered(database, name=f"さくらサロン{i}")
    registered(database, name="別の場所", kind="open_space")
    with database.writing(by="user:a") as session:
        closing = list_resources(session, text="別の").entries[0].resource.id
        set_status(session, resource_id=closing, status="closed", reason="終わった", by="user:a")
    with database.reading() as session:
        page = list_resources(session, text="さくら", limit=2)
        assert (len(page.entries), page.total) == (2, 5)
        assert list_resources(session, kind="open_space", status="published").total == 0
        assert list_resources(session, status="closed").total == 1


@pytest.mark.parametrize(
    ("part", "value", "field"),
    [
        ("kind", "castle", "resource.kind"),
        ("needs", ["nothing"], "resource.needs"),
        ("languages", ["latin"], "resource.languages"),
    ],
)
def test_a_code_that_no_list_holds_is_refused(part: str, value: Any, field: str) -> None:
    with pytest.raises(BadRegistration) as caught:
        check_registration(registration(**{part: value}), VOCABULARY)
    assert caught.value.field == field


def test_a_schedule_that_cannot_be_is_refused() -> None:
    bad = {"rules": [{"days": ["mon"], "from": "17:00", "to": "09:00"}], "closed": []}
    parts = registration().model_dump()
    parts["offering"] = {"schedule": bad}
    with pytest.raises(BadRegistration):
        check_registration(Registration.model_validate(parts), VOCABULARY)
