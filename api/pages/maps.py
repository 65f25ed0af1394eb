"""What the maps are drawn from: outlines of districts, names of towns and stations."""

import json
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from api.dependencies import Program, Reading, allowed
from api.places import stations, towns
from geodata.areas import NoLayer, load_layer

router = APIRouter(include_in_schema=False, dependencies=[allowed()])

DISTRICTS = "districts"

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
    }
