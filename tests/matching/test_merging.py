"""Two entries of one place become one as a person chose, and two again as if nothing had been."""

import io
import random
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from oracle import catalogues

from matching.need import Need
from matching.store import IndexStore
from matching.suggest import suggest_placements
from matching.why import explain, offering_for, offering_to_explain
from resources import booking, clock
from resources.booked import Allotment, Hold
from resources.commands import EditedMeanwhile, MergedAway, NotFound, register_resource, set_status
from resources.database import Database
from resources.duplicates import duplicates_within
from resources.exchange import export_catalogue, import_catalogue
from resources.history import ChangedSince, NothingToUndo, edits_of, undo
from resources.merged import MERGED, kept_instead, merges_into
from resources.merging import (
    OFFERING_FIELDS,
    RESOURCE_FIELDS,
    CannotMerge,
    merge_resources,
    say_not_same,
    take_back_not_same,
    undo_merge,
)
from resources.models import Base, Offering, Organization, Resource
from resources.registration import Registration
from resources.reported import Report, report_wrong, reports_waiting
from resources.verify_next import count_suggested

PLACE = {"lon": 139.7148, "lat": 35.7290}
NEED = {"at": PLACE, "on": "2026-12-01", "age": 34}


def parts(name: str, **more: Any) -> dict[str, Any]:
    return {
        "resource": {"name": name, "kind": "salon", "audience": ["anyone"], **more},
        "location": {"address": "豊島区東池袋一丁目1", **PLACE},
        "offering": {"verified_on": "2026-11-01", "availability": "capacity"},
    }


def resource_of(database: Database, offering: uuid.UUID) -> uuid.UUID:
    with database.reading() as session:
        return session.get_one(Offering, offering).resource_id


def merged(database: Database, kept: uuid.UUID, other: uuid.UUID, **more: Any) -> uuid.UUID:
    with database.writing(by="user:a") as session:
        return merge_resources(session, kept_id=kept, merged_id=other, by="user:a", **more).id


def rows(database: Database) -> dict[str, Any]:
    """Return every field of every entry, without what changes with each write."""
    with database.reading() as session:
        return {
            f"{table.__tablename__} {entry.id} {c.name}": getattr(entry, c.name)
            for table in (Resource, Offering, Organization)
            for entry in session.query(table)
            for c in table.__table__.columns
            if c.name not in ("version", "edited_at")
        }


def suggested(database: Database, store: IndexStore, **more: Any) -> dict[uuid.UUID, str]:
    with database.reading() as session:
        answer = suggest_placements(session, store, Need.model_validate({**NEED, **more}))
        return {s.place.offering: s.place.name for s in answer.suggestions}


@pytest.fixture
def pair(register) -> tuple[uuid.UUID, uuid.UUID]:
    """The offerings of two entries of one place."""
    return register(**parts("はるかぜサロン")), register(**parts("㈱はるかぜ サロン", fee_yen=100))


def test_what_is_merged_away_is_never_suggested_and_its_id_leads_to_the_kept_one(
    database: Database, store: IndexStore, pair: tuple[uuid.UUID, uuid.UUID]
) -> None:
    kept, other = (resource_of(database, o) for o in pair)
    assert set(suggested(database, store)) == set(pair)
    merged(database, kept, other, taken=["fee_yen"])
    assert set(suggested(database, store)) == {pair[0]}
    with database.reading() as session:
        assert kept_instead(session, other) == kept
        assert kept_instead(session, kept) is None
        row, gone = session.get_one(Resource, kept), session.get_one(Resource, other)
        assert (row.name, row.fee_yen) == ("はるかぜサロン", 100)
        assert (gone.name, gone.status) == ("㈱はるかぜ サロン", MERGED)
        assert duplicates_within(session) == []
        why = explain(session, store, Need.model_validate(NEED), pair[1])
        assert offering_to_explain(session, pair[1]) == pair[0], "it lives on there"
        assert [offering_to_explain(session, i) for i in (pair[0], kept, other)] == [pair[0]] * 3
    assert not why.suggestible
    with pytest.raises(MergedAway), database.writing(by="x") as session:
        set_status(session, resource_id=other, status="published", by="x")


