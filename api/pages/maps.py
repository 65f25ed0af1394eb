"""What the maps are drawn from: outlines of districts, names of towns and stations."""

import json
import logging
import math
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from api.dependencies import Program, Reading, allowed
from api.places import stations, towns
from geodata.areas import NoLayer, load_layer
from geodata.tiles import BadTiles, open_tiles
from jobs.log_lines import fields
from jobs.settings import Settings

log = logging.getLogger("ibasho.api")

router = APIRouter(include_in_schema=False, dependencies=[allowed()])

DISTRICTS = "districts"

STREET_LEVEL = 15
"""Zoom level of the squares in which streets are sent, as in streets.js."""

AN_HOUR = {"Cache-Control": "private, max-age=3600"}
"""Outlines and names of places say nothing about anybody."""


@router.get("/map/districts.geojson")
def districts(program: Program) -> Response:
    try:
        content = load_layer(program.settings.layers_folder, DISTRICTS).to_json()
    except NoLayer:
        content = json.dumps({"type": "FeatureCollection", "features": []})
    return Response(content, media_type="application/geo+json", headers=AN_HOUR)


@router.get("/map/labels.json")
def labels(program: Program, session: Reading) -> dict[str, Any]:
    return {
        "towns": [vars(t) for t in towns(program, session)],
        "stations": [vars(s) for s in stations(program)],
        "streets": program.store.streets() is not None,
        "base": _base(program.settings),
    }


def _base(settings: Settings) -> dict[str, Any] | None:
    """Return where the tiles under the maps come from; None where the settings name none."""
    if settings.map_tiles is None:
        if not settings.map_base:
            return None
        return {"url": settings.map_base, "vectors": False, "attribution": settings.map_attribution}
    tiles = open_tiles(settings.map_tiles)
    return {
        "url": "/map/tiles/{z}/{x}/{y}",
        "vectors": tiles.vectors,
        "deepest": tiles.deepest,
        "layers": tiles.layers,
        "attribution": settings.map_attribution or tiles.attribution,
    }


@router.get("/map/tiles/{z}/{x}/{y}")
def tile(program: Program, z: int, x: int, y: int) -> Response:
    """Return a tile of the base map's file; nothing (204) where the map has none."""
    path = program.settings.map_tiles
    tiles = None if path is None else open_tiles(path)
    try:
        found = None if tiles is None else tiles.tile(z, x, y)
    except BadTiles as error:
        log.warning(fields("tiles_unusable", reason=error))
        found = None
    if tiles is None or found is None:
        return Response(status_code=204, headers=AN_HOUR)
    headers = {**AN_HOUR, **({"Content-Encoding": "gzip"} if tiles.compressed else {})}
    return Response(found, media_type=tiles.media_type, headers=headers)


# Squares of a kilometre, as any map asks for: they tell no more of where somebody looks.
@router.get("/map/streets/{x}/{y}")
def streets(program: Program, response: Response, x: int, y: int) -> dict[str, Any]:
    """Return the streets in a square of the usual grid of map tiles, level `STREET_LEVEL`."""
    response.headers.update(AN_HOUR)
    graph = program.store.streets()
    found: dict[str, Any] = {"streets": [], "steps": []}
    if graph is None or not 0 <= x < 2**STREET_LEVEL or not 0 <= y < 2**STREET_LEVEL:
        return found
    for edge in graph.within(*_corners(x, y)):
        line = [[round(lat, 5), round(lon, 5)] for lon, lat in graph.lines[edge].coords]
        found["steps" if graph.steps[edge] else "streets"].append(line)
    return found


def _corners(x: int, y: int) -> tuple[float, float, float, float]:
    """Return west, south, east and north of a square, in degrees."""
    n = 2**STREET_LEVEL
    south, north = (
        math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / n)))) for row in (y + 1, y)
    )
    return x / n * 360 - 180, south, (x + 1) / n * 360 - 180, north
