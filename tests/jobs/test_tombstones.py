"""What was merged away or is open no more is told for ever; what damages that is found."""

import uuid
from collections.abc import Callable

import pytest
from open_catalogue import OPEN, add_every_sort
from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from jobs.backup.tombstones import tombstone_findings
from resources.changes import latest_revision
from resources.database import Database
from resources.merged import MERGED, Merge
from resources.merging import merge_resources, undo_merge
from resources.models import Location, Offering, Resource
from resources.open_log import follow
from resources.open_rows import Opened, OpenedUpto

Entries = dict[str, Offering]
CHAIN = ("plain", "no_host", "full")


@pytest.fixture
def entries(database: Database) -> Entries:
    """A catalogue of which the log of open data was followed."""
    with database.writing(by="test") as session:
        made = add_every_sort(session)
        follow(session)
    return made


def found(database: Database) -> dict[str, int]:
    with database.snapshot() as connection:
        return {f.what: f.count for f in tombstone_findings(connection)}


def merge_chain(database: Database, entries: Entries) -> list[uuid.UUID]:
    """Merge the first into the second and the second into the third."""
    one, two, three = (entries[name].resource_id for name in CHAIN)
    with database.writing(by="test") as session:
        merge_resources(session, kept_id=two, merged_id=one, by="test")
        merge_resources(session, kept_id=three, merged_id=two, by="test")
    return [one, two, three]


def past_the_log(database: Database, statement: object) -> None:
    """Write as no part of the program does: the change log learns nothing of it."""
    with database.connecting(said={}) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def close_a_place(session: Session, entries: Entries) -> None:
    place = session.get_one(Location, entries["plain"].location_id)
    place.visibility = "hidden"


def test_nothing_is_found_of_what_the_program_did(database: Database, entries: Entries) -> None:
    assert found(database) == {}
    merge_chain(database, entries)
    with database.writing(by="test") as session:
        close_a_place(session, entries)
        add_every_sort(session)
    assert found(database) == {}, "what is still to be followed is no damage"
    with database.writing(by="test") as session:
        follow(session)
    assert found(database) == {}
    with database.writing(by="test") as session:
        last = session.query(Merge).order_by(Merge.at.desc()).first()
        assert last is not None
        undo_merge(session, merge_id=last.id, by="test")
    assert found(database) == {}


def test_a_catalogue_that_nobody_asked_for_has_nothing_to_tell(database: Database) -> None:
    with database.writing(by="test") as session:
        add_every_sort(session)
    assert found(database) == {}


def test_a_resource_merged_away_that_leads_nowhere_is_found(
    database: Database, entries: Entries
) -> None:
    one, two, three = merge_chain(database, entries)
    past_the_log(database, delete(Merge).where(Merge.merged_id == two))
    assert found(database) == {"merged:nowhere": 2}, "the one that led there leads nowhere either"
    past_the_log(database, delete(Merge).where(Merge.merged_id == one))
    past_the_log(database, update(Resource).where(Resource.id == three).values(status=MERGED))
    with database.writing(by="test") as session:
        follow(session)
    assert found(database)["merged:nowhere"] == 3


def test_a_kept_resource_that_is_not_there_is_found(sqlite_database: Database) -> None:
    with sqlite_database.writing(by="test") as session:
        entries = add_every_sort(session)
    _, _, three = merge_chain(sqlite_database, entries)
    with sqlite_database.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys=OFF")  # type: ignore[attr-defined]
        connection.execute(text("DELETE FROM resource WHERE id = :id"), {"id": three.hex})
        assert {f.what: f.count for f in tombstone_findings(connection)} == {"merged:nowhere": 2}


def test_merges_that_lead_round_in_a_circle_are_found(database: Database, entries: Entries) -> None:
    one, _, three = merge_chain(database, entries)
    with database.writing(by="test") as session:
        merge = session.query(Merge).filter(Merge.merged_id == one).one()
        session.add(Merge(kept_id=one, merged_id=three, writes=[], by="test", at=merge.at))
    past_the_log(database, update(Resource).where(Resource.id == three).values(status=MERGED))
    with database.writing(by="test") as session:
        follow(session)
    assert found(database)["merged:circle"] == 3


def removed(entries: Entries) -> object:
    return delete(Offering).where(Offering.id == entries["plain"].id)


def unpublished(entries: Entries) -> object:
    which = Resource.id == entries["plain"].resource_id
    return update(Resource).where(which).values(status="closed")


@pytest.mark.parametrize("gone", [removed, unpublished])
def test_what_is_gone_and_still_told_as_open_is_found(
    database: Database, entries: Entries, gone: Callable[[Entries], object]
) -> None:
    past_the_log(database, gone(entries))
    assert found(database) == {"open:not_buried": 1}


def test_a_mark_that_says_open_again_is_found(database: Database, entries: Entries) -> None:
    with database.writing(by="test") as session:
        close_a_place(session, entries)
        follow(session)
    assert found(database) == {}
    past_the_log(database, update(Opened).values(is_open=True))
    assert found(database) == {"open:not_buried": 1}


def test_a_mark_that_was_removed_is_missed_also_after_more_came(
    database: Database, entries: Entries
) -> None:
    with database.writing(by="test") as session:
        close_a_place(session, entries)
        follow(session)
    past_the_log(database, delete(Opened).where(Opened.offering_id == entries["plain"].id))
    assert found(database) == {"open:lost": 1}
    with database.writing(by="test") as session:
        add_every_sort(session)
        follow(session)
    assert found(database) == {"open:lost": 1}


def test_marks_of_a_release_that_did_not_count_them_are_counted_from_then_on(
    database: Database, entries: Entries
) -> None:
    past_the_log(database, update(OpenedUpto).values(entries=None))
    assert found(database) == {}
    with database.writing(by="test") as session:
        close_a_place(session, entries)
        follow(session)
    past_the_log(database, delete(Opened).where(Opened.offering_id == entries["plain"].id))
    assert found(database) == {"open:lost": 1}


def test_what_is_open_and_not_told_is_found(database: Database, entries: Entries) -> None:
    past_the_log(database, delete(Opened).where(Opened.offering_id == entries["plain"].id))
    assert found(database) == {"open:not_told": 1, "open:lost": 1}
    past_the_log(database, delete(Opened))
    assert found(database) == {"open:not_told": len(OPEN), "open:lost": len(OPEN)}


def test_a_position_that_the_log_has_not_reached_is_found(
    database: Database, entries: Entries
) -> None:
    with database.reading() as session:
        newest = latest_revision(session)
    which = Opened.offering_id == entries["plain"].id
    past_the_log(database, update(Opened).where(which).values(modified=newest + 1))
    assert found(database) == {"open:ahead": 1}
    past_the_log(database, update(Opened).where(which).values(modified=newest))
    past_the_log(database, update(OpenedUpto).values(revision=newest + 1))
    assert found(database) == {"open:ahead": 1}
