"""Where people can walk to nothing that is open, and where a new place would help most."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from oracle.on_foot import moved, osm

from geodata.coordinates import LonLat
from geodata.population import BadPopulation, NoPopulation, load_population, read_population
from geodata.population import store_population as store
from geodata.streets_source import import_streets
from resources.commands import register_resource
from resources.database import Database
from resources.demand import PEOPLE, UNMET, NoDemand
from resources.gaps import GapQuestion, Gaps, find_gaps
from resources.open_hours import BadHours, Hours
from resources.registration import Registration
from resources.sites import find_sites
from resources.unmet import FEWEST, record_unmet
from resources.vocabulary import default_vocabulary

CORNER = LonLat(139.70, 35.72)
MONDAY = date(2026, 11, 30)
KINDS = ("salon", "open_space")

Put = Callable[..., None]


@pytest.fixture
def put(database: Database) -> Put:
    """Register a place so many metres east and north."""

    def registered(
        east: float, north: float, schedule: dict[str, Any] | None, kind: str = "salon", **more: Any
    ) -> None:
        at = moved(CORNER, east, north)
        parts = {
            "resource": {"name": f"場{east:.0f}", "kind": kind, **more.get("resource", {})},
            "location": {"lon": at.lon, "lat": at.lat, **more.get("location", {})},
            "offering": {"schedule": schedule},
        }
        with database.writing(by="test") as session:
            register_resource(
                session,
                registration=Registration.model_validate(parts),
                vocabulary=default_vocabulary(),
                by="test",
            )

    return registered


def open_on(days: list[str], start: str, end: str, nth: list[int] | None = None) -> dict[str, Any]:
    rule = {"days": days, "nth": nth or [], "month_days": [], "from": start, "to": end}
    return {"rules": [{**rule, "holidays": "open"}], "closed": []}


AFTERNOONS = open_on(["mon", "tue", "wed", "thu", "fri"], "13:00", "17:00")


def towns(*people: int) -> gpd.GeoDataFrame:
    """Return towns 1,000 m apart, from west to east."""
    points = [shapely.Point(moved(CORNER, 1000 * i, 0)) for i in range(len(people))]
    names = [f"{i}丁目" for i in range(len(people))]
    return gpd.GeoDataFrame({"town": names, "people": people}, geometry=points, crs="EPSG:4326")


def gaps(database: Database, population: gpd.GeoDataFrame, **asked: Any) -> Gaps:
    with database.reading() as session:
        return find_gaps(
            session,
            population=population,
            question=GapQuestion(kinds=KINDS, **asked),
            from_day=MONDAY,
        )


def test_towns_that_can_walk_to_nothing_come_first_with_their_people(
    database: Database, put: Put
) -> None:
    put(300, 0, AFTERNOONS)
    found = gaps(database, towns(300, 500, 900))
    assert [(t.town, t.is_gap) for t in found.towns] == [
        ("2丁目", True), ("0丁目", False), ("1丁目", False)
    ]  # fmt: skip
    assert (found.people, found.people_without) == (1700, 900)
    near = found.towns[1]
    assert (near.places, near.hours_a_week, near.nearest_minutes) == (1, 20.0, 6)
    # Eight hundred people share its twenty hours a week.
    assert near.hours_per_100 == pytest.approx(20 / 800 * 100)


def test_what_is_open_at_another_time_or_for_too_short_is_nothing(
    database: Database, put: Put
) -> None:
    put(0, 0, open_on(["mon"], "09:00", "13:20"))
    put(0, 50, open_on(["sat"], "13:00", "17:00"))
    assert gaps(database, towns(10)).people_without == 10
    assert (
        gaps(database, towns(10), hours=Hours.parse("sat,sun", "12:00-15:00")).people_without == 0
    )
    assert gaps(database, towns(10), hours=Hours.parse("mon", "9:00-10:00")).people_without == 0


def test_twice_a_month_is_half_a_session_a_week(database: Database, put: Put) -> None:
    put(0, 0, open_on(["tue"], "13:00", "15:00", nth=[2, 4]))
    assert gaps(database, towns(10)).towns[0].hours_a_week == 1.0


def test_a_place_whose_hours_are_not_known_is_counted_apart(database: Database, put: Put) -> None:
    put(0, 0, None)
    (town,) = gaps(database, towns(10)).towns
    assert (town.is_gap, town.asked, town.places) == (True, 1, 0)


def test_no_place_that_is_not_public_fills_a_gap_or_can_be_told_from_one(
    database: Database, put: Put
) -> None:
    before = gaps(database, towns(10)).as_json()
    for visibility in ("hidden", "team"):
        put(0, 0, AFTERNOONS, location={"visibility": visibility})
    put(0, 0, AFTERNOONS, resource={"status": "draft"})
    assert gaps(database, towns(10)).as_json() == before


def test_only_places_that_answer_a_need_or_say_nothing_of_needs_count_for_it(
    database: Database, put: Put
) -> None:
    put(0, 0, AFTERNOONS, resource={"needs": ["childcare"]})
    assert gaps(database, towns(10), need="withdrawal").people_without == 10
    put(0, 10, AFTERNOONS, resource={"needs": ["withdrawal"]})
    assert gaps(database, towns(10), need="withdrawal").people_without == 0


def test_a_river_makes_a_gap_where_the_straight_way_saw_none(
    database: Database, put: Put, tmp_path: Path
) -> None:
    put(0, 150, AFTERNOONS)
    at = {1: (0, 0), 2: (900, 0), 3: (900, 150), 4: (0, 150)}
    path = tmp_path / "river.osm"
    path.write_text(osm([([1, 2, 3, 4], {"highway": "residential"})], at, CORNER), encoding="utf-8")
    streets = import_streets(path, tmp_path / "streets")
    assert gaps(database, towns(10)).people_without == 0
    with database.reading() as session:
        found = find_gaps(
            session, population=towns(10), question=GapQuestion(KINDS), from_day=MONDAY,
            streets=streets,
        )  # fmt: skip
    assert found.people_without == 10


def test_new_places_are_put_where_they_serve_most(database: Database, put: Put) -> None:
    put(0, 0, None, kind="facility")
    put(2000, 0, None, kind="facility")
    put(3000, 0, None, kind="facility")
    found = gaps(database, towns(100, 50, 300, 200, 70), walk_minutes=20)
    with database.reading() as session:
        siting = find_sites(session, gaps=found, among=["facility"], sites=1, from_day=MONDAY)
        both = find_sites(session, gaps=found, among=["facility"], sites=2, from_day=MONDAY)
    # 1,000 m are 20 minutes by the straight way with a detour: each serves its neighbours.
    (best,) = siting.sites
    assert (best.name, best.people, best.towns) == ("場3000", 570, ("2丁目", "3丁目", "4丁目"))
    assert siting.people_left == 150
    assert [(s.name, s.people) for s in both.sites] == [("場3000", 570), ("場0", 150)]
    assert both.people_left == 0


def test_population_is_kept_as_points_or_outlines(tmp_path: Path) -> None:
    with pytest.raises(NoPopulation):
        load_population(tmp_path)
    outline = towns(20).to_crs("EPSG:30169").assign(geometry=lambda t: t.geometry.buffer(200))
    path = tmp_path / "towns.gpkg"
    outline.to_file(path)
    read = read_population(path, town_column="town", people_column="people")
    store(tmp_path, read)
    kept = load_population(tmp_path)
    assert kept["people"].tolist() == [20]
    # EPSG:30169 is of the old datum: without its shift the town would lie 400 m away.
    assert kept.geometry[0].centroid.distance(shapely.Point(CORNER)) < 1e-4


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("town,JINKO,lat,lng\na,many,35.7,139.7\n", "town 1: JINKO is no count"),
        ("town,JINKO,lat,lng\na,10,35.7,\n", "town 1: the point"),
        ("town,JINKO,lat,lng\na,10,139.7,35.7\n", "outside Japan"),
        ("town,people,lat,lng\na,10,35.7,139.7\n", "no column JINKO"),
        ("town,JINKO\na,10\n", "no column lng"),
        ("town,JINKO,lat,lng\n", "holds no town"),
    ],
)
def test_a_table_that_is_no_population_is_refused(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadPopulation, match=told):
        read_population(path)


@pytest.mark.parametrize(
    ("days", "hours"),
    [("mon", "17:00-13:00"), ("mon", "1-2"), ("mon", "13:00"), ("someday", "13:00-17:00"),
     ("", "13:00-17:00"), ("mon", "13:00-25:00"), ("mon", "13:99-17:00")],
)  # fmt: skip
def test_hours_that_cannot_be_are_refused(days: str, hours: str) -> None:
    with pytest.raises(BadHours):
        Hours.parse(days, hours)


def in_halves() -> gpd.GeoDataFrame:
    """Return two districts: the first holds the first two towns, the second what lies east."""
    west, east = (moved(CORNER, at, -500) for at in (-500, 1500))
    far = moved(CORNER, 9000, 500)
    return gpd.GeoDataFrame(
        {"code": ["west", "east"], "name": ["西", "東"]},
        geometry=[
            shapely.box(west.lon, west.lat, east.lon, far.lat),
            shapely.box(east.lon, east.lat, far.lon, far.lat),
        ],
        crs="EPSG:4326",
    )


def asked_in_vain(database: Database, times: int, district: str, **more: Any) -> None:
    asked = {"needs": {"withdrawal": 3}, "windows": [(780, 900)], "on": MONDAY, **more}
    with database.writing(by="test") as session:
        for _ in range(times):
            record_unmet(session, district=district, **asked)


def weighed(database: Database, population: gpd.GeoDataFrame, **asked: Any) -> Gaps:
    with database.reading() as session:
        return find_gaps(
            session,
            population=population,
            question=GapQuestion(kinds=KINDS, demand=UNMET, **asked),
            from_day=MONDAY,
            districts=in_halves(),
        )


def test_towns_are_weighed_by_what_found_nothing_in_their_district(
    database: Database, put: Put
) -> None:
    put(0, 0, AFTERNOONS)
    asked_in_vain(database, 8, "west")
    asked_in_vain(database, 6, "east", needs={"isolation": 2})
    asked_in_vain(database, 5, "", windows=())  # nobody knows where, at any time
    asked_in_vain(database, 7, "east", windows=[(540, 660)])  # in the morning
    asked_in_vain(database, 9, "east", on=date(2025, 10, 1))  # more than a year ago
    found = weighed(database, towns(300, 100, 600))
    # Of the west's eight the first town has 3/4, of the five from anywhere 3/10, and so on.
    assert {t.town: t.demand for t in found.towns} == {
        "0丁目": 6 + 1.5, "1丁目": 2 + 0.5, "2丁目": 6 + 3.0
    }  # fmt: skip
    assert (found.demand, found.demand_without, found.left_out) == (19.0, 11.5, 0)
    assert [t.town for t in found.towns] == ["2丁目", "1丁目", "0丁目"]
    # The place at the first town is shared by what is asked for there.
    assert found.towns[2].hours_per_100 == pytest.approx(20 / 7.5 * 100, abs=0.001)
    only = weighed(database, towns(300, 100, 600), need="isolation")
    assert {t.town: t.demand for t in only.towns} == {"0丁目": 0, "1丁目": 0, "2丁目": 6.0}


def test_counts_that_may_be_one_person_weigh_nothing(database: Database, put: Put) -> None:
    put(0, 0, AFTERNOONS)
    asked_in_vain(database, FEWEST - 1, "east")
    with pytest.raises(NoDemand):
        weighed(database, towns(300, 100, 600))
    asked_in_vain(database, FEWEST, "west")
    found = weighed(database, towns(300, 100, 600))
    assert (found.left_out, found.demand) == (1, float(FEWEST))


def test_a_new_place_goes_where_most_was_asked_for_not_where_most_live(
    database: Database, put: Put
) -> None:
    put(0, 0, None, kind="facility")
    put(3000, 0, None, kind="facility")
    asked_in_vain(database, 6, "east")
    with database.reading() as session:
        for demand, best in ((UNMET, "場3000"), (PEOPLE, "場0")):
            gaps_then = find_gaps(
                session, population=towns(900, 0, 0, 100), districts=in_halves(),
                question=GapQuestion(KINDS, demand=demand), from_day=MONDAY,
            )  # fmt: skip
            (site,) = find_sites(
                session, gaps=gaps_then, among=["facility"], sites=1, from_day=MONDAY
            ).sites
            assert site.name == best
