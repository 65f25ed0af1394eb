"""Those who wait share the places there are, and who stays without one is told why."""

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import judged
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.told_apart import told_apart
from matching.need import parse_need
from matching.sentences import day_in_words
from matching.shared_places import NotAmongPlaces
from matching.store import IndexStore
from matching.suggest import suggest_placements
from matching.waiting_list import OPTIONS, Waiting, share_places
from resources.commands import register_resource, set_availability
from resources.database import Database
from resources.models import Base, Organization
from resources.queries import entries_by_offering
from resources.registration import Registration
from resources.vocabulary import default_vocabulary


@pytest.fixture
def town(sqlite_database: Database, tmp_path) -> judged.Town:
    Base.metadata.create_all(sqlite_database.engine)
    return judged.Town(sqlite_database, IndexStore(tmp_path / "index", default_vocabulary()))


def waiting(town: judged.Town, *titles: str, **household: str) -> list[Waiting]:
    people = {v.title: v for v in judged.vignettes()}
    return [Waiting(t, town.need(people[t]), household.get(f"p{i}")) for i, t in enumerate(titles)]


def shared(town: judged.Town, people: list[Waiting], **more):
    with town.database.reading() as session:
        return share_places(session, town.store, people, now=judged.NOW, **more)


def seats(town: judged.Town, key: str, status: str, places: int | None) -> None:
    offering = {k: o for o, k in town.key_of.items()}[key]
    with town.database.writing(by="test") as session:
        set_availability(
            session, offering_id=offering, status=status, places=places, said_by="host",
            said_on=judged.DAY - timedelta(days=1), by="test",
        )  # fmt: skip


READER = "人の少ない部屋で本を読みたい青年"
CAREFUL = "古い情報に賭けない"
NIGHT = "何もない夜中"


def test_no_place_and_no_host_takes_more_than_it_can(town: judged.Town) -> None:
    people = [Waiting(v.title, town.need(v)) for v in judged.vignettes()]
    found = shared(town, people, options=8)
    assert {p.label for p in found.placed} | {u.label for u in found.unplaced} == {
        p.label for p in people
    }
    taken = Counter(p.suggestion.place.offering for p in found.placed)
    assert max(taken.values()) == 2  # each place of the town has two seats
    with town.database.reading() as session:
        hosts = {
            o: e.organization
            for o, e in entries_by_offering(session, list(taken)).items()
            if default_vocabulary().term("kind", e.resource.kind).facts.get("accompanies", True)
        }
        borne: Counter[Organization] = Counter()
        for offering, host in hosts.items():
            n = taken[offering]
            assert host is not None
            assert host.accompanied_now + n <= host.accompanied_cap
            borne[host.id] += n
    assert {u.label for u in found.unplaced if u.reason == "nothing_fits"} == {
        v.title for v in judged.vignettes() if v.nothing
    }
    assert found.total == sum(p.fit for p in found.placed)
    assert found.floor == min(p.fit for p in found.placed)
    assert len(found.placed) > 60


def test_the_last_seat_goes_where_it_serves_most_and_one_more_would_help_the_other(
    town: judged.Town,
) -> None:
    seats(town, "hon_no_heya", "capacity", 1)
    people = waiting(town, READER, CAREFUL)
    found = shared(town, people, options=1)
    assert len(found.placed) == 1
    (left,) = found.unplaced
    assert (left.reason, left.options) == ("full", 1)
    (more,) = found.what_if
    assert more.placed_more == 1
    seats(town, "hon_no_heya", "capacity", 2)
    again = shared(town, people, options=1)
    assert not again.unplaced
    assert again.total - found.total == pytest.approx(more.total_more, abs=200)  # said a day later


@pytest.mark.parametrize(("status", "places"), [("none", None), ("capacity", 0)])
def test_who_would_fit_where_it_is_full_is_told_so_and_what_one_more_seat_would_do(
    town: judged.Town, status: str, places: int | None
) -> None:
    open_ones = shared(town, waiting(town, READER))
    fitting = {town.key_of[w.offering] for w in open_ones.places}
    for key in fitting:
        seats(town, key, status, places)
    found = shared(town, waiting(town, READER))
    assert not found.placed
    (left,) = found.unplaced
    assert (left.reason, left.options) == ("full", len(fitting))
    best = found.what_if[0]
    assert best.placed_more == 1
    seats(town, town.key_of[best.offering], "capacity", 1)
    (placed,) = shared(town, waiting(town, READER)).placed
    assert placed.suggestion.place.offering == best.offering
    assert placed.fit == best.total_more


