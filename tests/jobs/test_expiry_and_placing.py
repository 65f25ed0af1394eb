"""What is over is closed; what has an address gets its point and its district."""

import uuid
from collections.abc import Callable
from datetime import date

import geopandas as gpd
import pytest
from shapely.geometry import box
from sqlalchemy import select

from geodata.gazetteer import Gazetteer, import_gazetteer, load_gazetteer
from resources.database import Database
from resources.expiry import close_what_ended
from resources.models import Change, Location, Offering, Resource
from resources.placing import Placed, place_locations

TODAY = date(2026, 12, 1)
Register = Callable[..., uuid.UUID]


def status(database: Database, offering_id: uuid.UUID) -> str:
    with database.reading() as session:
        return session.scalars(
            select(Resource.status).join(Offering).where(Offering.id == offering_id)
        ).one()


def close(database: Database, limit: int = 500) -> int:
    with database.writing(by="job:expire") as session:
        return close_what_ended(session, today=TODAY, by="job:expire", limit=limit)


def test_a_resource_whose_last_day_is_over_is_closed_and_the_log_says_by_whom(
    database: Database, register: Register
) -> None:
    over = register(offering={"ends_on": "2026-11-30"})
    last_day = register(offering={"ends_on": "2026-12-01"})
    open_end = register()
    assert close(database) == 1
    assert close(database) == 0
    assert status(database, over) == "closed"
    assert (status(database, last_day), status(database, open_end)) == ("published", "published")
    with database.reading() as session:
        edit = session.scalars(select(Change).where(Change.action == "edit")).one()
        assert (edit.entity, edit.by) == ("resource", "job:expire")


def test_a_resource_with_one_offering_that_goes_on_stays_open(
    database: Database, register: Register
) -> None:
    over = register(offering={"ends_on": "2026-11-30"})
    with database.writing(by="test") as session:
        row = session.get(Offering, over)
        assert row is not None
        session.add(
            Offering(
                id=uuid.uuid4(), resource_id=row.resource_id, availability="unknown",
                created_at=row.created_at, edited_at=row.edited_at,
            )
        )  # fmt: skip
    assert close(database) == 0


def test_a_draft_that_is_over_is_left_to_its_author(database: Database, register: Register) -> None:
    register(resource={"status": "draft"}, offering={"ends_on": "2026-11-30"})
    assert close(database) == 0


def test_closing_goes_on_where_it_stopped(database: Database, register: Register) -> None:
    for _ in range(3):
        register(offering={"ends_on": "2026-11-30"})
    assert [close(database, limit=2) for _ in range(3)] == [2, 1, 0]


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    folder = tmp_path_factory.mktemp("gazetteer")
    source = folder / "towns.csv"
    source.write_text(
        "pref,city,town,koaza,lat,lng\n"
        "東京都,豊島区,南大塚三丁目,,35.7300,139.7277\n"
        "東京都,豊島区,東池袋一丁目,,35.7304,139.7148\n",
        encoding="utf-8",
    )
    import_gazetteer(source, folder / "held")
    return load_gazetteer(folder / "held")


@pytest.fixture(scope="module")
def areas() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"code": ["east", "west"], "name": ["東部", "西部"]},
        geometry=[box(139.72, 35.72, 139.74, 35.74), box(139.70, 35.72, 139.72, 35.74)],
        crs="EPSG:4326",
    )


def place(
    database: Database,
    gazetteer: Gazetteer | None,
    areas: gpd.GeoDataFrame | None,
    **how: object,
) -> Placed:
    with database.writing(by="job:place") as session:
        counts, _ = place_locations(
            session,
            gazetteer=gazetteer,
            areas=areas,
            by="job:place",
            **how,  # type: ignore[arg-type]
        )
        return counts


def location(database: Database, offering_id: uuid.UUID) -> Location:
    with database.reading() as session:
        return session.scalars(
            select(Location).join(Offering).where(Offering.id == offering_id)
        ).one()


def test_an_address_without_a_point_gets_that_of_its_town_with_its_level(
    database: Database, register: Register, gazetteer: Gazetteer, areas: gpd.GeoDataFrame
) -> None:
    offering = register(location={"address": "東京都豊島区南大塚３－４１－１２"})
    assert place(database, gazetteer, areas) == Placed(looked_at=1, placed=1, districts=1)
    found = location(database, offering)
    assert (found.lon, found.lat) == (139.7277, 35.73)
    assert (found.point_level, found.point_source) == ("chome", "gazetteer")
    assert found.accuracy_m is not None
    assert (found.town, found.district) == ("南大塚三丁目", "east")


def test_a_point_that_was_given_is_never_moved(
    database: Database, register: Register, gazetteer: Gazetteer, areas: gpd.GeoDataFrame
) -> None:
    offering = register(
        location={
            "address": "東京都豊島区南大塚3-41-12", "lon": 139.7101, "lat": 35.7299,
            "point_level": "point", "point_source": "pin",
        }
    )  # fmt: skip
    assert place(database, gazetteer, areas) == Placed(looked_at=0, placed=0, districts=1)
    found = location(database, offering)
    assert (found.lon, found.point_source, found.district) == (139.7101, "pin", "west")


def test_an_address_that_cannot_be_placed_is_not_looked_up_every_night(
    database: Database, register: Register, gazetteer: Gazetteer
) -> None:
    offering = register(location={"address": "どこか遠く"})
    assert place(database, gazetteer, None) == Placed(looked_at=1, placed=0, districts=0)
    assert place(database, gazetteer, None) == Placed(looked_at=0, placed=0, districts=0)
    assert location(database, offering).lon is None
    assert place(database, gazetteer, None, again=True).looked_at == 1


def test_the_middle_of_a_city_is_no_point_of_a_place(
    database: Database, register: Register, gazetteer: Gazetteer, areas: gpd.GeoDataFrame
) -> None:
    offering = register(location={"address": "東京都豊島区"})
    assert place(database, gazetteer, areas) == Placed(looked_at=1, placed=0, districts=0)
    found = location(database, offering)
    assert (found.lon, found.district, found.point_level) == (None, None, "city")


def test_without_gazetteer_and_districts_nothing_is_touched(
    database: Database, register: Register
) -> None:
    register(location={"address": "東京都豊島区南大塚3-41-12"})
    assert place(database, None, None) == Placed(0, 0, 0)


def test_a_second_placing_changes_nothing(
    database: Database, register: Register, gazetteer: Gazetteer, areas: gpd.GeoDataFrame
) -> None:
    register(location={"address": "東京都豊島区南大塚3-41-12"})
    place(database, gazetteer, areas)
    with database.reading() as session:
        written = len(session.scalars(select(Change)).all())
    assert place(database, gazetteer, areas, again=True) == Placed(0, 0, 0)
    with database.reading() as session:
        assert len(session.scalars(select(Change)).all()) == written
