"""Base maps in one file: what is read from them, and what is refused."""

import random
from contextlib import suppress
from pathlib import Path

import pytest
from base_map import area_everywhere, png, write_tiles
from pmtiles.tile import TileType

from geodata.tiles import BadTiles, open_tiles

CREDIT = '<a href="https://example.jp">架空の地図</a>'


def test_pictures_are_given_where_there_are_any(tmp_path: Path) -> None:
    path = tmp_path / "pictures.pmtiles"
    red, blue = png(255, 0, 0), png(0, 0, 255)
    write_tiles(path, {(0, 0, 0): red, (2, 3, 1): blue}, TileType.PNG, {"attribution": CREDIT})
    tiles = open_tiles(path)
    assert (tiles.media_type, tiles.vectors, tiles.compressed) == ("image/png", False, False)
    assert (tiles.deepest, tiles.attribution) == (2, "架空の地図")
    assert tiles.tile(0, 0, 0) == red
    assert tiles.tile(2, 3, 1) == blue
    for nowhere in ((2, 1, 3), (1, 0, 0), (3, 0, 0), (-1, 0, 0), (2, 4, 0), (2, 0, -1), (99, 0, 0)):
        assert tiles.tile(*nowhere) is None


def test_vectors_name_their_layers(tmp_path: Path) -> None:
    path = tmp_path / "vectors.pmtiles"
    about = {"vector_layers": [{"id": "WA", "fields": {}}, {"id": "RdCL", "fields": {}}]}
    write_tiles(path, {(0, 0, 0): area_everywhere("WA")}, TileType.MVT, about)
    tiles = open_tiles(path)
    assert (tiles.vectors, tiles.compressed, tiles.layers) == (True, True, ("WA", "RdCL"))


def test_what_is_no_map_is_refused_in_one_sentence(tmp_path: Path) -> None:
    good = tmp_path / "good.pmtiles"
    write_tiles(good, {(0, 0, 0): png(0, 0, 0)}, TileType.PNG, {})
    whole = good.read_bytes()
    other_kind = whole[:99] + b"\x06" + whole[100:]
    packed = whole[:98] + b"\x03" + whole[99:]
    for number, content in enumerate([b"", b"PK\3\4" * 99, whole[:130], other_kind, packed]):
        path = tmp_path / f"bad{number}.pmtiles"
        path.write_bytes(content)
        with pytest.raises(BadTiles, match=f"bad{number}.pmtiles"):
            open_tiles(path)
    with pytest.raises(BadTiles, match="can't be read"):
        open_tiles(tmp_path / "none.pmtiles")


def test_no_damage_brings_down_what_opens_a_map(tmp_path: Path) -> None:
    good = tmp_path / "good.pmtiles"
    tiles = {(3, x, y): png(x * 20, y * 20, 0, 8) for x in range(8) for y in range(8)}
    write_tiles(good, tiles, TileType.PNG, {"attribution": CREDIT})
    whole, random_ = good.read_bytes(), random.Random(7)
    for number in range(60):
        damaged = bytearray(whole)
        for _ in range(4):
            damaged[random_.randrange(8, 600)] = random_.randrange(256)
        path = tmp_path / f"damaged{number}.pmtiles"
        path.write_bytes(damaged)
        try:
            opened = open_tiles(path)
        except BadTiles:
            continue
        for x in range(8):
            with suppress(BadTiles):
                opened.tile(3, x, x)