def test_a_full_place_is_nobodys_and_takes_no_open_place_from_anybody(town: judged.Town) -> None:
    (before,) = shared(town, waiting(town, READER), options=1).placed
    seats(town, town.key_of[before.suggestion.place.offering], "none", None)
    (after,) = shared(town, waiting(town, READER), options=1).placed  # the next one is his option
    assert after.suggestion.place.offering != before.suggestion.place.offering


def test_what_fails_more_than_the_seats_is_no_full_place(town: judged.Town) -> None:
    reader = waiting(town, READER)
    fitting = {town.key_of[w.offering] for w in shared(town, reader).places}
    for key in fitting:
        seats(town, key, "none", None)
    barred = parse_need(
        {"at": judged.point((0, 0)),
         "safety": {"exclude_organizations": [str(judged.host_of("hon_no_heya"))]}},
        default_vocabulary(),
    )  # fmt: skip
    keys = {town.key_of[w.offering] for w in shared(town, [Waiting("一", barred)]).places}
    assert "hon_no_heya" in fitting - keys


def test_one_more_seat_can_be_asked_for_at_any_place_that_suits_somebody(
    town: judged.Town,
) -> None:
    reader = waiting(town, READER)
    plain = shared(town, reader)
    tried = {w.offering for w in plain.what_if}
    named = [p.offering for p in plain.places if p.offering not in tried][:2]
    found = shared(town, reader, one_more=named)
    assert [(w.offering, w.placed_more, w.total_more) for w in found.what_if[:2]] == [
        (o, 0, 0) for o in sorted(named, key=lambda o: o.int)
    ]  # he has the best place already, and it is said that one more changes nothing
    assert [w.asked for w in found.what_if[:2]] == [True, True]
    assert found.what_if[2:] == plain.what_if
    with pytest.raises(NotAmongPlaces, match="--options"):
        shared(town, reader, one_more=[uuid.uuid4()])


def test_one_who_waits_for_the_night_is_told_that_nothing_fits(town: judged.Town) -> None:
    found = shared(town, waiting(town, NIGHT))
    assert [(u.label, u.reason, u.options) for u in found.unplaced] == [(NIGHT, "nothing_fits", 0)]
    assert found.as_json()["unplaced"][0]["words"]["ja"] == "合う所がない"
    assert found.floor is None


@pytest.mark.parametrize(
    ("rests", "full", "said"),
    [
        (True, False, "受け入れ先の休止が明ければ可（{day}以降）"),
        (False, True, "受け入れ先に、もう一人受け入れる余裕ができれば可"),
        (
            True,
            True,
            "受け入れ先の休止が明ければ可（{day}以降）・受け入れ先に、もう一人受け入れる余裕ができれば可",
        ),
    ],
)
def test_one_whose_hosts_all_rest_is_told_so_and_until_when(
    town: judged.Town, rests: bool, full: bool, said: str
) -> None:
    reader = waiting(town, READER)
    fitting = {w.offering for w in shared(town, reader).places}
    until = judged.DAY + timedelta(days=20)
    with town.database.writing(by="test") as session:
        for host in session.scalars(select(Organization)):
            if rests:
                host.resting_until = until
            if full:
                host.accompanied_now = host.accompanied_cap = 3
        for entry in entries_by_offering(session, list(fitting)).values():
            entry.resource.kind = "open_space"  # none that anybody walks into
    found = shared(town, reader)
    (left,) = found.unplaced
    assert left.reason == "resting"
    assert left.options >= len(fitting) > 1
    said = said.format(day=day_in_words(until + timedelta(days=1)).ja)
    assert left.change is not None
    assert left.change.ja == said
    assert said in left.words.ja
    assert found.as_json()["unplaced"][0]["change"]["ja"] == said


