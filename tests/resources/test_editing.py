"""An edit changes what it says, on the version that was shown, and verifies nothing."""

import uuid
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from resources import clock, editing
from resources.changes import latest_revision
from resources.commands import EditedMeanwhile, NotFound, register_resource
from resources.database import Database
from resources.history import as_of, edits_of, undo, written_since
from resources.models import Location, Offering, Resource
from resources.registration import BadRegistration, OfferingPart, Registration
from resources.vocabulary import Term, Vocabulary, default_vocabulary

VOCABULARY = default_vocabulary()
BEFORE = date(2026, 8, 1)
PARTS: dict[str, Any] = {
    "resource": {"name": "架空のサロン", "kind": "salon", "needs": ["isolation"], "age_min": 60},
    "location": {
        "address": "南大塚三丁目", "lon": 139.7272, "lat": 35.7295, "town": "南大塚三丁目",
        "point_level": "point", "point_source": "pin", "visibility": "hidden",
    },
    "offering": {
        "schedule_text": "毎週火曜10:00～12:00", "availability": "capacity", "places": 3,
        "availability_said_on": str(BEFORE), "availability_said_by": "host",
        "verified_on": str(BEFORE), "verified_by": "host",
    },
}  # fmt: skip


@pytest.fixture
def entry(database: Database) -> Offering:
    with database.writing(by="user:a") as session:
        return register_resource(
            session, registration=Registration.model_validate(PARTS), vocabulary=VOCABULARY,
            by="user:a",
        )  # fmt: skip


def edit(database: Database, what: str, row_id: uuid.UUID, version: int | None = None, **edits):
    more = {"vocabulary": VOCABULARY} if what == "resource" else {}
    with database.writing(by="user:b") as session:
        return getattr(editing, f"edit_{what}")(
            session, **{f"{what}_id": row_id}, edits=edits, by="user:b", version=version, **more
        )


def test_an_edit_never_moves_the_date_of_verification(database, entry) -> None:
    edit(database, "offering", entry.id, schedule_text="毎週水曜13:00～15:00", capacity=8)
    edit(database, "resource", entry.resource_id, name="架空の新しいサロン", fee_yen=100)
    edit(database, "location", entry.location_id, building="2階")
    with database.reading() as session:
        now = session.get_one(Offering, entry.id)
    assert (now.verified_on, now.verified_by) == (BEFORE, "host")
    assert [r["days"] for r in now.schedule["rules"]] == [["wed"]]
    assert (now.availability_said_on, now.availability_said_by) == (BEFORE, "host")


def test_free_places_that_are_told_anew_are_told_by_staff_today(database, entry) -> None:
    now = edit(database, "offering", entry.id, places=1)
    assert (now.places, now.availability_said_by) == (1, "staff")
    assert now.availability_said_on == clock.today()
    assert now.verified_on == BEFORE


def test_words_that_cannot_be_read_leave_the_time_unknown(database, entry) -> None:
    edit(database, "offering", entry.id, schedule_text="毎週火曜10:00～12:00")
    now = edit(database, "offering", entry.id, schedule_text="たぶん夕方ごろ")
    assert (now.schedule, now.schedule_text) == (None, "たぶん夕方ごろ")


def test_an_edit_of_an_older_version_is_refused_and_changes_nothing(database, entry) -> None:
    shown = edit(database, "resource", entry.resource_id, name="先の名前").version
    edit(database, "resource", entry.resource_id, shown, name="後の名前")
    with pytest.raises(EditedMeanwhile) as refused:
        edit(database, "resource", entry.resource_id, shown, name="古い名前")
    assert (refused.value.shown, refused.value.stored) == (shown, shown + 1)
    with database.reading() as session:
        assert session.get_one(Resource, entry.resource_id).name == "後の名前"


def test_what_is_the_same_is_no_edit(database, entry) -> None:
    version = edit(database, "resource", entry.resource_id, name="架空のサロン").version
    assert version == 1
    with database.reading() as session:
        (added,) = edits_of(session, [("resource", entry.resource_id)])
    assert added.action == "add"


