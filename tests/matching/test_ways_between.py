"""From one place of a week to the next one walks the streets, and goes as often as is expected."""

import math
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from oracle.on_foot import door_to_door, invented_town, moved, osm

from geodata.coordinates import LonLat
from geodata.straight import DETOUR, metres_between
from geodata.streets import StreetGraph
from geodata.streets_source import import_streets
from matching.need import Need, parse_need
from matching.store import IndexStore
from matching.ways_between import WaysBetween, ways_for
from matching.week import Week, week_of
from resources.database import Database
from resources.vocabulary import default_vocabulary

CORNER = LonLat(139.7148, 35.7290)
NOW = datetime(2026, 11, 29, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> StreetGraph:
    folder = tmp_path_factory.mktemp("town")
    return import_streets(invented_town(random.Random(7), CORNER, folder / "town.osm"), folder)


@pytest.mark.parametrize("step_free", [False, True])
@pytest.mark.parametrize("walk_minutes", [None, 12])
def test_ways_are_those_that_a_walk_from_door_to_door_takes(
    town: StreetGraph, step_free: bool, walk_minutes: int | None
) -> None:
    r = random.Random(3)
    asked = {"at": CORNER._asdict(), "limits": {"step_free": step_free}, "speed_m_s": 1.0}
    need = parse_need({**asked, "walk_minutes": walk_minutes}, default_vocabulary())
    ways, graph = ways_for(need, town), town.step_free if step_free else town
    longer = 0
    for _ in range(40):
        one, other = (moved(CORNER, r.uniform(-900, 900), r.uniform(-900, 900)) for _ in range(2))
        minutes = ways.minutes(one, other)
        assert minutes == ways.minutes(other, one)
        assert minutes is not None
        straight = round(metres_between(*one, *other))
        ends = [graph.snap([p.lon], [p.lat]) for p in (one, other)]
        if any(end.edge[0] < 0 for end in ends):
            assert minutes == math.ceil(straight * DETOUR / 60)
            continue
        metres = door_to_door(graph, *ends, 0)
        if walk_minutes is not None and metres > walk_minutes * 60:
            assert ways.is_too_long(minutes)
        elif metres <= 2500:
            assert minutes == math.ceil(max(round(metres), straight) / 60)
            longer += metres > straight * DETOUR
    assert longer >= 3  # the streets say something that the straight line doesn't


def test_without_streets_a_way_is_straight_with_a_detour_and_a_place_without_point_has_none() -> (
    None
):
    ways = WaysBetween(speed_m_s=1.0)
    assert ways.minutes(CORNER, moved(CORNER, 0, 600)) == 13
    assert ways.minutes(CORNER, None) is None


def rules(*opened: tuple[str, str, str]) -> dict[str, Any]:
    return {
        "rules": [
            {"days": [day], "nth": [], "month_days": [], "from": start, "to": end,
             "holidays": "open"}
            for day, start, end in opened
        ],
        "closed": [],
    }  # fmt: skip


def place(name: str, at: LonLat, schedule: dict[str, Any], **offering: Any) -> dict[str, Any]:
    return {
        "organization": {"name": f"{name}の会"},
        "resource": {"name": name, "kind": "salon", "needs": ["isolation"], "gender": "any"},
        "location": {**at._asdict(), "address": "豊島区"},
        "offering": {"schedule": schedule, "attendance": "whole", "availability": "capacity",
                     "places": 3, **offering},
    }  # fmt: skip


def need(**limits: Any) -> Need:
    asked = {"at": CORNER._asdict(), "needs": {"isolation": 2}, "on": "2026-11-30"}
    return parse_need({**asked, "limits": limits}, default_vocabulary())


def planned(database: Database, store: IndexStore, asked: Need) -> Week:
    with database.reading() as session:
        return week_of(session, store, asked, now=NOW)


def test_a_week_takes_the_way_round_by_the_bridge(
    sqlite_database: Database, register_here: Any, tmp_path: Path
) -> None:
    register_here(place("東岸", CORNER, rules(("mon", "10:00", "11:00"))))
    register_here(place("西岸", moved(CORNER, 100, 0), rules(("mon", "11:20", "12:20"))))
    store = IndexStore(tmp_path / "index", default_vocabulary(), tmp_path / "streets")
    week = planned(sqlite_database, store, need())
    assert [s.walk_minutes for s in week.sessions] == [None, 2]
    # Two streets on the banks of a river, and the only bridge 700 m up.
    banks = {1: (0.0, -50.0), 2: (0.0, 700.0), 3: (100.0, 700.0), 4: (100.0, -50.0)}
    text = osm([([1, 2, 3, 4], {"highway": "residential"})], banks, CORNER)
    (tmp_path / "river.osm").write_text(text, encoding="utf-8")
    import_streets(tmp_path / "river.osm", tmp_path / "streets")
    week = planned(sqlite_database, store, need())
    assert len(week.sessions) == 1  # 1,500 m take 23 minutes, not the ten that are left


def test_a_place_is_in_a_week_as_often_as_it_expects_or_not_at_all(
    sqlite_database: Database, register_here: Any, store: IndexStore
) -> None:
    days = [("mon", "10:00", "12:00"), ("mon", "13:00", "15:00"), ("wed", "10:00", "12:00"),
            ("fri", "10:00", "12:00")]  # fmt: skip
    register_here(place("週二回", CORNER, rules(*days), min_per_week=2))
    week = planned(sqlite_database, store, need())
    assert len({s.start.date() for s in week.sessions}) == len(week.sessions) == 2
    assert [s.walk_minutes for s in week.sessions] == [None, None]
    assert not planned(sqlite_database, store, need(sessions_per_week=1)).sessions
    register_here(place("月曜だけ週二回", CORNER, rules(days[0]), min_per_week=2))
    names = {s.suggestion.place.name for s in planned(sqlite_database, store, need()).sessions}
    assert names == {"週二回"}


@pytest.fixture
def register_here(sqlite_database: Database) -> Any:
    from resources.commands import register_resource
    from resources.registration import Registration

    def registered(parts: dict[str, Any]) -> None:
        with sqlite_database.writing(by="test") as session:
            register_resource(
                session,
                registration=Registration.model_validate(parts),
                vocabulary=default_vocabulary(),
                by="test",
            )

    return registered