def test_of_several_hosts_that_rest_the_day_is_told_from_which_half_are_there_again(
    town: judged.Town,
) -> None:
    reader = waiting(town, READER)
    with town.database.writing(by="test") as session:
        fitting = [w.offering for w in shared(town, reader).places]
        for host in session.scalars(select(Organization)):
            host.resting_until = judged.DAY + timedelta(days=40)
        for n, entry in enumerate(entries_by_offering(session, fitting).values()):
            entry.resource.kind = "open_space"
            assert entry.organization is not None
            if n <= len(fitting) // 2:
                entry.organization.resting_until = judged.DAY + timedelta(days=10)
    with town.database.reading() as session:
        answer = suggest_placements(session, town.store, reader[0].need, now=judged.NOW)
    told = answer.relaxation
    assert told is not None
    assert (told.rule, told.patch) == ("host_rest", None)
    assert told.change is not None
    days = [judged.DAY + timedelta(days=n) for n in (11, 41)]
    (after,) = (day for day in days if day_in_words(day).ja in told.change.ja)
    fitting_on = {}
    with town.database.reading() as session:
        for day in (after - timedelta(days=1), after):
            need = reader[0].need.model_copy(update={"on": day})
            fitting_on[day] = suggest_placements(session, town.store, need, now=judged.NOW).fitting
    assert fitting_on[after] >= told.change_count >= told.count / 2
    assert fitting_on[after - timedelta(days=1)] < told.count / 2


def test_a_household_stays_together_or_waits_together(town: judged.Town) -> None:
    people = waiting(town, READER, CAREFUL, p0="home", p1="home")
    found = shared(town, people)
    assert len({p.suggestion.place.offering for p in found.placed}) == 1
    seats(town, "hon_no_heya", "capacity", 1)
    apart = shared(town, people, options=1)
    assert {u.reason for u in apart.unplaced} == {"together"}


def test_a_host_that_accompanies_as_many_as_it_can_is_not_asked(town: judged.Town) -> None:
    with town.database.writing(by="test") as session:
        host = session.get_one(Organization, judged.host_of("hon_no_heya"))
        host.accompanied_cap, host.accompanied_now = 4, 3
    found = shared(town, waiting(town, READER, CAREFUL), options=1)
    assert [u.reason for u in found.unplaced] == ["host"]


def test_a_place_where_one_walks_in_is_no_load_to_its_host(town: judged.Town) -> None:
    offering = {k: o for o, k in town.key_of.items()}["hon_no_heya"]
    with town.database.writing(by="test") as session:
        host = session.get_one(Organization, judged.host_of("hon_no_heya"))
        host.accompanied_cap, host.accompanied_now = 4, 4
        entries_by_offering(session, [offering])[offering].resource.kind = "facility"
    found = shared(town, waiting(town, READER, CAREFUL), options=1)
    assert [p.suggestion.place.offering for p in found.placed] == [offering, offering]


def test_a_waiting_list_is_no_seat(town: judged.Town) -> None:
    seats(town, "hon_no_heya", "waitlist", None)
    found = shared(town, waiting(town, READER), options=1)
    assert [u.reason for u in found.unplaced] in ([], ["full"])
    if found.placed:
        assert found.placed[0].suggestion.place.availability != "waitlist"


def test_two_asked_alone_may_be_offered_the_same_and_together_they_are_not(
    town: judged.Town,
) -> None:
    seats(town, "hon_no_heya", "capacity", 1)
    found = shared(town, waiting(town, READER, CAREFUL))
    names = {town.key_of[p.suggestion.place.offering] for p in found.placed}
    assert names == {"hon_no_heya", "madobe"}


def test_a_need_is_enough_no_more_is_known_of_anybody(town: judged.Town) -> None:
    need = parse_need({"at": judged.point((0, 0))}, default_vocabulary())
    found = shared(town, [Waiting("一", need)]).as_json()
    assert set(found["placed"][0]) == {
        "label", "offering", "resource", "name", "kind", "invented", "fit", "first_step",
        "first_step_words",
    }  # fmt: skip


def test_a_host_with_its_hands_full_is_named_where_another_rule_removes_more(
    sqlite_database: Database, tmp_path
) -> None:
    """Beside places that cost too much, what fits but for its host isn't "nothing"."""
    at = {"lon": 139.71, "lat": 35.73}
    hosts = [{"name": "架空の会", "accompanied_cap": 2, "accompanied_now": 2}, {}, {}]
    with sqlite_database.writing(by="test") as session:
        for n, host in enumerate(hosts):
            parts = {
                "organization": host or None,
                "resource": {"name": f"場{n}", "kind": "salon", "needs": ["isolation"],
                             "audience": ["anyone"], "gender": "any", "fee_yen": 100 * n},
                "location": at, "offering": {"availability": "capacity"},
            }  # fmt: skip
            register_resource(
                session,
                registration=Registration.model_validate(parts),
                vocabulary=default_vocabulary(),
                by="test",
            )
    need = parse_need(
        {"at": at, "needs": {"isolation": 3}, "limits": {"max_yen": 0}}, default_vocabulary()
    )
    store = IndexStore(tmp_path / "index", default_vocabulary())
    with sqlite_database.reading() as session:
        answer = suggest_placements(session, store, need, now=judged.NOW)
        assert answer.relaxation is not None
        assert (answer.relaxation.rule, answer.relaxation.count) == ("fee", 2)
        [left] = share_places(session, store, [Waiting("Ａ", need)], now=judged.NOW).unplaced
    assert (left.reason, left.options) == ("resting", 1)