@pytest.mark.parametrize(
    ("edits", "error"),
    [
        ({"name": None}, ValidationError),
        ({"name": ""}, ValidationError),
        ({"age_max": 10}, ValidationError),  # below the stored age_min
        ({"kind": "castle"}, BadRegistration),
        ({"needs": ["isolation", "castle"]}, BadRegistration),
        ({"status": "closed"}, BadRegistration),
        ({"no_such_field": 1}, ValidationError),
    ],
)
def test_what_cannot_be_is_refused(database, entry, edits, error) -> None:
    with pytest.raises(error):
        edit(database, "resource", entry.resource_id, **edits)


def test_a_retired_word_stays_where_it_stands_and_is_put_nowhere_new(database, entry) -> None:
    terms = [
        Term(t.axis, t.code, t.ja, t.en, t.facts, active=t.code != "isolation")
        for axis in VOCABULARY.axes
        for t in VOCABULARY.terms(axis)
    ]
    retired = Vocabulary(terms)
    with database.writing(by="user:b") as session:
        kept = editing.edit_resource(
            session, resource_id=entry.resource_id, edits={"needs": ["isolation", "grief"]},
            vocabulary=retired, by="user:b",
        )  # fmt: skip
        assert kept.needs == ["isolation", "grief"]
        kept = editing.edit_resource(
            session, resource_id=entry.resource_id, edits={"needs": ["grief"]},
            vocabulary=retired, by="user:b",
        )  # fmt: skip
        with pytest.raises(BadRegistration):
            editing.edit_resource(
                session, resource_id=entry.resource_id, edits={"needs": ["isolation"]},
                vocabulary=retired, by="user:b",
            )  # fmt: skip


def test_a_new_address_without_a_point_has_no_point_of_the_old_one(database, entry) -> None:
    now = edit(database, "location", entry.location_id, address="巣鴨一丁目")
    assert (now.lon, now.lat, now.town, now.point_level) == (None, None, None, None)
    assert now.visibility == "hidden"


def test_the_history_of_an_edit_is_the_way_back(database, entry) -> None:
    with database.reading() as session:
        base = latest_revision(session)
    edit(database, "location", entry.location_id, address="巣鴨一丁目", building="2階")
    with database.writing(by="user:c") as session:
        place = session.get_one(Location, entry.location_id)
        assert as_of(session, place, base)["address"] == "南大塚三丁目"
        assert written_since(session, place, base)["building"] == "user:b"
        (made,) = [e for e in edits_of(session, [("location", place.id)]) if e.action == "edit"]
        undo(session, revision=made.revision, by="user:c", among=[("location", place.id)])
        assert (place.address, place.lon, place.building) == ("南大塚三丁目", 139.7272, None)


def test_another_occasion_is_added_and_moves_and_ends(database, entry) -> None:
    with database.writing(by="user:b") as session:
        made = editing.add_offering(
            session, resource_id=entry.resource_id, offering=OfferingPart(label="木曜の部"),
            location_id=entry.location_id, by="user:b",
        )  # fmt: skip
        assert editing.others_at(session, entry.location_id, besides=[made.id]) == 1
        place = editing.add_location(
            session, location=editing.LocationPart(address="巣鴨一丁目"), by="user:b"
        )
        moved = editing.move_offering(
            session, offering_id=made.id, location_id=place.id, by="user:b"
        )
        assert moved.location_id == place.id
        for missing in ({"resource_id": uuid.uuid4()}, {"location_id": uuid.uuid4()}):
            with pytest.raises(NotFound):
                editing.add_offering(
                    session,
                    **{"resource_id": entry.resource_id, **missing},
                    offering=OfferingPart(),
                    by="user:b",
                )
    assert editing.ended(date(2026, 1, 1), date(2026, 1, 2))
    assert not editing.ended(date(2026, 1, 2), date(2026, 1, 2))
