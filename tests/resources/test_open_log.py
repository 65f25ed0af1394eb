"""What is seen of the catalogue from outside, and when it last changed, follows the change log."""

import random
import uuid
from datetime import date

from open_catalogue import OPEN, add_entry, add_every_sort
from sqlalchemy import insert, select

from resources import changes
from resources.changes import latest_revision
from resources.database import Database
from resources.models import Location, Offering, Organization, Resource
from resources.open_log import follow, is_behind
from resources.open_rows import Opened
from resources.public_entries import each_open_entry


def followed(database: Database) -> dict[object, tuple[int, bool]]:
    with database.writing(by="test") as session:
        follow(session)
    with database.reading() as session:
        assert not is_behind(session)
        rows = {o.offering_id: (o.modified, o.is_open) for o in session.scalars(select(Opened))}
        assert {i for i, (_, o) in rows.items() if o} == {
            e.offering.id for e in each_open_entry(session)
        }
    return rows


def newest(database: Database) -> int:
    with database.reading() as session:
        return latest_revision(session)


def edit(database: Database, table: type, id_: object, **values: object) -> int:
    """Edit a row; return the revision of the edit."""
    with database.writing(by="test") as session:
        row = session.get_one(table, id_)
        for name, value in values.items():
            setattr(row, name, value)
    return newest(database)


def test_a_change_to_any_part_moves_the_entry_to_its_newest_position(database: Database) -> None:
    with database.writing(by="test") as session:
        made = add_every_sort(session)
        host = session.get_one(Resource, made["plain"].resource_id).organization_id
    before = followed(database)
    assert set(before) == {made[name].id for name in OPEN}
    plain = made["plain"]
    for table, id_, values in (
        (Organization, host, {"phone": "03-0000-0001"}),
        (Resource, plain.resource_id, {"fee_yen": 100}),
        (Location, plain.location_id, {"lat": 35.7}),
        (Offering, plain.id, {"places": 3}),
        (Offering, plain.id, {"verified_on": date(2026, 11, 20)}),
    ):
        revision = edit(database, table, id_, **values)
        after = followed(database)
        assert after[plain.id] == (revision, True)
        assert {i: p for i, p in after.items() if i != plain.id} == {
            i: p for i, p in before.items() if i != plain.id
        }


def test_what_staff_note_for_themselves_moves_nothing(database: Database) -> None:
    with database.writing(by="test") as session:
        made = add_every_sort(session)
        host = session.get_one(Resource, made["plain"].resource_id).organization_id
    before = followed(database)
    edit(database, Organization, host, accompanied_now=2)
    edit(database, Resource, made["plain"].resource_id, host_support="電話のあとに")
    assert followed(database) == before


def test_what_is_open_no_more_leaves_a_mark_that_stays_where_it_is(database: Database) -> None:
    with database.writing(by="test") as session:
        made = add_every_sort(session)
    followed(database)
    plain = made["plain"]
    revision = edit(database, Location, plain.location_id, visibility="hidden")
    assert followed(database)[plain.id] == (revision, False)
    # A shelter's life isn't told to whoever reads along.
    edit(database, Location, plain.location_id, address="よそ")
    edit(database, Resource, plain.resource_id, status="paused")
    assert followed(database)[plain.id] == (revision, False)
    edit(database, Location, plain.location_id, visibility="public")
    revision = edit(database, Resource, plain.resource_id, status="published")
    assert followed(database)[plain.id] == (revision, True)


def test_what_was_never_open_has_no_mark(database: Database) -> None:
    with database.writing(by="test") as session:
        made = add_every_sort(session)
    for _ in range(2):
        rows = followed(database)
        assert not {o.id for name, o in made.items() if name not in OPEN} & set(rows)
        edit(database, Location, made["hidden"].location_id, name="ここ")


def test_a_removed_offering_leaves_a_mark(database: Database) -> None:
    with database.writing(by="test") as session:
        made = add_every_sort(session)
    followed(database)
    with database.writing(by="test") as session:
        session.delete(session.get_one(Offering, made["plain"].id))
    assert followed(database)[made["plain"].id] == (newest(database), False)


def test_an_offering_by_telephone_closes_with_a_place_of_its_resource(database: Database) -> None:
    with database.writing(by="test") as session:
        made = add_every_sort(session)
    followed(database)
    revision = edit(database, Offering, made["team"].id, resource_id=made["no_place"].resource_id)
    rows = followed(database)
    assert rows[made["no_place"].id] == (revision, False)
    revision = edit(database, Location, made["team"].location_id, visibility="public")
    rows = followed(database)
    assert rows[made["no_place"].id] == (revision, True)


def test_a_bulk_load_that_the_log_tells_in_one_row_is_taken_in(database: Database) -> None:
    with database.writing(by="test") as session:
        first = add_entry(session, name="a")
    followed(database)
    with database.writing(by="test") as session:
        row = {c.name: getattr(first, c.name) for c in Offering.__table__.columns}
        row |= {"id": uuid.uuid4(), "source_key": None}
        session.connection().execute(insert(Offering.__table__), [row])  # type: ignore[arg-type]
        changes.record(session, entity="tiles", entity_id="x", action="load", after={})
    rows = followed(database)
    assert rows[row["id"]] == (newest(database), True)


def test_following_step_by_step_or_at_once_leads_to_the_same_open_entries(
    sqlite_database: Database,
) -> None:
    r = random.Random(7)
    with sqlite_database.writing(by="test") as session:
        made = list(add_every_sort(session).values())
    for _ in range(40):
        offering = r.choice(made)
        table, id_, values = r.choice(
            [
                (Offering, offering.id, {"verified_on": r.choice([None, date(2026, 11, 3)])}),
                (Resource, offering.resource_id, {"status": r.choice(["published", "paused"])}),
                (Location, offering.location_id, {"visibility": r.choice(["public", "hidden"])}),
                (Resource, offering.resource_id, {"fee_yen": r.randint(0, 900)}),
            ]
        )
        if id_ is not None:
            edit(sqlite_database, table, id_, **values)
            if r.random() < 0.5:
                step_by_step = followed(sqlite_database)
    step_by_step = followed(sqlite_database)
    with sqlite_database.writing(by="test") as session:
        session.execute(Opened.__table__.delete())  # type: ignore[attr-defined]
        session.execute(Opened.metadata.tables["opened_upto"].delete())
    at_once = followed(sqlite_database)
    assert {i for i, (_, o) in at_once.items() if o} == {
        i for i, (_, o) in step_by_step.items() if o
    }
