"""What nobody took in time, in the cases one may see: the page that managers look at."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import User, Writing, allowed
from api.identity import language_of
from api.pages.case_forms import agency_names
from api.rendering import render
from casework.accounts import display_names
from casework.roles import WORKS_WITH_PEOPLE
from casework.stalled import stalled_for
from resources import clock

router = APIRouter(include_in_schema=False, dependencies=[allowed(*WORKS_WITH_PEOPLE)])


@router.get("/stalled")
def stalled(request: Request, session: Writing, user: User) -> Response:
    today = clock.today()
    return render(
        request,
        "stalled.html",
        stalled=stalled_for(session, actor=user, today=today),
        names=display_names(session),
        agencies=agency_names(session, language_of(request)),
        today=today,
    )
