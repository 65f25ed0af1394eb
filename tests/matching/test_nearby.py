"""What a community social worker sees, standing in a doorway: what is near and open."""

import math
import random
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from oracle import catalogues
from oracle.on_foot import Walker, invented_town, moved, osm
from oracle.reference import DETOUR, away_m

from geodata.coordinates import LonLat
from geodata.streets_source import import_streets
from matching.nearby import NearbyQuestion, nearby_places
from matching.need import BadNeed, parse_need
from matching.store import IndexStore
from matching.why import explain
from resources import schedules
from resources.clock import JAPAN
from resources.commands import register_resource
from resources.database import Database
from resources.queries import _entries
from resources.registration import Registration

HERE = LonLat(139.7148, 35.7290)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JAPAN)


def salon(
    schedule: dict[str, Any] | None, metres_north: float = 200, **facts: Any
) -> dict[str, Any]:
    return {
        "resource": {"name": "サロン", "kind": "salon", **facts.pop("resource", {})},
        "location": {
            "lon": HERE.lon,
            "lat": HERE.lat + metres_north / 111_195,
            **facts.pop("location", {}),
        },
        "offering": {"schedule": schedule, **facts.pop("offering", {})},
    }


def hours(start: str, end: str, **more: Any) -> dict[str, Any]:
    rule = {"days": [], "nth": [], "month_days": [], "from": start, "to": end, "holidays": "open"}
    return {"rules": [{**rule, **more}], "closed": []}


def found(database: Database, store: IndexStore, when: datetime, **more: Any) -> Any:
    with database.reading() as session:
        return nearby_places(session, store, NearbyQuestion(at=HERE, when=when, **more))


def test_what_closes_before_half_an_hour_is_left_is_not_open(
    database: Database, store: IndexStore, register: Any
) -> None:
    register(**salon(hours("10:00", "15:00")))  # 200 m, four minutes on foot
    assert found(database, store, at("2026-12-01T14:26")).places[0].open == "open"
    answer = found(database, store, at("2026-12-01T14:27"))
    assert not answer.places
    assert answer.removed_by == {"closed": 1}
    assert found(database, store, at("2026-12-01T09:56")).places
    assert not found(database, store, at("2026-12-01T09:55")).places


def test_a_place_open_past_midnight_is_open_after_midnight(
    database: Database, store: IndexStore, register: Any
) -> None:
    register(**salon(hours("20:00", "26:00", days=["mon"])))
    place = found(database, store, at("2026-12-01T00:30")).places[0]  # the night after Monday
    assert place.open_until == at("2026-12-01T02:00")
    assert not found(database, store, at("2026-12-02T00:30")).places


def test_one_session_upon_the_other_is_one_opening(
    database: Database, store: IndexStore, register: Any
) -> None:
    halves = [hours("09:00", "12:00")["rules"][0], hours("12:00", "17:00")["rules"][0]]
    register(**salon({"rules": halves, "closed": []}))
    [place] = found(database, store, at("2026-12-01T11:45")).places
    assert place.open_until == at("2026-12-01T17:00")
    assert not found(database, store, at("2026-12-01T16:45")).places


def test_what_ends_is_open_until_its_last_session_is_over_and_no_longer(
    database: Database, store: IndexStore, register: Any
) -> None:
    ends = {"offering": {"ends_on": date(2026, 12, 1)}}
    register(**salon(hours("00:00", "24:00"), **ends))
    register(**salon(hours("22:00", "26:00"), metres_north=210, **ends))
    register(**salon(None, metres_north=220, **ends))

    def told(when: str) -> list[tuple[str, datetime | None]]:
        return [(p.open, p.open_until) for p in found(database, store, at(when)).places]

    night = ("open", at("2026-12-02T02:00"))
    day = ("open", at("2026-12-02T00:00"))
    assert told("2026-12-01T23:10") == [day, night, ("unknown", None)]
    assert told("2026-12-01T23:50") == [night, ("unknown", None)]
    assert told("2026-12-02T00:10") == [night]
    assert told("2026-12-02T03:00") == []


@pytest.mark.parametrize("time", ["00:00", "03:10", "11:00", "23:45", "23:59"])
def test_what_never_closes_is_open_around_midnight(
    database: Database, store: IndexStore, register: Any, time: str
) -> None:
    register(**salon(hours("00:00", "24:00")))
    [place] = found(database, store, at(f"2026-12-01T{time}"), minutes_left=240).places
    assert (place.open, place.open_until) == ("open", at("2026-12-03T00:00"))