def test_an_offering_that_moves_is_suggested_under_the_kept_name_with_all_that_hangs_on_it(
    database: Database, store: IndexStore, pair: tuple[uuid.UUID, uuid.UUID]
) -> None:
    kept, other = (resource_of(database, o) for o in pair)
    with database.writing(by="user:b") as session:
        allotment = booking.open_places(
            session, offering_id=pair[1], capacity=2, by="user:b",
            first_on=clock.today() + timedelta(days=3),
        ).id  # fmt: skip
        hold = booking.hold_place(
            session, allotment_id=allotment, by="user:b", keep=timedelta(days=1)
        ).id
        report_wrong(session, offering_id=pair[1], by="user:b")
        count_suggested(session, [pair[1]], on=clock.today())
    merge = merged(database, kept, other, moved=[pair[1]])
    assert list(suggested(database, store).values()) == ["はるかぜサロン"], "named once"
    with database.writing(by="user:b") as session:
        booking.confirm(session, hold_id=hold, by="user:b")
    with database.writing(by="user:b") as session:
        set_status(session, resource_id=kept, status="paused", by="user:b")
        (waiting,) = reports_waiting(session)
        assert waiting.entry.resource.id == kept
    with database.reading() as session:
        assert offering_for(session, other) in pair
    with database.writing(by="user:b") as session:
        undo_merge(session, merge_id=merge, by="user:b")
    with database.reading() as session:
        assert session.get_one(Hold, hold).state == "confirmed"
        assert session.get_one(Allotment, allotment).offering_id == pair[1]
        assert session.query(Report).one().offering_id == pair[1]
        assert session.get_one(Offering, pair[1]).resource_id == other
    assert set(suggested(database, store)) == {pair[1]}, "the kept one is still paused"


@pytest.mark.parametrize("seed", range(6))
def test_a_merge_taken_back_leaves_both_as_they_were_field_by_field(
    database: Database, seed: int
) -> None:
    r = random.Random(seed)
    hosts = [uuid.uuid4(), uuid.uuid4()]
    now = clock.now()
    with database.writing(by="test") as session:
        for host in hosts:
            session.add(Organization(id=host, name="法人", created_at=now, edited_at=now))
        session.flush()
        kept, other = (
            register_resource(
                session, by="test", vocabulary=catalogues.VOCABULARY,
                registration=Registration.model_validate(
                    catalogues.registration(r, hosts, date(2026, 11, 24))
                ),
            )
            for _ in range(2)
        )  # fmt: skip
    before = rows(database)
    fields = [*RESOURCE_FIELDS, *(f"offering.{f}" for f in OFFERING_FIELDS)]
    ages = {"age_min", "age_max", "accepted_age_min", "accepted_age_max"}
    taken = {f for f in fields if f not in ages and r.random() < 0.5}
    moved = [other.id] if r.random() < 0.5 else []
    merge = merged(database, kept.resource_id, other.resource_id, taken=taken, moved=moved)
    during = rows(database)
    for name in taken & set(RESOURCE_FIELDS):
        assert (
            during[f"resource {kept.resource_id} {name}"]
            == before[f"resource {other.resource_id} {name}"]
        )
    for name in set(RESOURCE_FIELDS) - taken:
        here = f"resource {kept.resource_id} {name}"
        assert during[here] == before[here]
    with database.writing(by="user:b") as session:
        undo_merge(session, merge_id=merge, by="user:b")
    assert rows(database) == before
    with pytest.raises(NotFound), database.writing(by="user:b") as session:
        undo_merge(session, merge_id=merge, by="user:b")


def test_a_merge_stays_where_something_it_wrote_was_written_since(
    database: Database, pair: tuple[uuid.UUID, uuid.UUID]
) -> None:
    kept, other = (resource_of(database, o) for o in pair)
    merge = merged(database, kept, other, taken=["fee_yen"], moved=[pair[1]])
    with database.writing(by="user:c") as session:
        session.get_one(Resource, kept).fee_yen = 300
    before = rows(database)
    with pytest.raises(ChangedSince) as refused, database.writing(by="user:b") as session:
        undo_merge(session, merge_id=merge, by="user:b")
    assert refused.value.fields == ("fee_yen",)
    assert rows(database) == before
    with database.reading() as session:
        newest = edits_of(session, [("resource", kept)])[0]
    with database.writing(by="user:c") as session:
        undo(session, revision=newest.revision, by="user:c", among=[("resource", kept)])
    with database.writing(by="user:b") as session:
        undo_merge(session, merge_id=merge, by="user:b")


def test_what_was_kept_and_then_merged_away_is_freed_from_the_last_merge_first(
    database: Database, register, pair: tuple[uuid.UUID, uuid.UUID]
) -> None:
    third = resource_of(database, register(**parts("春風サロン")))
    kept, other = (resource_of(database, o) for o in pair)
    before = rows(database)
    first = merged(database, kept, other)
    second = merged(database, third, kept)
    with database.reading() as session:
        assert kept_instead(session, other) == third
    with pytest.raises(ChangedSince), database.writing(by="b") as session:
        undo_merge(session, merge_id=first, by="b")
    for merge in (second, first):
        with database.writing(by="b") as session:
            undo_merge(session, merge_id=merge, by="b")
    assert rows(database) == before


