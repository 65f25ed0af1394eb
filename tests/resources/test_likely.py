"""The table of likely pairs is what comparing the whole catalogue anew would give."""

import random
import uuid
from typing import Any

import pytest
from sqlalchemy import delete, event, select
from sqlalchemy.orm import Session

from jobs.comparing import compare_now, is_comparing
from jobs.following import follow_changes
from jobs.models import Job
from resources.changes import record
from resources.commands import register_resource, verify_offering
from resources.database import Database
from resources.duplicates import duplicates_within
from resources.likely import LikelyPair, count_likely, likely_pairs
from resources.merged import merges_that_hold
from resources.merging import merge_resources, say_not_same, take_back_not_same, undo_merge
from resources.models import Location, Offering, Resource
from resources.registration import Registration
from resources.vocabulary import default_vocabulary

NAMES = (
    "はるかぜ",
    "㈱はるかぜ",
    "春風",
    "はるかぜ第二",
    "ひまわり",
    "ひまわり食堂",
    "NPO法人ひまわり",
)
PHONES = (None, "03-0000-1111", "０３（００００）１１１１", "03-0000-2222")
POINTS = ((None, None), (139.7286, 35.7317), (139.7289, 35.7318), (139.75, 35.74))


def register(session: Session, **resource: Any) -> uuid.UUID:
    lon, lat = resource.pop("point", (None, None))
    place = {"location": {"lon": lon, "lat": lat}} if lon is not None else {}
    parts = {"resource": {"name": "はるかぜ", "kind": "salon", **resource}, **place}
    return register_resource(
        session, registration=Registration.model_validate(parts),
        vocabulary=default_vocabulary(), by="test",
    ).resource_id  # fmt: skip


def held(session: Session) -> list[tuple[uuid.UUID, uuid.UUID, float]]:
    return [
        (p.one.resource, p.other.resource, p.likeness.weight)
        for p in likely_pairs(session, limit=10_000)
    ]


def anew(session: Session) -> list[tuple[uuid.UUID, uuid.UUID, float]]:
    """The slow and obvious way."""
    return [
        (p.one.resource, p.other.resource, p.likeness.weight) for p in duplicates_within(session)
    ]


def _something(session: Session, r: random.Random) -> None:
    """Do to the catalogue one of the things that people do."""
    resources = list(session.scalars(select(Resource).order_by(Resource.id)))
    one = r.choice(resources)
    match r.randint(0, 8):
        case 0:
            register(session, name=r.choice(NAMES), phone=r.choice(PHONES), point=r.choice(POINTS))
        case 1:
            one.name = r.choice(NAMES)
        case 2:
            one.phone = r.choice(PHONES)
        case 3 if one.status != "merged":
            one.status = r.choice(("published", "closed", "paused"))
        case 4:
            place = r.choice([*session.scalars(select(Location).order_by(Location.id)), None])
            if place is not None:
                place.visibility = r.choice(("public", "hidden"))
                place.lon, place.lat = r.choice(POINTS[1:])
        case 5:
            for pair in likely_pairs(session, limit=1):
                merge_resources(
                    session, kept_id=pair.one.resource, merged_id=pair.other.resource,
                    moved=session.scalars(
                        select(Offering.id).where(Offering.resource_id == pair.other.resource)
                    ).all(),
                    by="test",
                )  # fmt: skip
        case 6:
            for merge in merges_that_hold(session)[:1]:
                undo_merge(session, merge_id=merge.id, by="test")
        case 7:
            for pair in likely_pairs(session, limit=3)[-1:]:
                say_not_same(session, one=pair.other.resource, other=pair.one.resource, by="test")
        case _:
            one.description = "比べないことを直す"


