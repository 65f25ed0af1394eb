"""Loading the demo: everything once, and a second time nothing."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from casework.case_models import Person
from casework.models import Account
from geodata.addresses import geocode
from geodata.areas import district_of, load_layer
from geodata.gazetteer import import_gazetteer, load_gazetteer
from jobs.demo.accounts import DEMO_ACCOUNTS, add_demo_accounts
from jobs.demo.districts import LAYER, district_areas
from jobs.demo.facts import DISTRICTS, towns
from jobs.demo.load import load_agencies, load_catalogue, load_demo, load_districts, load_terms
from jobs.demo.people import add_demo_people
from jobs.demo.tiles import OtherTiles, add_tiles, tiles
from jobs.program import open_program
from jobs.settings import Settings
from resources import changes
from resources.database import Database
from resources.models import Agency, Change, Location, Offering, Resource
from resources.vocabulary import default_vocabulary

TODAY = date(2026, 11, 23)


def load_all(database: Database) -> dict[str, int]:
    with database.writing(by="demo") as session:
        return {
            "terms": load_terms(session, default_vocabulary()),
            "agencies": load_agencies(session),
            "districts": load_districts(session),
            "offerings": load_catalogue(session, seed=2026, today=TODAY),
            "people": add_demo_people(session, seed=2026, by="demo"),
            "accounts": add_demo_accounts(session, by="demo"),
        }


def test_the_demo_loads_once_and_a_second_time_changes_nothing(database: Database) -> None:
    first = load_all(database)
    assert first["agencies"] == 50
    assert first["districts"] == 4
    assert first["people"] == 40
    assert first["accounts"] == len(DEMO_ACCOUNTS) == 9
    with database.reading() as session:
        revision = changes.latest_revision(session)
        assert session.scalar(select(func.count()).select_from(Offering)) == first["offerings"]
        assert session.scalar(select(func.count()).where(Agency.invented)) == 0
        assert session.scalar(select(func.count()).where(~Resource.invented)) == 0
        assert session.scalar(select(func.count()).where(~Person.invented)) == 0
        assert session.scalar(select(func.count()).where(~Account.demo)) == 0
    assert set(load_all(database).values()) == {0}
    with database.reading() as session:
        assert changes.latest_revision(session) == revision


def test_tiles_bring_the_catalogue_to_exactly_the_size_asked_for(database: Database) -> None:
    with database.writing(by="demo") as session:
        here = load_catalogue(session, seed=2026, today=TODAY)
        before = changes.latest_revision(session)
    with database.writing(by="demo") as session:
        assert add_tiles(session, offerings=2000, seed=2026, today=TODAY) == 2000 - here
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Offering)) == 2000
        news = changes.changes_since(session, before)
        assert [(row.entity, row.action) for row in news] == [("catalogue", "load")]
        orphan = select(func.count()).where(Resource.id.not_in(select(Offering.resource_id)))
        assert session.scalar(orphan) == 0
        lone = select(func.count()).where(Location.id.not_in(select(Offering.location_id)))
        assert session.scalar(lone) == 0
    with database.writing(by="demo") as session:
        assert add_tiles(session, offerings=2000, seed=2026, today=TODAY) == 0
        with pytest.raises(OtherTiles, match="IBASHO_HOME"):
            add_tiles(session, offerings=3000, seed=2026, today=TODAY)


def test_tiles_lie_in_japan_side_by_side_and_their_ids_never_meet() -> None:
    high, low, points = set(), set(), 0
    for _, tile in zip(range(12), tiles(2026, TODAY), strict=False):
        for row in tile.locations:
            if row["lon"] is not None:
                assert 122.9 < row["lon"] < 154.1
                assert 20.2 < row["lat"] < 45.7
                points += 1
        for rows in (tile.organizations, tile.resources, tile.offerings):
            high |= {row["id"] for row in rows}
            low |= {row["id"].int & ((1 << 64) - 1) for row in rows}
        assert all(row["invented"] for row in tile.resources)
    assert len(high) == len(low)
    assert points > 4000


def test_load_demo_fills_a_new_program(tmp_path: Path) -> None:
    program = open_program(Settings(home=tmp_path))
    try:
        loaded = load_demo(program, today=TODAY)
        assert loaded.counts["offerings"] == loaded.added["offerings"] > 500
        assert {role for _, _, role in loaded.accounts} >= {"support_worker", "administrator"}
        assert set(load_demo(program).added.values()) == {0}
        address = geocode("豊島区南大塚3丁目", program.gazetteer())
        assert address.as_json()["town"] == "南大塚三丁目"
        with program.database.reading() as session:
            kinds = set(session.scalars(select(Change.entity).distinct()))
        assert {"offering", "resource", "agency", "taxonomy_term"} <= kinds
    finally:
        program.close()


def test_every_chome_lies_in_its_district_and_the_four_are_a_partition(tmp_path: Path) -> None:
    areas = district_areas()
    assert list(areas["code"]) == list(DISTRICTS)
    assert areas.geometry.is_valid.all()
    lon, lat = zip(*(town.at for town in towns()), strict=True)
    assert list(district_of(areas, lon, lat)) == [town.district for town in towns()]
    flat = areas.to_crs("EPSG:6677").geometry
    assert flat.union_all().area == pytest.approx(flat.area.sum(), rel=1e-6)
    assert 10e6 < flat.area.sum() < 17e6  # the real ward has 13 km²
    program_folder = tmp_path / "layers"
    from geodata.areas import store_layer

    store_layer(program_folder, LAYER, areas)
    assert list(load_layer(program_folder, LAYER)["code"]) == list(DISTRICTS)


def test_the_towns_can_be_read_as_a_gazetteer(tmp_path: Path) -> None:
    from importlib.resources import as_file, files

    with as_file(files("jobs.demo").joinpath("towns.csv")) as path:
        assert import_gazetteer(path, tmp_path) == 83
    assert [city.name for city in load_gazetteer(tmp_path).cities] == ["豊島区"]
