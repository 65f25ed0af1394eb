"""A base map under the maps: its tiles, who gets them, and what a page may load."""

from collections.abc import Callable
from pathlib import Path

import pytest
from base_map import area_everywhere, png, write_tiles
from door import add_staff, browser, make_program, sign_in
from fastapi.testclient import TestClient
from pmtiles.tile import TileType

from api.app import create_app
from jobs.settings import BadSetting, read_settings
from resources.database import Database

ELSEWHERE = "https://tiles.example.jp/pale/{z}/{x}/{y}.png"

SignedIn = Callable[[str], TestClient]


@pytest.fixture
def based(sqlite_database: Database, tmp_path: Path) -> Callable[[str], TestClient]:
    """Return the browser of a CSW whose maps lie on a base map."""

    def made(base: str, attribution: str = "") -> TestClient:
        program = make_program(
            sqlite_database, tmp_path / "home", map_base=base, map_attribution=attribution
        )
        add_staff(program, "csw")
        client = browser(create_app(program.settings, program))
        sign_in(client, "csw")
        return client

    return made


def test_a_file_of_pictures_is_served_by_the_program_itself(
    based: Callable[..., TestClient], tmp_path: Path
) -> None:
    path = tmp_path / "base.pmtiles"
    picture = png(1, 2, 3)
    write_tiles(path, {(0, 0, 0): picture}, TileType.PNG, {"attribution": "架空の地図"})
    csw = based(str(path))
    base = csw.get("/map/labels.json").json()["base"]
    assert base == {
        "url": "/map/tiles/{z}/{x}/{y}", "vectors": False, "deepest": 0, "layers": [],
        "attribution": "架空の地図",
    }  # fmt: skip
    tile = csw.get("/map/tiles/0/0/0")
    assert (tile.status_code, tile.headers["content-type"]) == (200, "image/png")
    assert tile.content == picture
    assert csw.get("/map/tiles/1/0/0").status_code == 204
    assert csw.get("/map/tiles/0/-1/99999999999999999999").status_code == 204
    assert csw.get("/map/tiles/0/0/x").status_code == 422
    csw.cookies.clear()
    assert csw.get("/map/tiles/0/0/0").status_code in (302, 303, 401)


def test_vectors_are_sent_as_they_are_kept(
    based: Callable[..., TestClient], tmp_path: Path
) -> None:
    path = tmp_path / "base.pmtiles"
    area = area_everywhere("WA")
    write_tiles(path, {(0, 0, 0): area}, TileType.MVT, {"vector_layers": [{"id": "WA"}]})
    csw = based(str(path), "別の名前")
    base = csw.get("/map/labels.json").json()["base"]
    assert (base["vectors"], base["layers"], base["attribution"]) == (True, ["WA"], "別の名前")
    tile = csw.get("/map/tiles/0/0/0")
    assert tile.headers["content-encoding"] == "gzip"
    assert tile.content == area


def test_pages_load_pictures_from_a_tile_server_only_where_one_is_set(
    based: Callable[..., TestClient], signed_in: SignedIn
) -> None:
    usual = signed_in("coordinator").get("/nearby").headers["content-security-policy"]
    assert "img-src 'self' data:;" in usual
    csw = based(ELSEWHERE, "架空の地図")
    policy = csw.get("/nearby").headers["content-security-policy"]
    assert "img-src 'self' data: https://tiles.example.jp;" in policy
    assert policy.replace(" https://tiles.example.jp", "") == usual
    assert csw.get("/map/labels.json").json()["base"]["url"] == ELSEWHERE
    assert csw.get("/map/tiles/0/0/0").status_code == 204


@pytest.mark.parametrize(
    ("base", "attribution", "told"),
    [
        ("/nowhere/base.pmtiles", "", "can't be read"),
        (ELSEWHERE, "", "IBASHO_MAP_ATTRIBUTION"),
        ("http://tiles.example.jp/{z}/{x}/{y}.png", "x", "https://"),
        ("https://tiles.example.jp/{z}/{x}.png", "x", "{y}"),
        ("base.mbtiles", "x", ".pmtiles"),
        ("javascript:{z}{x}{y}", "x", ".pmtiles"),
        ("https://tiles.example.jp;script-src *//{z}/{x}/{y}", "x", "IBASHO_MAP_BASE"),
        ("https:///{z}/{x}/{y}", "x", "https://"),
    ],
)
def test_a_base_map_that_cannot_be_is_refused_at_the_start(
    base: str, attribution: str, told: str
) -> None:
    with pytest.raises(BadSetting, match=told):
        read_settings({"IBASHO_MAP_BASE": base, "IBASHO_MAP_ATTRIBUTION": attribution})
