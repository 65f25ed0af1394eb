"""The invented catalogue: the same from the same seed, lawful codes, labelled everywhere."""

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest

from geodata.coordinates import LonLat, great_circle_m
from jobs.demo.facts import towns
from jobs.demo.places import Catalogue, nearest_town
from jobs.demo.written import demo_catalogue
from resources.schedule_text import parse_schedule
from resources.schedules import from_json
from resources.vocabulary import default_vocabulary

TODAY = date(2026, 11, 23)
VOCABULARY = default_vocabulary()


@pytest.fixture(scope="module")
def made() -> Catalogue:
    return demo_catalogue(2026, TODAY)


def test_the_same_seed_and_day_make_the_same_places(made: Catalogue) -> None:
    assert demo_catalogue(2026, TODAY) == made
    assert demo_catalogue(2027, TODAY) != made


def test_there_are_several_hundred_places_of_every_kind(made: Catalogue) -> None:
    kinds = Counter(row["kind"] for row in made.resources if row["status"] == "published")
    assert set(kinds) == set(VOCABULARY.codes("kind")) - {"unsorted"}  # only a file leaves that
    assert 400 <= len(made.resources) <= 460
    assert 530 <= len(made.offerings) <= 620


def test_everything_is_flagged_as_invented_and_every_description_says_so(made: Catalogue) -> None:
    rows = [*made.organizations, *made.locations, *made.resources, *made.offerings]
    assert all(row["invented"] for row in rows)
    assert all(row["description"].startswith("（架空）") for row in made.resources)
    assert all(row["description"].startswith("（架空）") for row in made.organizations)


def test_a_plaza_carries_the_label_in_its_name(made: Catalogue) -> None:
    names = [r["name"] for r in made.resources if r["name"].startswith("区民ひろば")]
    assert names
    assert all("架空" in name for name in names)


def test_no_two_places_have_one_name_and_no_two_rows_one_id(made: Catalogue) -> None:
    for rows in (made.organizations, made.locations, made.resources, made.offerings):
        assert len({row["id"] for row in rows}) == len(rows)
        assert len({row["source_key"] for row in rows}) == len(rows)
    names = [row["name"] for row in made.resources]
    assert len(set(names)) == len(names)


def test_every_code_is_in_its_closed_list(made: Catalogue) -> None:
    lists = {
        "needs": "need", "activities": "activity", "audience": "audience",
        "requirements": "requirement", "languages": "language",
    }  # fmt: skip
    for row in made.resources:
        for field, axis in lists.items():
            assert set(row.get(field) or ()) <= set(VOCABULARY.codes(axis)), (row["name"], field)
        assert set(row.get("steps") or ()) <= set(range(6))
        for field in ("noise", "conversation"):
            assert row.get(field) in (None, *VOCABULARY.codes(field))
        assert row["gender"] in ("any", "female", "male")
    assert {row["availability"] for row in made.offerings} == set(VOCABULARY.codes("availability"))


def test_what_is_written_of_a_schedule_says_what_is_stored(made: Catalogue) -> None:
    for row in made.offerings:
        parsed = parse_schedule(row["schedule_text"])
        assert parsed.unparsed is None
        assert parsed.schedule == from_json(row["schedule"]), row["schedule_text"]


def test_places_lie_near_the_point_of_their_chome(made: Catalogue) -> None:
    points = {town.name: town.at for town in towns()}
    used = set()
    for row in made.locations:
        if row["lon"] is None:
            continue
        at = points[row["town"]]
        assert nearest_town(LonLat(row["lon"], row["lat"])).name == row["town"]
        metres = great_circle_m(at, np.array([row["lon"]]), np.array([row["lat"]]))[0]
        assert metres <= 201
        used.add(row["town"])
    assert len(used) > 75  # spread over the ward's 83 chome


def test_a_hidden_place_gives_no_hint_of_where_it_is(made: Catalogue) -> None:
    hidden = [row for row in made.locations if row["visibility"] == "hidden"]
    assert hidden
    for row in hidden:
        assert {row[f] for f in ("address", "town", "lon", "lat", "district", "name")} == {None}
    kinds = {r["id"]: r["kind"] for r in made.resources}
    of = {o["location_id"]: kinds[o["resource_id"]] for o in made.offerings}
    # Kept and found by staff, never suggested.
    assert not any(VOCABULARY.term("kind", of[row["id"]]).facts["participation"] for row in hidden)


def test_news_is_spread_over_the_months_before_today(made: Catalogue) -> None:
    said = [r["availability_said_on"] for r in made.offerings if r["availability_said_on"]]
    assert max(said) <= TODAY
    assert min(said) >= TODAY - timedelta(days=120)
    assert len(set(said)) > 80
    verified = [r["verified_on"] for r in made.offerings]
    assert None in verified
    assert all(day <= TODAY for day in verified if day)


def test_free_places_never_exceed_the_capacity(made: Catalogue) -> None:
    for row in made.offerings:
        if row["places"] is not None and row["capacity"] is not None:
            assert row["places"] <= row["capacity"]
        assert row["places"] is None or row["availability"] == "capacity"


def test_some_hosts_rest_some_are_full_and_some_places_are_paused_or_closed(
    made: Catalogue,
) -> None:
    assert any(row.get("resting_until") for row in made.organizations)
    assert any(
        row["accompanied_cap"] is not None and row["accompanied_now"] == row["accompanied_cap"]
        for row in made.organizations
    )
    statuses = Counter(row["status"] for row in made.resources)
    assert statuses["paused"]
    assert statuses["closed"]
    assert statuses["published"] > 0.9 * len(made.resources)


def test_descriptions_vary(made: Catalogue) -> None:
    texts = [row["description"] for row in made.resources]
    assert len(set(texts)) > 0.97 * len(texts)


def test_telephones_and_mail_reach_nobody(made: Catalogue) -> None:
    assert all((row["phone"] or "03-0000-").startswith("03-0000-") for row in made.resources)
    assert all(row["email"].endswith("@example.jp") for row in made.organizations)


def test_the_point_of_a_town_is_a_position_in_the_ward() -> None:
    assert len(towns()) == 83
    assert all(isinstance(t.at, LonLat) and 139.67 < t.at.lon < 139.76 for t in towns())
