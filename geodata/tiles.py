"""A base map in one file: tiles as pictures or as vectors (PMTiles, version 3)."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import Compression, TileType

PICTURES = {
    TileType.PNG: "image/png",
    TileType.JPEG: "image/jpeg",
    TileType.WEBP: "image/webp",
    TileType.AVIF: "image/avif",
}
VECTORS = "application/vnd.mapbox-vector-tile"


class BadTiles(ValueError):
    """A file that is no map of tiles that can be shown; the message says why."""


@dataclass(frozen=True)
class Tiles:
    """A map's file, open for reading.

    media_type : of each tile
    compressed : tiles are kept as gzip, and can be sent so
    deepest : the highest zoom level that it has
    layers : names of the layers of vectors; empty for pictures
    attribution : whose map it is, as the file says, without markup
    """

    reader: Any  # pmtiles.reader.Reader, which has no types
    media_type: str
    compressed: bool
    deepest: int
    layers: tuple[str, ...]
    attribution: str

    @property
    def vectors(self) -> bool:
        return self.media_type == VECTORS

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """Return a tile as it is kept; None where the map has none, or no such square exists.

        Raises `BadTiles` where the file is damaged.
        """
        if not 0 <= z <= self.deepest or not (0 <= x < 2**z and 0 <= y < 2**z):
            return None
        try:
            found: bytes | None = self.reader.get(z, x, y)
        except Exception as error:
            # As above: whatever the library falls over in a damaged directory.
            raise BadTiles("the map's directory is damaged: copy the file anew") from error
        return found


def open_tiles(path: Path) -> Tiles:
    """Open a .pmtiles file; raise `BadTiles` for one that can't be shown.

    A file is opened once: a newer one has another name, or comes with a new start.
    """
    try:
        return _open(path)
    except OSError as error:
        raise BadTiles(f"the map {path.name} can't be read ({error.strerror})") from None


@lru_cache(maxsize=4)
def _open(path: Path) -> Tiles:
    with path.open("rb") as file:
        if path.stat().st_size < 127:
            raise BadTiles(f"{path.name} is no PMTiles file")
        reader: Any = Reader(MmapSource(file))  # type: ignore[no-untyped-call]
    try:
        header = reader.header()
        about = reader.metadata()
    except Exception as error:
        # The library raises its own errors, and those of what it reads with, for what is damaged.
        raise BadTiles(f"{path.name} is no PMTiles file (version 3)") from error
    kind = header["tile_type"]
    if kind is not TileType.MVT and kind not in PICTURES:
        raise BadTiles(f"{path.name} holds tiles of a kind that isn't shown ({kind.name})")
    if header["tile_compression"] not in (Compression.NONE, Compression.GZIP):
        raise BadTiles(f"{path.name}: tiles must be kept as they are or as gzip")
    return Tiles(
        reader=reader,
        media_type=PICTURES.get(kind, VECTORS),
        compressed=header["tile_compression"] is Compression.GZIP,
        deepest=header["max_zoom"],
        layers=_layers(about) if kind is TileType.MVT else (),
        attribution=_plain(about.get("attribution")) if isinstance(about, dict) else "",
    )


def _layers(about: Any) -> tuple[str, ...]:
    layers = about.get("vector_layers") if isinstance(about, dict) else None
    named = layers if isinstance(layers, list) else []
    return tuple(str(layer["id"]) for layer in named if isinstance(layer, dict) and "id" in layer)


def _plain(text: Any) -> str:
    return re.sub(r"<[^>]*>", "", text).strip() if isinstance(text, str) else ""
