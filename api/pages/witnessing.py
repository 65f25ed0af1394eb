"""One tap of staff: did a session take place, on the place's page or by who stood before it."""

import uuid
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import User, Writing, allowed
from api.pages.home import HOLDS
from api.rendering import render
from resources.queries import entries_by_offering
from resources.witnessing import say_session

router = APIRouter(include_in_schema=False)


@router.post("/offerings/{offering_id}/session", dependencies=[allowed(*HOLDS)])
def took_place(
    request: Request,
    session: Writing,
    user: User,
    offering_id: uuid.UUID,
    on: Annotated[date, Form()],
    held: Annotated[bool, Form()],
    said_by: Annotated[str, Form(pattern="^(staff|field)$")] = "staff",
) -> Response:
    say_session(session, offering_id=offering_id, on=on, held=held, said_by=said_by, by=user.by)
    if request.headers.get("hx-request"):
        return render(request, "session_said.html", held=held)
    entry = entries_by_offering(session, [offering_id])[offering_id]
    return RedirectResponse(f"/resources/{entry.resource.id}?saved=1", 303)
