"""Two hundred questions from chosen places, through every door, tell nothing of where a hidden place is."""

import json
import random
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from door import make_program
from fastapi import FastAPI
from fastapi.testclient import TestClient
from open_catalogue import add_entry

from api.app import create_app
from geodata.coordinates import position
from jobs.program import Program
from matching.nearby import NearbyQuestion, nearby_places
from matching.need import parse_need
from matching.suggest import suggest_placements
from matching.waiting_list import Waiting, share_places
from matching.why import explain
from resources import clock
from resources.database import Database
from resources.geo_export import open_points
from resources.models import Location, Offering

HERE, THERE = (139.7001, 35.7391), (139.7402, 35.7205)
"""Two places of one city, some four kilometres apart, where the shelter may be."""

ORIGINS = 200
WITHIN_M = 12_000


def origins(count: int) -> list[tuple[float, float]]:
    """Return places to ask from: a grid around both, each pushed off a little by chance."""
    chance = random.Random(20261126)
    side = int(ORIGINS**0.5) + 1
    spots = [
        (139.68 + 0.08 * i / side, 35.70 + 0.06 * j / side)
        for i in range(side)
        for j in range(side)
    ]
    chosen = chance.sample(spots, count)
    return [(lon + chance.uniform(-1e-3, 1e-3), lat) for lon, lat in chosen]


def answers(program: Program, app: FastAPI, offering: Offering, count: int) -> list[str]:
    """Ask through every door from everywhere; return what was told, without the catalogue's age."""
    now = clock.now_in_japan().replace(hour=10, minute=0, second=0, microsecond=0)
    client = TestClient(app)
    told: list[Any] = []
    with program.database.reading() as session:
        waiting = []
        for lon, lat in origins(count):
            need = parse_need(
                {
                    "at": {"lon": lon, "lat": lat}, "walk_minutes": 25, "radius_m": WITHIN_M,
                    "on": (now + timedelta(days=1)).date().isoformat(),
                },
                program.vocabulary,
                lambda _: None,
            )  # fmt: skip
            waiting.append(Waiting(str(len(waiting)), need))
            asked = NearbyQuestion(
                at=position(lon, lat), walk_minutes=60, when=now, minutes_left=0, limit=50
            )
            told += [
                suggest_placements(session, program.store, need, limit=20, now=now).as_json(),
                nearby_places(session, program.store, asked).as_json(),
                explain(session, program.store, need, offering.id, now=now).as_json(),
            ]
        shared = share_places(session, program.store, waiting[:20], now=now)
        told.append(
            [(p.label, p.suggestion.place.offering, p.fit) for p in shared.placed]
            + [(u.label, u.reason, u.options) for u in shared.unplaced]
        )
        points, without = open_points(session)
        told += [points.to_json(), without]
    for n, (lon, lat) in enumerate(origins(count)):
        door = ("services", "service_at_locations")[n % 2]
        where = {"lon": lon, "lat": lat, "radius_m": WITHIN_M, "per_page": 50}
        told.append(client.get(f"/hsds/{door}", params=where).json())
    told.append(client.get("/feed/service-at-locations").json())
    ages = re.compile(r'"(revision|index_revision|index|modified|last_modified|next)": [^,}]+')
    return [ages.sub("", json.dumps(one, default=str, sort_keys=True)) for one in told]


def put(program: Program, location_id: Any, where: tuple[float, float]) -> None:
    with program.database.writing(by="test") as session:
        place = session.get_one(Location, location_id)
        place.lon, place.lat = where
        place.address = f"東京都豊島区{where[0]}"
        place.town = "甲町" if where == HERE else "乙町"
        place.number = str(where[1])


def attacked(program: Program, visibility: str, count: int) -> tuple[list[str], list[str]]:
    """Return what is told while the place is here, and while it is there."""
    with program.database.writing(by="test") as session:
        for n in range(6):
            where = {"lon": 139.69 + n * 0.01, "lat": 35.725}
            add_entry(session, name=str(n), place=where)
        offering = add_entry(
            session,
            name="shelter",
            place={"visibility": visibility, "lon": HERE[0], "lat": HERE[1]},
        )
    app = create_app(program.settings, program)
    put(program, offering.location_id, HERE)
    here = answers(program, app, offering, count)
    put(program, offering.location_id, THERE)
    return here, answers(program, app, offering, count)


@pytest.fixture
def empty(database: Database, tmp_path: Path) -> Program:
    return make_program(database, tmp_path / "home")


def test_two_hundred_questions_do_not_tell_here_from_there(empty: Program) -> None:
    here, there = attacked(empty, "hidden", ORIGINS)
    assert len(here) > 4 * ORIGINS
    assert any("shelter" in one for one in here)  # it is suggested, so there is something to find
    assert [(a[:2000], b[:2000]) for a, b in zip(here, there, strict=True) if a != b][:3] == []


def test_of_a_place_that_is_open_to_the_public_nearly_every_question_tells(empty: Program) -> None:
    """The attack itself works: it isn't blind."""
    here, there = attacked(empty, "public", 20)
    assert sum(a != b for a, b in zip(here, there, strict=True)) > 60
