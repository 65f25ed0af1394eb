"""Only what is published, verified and public is open; all the rest is as if it weren't there."""

from open_catalogue import OPEN, add_every_sort

from resources.database import Database
from resources.models import Location, Offering, Resource
from resources.public_entries import each_open_entry, open_among


def names(database: Database, made: dict[str, Offering]) -> set[str]:
    by_id = {offering.id: name for name, offering in made.items()}
    with database.reading() as session:
        listed = [e.offering.id for e in each_open_entry(session)]
        assert listed == sorted(listed, key=str)
        assert open_among(session, by_id) == set(listed)
    return {by_id[i] for i in listed}


def test_only_published_verified_entries_at_public_places_are_open(database: Database) -> None:
    with database.writing(by="test") as session:
        made = add_every_sort(session)
    assert names(database, made) == set(OPEN)


def test_an_entry_closes_with_any_of_its_parts_and_opens_again(database: Database) -> None:
    with database.writing(by="test") as session:
        made = add_every_sort(session)
    plain = made["plain"]
    for table, id_, field, shut in (
        (Resource, plain.resource_id, "status", "paused"),
        (Location, plain.location_id, "visibility", "hidden"),
        (Location, plain.location_id, "visibility", "team"),
        (Offering, plain.id, "verified_on", None),
    ):
        with database.writing(by="test") as session:
            row = session.get_one(table, id_)
            before = getattr(row, field)
            setattr(row, field, shut)
        assert names(database, made) == set(OPEN) - {"plain"}, field
        with database.writing(by="test") as session:
            setattr(session.get_one(table, id_), field, before)
        assert names(database, made) == set(OPEN)


def test_an_offering_by_telephone_closes_when_its_resource_gets_a_place_of_the_team(
    database: Database,
) -> None:
    with database.writing(by="test") as session:
        made = add_every_sort(session)
    with database.writing(by="test") as session:
        for_the_team = session.get_one(Offering, made["team"].id)
        for_the_team.resource_id = made["no_place"].resource_id
    assert names(database, made) == set(OPEN) - {"no_place"}
