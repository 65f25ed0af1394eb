"""The streets under the maps: square by square, to whoever is signed in."""

import math
from collections.abc import Callable
from pathlib import Path

from fastapi.testclient import TestClient
from oracle.on_foot import osm

from geodata.coordinates import LonLat
from geodata.streets_source import import_streets
from jobs.program import Program

CORNER = LonLat(139.70, 35.72)


def square_of(at: LonLat) -> str:
    """Return a position's map tile, as every map on the web counts them."""
    n = 2**15
    north = math.asinh(math.tan(math.radians(at.lat)))
    return f"{math.floor((at.lon + 180) / 360 * n)}/{math.floor((1 - north / math.pi) / 2 * n)}"


def test_streets_are_sent_for_the_square_that_holds_them(
    signed_in: Callable[[str], TestClient], client: TestClient, program: Program, tmp_path: Path
) -> None:
    csw = signed_in("csw")
    here = f"/map/streets/{square_of(CORNER)}"
    assert csw.get("/map/labels.json").json()["streets"] is False
    assert csw.get(here).json() == {"streets": [], "steps": []}
    at = {1: (0, 0), 2: (1200, 0), 3: (0, 60)}
    ways = [([1, 2], {"highway": "residential"}), ([1, 3], {"highway": "steps"})]
    path = tmp_path / "town.osm"
    path.write_text(osm(ways, at, CORNER), encoding="utf-8")
    import_streets(path, program.settings.streets_folder)
    assert csw.get("/map/labels.json").json()["streets"] is True
    answer = csw.get(here)
    (street,), (steps,) = answer.json()["streets"], answer.json()["steps"]
    assert steps[0] == [CORNER.lat, CORNER.lon]
    assert [CORNER.lat, CORNER.lon] in street
    x, y = here.split("/")[-2:]
    assert csw.get(f"/map/streets/{x}/{int(y) + 9}").json() == {"streets": [], "steps": []}
    assert csw.get("/map/streets/-1/99999999").json() == {"streets": [], "steps": []}
    assert client.get(here).status_code in (302, 303, 401)
