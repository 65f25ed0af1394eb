"""What came to nothing has its stated consequence in the next list of that person, and no other."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from casework.access import Actor
from casework.case_models import Person
from casework.cases import Opened, case_of_person
from casework.consents import Given
from casework.decline_reasons import REASONS
from casework.declines import need_for
from casework.people import add_person
from casework.placements import move_placement, start_placement
from matching.need import parse_need
from matching.schemes import default_weighing
from matching.schemes_kept import save_thresholds
from matching.store import IndexStore
from matching.suggest import suggest_placements
from matching.why import explain
from resources import clock
from resources.commands import register_resource
from resources.database import Database
from resources.models import Offering, Organization, Resource
from resources.registration import Registration
from resources.reported import reports_waiting
from resources.vocabulary import default_vocabulary

AT = {"lon": 139.7148, "lat": 35.729}


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


@pytest.fixture
def east(staff: Callable[..., Actor]) -> Actor:
    return staff("sato")


@pytest.fixture
def person(database: Database, agencies: tuple[str, str]) -> Person:
    consent = Given(("support", "referral"), ("east",), "self", clock.today(), "written")
    with database.writing(by="test") as session:
        return add_person(
            session, label="Aさん", summary="架空", need={"at": AT}, agency="east", by="test",
            consent=consent,
        )  # fmt: skip


@pytest.fixture
def places(database: Database) -> dict[str, uuid.UUID]:
    """Two places of one host, and one of another."""
    made, hosts = {}, [uuid.uuid4(), uuid.uuid4()]
    now = clock.now()
    with database.writing(by="test") as session:
        session.add_all(
            Organization(id=h, name=f"架空{i}", created_at=now, edited_at=now)
            for i, h in enumerate(hosts)
        )
        session.flush()
        for name, host, kind in (
            ("asked", 0, "salon"), ("same host", 0, "hiroba"), ("other", 1, "open_space"),
        ):  # fmt: skip
            parts = {
                "organization": {"id": hosts[host]},
                "resource": {"name": f"架空の{name}", "kind": kind},
                "location": {"address": "豊島区", **AT},
                "offering": {"availability": "capacity"},
            }
            made[name] = register_resource(
                session,
                registration=Registration.model_validate(parts),
                vocabulary=default_vocabulary(),
                by="test",
            ).id
    return made


@pytest.fixture
def store(tmp_path: Path) -> IndexStore:
    return IndexStore(tmp_path / "index", default_vocabulary())


def _opened(session, actor: Actor, person: Person) -> Opened:
    return case_of_person(session, actor=actor, person_id=person.id, purpose="test", write=True)


def _listed(database: Database, store: IndexStore, east: Actor, person: Person, on: date):
    with database.writing(by=east.by) as session:
        need = {**need_for(session, _opened(session, east, person)), "on": on.isoformat()}
        answer = suggest_placements(session, store, parse_need(need, default_vocabulary()))
        return {s.place.offering for s in answer.suggestions}, answer


@pytest.mark.parametrize("reason", REASONS)
def test_each_reason_has_its_consequence_in_the_list(
    database: Database,
    store: IndexStore,
    east: Actor,
    person: Person,
    places: dict[str, uuid.UUID],
    reason: str,
) -> None:
    consequence, today = REASONS[reason], clock.today()
    assert _listed(database, store, east, person, today)[0] == set(places.values())
    with database.writing(by=east.by) as session:
        case = _opened(session, east, person)
        placed = start_placement(session, case, offering_id=places["asked"], place="架空")
        move_placement(
            session, case, placement_id=placed.id, version=1, target="declined", reason=reason
        )
    gone = {places["asked"]}
    if consequence.all_of_host:
        gone |= {places["same host"]}
    days = consequence.ask_again_days(default_weighing().thresholds)
    last = today + timedelta(days=9_000 if days is None else days - 1)
    for on in (today, last):
        listed, answer = _listed(database, store, east, person, on)
        assert listed == set(places.values()) - gone
        assert answer.removed_by == {"set_aside": len(gone)}
        missed = {m.place.offering for m in answer.nearest_misses}
        assert missed == (set() if days is None else gone), "for good is no near miss"
    if days is not None:
        again, _ = _listed(database, store, east, person, today + timedelta(days=days))
        assert again == set(places.values())
    with database.reading() as session:
        waiting = reports_waiting(session)
    assert [w.report.note for w in waiting] == ([reason] if consequence.fix_record else [])
    assert all(person.label not in str(vars(w.report)) for w in waiting)


def test_why_says_from_when_it_may_be_asked_again(
    database: Database, store: IndexStore, east: Actor, places: dict[str, uuid.UUID]
) -> None:
    until = clock.today() + timedelta(days=30)
    with database.reading() as session:
        resource = session.get_one(Offering, places["asked"]).resource_id
        assert session.get(Resource, resource) is not None
        need = parse_need(
            {"at": AT, "set_aside": [{"resource": str(resource), "until": until.isoformat()}]},
            default_vocabulary(),
        )
        found = explain(session, store, need, places["asked"])
        (verdict,) = (v for v in found.verdicts if v.rule == "set_aside")
        assert (verdict.verdict, verdict.value) == ("fail", {"until": until.isoformat()})
        day = f"{until.year}年{until.month}月{until.day}日"
        assert verdict.change.ja == f"{day}からは、もう一度提案できる"
        assert not found.suggestible
        other = explain(session, store, need, places["other"])
        assert {v.rule: v.verdict for v in other.verdicts}["set_aside"] == "pass"
        assert other.suggestible


def test_for_how_long_a_declined_place_waits_is_the_municipality_s_number(
    database: Database, east: Actor, person: Person, places: dict[str, uuid.UUID]
) -> None:
    with database.writing(by="test") as session:
        save_thresholds(session, given={"again_full_days": 10}, shown=None, by="test")
    with database.writing(by=east.by) as session:
        case = _opened(session, east, person)
        placed = start_placement(session, case, offering_id=places["asked"], place="架空")
        moved = move_placement(
            session, case, placement_id=placed.id, version=1, target="declined", reason="full"
        )
        assert moved.ask_again_on == clock.today() + timedelta(days=10)
