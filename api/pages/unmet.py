"""What was asked for and nothing was found, for whoever plans the next place."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import Reading, allowed
from api.pages.home import PLANS
from api.rendering import render
from resources import clock
from resources.unmet import FEWEST, unmet_needs

router = APIRouter(include_in_schema=False, dependencies=[allowed(*PLANS)])

SHOWN_DAYS = 365


@router.get("/unmet")
def page(request: Request, session: Reading) -> Response:
    since = clock.today() - timedelta(days=SHOWN_DAYS)
    found = unmet_needs(session, since=since)
    return render(request, "unmet.html", rows=found, since=since.replace(day=1), fewest=FEWEST)