def test_a_part_of_a_merge_is_not_taken_back_alone(
    database: Database, pair: tuple[uuid.UUID, uuid.UUID]
) -> None:
    kept, other = (resource_of(database, o) for o in pair)
    merged(database, kept, other, moved=[pair[1]])
    for known in (("resource", other), ("offering", pair[1])):
        with database.reading() as session:
            edit = next(e for e in edits_of(session, [known]) if e.action == "edit")
        assert not edit.can_be_undone
        with pytest.raises(NothingToUndo), database.writing(by="b") as session:
            undo(session, revision=edit.revision, by="b", among=[known])


def test_whoever_must_keep_away_from_a_place_keeps_away_from_what_it_became(
    database: Database, store: IndexStore, register
) -> None:
    named = register(**parts("あちら"), organization={"name": "法人"})
    plain = register(**parts("あちらの場"))
    last = register(**parts("あちら（新）"))
    a, b, c = (resource_of(database, o) for o in (named, plain, last))
    with database.reading() as session:
        host = str(session.get_one(Resource, a).organization_id)
    merged(database, b, a)
    merged(database, c, b)
    assert set(suggested(database, store)) == {last}
    for safety in ({"exclude_resources": [str(a)]}, {"exclude_organizations": [host]}):
        assert suggested(database, store, safety=safety) == {}
        with database.reading() as session:
            need = Need.model_validate({**NEED, "safety": safety})
            assert not explain(session, store, need, last).suggestible


@pytest.mark.parametrize(
    ("chosen", "problem"),
    [
        ({"taken": ["status"]}, "field"),
        ({"taken": ["offering.availability"]}, "field"),
        ({"moved": [uuid.UUID(int=5)]}, "offering"),
    ],
)
def test_what_can_not_be_chosen_is_refused_and_nothing_is_written(
    database: Database, pair: tuple[uuid.UUID, uuid.UUID], chosen: dict[str, Any], problem: str
) -> None:
    kept, other = (resource_of(database, o) for o in pair)
    before = rows(database)
    with pytest.raises(CannotMerge) as refused:
        merged(database, kept, other, **chosen)
    assert refused.value.problem == problem
    with pytest.raises(CannotMerge):
        merged(database, kept, kept)
    with pytest.raises(EditedMeanwhile):
        merged(database, kept, other, versions=(1, 99))
    with pytest.raises(NotFound):
        merged(database, kept, uuid.uuid4())
    assert rows(database) == before
    merged(database, kept, other)
    with pytest.raises(CannotMerge):
        merged(database, other, kept)


def test_ages_of_two_entries_are_not_put_together_to_nonsense(database: Database, register) -> None:
    old = resource_of(database, register(**parts("体操の会", age_min=65)))
    young = resource_of(database, register(**parts("体操の会 ", age_max=18)))
    with pytest.raises(CannotMerge) as refused:
        merged(database, old, young, taken=["age_max"])
    assert refused.value.problem == "ages"


def test_a_pair_found_to_be_two_is_not_proposed_again(
    database: Database, pair: tuple[uuid.UUID, uuid.UUID]
) -> None:
    one, other = (resource_of(database, o) for o in pair)
    with database.reading() as session:
        assert len(duplicates_within(session)) == 1
    for _ in range(2):
        with database.writing(by="user:a") as session:
            say_not_same(session, one=other, other=one, by="user:a")
    with database.reading() as session:
        assert duplicates_within(session) == []
    with database.writing(by="user:a") as session:
        take_back_not_same(session, one=one, other=other, by="user:a")
    with database.reading() as session:
        assert len(duplicates_within(session)) == 1


def test_a_merge_goes_out_with_the_catalogue_and_is_taken_back_where_it_came_in(
    database: Database, pair: tuple[uuid.UUID, uuid.UUID]
) -> None:
    kept, other = (resource_of(database, o) for o in pair)
    before = rows(database)
    merge = merged(database, kept, other, taken=["fee_yen"], moved=[pair[1]])
    out = io.StringIO()
    with database.reading() as session:
        export_catalogue(session, out)
    Base.metadata.drop_all(database.engine)
    Base.metadata.create_all(database.engine)
    with database.writing(by="import") as session:
        import_catalogue(session, out.getvalue().split("\n"), by="import")
    with database.writing(by="user:a") as session:
        assert [m.id for m in merges_into(session, kept)] == [merge]
        undo_merge(session, merge_id=merge, by="user:a")
    assert rows(database) == before