def test_a_household_may_be_parted_where_that_is_chosen(town: judged.Town) -> None:
    people = waiting(town, READER, CAREFUL, p0="家", p1="家")
    alone = waiting(town, READER, CAREFUL)
    assert shared(town, people, together=False).as_json() == shared(town, alone).as_json()


def test_a_household_that_no_place_suits_is_told_so(town: judged.Town) -> None:
    people = waiting(town, READER, NIGHT, p0="家", p1="家")
    found = shared(town, people)
    reasons = {u.label: u.reason for u in found.unplaced}
    assert reasons == {READER: "no_common_place", NIGHT: "nothing_fits"}


def _registered(session: Session, name: str, days: Sequence[str]) -> None:
    """Register a place with one offering for each day, all of one seat."""
    known: uuid.UUID | None = None
    for n, day in enumerate(days):
        rule = {"days": [day], "from": "10:00", "to": "12:00"}
        parts = {
            "resource": {"name": name, "kind": "salon", "needs": ["isolation"],
                         "audience": ["anyone"], "gender": "any"},
            "location": {"lon": 139.71, "lat": 35.73},
            "offering": {"availability": "capacity", "places": 1,
                         "schedule": {"rules": [rule], "closed": []}},
        }  # fmt: skip
        added = register_resource(
            session, registration=Registration.model_validate(parts),
            vocabulary=default_vocabulary(), by="test",
        )  # fmt: skip
        if n:
            added.resource_id = known
        known = added.resource_id


def _like_people(n: int) -> list[Waiting]:
    asked = {"at": {"lon": 139.71, "lat": 35.73}, "needs": {"isolation": 3}}
    return [Waiting(f"Ａ{i}", parse_need(asked, default_vocabulary())) for i in range(n)]


def test_every_offering_of_a_place_has_seats_of_its_own(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with sqlite_database.writing(by="test") as session:
        _registered(session, "架空のサロン", ["tue", "wed"])
    store = IndexStore(tmp_path / "index", default_vocabulary())
    with sqlite_database.reading() as session:
        found = share_places(session, store, _like_people(3), now=judged.NOW)
        names = {p.offering: p.name for p in found.places}
        told = told_apart(session, names)
    assert len(found.placed) == len({p.suggestion.place.offering for p in found.placed}) == 2
    assert [(u.reason, u.options) for u in found.unplaced] == [("full", 2)]
    assert set(told.values()) == {"火曜10:00～12:00", "水曜10:00～12:00"}


def test_nobody_is_left_while_a_place_that_suits_has_a_seat(
    sqlite_database: Database, tmp_path: Path
) -> None:
    people, places = 33, 30
    with sqlite_database.writing(by="test") as session:
        for n in range(places):
            _registered(session, f"架空のサロン{n}", ["tue"])
    store = IndexStore(tmp_path / "index", default_vocabulary())
    with sqlite_database.reading() as session:
        found = share_places(session, store, _like_people(people), now=judged.NOW)
        few = share_places(session, store, _like_people(people), options=OPTIONS, now=judged.NOW)
    assert len(found.placed) == places
    assert {(u.reason, u.options) for u in found.unplaced} == {("full", places)}
    assert len(few.placed) == OPTIONS, "no more are considered than was said"


def test_an_entry_of_another_source_brings_no_seats_of_its_own(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with sqlite_database.writing(by="test") as session:
        for _ in range(2):  # the same place, from two sources, each with two days
            _registered(session, "架空のサロン", ["tue", "wed"])
    store = IndexStore(tmp_path / "index", default_vocabulary())
    with sqlite_database.reading() as session:
        found = share_places(session, store, _like_people(4), now=judged.NOW)
    assert len(found.placed) == 2
