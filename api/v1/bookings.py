"""Places of sessions as JSON: how many there are, take one, confirm it, give it back."""

import uuid
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Header
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.dependencies import Reading, User, Writing, allowed
from api.pages.home import HOLDS, REGISTERS
from api.pages.resources import STAFF
from resources import booking, clock
from resources.booked import Allotment, Hold
from resources.booking_seen import places_ahead
from resources.changes import plain
from resources.commands import NotFound
from resources.models import Offering
from resources.once import once

router = APIRouter(prefix="/api/v1", tags=["places"])

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="The same key with the same body gives the same answer, and takes one place.",
    ),
]


class Opened(BaseModel):
    """How many places a session (first_on alone) or a period has."""

    model_config = ConfigDict(extra="forbid")

    first_on: date
    last_on: date | None = None
    starts: Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")] = ""
    capacity: Annotated[int, Field(ge=0, le=100_000)]

    @model_validator(mode="after")
    def _in_order(self) -> "Opened":
        if self.last_on is not None and self.last_on < self.first_on:
            raise ValueError("last_on lies before first_on")
        return self


class Wanted(BaseModel):
    """For how long a place is kept until it is confirmed, and an opaque id of the casework."""

    model_config = ConfigDict(extra="forbid")

    minutes: Annotated[int, Field(ge=1, le=14 * 24 * 60)] = 3 * 24 * 60
    party: uuid.UUID | None = None


def _allotment(a: Allotment) -> dict[str, Any]:
    return {
        "allotment": str(a.id),
        "first_on": plain(a.first_on),
        "last_on": plain(a.last_on),
        "starts": a.starts or None,
        "capacity": a.capacity,
        "held": a.held,
        "left": a.capacity - a.held,
    }


def _hold(h: Hold) -> dict[str, Any]:
    return {
        "hold": str(h.id),
        "allotment": str(h.allotment_id),
        "state": h.state,
        "expires_at": plain(h.expires_at),
    }


@router.get(
    "/offerings/{offering_id}/allotments",
    summary="Places of the sessions and periods ahead",
    dependencies=[allowed(*STAFF)],
)
def allotments(session: Reading, offering_id: uuid.UUID) -> list[dict[str, Any]]:
    offering = session.get(Offering, offering_id)
    if offering is None:
        raise NotFound("offering")
    ahead = places_ahead(session, offering, now=clock.now())
    return [_allotment(p.allotment) for p in ahead if p.allotment is not None]


@router.put(
    "/offerings/{offering_id}/allotments",
    summary="Say how many places a session or a period has",
    dependencies=[allowed(*REGISTERS)],
)
def open_places(
    session: Writing, user: User, offering_id: uuid.UUID, opened: Opened
) -> dict[str, Any]:
    return _allotment(
        booking.open_places(session, offering_id=offering_id, by=user.by, **opened.model_dump())
    )


@router.post(
    "/allotments/{allotment_id}/holds",
    status_code=201,
    summary="Take a place, to be confirmed in time",
    dependencies=[allowed(*HOLDS)],
)
def hold(
    session: Writing, user: User, allotment_id: uuid.UUID, wanted: Wanted, key: Key
) -> dict[str, Any]:
    def take() -> dict[str, Any]:
        return _hold(
            booking.hold_place(
                session,
                allotment_id=allotment_id,
                keep=timedelta(minutes=wanted.minutes),
                party=wanted.party,
                by=user.by,
            )
        )

    asked = {"allotment": str(allotment_id), **wanted.model_dump(mode="json")}
    return once(session, by=user.by, key=key, asked=asked, act=take)


def _stepped(session: Writing, hold_id: uuid.UUID) -> dict[str, Any]:
    found = session.get(Hold, hold_id, populate_existing=True)
    assert found is not None
    return _hold(found)


@router.post("/holds/{hold_id}/confirm", summary="Make a hold firm", dependencies=[allowed(*HOLDS)])
def confirm(session: Writing, user: User, hold_id: uuid.UUID) -> dict[str, Any]:
    booking.confirm(session, hold_id=hold_id, by=user.by)
    return _stepped(session, hold_id)


@router.post(
    "/holds/{hold_id}/attend", summary="Store that somebody came", dependencies=[allowed(*HOLDS)]
)
def attend(session: Writing, user: User, hold_id: uuid.UUID) -> dict[str, Any]:
    booking.attend(session, hold_id=hold_id, by=user.by)
    return _stepped(session, hold_id)


@router.post("/holds/{hold_id}/cancel", summary="Give a place back", dependencies=[allowed(*HOLDS)])
def cancel(session: Writing, user: User, hold_id: uuid.UUID) -> dict[str, Any]:
    booking.cancel(session, hold_id=hold_id, by=user.by)
    return _stepped(session, hold_id)