def test_on_a_public_holiday_of_which_nothing_is_said_it_is_uncertain(
    database: Database, store: IndexStore, register: Any
) -> None:
    register(**salon(hours("10:00", "15:00", holidays=None)))
    assert found(database, store, at("2026-11-23T11:00")).places[0].open == "uncertain"
    assert found(database, store, at("2026-11-24T11:00")).places[0].open == "open"


def test_places_with_unknown_hours_come_last_and_say_so(
    database: Database, store: IndexStore, register: Any
) -> None:
    register(**salon(None, metres_north=50))
    register(**salon(hours("10:00", "15:00"), metres_north=600))
    states = [p.open for p in found(database, store, at("2026-12-01T11:00")).places]
    assert states == ["open", "unknown"]


def test_hidden_full_and_unplaced_places_and_those_nobody_gathers_in_are_not_shown(
    database: Database, store: IndexStore, register: Any
) -> None:
    all_day = hours("00:00", "24:00")
    register(**salon(all_day, location={"visibility": "hidden"}))
    register(**salon(all_day, location={"lon": None, "lat": None}))
    register(**salon(all_day, resource={"kind": "employer"}))
    register(**salon(all_day, resource={"status": "paused"}))
    register(**salon(all_day, offering={"availability": "none"}))
    answer = found(database, store, at("2026-12-01T11:00"))
    assert not answer.places
    assert answer.removed_by == {"places": 1}


def river(tmp_path: Path, store: IndexStore) -> None:
    """Two banks 100 m apart; the one bridge has steps, the other way round is 1,200 m longer."""
    at = {1: (0, 0), 2: (600, 0), 3: (600, 100), 4: (0, 100), 5: (100, 0), 6: (100, 100)}
    ways = [
        ([1, 5, 2], {"highway": "residential"}),
        ([2, 3], {"highway": "residential"}),
        ([4, 6, 3], {"highway": "residential"}),
        ([5, 6], {"highway": "steps"}),
    ]
    path = tmp_path / "river.osm"
    path.write_text(osm(ways, at, HERE), encoding="utf-8")
    import_streets(path, tmp_path / "streets")
    store.streets_folder = tmp_path / "streets"


def test_over_the_river_it_is_as_far_as_the_streets_say_and_farther_on_wheels(
    database: Database, store: IndexStore, register: Any, tmp_path: Path
) -> None:
    river(tmp_path, store)
    across = moved(HERE, 200, 100)
    register(**salon(hours("10:00", "15:00"), location={"lon": across.lon, "lat": across.lat}))
    when = at("2026-12-01T13:00")
    (place,) = found(database, store, when).places
    assert (place.route, place.distance_m, place.walk_minutes) == ("streets", 300, 5)
    assert place.arrive_at == at("2026-12-01T13:05")
    assert place.minutes_left == 115
    assert not found(database, store, when, without_steps=True).places  # 1,100 m are 17 minutes
    (place,) = found(database, store, when, without_steps=True, walk_minutes=20).places
    assert place.distance_m == 1_100


def test_a_hidden_place_has_no_way_that_could_be_measured(
    database: Database, store: IndexStore, register: Any, tmp_path: Path
) -> None:
    """From wherever one asks, an entry whose place is hidden looks the same."""
    river(tmp_path, store)
    hidden = register(
        **salon(hours("10:00", "15:00"), location={"visibility": "hidden", "city": "豊島区"})
    )
    seen = set()
    with database.reading() as session:
        for east in range(0, 600, 50):
            point = moved(HERE, east, 0)
            need = parse_need(
                {"at": {"lon": point.lon, "lat": point.lat}, "walk_minutes": 5, "on": "2026-12-01"},
                catalogues.VOCABULARY,
            )
            told = explain(session, store, need, hidden).suggestion
            seen.add((told.distance_m, told.walk_minutes, told.route, told.score))
            assert not nearby_places(session, store, NearbyQuestion(at=point)).places
    assert len(seen) == 1
    assert next(iter(seen))[:3] == (None, None, "straight")


@pytest.mark.parametrize("seed", [7, 8])
def test_nearby_is_that_of_a_plain_walk_through_all_offerings(
    database: Database, store: IndexStore, hosts: list[uuid.UUID], seed: int
) -> None:
    compare(database, store, hosts, seed)


def test_so_it_is_where_streets_say_how_far_it_is(
    sqlite_database: Database,
    store: IndexStore,
    hosts_of: Callable[[Database], list[uuid.UUID]],
    tmp_path: Path,
) -> None:
    town = invented_town(random.Random(4), moved(HERE, -1700, 0), tmp_path / "town.osm")
    import_streets(town, tmp_path / "streets")
    store.streets_folder = tmp_path / "streets"
    routes = compare(sqlite_database, store, hosts_of(sqlite_database), seed=9)
    assert routes["streets"] > 20
    assert routes["straight"] > 5


