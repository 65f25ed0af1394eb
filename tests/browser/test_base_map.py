"""What a base map looks like under the pages' maps: pictures, and vectors drawn in the browser."""

import math
from collections.abc import Iterator

import pytest
from base_map import area_everywhere, png, write_tiles
from playwright.sync_api import Page, expect
from pmtiles.tile import TileType

pytestmark = pytest.mark.browser

LEVELS = range(10, 15)
# The squares of the demo ward, some more on each side.
WEST, EAST, NORTH, SOUTH = 139.5, 139.9, 35.85, 35.6


def ward() -> list[tuple[int, int, int]]:
    def square(z: int, lon: float, lat: float) -> tuple[int, int]:
        n = 2**z
        north = math.asinh(math.tan(math.radians(lat)))
        return int((lon + 180) / 360 * n), int((1 - north / math.pi) / 2 * n)

    found = []
    for z in LEVELS:
        (west, north), (east, south) = square(z, WEST, NORTH), square(z, EAST, SOUTH)
        found += [(z, x, y) for x in range(west, east + 1) for y in range(north, south + 1)]
    return found


@pytest.fixture(scope="module", params=["pictures", "vectors"])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, serve
) -> Iterator[str]:
    home = tmp_path_factory.mktemp("based")
    path = home / "base.pmtiles"
    if request.param == "pictures":
        kind, tile = TileType.PNG, png(223, 227, 220)
    else:
        kind, tile = TileType.MVT, area_everywhere("land")
    about = {"attribution": "架空の地図", "vector_layers": [{"id": "land"}]}
    write_tiles(path, dict.fromkeys(ward(), tile), kind, about)
    with serve(home, IBASHO_MAP_BASE=str(path)) as url:
        yield url


COLOURED = """() => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const tiles = [...document.querySelectorAll(".leaflet-tile-pane img, .leaflet-tile-pane canvas")];
  return tiles.length > 3 && tiles.filter((tile) => {
    pen.clearRect(0, 0, 1, 1);
    pen.drawImage(tile, 0, 0, 1, 1);
    const [red, green, blue, solid] = pen.getImageData(0, 0, 1, 1).data;
    return solid > 100 && green > red && green > blue && red > 200;
  }).length >= 4;
}"""


def test_the_map_of_what_is_near_lies_on_the_base_map(
    page: Page, enter, snapshot, size: str, request: pytest.FixtureRequest
) -> None:
    enter(page, "coordinator")
    page.goto("/gaps")
    page.wait_for_function(COLOURED)
    expect(page.locator(".leaflet-control-attribution")).to_have_text("架空の地図")
    assert page.locator(".map.based").count() == 1
    snapshot(page, f"base-map-{request.node.callspec.params['site']}", size)
