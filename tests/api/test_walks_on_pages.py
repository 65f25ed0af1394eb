"""How far it is, in words: no metres where an end of the way is only the middle of a town."""

import re
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from door import token_of
from fastapi.testclient import TestClient
from oracle.on_foot import osm

from casework.consents import Given
from casework.people import add_person
from geodata.coordinates import LonLat
from geodata.gazetteer import import_gazetteer
from geodata.streets_source import import_streets
from jobs.program import Program
from resources.commands import register_resource
from resources.registration import Registration

HERE = LonLat(139.7277, 35.7300)
METRES = re.compile(r"[0-9]+ ?m[）)]")
AGREED = Given(
    purposes=["support"], agencies=["east"], given_by="self", given_on=date(2026, 11, 2),
    form="written",
)  # fmt: skip
SignedIn = Callable[[str], TestClient]


@pytest.fixture(autouse=True)
def ward(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "towns.csv"
    file.write_text(
        f"pref,city,town,koaza,lat,lng\n東京都,豊島区,南大塚三丁目,,{HERE.lat},{HERE.lon}\n",
        encoding="utf-8",
    )
    import_gazetteer(file, program.settings.gazetteer_folder)


def register(program: Program, accuracy_m: float | None) -> uuid.UUID:
    rule = {"days": [], "nth": [], "month_days": [], "from": "00:00", "to": "24:00"}
    parts = {
        "resource": {"name": "サロン", "kind": "salon"},
        "location": {
            "lon": HERE.lon, "lat": HERE.lat + 0.002, "prefecture": "東京都", "city": "豊島区",
            "accuracy_m": accuracy_m,
        },
        "offering": {"schedule": {"rules": [{**rule, "holidays": "open"}], "closed": []}},
    }  # fmt: skip
    with program.database.writing(by="test") as session:
        return register_resource(
            session,
            registration=Registration.model_validate(parts),
            vocabulary=program.vocabulary,
            by="test",
        ).id


def nearby(client: TestClient, **where: object) -> str:
    page = client.get("/nearby")
    form = {"csrf": token_of(page.text), "when": "2026-12-01T13:00", **where}
    answer = client.post("/nearby", data=form)
    assert answer.status_code == 200
    return answer.text


def test_from_door_to_door_the_metres_are_told_and_by_what_way(
    signed_in: SignedIn, program: Program, tmp_path: Path
) -> None:
    register(program, None)
    csw = signed_in("csw")
    point = {"lon": HERE.lon, "lat": HERE.lat}
    assert "直線で約222m" in nearby(csw, **point)
    at = {1: (0, 0), 2: (400, 0), 3: (400, 222), 4: (0, 222)}
    path = tmp_path / "town.osm"
    path.write_text(osm([([1, 2, 3, 4], {"highway": "footway"})], at, HERE), encoding="utf-8")
    import_streets(path, program.settings.streets_folder)
    page = nearby(csw, minutes=20, **point)
    assert re.search(r"徒歩16分（道のり約102[0-9]m）", page)
    assert "13:16 に着いて" in page


def test_to_or_from_the_middle_of_a_town_no_metres_are_told(
    signed_in: SignedIn, program: Program
) -> None:
    register(program, None)
    csw = signed_in("csw")
    page = nearby(csw, place="town:南大塚三丁目")
    assert "町丁目の中心からの目安" in page
    assert not METRES.search(page)
    form = {"csrf": token_of(page), "address": "豊島区南大塚3-1-1", "walk_minutes": "20"}
    page = csw.post("/suggest", data=form).text
    assert "町丁目の中心からの目安" in page
    assert not METRES.search(page)


def test_on_a_persons_page_their_address_is_the_middle_of_its_town(
    signed_in: SignedIn, program: Program
) -> None:
    offering = register(program, None)
    worker = signed_in("support_worker")
    need = {"walk_minutes": 20, "needs": {"isolation": 2}}
    seen = {}
    for name, at in (("甲", {"address": "豊島区南大塚3-1-1"}), ("乙", {**HERE._asdict()})):
        with program.database.writing(by="test") as session:
            person = add_person(
                session, label=name, summary="", need={"at": at, **need}, agency="east",
                consent=AGREED, by="test",
            )  # fmt: skip
            path = f"/people/{person.id}"
        seen[name] = worker.get(path).text + worker.get(f"{path}/why/{offering}").text
    assert METRES.search(seen["乙"])
    assert "町丁目の中心からの目安" in seen["甲"]
    assert not METRES.search(seen["甲"])
    assert not re.search(r"[0-9] m<", seen["甲"])


def test_a_place_known_to_its_town_only_has_minutes_and_no_metres(
    signed_in: SignedIn, program: Program
) -> None:
    register(program, 180.0)
    page = nearby(signed_in("csw"), lon=HERE.lon, lat=HERE.lat)
    assert "町丁目の中心までの目安" in page
    assert not METRES.search(page)


def test_a_moment_of_other_times_is_refused_in_one_sentence(signed_in: SignedIn) -> None:
    csw = signed_in("csw")
    token = token_of(csw.get("/nearby").text)
    for when in ("0001-01-01T00:00", "9999-12-31T23:59"):
        form = {"csrf": token, "when": when, "lon": HERE.lon, "lat": HERE.lat}
        answer = csw.post("/nearby", data=form)
        assert answer.status_code == 422
        assert "2000年から2199年までの日時を指定してください。" in answer.text
