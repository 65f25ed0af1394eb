"""Every edit is kept, can be shown field by field, and can be taken back."""

import random
import uuid
from datetime import date
from typing import Any

import pytest
from oracle import catalogues

from resources.commands import NotFound, register_resource, set_availability, set_status
from resources.database import Database
from resources.history import ChangedSince, NothingToUndo, edits_of, undo
from resources.lifecycle import moves_from
from resources.models import Offering, Resource
from resources.registration import Registration

TODAY = date(2026, 11, 23)


@pytest.fixture
def known(database: Database) -> list[tuple[str, uuid.UUID]]:
    """A registered place: its offering and its resource."""
    parts = catalogues.registration(random.Random(3), [uuid.uuid4()], TODAY)
    parts.pop("organization", None)
    with database.writing(by="test") as session:
        offering = register_resource(
            session,
            registration=Registration.model_validate(parts),
            vocabulary=catalogues.VOCABULARY,
            by="user:a",
        )
        return [("offering", offering.id), ("resource", offering.resource_id)]


def set_room(database: Database, known: Any, status: str, places: int | None, by: str) -> None:
    with database.writing(by=by) as session:
        set_availability(
            session,
            offering_id=known[0][1],
            status=status,
            places=places,
            said_by="host",
            said_on=TODAY,
            by=by,
        )


def columns(database: Database, known: Any) -> dict[str, Any]:
    with database.reading() as session:
        entries = session.get(Offering, known[0][1]), session.get(Resource, known[1][1])
        return {
            f"{e.__tablename__}.{c.name}": getattr(e, c.name)
            for e in entries
            if e is not None
            for c in e.__table__.columns
            if c.name not in ("version", "edited_at")
        }


def test_an_edit_says_what_was_before_and_after_and_by_whom(database: Database, known: Any) -> None:
    set_room(database, known, "capacity", 3, "user:b")
    set_room(database, known, "none", None, "user:c")
    with database.reading() as session:
        newest, older, *_ = edits_of(session, known)
    assert newest.by == "user:c"
    assert ("availability", "capacity", "none") in newest.fields
    assert ("places", 3, None) in newest.fields
    assert older.by == "user:b"
    assert {f for f, _, _ in newest.fields}.isdisjoint({"version", "edited_at"})


def test_an_edit_taken_back_leaves_what_was_before_and_stands_in_the_log(
    database: Database, known: Any
) -> None:
    before = columns(database, known)
    set_room(database, known, "none", None, "user:b")
    with database.reading() as session:
        (edit,) = [e for e in edits_of(session, known) if e.action == "edit"]
    with database.writing(by="user:c") as session:
        undo(session, revision=edit.revision, by="user:c", among=known)
    assert columns(database, known) == before
    with database.reading() as session:
        newest = edits_of(session, known)[0]
    assert (newest.by, newest.action) == ("user:c", "edit")
    # And the taking back can be taken back.
    with database.writing(by="user:d") as session:
        undo(session, revision=newest.revision, by="user:d", among=known)
    assert columns(database, known)["offering.availability"] == "none"


def test_what_was_written_again_since_is_not_taken_back(database: Database, known: Any) -> None:
    set_room(database, known, "capacity", 3, "user:b")
    set_room(database, known, "capacity", 2, "user:c")
    before = columns(database, known)
    with database.reading() as session:
        newest, older, *_ = edits_of(session, known)
    assert newest.can_be_undone
    assert not older.can_be_undone
    with (
        pytest.raises(ChangedSince) as refused,
        database.writing(by="user:d") as session,
    ):
        undo(session, revision=older.revision, by="user:d", among=known)
    assert "places" in refused.value.fields
    assert columns(database, known) == before


def test_only_edits_of_this_entry_are_taken_back(database: Database, known: Any) -> None:
    with database.writing(by="user:b") as session:
        set_status(session, resource_id=known[1][1], status="paused", by="user:b")
    with database.reading() as session:
        edit, *_, added = edits_of(session, known)
    with pytest.raises(NotFound), database.writing(by="x") as session:
        undo(session, revision=edit.revision, by="x", among=known[:1])
    with pytest.raises(NotFound), database.writing(by="x") as session:
        undo(session, revision=10**6, by="x", among=known)
    with pytest.raises(NothingToUndo), database.writing(by="x") as session:
        undo(session, revision=added.revision, by="x", among=known)


@pytest.mark.parametrize("seed", range(4))
def test_edits_taken_back_newest_first_lead_back_to_the_beginning(
    database: Database, known: Any, seed: int
) -> None:
    r = random.Random(seed)
    beginning = columns(database, known)
    for _ in range(8):
        if r.random() < 0.5:
            status = r.choice(["capacity", "none", "waitlist"])
            set_room(database, known, status, r.choice([None, 1, 5]), "user:b")
        else:
            with database.writing(by="user:b") as session:
                stands = session.get_one(Resource, known[1][1]).status
                set_status(
                    session, resource_id=known[1][1], status=r.choice(moves_from(stands)),
                    reason="理由", by="user:b",
                )  # fmt: skip
    with database.reading() as session:
        made = [e.revision for e in edits_of(session, known) if e.action == "edit"]
    for revision in made:
        with database.writing(by="user:c") as session:
            undo(session, revision=revision, by="user:c", among=known)
    assert columns(database, known) == beginning
