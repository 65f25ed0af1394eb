"""The feed of changes to open data, as OpenActive's Realtime Paged Data Exchange has it."""

import json
import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.dependencies import Program
from api.hsds.asked import refused
from api.open_data import OPEN, OpenReading, base_url
from resources import clock
from resources.hsds.objects import Words
from resources.open_feed import BEGINNING, After, items_after

router = APIRouter(prefix="/feed", tags=["open data"], dependencies=OPEN)

PATH = "/service-at-locations"
MEDIA_TYPE = "application/vnd.openactive.rpde+json; version=1"
CACHING = "public, max-age=8"
"""RPDE recommends an hour for all pages but the last. A place may become hidden in that hour."""

Timestamp = Annotated[int | None, Query(alias="afterTimestamp", ge=0, le=2**63 - 1)]
Id = Annotated[uuid.UUID | None, Query(alias="afterId")]


@router.get(
    PATH,
    summary="What of the open data changed, opened or closed, oldest change first",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "object"}}}}},
)
def service_at_locations(
    request: Request,
    program: Program,
    session: OpenReading,
    timestamp: Timestamp = None,
    id: Id = None,
) -> Response:
    if (timestamp is None) != (id is None):
        raise refused(
            "afterTimestamp と afterId は両方を指定してください。",
            "Give both afterTimestamp and afterId.",
        )
    after = BEGINNING if timestamp is None or id is None else After(timestamp, id)
    items = items_after(session, after, Words(program.vocabulary, clock.today()))
    last = After(items[-1]["modified"], uuid.UUID(items[-1]["id"])) if items else after
    page = {
        "next": f"{base_url(request)}{router.prefix}{PATH}"
        f"?afterTimestamp={last.modified}&afterId={last.id}",
        "items": items,
        "license": program.settings.open_data_license,
    }
    text = json.dumps(page, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Response(text, media_type=MEDIA_TYPE, headers={"Cache-Control": CACHING})
