"""What was said of entries: one tap in the field, a link for the host, and the look at both."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import Program, Reading, User, Writing, allowed
from api.host_links import LASTS, link_for
from api.pages.home import HOLDS, REGISTERS
from api.rendering import render
from resources.commands import NotFound
from resources.queries import entries_by_offering
from resources.reported import AlreadyDecided, decline, report_wrong, take_over

router = APIRouter(include_in_schema=False)


@router.post("/offerings/{offering_id}/wrong", dependencies=[allowed(*HOLDS)])
def wrong(request: Request, session: Writing, user: User, offering_id: uuid.UUID) -> Response:
    report_wrong(session, offering_id=offering_id, by=user.by)
    if request.headers.get("hx-request"):
        return render(request, "reported.html")
    entry = entries_by_offering(session, [offering_id])[offering_id]
    return RedirectResponse(f"/resources/{entry.resource.id}?saved=1", 303)


@router.get("/offerings/{offering_id}/host-link", dependencies=[allowed(*REGISTERS)])
def link(request: Request, program: Program, session: Reading, offering_id: uuid.UUID) -> Response:
    entry = entries_by_offering(session, [offering_id]).get(offering_id)
    if entry is None or entry.resource.status == "closed":
        raise NotFound("offering")
    settings = program.settings
    base = settings.public_url or str(request.base_url)
    address = link_for(offering_id, settings, base)
    return render(request, "host_link.html", e=entry, link=address, days=LASTS.days)


@router.post("/verify/reports/{report_id}", dependencies=[allowed(*REGISTERS)])
def decided(
    session: Writing,
    user: User,
    report_id: uuid.UUID,
    decision: Annotated[str, Form(pattern="^(take|decline)$")],
) -> Response:
    try:
        (take_over if decision == "take" else decline)(session, report_id=report_id, by=user.by)
    except AlreadyDecided:
        return RedirectResponse("/verify", 303)
    return RedirectResponse("/verify?noted=decided", 303)
