"""The places of an offering, session by session: how many, who keeps one, and until when."""

import uuid
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from api.dependencies import Reading, User, Writing, allowed
from api.identity import language_of
from api.pages.home import HOLDS, REGISTERS
from api.pages.resources import STAFF
from api.problems import problem_of
from api.rendering import render
from casework.access import Actor
from resources import booking, clock
from resources.booking_seen import places_ahead
from resources.commands import NotFound
from resources.once import once
from resources.queries import entries_by_offering

router = APIRouter(include_in_schema=False)

KEPT = timedelta(days=3)
"""How long a place that is taken here is kept until it is confirmed."""

REFUSED = (booking.NoPlaceLeft, booking.MoreHeld, booking.WrongState, booking.NotYet, booking.Over)
STEPS = {"confirm": booking.confirm, "attend": booking.attend, "cancel": booking.cancel}

Offering = Annotated[uuid.UUID, Form()]


def _page(
    request: Request, session: Session, user: Actor, offering_id: uuid.UUID, error: Exception | None
) -> Response:
    entry = entries_by_offering(session, [offering_id]).get(offering_id)
    if entry is None:
        raise NotFound("offering")
    now = clock.now()
    problem = None if error is None else problem_of(error)
    page = render(
        request,
        "places.html",
        e=entry,
        ahead=places_ahead(session, entry.offering, now=now),
        today=now.astimezone(clock.JAPAN).date(),
        error=problem and problem.sentence(language_of(request)),
        may_edit=user.role in REGISTERS,
        may_hold=user.role in HOLDS,
        new_key=uuid.uuid4,
    )
    page.status_code = problem.status if problem else 200
    return page


def _back(offering_id: uuid.UUID) -> Response:
    return RedirectResponse(f"/offerings/{offering_id}/places", 303)


@router.get("/offerings/{offering_id}/places", dependencies=[allowed(*STAFF)])
def places(request: Request, session: Reading, user: User, offering_id: uuid.UUID) -> Response:
    return _page(request, session, user, offering_id, None)


@router.post("/offerings/{offering_id}/places", dependencies=[allowed(*REGISTERS)])
def open_places(
    request: Request,
    session: Writing,
    user: User,
    offering_id: uuid.UUID,
    first_on: Annotated[date, Form()],
    last_on: Annotated[date, Form()],
    capacity: Annotated[int, Form(ge=0, le=100_000)],
    starts: Annotated[str, Form(pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")] = "",
) -> Response:
    try:
        booking.open_places(
            session,
            offering_id=offering_id,
            first_on=first_on,
            last_on=max(first_on, last_on),
            starts=starts,
            capacity=capacity,
            by=user.by,
        )
    except REFUSED as error:
        return _page(request, session, user, offering_id, error)
    return _back(offering_id)


@router.post("/offerings/{offering_id}/holds", dependencies=[allowed(*HOLDS)])
def hold(
    request: Request,
    session: Writing,
    user: User,
    offering_id: uuid.UUID,
    allotment: Annotated[uuid.UUID, Form()],
    key: Annotated[uuid.UUID, Form()],
) -> Response:
    """Take a place; a form that is sent twice, by two taps or a bad line, takes one."""

    def take() -> dict[str, str]:
        held = booking.hold_place(session, allotment_id=allotment, keep=KEPT, by=user.by)
        return {"hold": str(held.id)}

    try:
        with session.begin_nested():  # what is refused leaves the key free, and the page is shown
            once(session, by=user.by, key=str(key), asked={"allotment": str(allotment)}, act=take)
    except REFUSED as error:
        return _page(request, session, user, offering_id, error)
    return _back(offering_id)


@router.post("/offerings/{offering_id}/holds/{hold_id}", dependencies=[allowed(*HOLDS)])
def step(
    request: Request,
    session: Writing,
    user: User,
    offering_id: uuid.UUID,
    hold_id: uuid.UUID,
    step: Annotated[str, Form(max_length=10)],
) -> Response:
    if step not in STEPS:
        raise NotFound("step")
    try:
        STEPS[step](session, hold_id=hold_id, by=user.by)
    except REFUSED as error:
        return _page(request, session, user, offering_id, error)
    return _back(offering_id)