@pytest.mark.parametrize("seed", range(3))
def test_whatever_people_do_the_table_holds_what_comparing_all_would_give(
    database: Database, seed: int
) -> None:
    r = random.Random(seed)
    with database.writing(by="test") as session:
        for _ in range(12):
            register(session, name=r.choice(NAMES), phone=r.choice(PHONES), point=r.choice(POINTS))
    seen = 0
    for _ in range(9):
        with database.writing(by="test") as session:
            for _ in range(r.randint(1, 4)):
                _something(session, r)
                session.flush()
        compare_now(database)
        with database.reading() as session:
            assert not is_comparing(session)
            assert sorted(held(session)) == sorted(anew(session))
            assert [w for *_, w in held(session)] == sorted((w for *_, w in held(session)))[::-1]
            assert count_likely(session) == len(held(session))
            seen += count_likely(session)
    assert seen, "a catalogue without any likely pair shows nothing"


def test_an_edit_of_what_is_not_compared_asks_for_nothing(database: Database) -> None:
    with database.writing(by="test") as session:
        offerings = [register(session, phone="03-0000-1111") for _ in range(2)]
    with database.writing(by="test") as session:
        follow_changes(session)
        assert asked(session) == 1
        session.execute(delete(Job))
    compare_now(database)
    with database.writing(by="test") as session:
        offering = session.scalars(select(Offering)).first()
        assert offering is not None
        today = offering.created_at.date()
        verify_offering(session, offering_id=offering.id, verified_by="staff", on=today, by="test")
        session.get_one(Resource, offerings[0]).description = "くらべないこと"
        session.flush()
        assert not is_comparing(session)
        follow_changes(session)
        assert asked(session) == 0
        session.get_one(Resource, offerings[0]).name = "ひまわり"
        session.flush()
        assert is_comparing(session)
        follow_changes(session)
        assert asked(session) == 1


def asked(session: Session) -> int:
    return list(session.scalars(select(Job.kind))).count("compare_entries")


def test_a_page_of_pairs_reads_only_what_it_shows(sqlite_database: Database) -> None:
    with sqlite_database.writing(by="test") as session:
        for n in range(40):
            for _ in range(2):
                register(session, name=f"はるかぜ{n}", phone=f"03-0000-{n:04}")
    compare_now(sqlite_database)
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    with sqlite_database.reading() as session:
        event.listen(sqlite_database.engine, "before_cursor_execute", note)
        shown = likely_pairs(session, offset=10, limit=5)
        event.remove(sqlite_database.engine, "before_cursor_execute", note)
        assert len(shown) == 5
        assert sum(s.startswith("SELECT") for s in statements) == 2, (
            "the page's ids, and their entries"
        )
        everything = held(session)
        assert everything[10:15] == [
            (p.one.resource, p.other.resource, p.likeness.weight) for p in shown
        ]
        assert count_likely(session) == 40


def test_what_became_hidden_is_no_evidence_even_before_it_is_compared_again(
    database: Database,
) -> None:
    with database.writing(by="test") as session:
        register(session, phone="03-0000-1111", point=POINTS[1])
        register(session, phone="03-0000-1111", point=POINTS[2])
    compare_now(database)
    with database.writing(by="test") as session:
        session.scalars(select(Location)).first().visibility = "hidden"  # type: ignore[union-attr]
    with database.reading() as session:
        assert is_comparing(session)
        (pair,) = likely_pairs(session)
        assert {e.field for e in pair.likeness.evidence} == {"name", "phone", "kind"}


def test_a_bulk_load_lets_all_be_compared(database: Database) -> None:
    compare_now(database)
    with database.writing(by="test") as session:
        one, other = register(session), register(session)
    compare_now(database)
    with database.writing(by="test") as session:
        session.execute(delete(LikelyPair))
        record(session, entity="tiles", entity_id="x", action="load", after={})
    with database.reading() as session:
        assert is_comparing(session)
    compare_now(database)
    with database.writing(by="test") as session:
        assert [pair[:2] for pair in held(session)] == [(min(one, other), max(one, other))]
        say_not_same(session, one=one, other=other, by="test")
        assert held(session) == []
        take_back_not_same(session, one=one, other=other, by="test")
        assert held(session) == anew(session)