def compare(
    database: Database, store: IndexStore, hosts: list[uuid.UUID], seed: int
) -> Counter[str]:
    """Put many questions to both; return how often each route was taken."""
    r = random.Random(seed)
    with database.writing(by="test") as session:
        for _ in range(240):
            parts = catalogues.registration(r, hosts, date(2026, 11, 24))
            register_resource(
                session,
                registration=Registration.model_validate(parts),
                vocabulary=catalogues.VOCABULARY,
                by="test",
            )
    routes: Counter[str] = Counter()
    streets = store.streets()
    with database.reading() as session:
        entries = _entries(session)
        for _ in range(40 if streets is None else 15):
            when = at("2026-11-22T00:00") + timedelta(minutes=r.randrange(60 * 24 * 20))
            here = LonLat(HERE.lon + r.gauss(0, 0.004), HERE.lat + r.gauss(0, 0.004))
            minutes = r.choice([10, 20, 40])
            wheels = r.random() < 0.3
            question = NearbyQuestion(
                at=here, walk_minutes=minutes, when=when, limit=500, without_steps=wheels
            )
            answer = nearby_places(session, store, question)
            walker = None
            if streets is not None:
                walker = Walker.starting(streets, here, minutes * 60 * 1.1, wheels)
            plain = _plain(entries, here, when, minutes, walker)
            assert [(p.place.offering, p.open, p.walk_minutes) for p in answer.places] == plain
            routes.update(p.route for p in answer.places)
    assert routes.total() > 40
    return routes


def _is_open_throughout(sessions: Any, arrival: datetime) -> bool:
    """Whether a place is open in each of the thirty minutes after one gets there."""
    minutes = (arrival + timedelta(minutes=m) for m in range(30))
    return all(any(s.start <= minute < s.end for s in sessions) for minute in minutes)


def _plain(
    entries: Any, here: LonLat, when: datetime, minutes: float, walker: Walker | None
) -> list[tuple[uuid.UUID, str, int]]:
    out = []
    for e in entries:
        o, kind, p = e.offering, e.resource.kind, e.location
        if e.resource.status != "published" or p.lon is None or p.visibility == "hidden":
            continue
        if not catalogues.VOCABULARY.term("kind", kind).facts["gathering"]:
            continue
        over = bool(o.ends_on) and o.ends_on < when.date()
        if over and o.schedule is None:
            continue
        if o.availability == "none" or (o.availability == "capacity" and o.places == 0):
            continue
        away = away_m(here.lon, here.lat, p.lon, p.lat)
        metres = round(away) * DETOUR
        walked = None if walker is None else walker.metres_to(p.lon, p.lat)
        if walker is not None and walked is not None:
            metres = math.inf if walked > walker.limit_m else max(round(walked), round(away))
        if metres > minutes * 60 * 1.1:
            continue
        walk = math.ceil(metres / 1.1 / 60)
        state = "unknown" if o.schedule is None else None
        if o.schedule is not None:
            arrival = when + timedelta(minutes=walk)
            schedule = schedules.from_json(o.schedule)
            sessions = schedules.next_sessions(schedule, when - timedelta(days=2), days=5)
            sessions = [s for s in sessions if not o.ends_on or s.start.date() <= o.ends_on]
            sure = [s for s in sessions if not s.uncertain]
            if _is_open_throughout(sure, arrival):
                state = "open"
            elif _is_open_throughout(sessions, arrival):
                state = "uncertain"
        if state:
            out.append((state != "open", walk, metres, o.id.int, o.id, state))
    return [(x[4], x[5], x[1]) for x in sorted(out)]


@pytest.mark.parametrize(
    "when",
    [
        datetime.min.replace(tzinfo=JAPAN),
        datetime.max.replace(tzinfo=UTC),
        at("1999-12-31T23:59"),
        at("2200-01-01T00:00"),
    ],
)
def test_a_moment_of_other_times_is_refused_in_one_sentence(
    sqlite_database: Database, store: IndexStore, when: datetime
) -> None:
    with pytest.raises(BadNeed, match="Give a moment of the years 2000 to 2199") as refused:
        found(sqlite_database, store, when)
    assert refused.value.as_json() == {
        "field": "when",
        "ja": "2000年から2199年までの日時を指定してください。",
        "en": "Give a moment of the years 2000 to 2199.",
    }


def test_the_first_and_the_last_moment_may_be_asked_for(
    sqlite_database: Database, store: IndexStore
) -> None:
    for when in (at("2000-01-01T00:00"), at("2199-12-31T23:59")):
        assert found(sqlite_database, store, when).when == when
