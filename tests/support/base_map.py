"""Base maps in one file, small ones: pictures of one colour, and vectors with one area in each."""

import gzip
import struct
import zlib
from pathlib import Path
from typing import Any

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import write

Square = tuple[int, int, int]


def png(red: int, green: int, blue: int, size: int = 256) -> bytes:
    """Return a picture of one colour."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + check

    rows = (b"\0" + bytes((red, green, blue)) * size) * size
    shape = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", shape)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def _varint(n: int) -> bytes:
    out = b""
    while n > 0x7F:
        out, n = out + bytes((n & 0x7F | 0x80,)), n >> 7
    return out + bytes((n,))


def _field(number: int, content: bytes | int) -> bytes:
    if isinstance(content, int):
        return _varint(number << 3) + _varint(content)
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def area_everywhere(layer: str) -> bytes:
    """Return a Mapbox vector tile (version 2.1) whose one area covers all of it."""
    side = 4096 << 1  # as zigzag
    path = [9, 0, 0, 26, side, 0, 0, side, side - 1, 0, 15]
    feature = _field(3, 3) + _field(4, b"".join(map(_varint, path)))
    whole = _field(15, 2) + _field(1, layer.encode()) + _field(2, feature) + _field(5, 4096)
    return _field(3, whole)


def write_tiles(
    path: Path, tiles: dict[Square, bytes], kind: TileType, about: dict[str, Any]
) -> None:
    """Write a .pmtiles file; vectors are kept as gzip, as is usual."""
    packed = kind is TileType.MVT
    header = {
        "tile_type": kind,
        "tile_compression": Compression.GZIP if packed else Compression.NONE,
    }
    ids = {zxy_to_tileid(*square): tile for square, tile in tiles.items()}
    with write(str(path)) as writer:
        for number in sorted(ids):
            tile = gzip.compress(ids[number], mtime=0) if packed else ids[number]
            writer.write_tile(number, tile)
        writer.finalize(header, about)
