"""Edits over the JSON API: only on the version that the sender has seen (If-Match)."""

import uuid
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError
from sqlalchemy.orm import Session

from api.dependencies import NotAllowed, Program, User, VersionNotSaid, Writing, allowed
from api.identity import language_of
from api.pages.home import EDITS, PUBLISHES, SEES_HIDDEN
from api.pages.placing import placed
from api.problems import problem_of
from api.v1.rows import row_of
from casework import audit
from casework.access import Actor
from jobs.program import Program as OpenProgram
from resources.changes import plain
from resources.commands import EditedMeanwhile, NotFound, set_status
from resources.editing import edit_location, edit_offering, edit_resource
from resources.models import Location, Offering, Resource
from resources.registration import BadRegistration

router = APIRouter(prefix="/api/v1", tags=["catalogue"], dependencies=[allowed(*EDITS)])

Edits = Annotated[
    dict[str, Any],
    Body(description="Field → new value, as in a registration; null is “not known”."),
]
Seen = Annotated[
    str | None,
    Header(alias="If-Match", description='The version you have seen, as `"3"` (see ETag).'),
]


def _version(seen: str | None) -> int:
    said = (seen or "").strip().removeprefix("W/").strip('"')
    if not said.isdecimal() or len(said) > 9:
        raise VersionNotSaid
    return int(said)


@router.patch("/resources/{resource_id}", summary="Edit a resource, and where it stands")
def resource(
    request: Request,
    program: Program,
    session: Writing,
    user: User,
    resource_id: uuid.UUID,
    edits: Edits,
    seen: Seen = None,
) -> Response:
    version = _version(seen)
    told = {n: v for n, v in edits.items() if n not in ("status", "status_reason")}

    def write() -> Resource:
        row = edit_resource(
            session, resource_id=resource_id, edits=told, vocabulary=program.vocabulary,
            by=user.by, version=version,
        )  # fmt: skip
        status = edits.get("status", row.status)
        if status != row.status:
            set_status(
                session, resource_id=resource_id, status=str(status), by=user.by,
                reason=edits.get("status_reason"), may_publish=user.role in PUBLISHES,
            )  # fmt: skip
        return row

    return _answer(request, session, Resource, resource_id, edits, write)


@router.patch("/offerings/{offering_id}", summary="Edit an offering; verifies only what says so")
def offering(
    request: Request,
    session: Writing,
    user: User,
    offering_id: uuid.UUID,
    edits: Edits,
    seen: Seen = None,
) -> Response:
    version = _version(seen)

    def write() -> Offering:
        return edit_offering(
            session, offering_id=offering_id, edits=edits, by=user.by, version=version
        )

    return _answer(request, session, Offering, offering_id, edits, write)


@router.patch("/locations/{location_id}", summary="Edit a place; a new address finds its point")
def location(
    request: Request,
    program: Program,
    session: Writing,
    user: User,
    location_id: uuid.UUID,
    edits: Edits,
    seen: Seen = None,
) -> Response:
    version = _version(seen)
    place = session.get(Location, location_id)
    hidden = place is not None and place.visibility == "hidden"
    if hidden:
        _look_is_recorded(session, user, location_id)

    def write() -> Location:
        told = _with_point(program, session, edits)
        return edit_location(
            session, location_id=location_id, edits=told, by=user.by, version=version
        )

    return _answer(request, session, Location, location_id, edits, write)


def _look_is_recorded(session: Session, user: Actor, location_id: uuid.UUID) -> None:
    """Let those alone on who may see a hidden place, and record it. Raises `NotAllowed`."""
    if user.role not in SEES_HIDDEN:
        raise NotAllowed
    audit.record(
        session,
        audit.Attempt(user.by, user, "edit", "location", str(location_id), ("address",)),
    )


def _with_point(program: OpenProgram, session: Session, edits: Mapping[str, Any]) -> dict[str, Any]:
    if not {"address", "lon", "lat"} & edits.keys():
        return dict(edits)
    said = {n: edits.get(n) for n in ("address", "lon", "lat")}
    try:
        found = placed(program, session, said)
    except BadRegistration:  # not in the gazetteer: the place has no point until somebody says it
        return dict(edits)
    if "address" not in edits:
        found.pop("address")
    return {**{n: v for n, v in found.items() if v is not None}, **edits}


def _answer(
    request: Request,
    session: Session,
    table: type[Resource] | type[Offering] | type[Location],
    row_id: uuid.UUID,
    edits: Mapping[str, Any],
    write: Callable[[], Resource | Offering | Location],
) -> Response:
    """Answer with the row as it is now; with both values where it was edited meanwhile."""
    try:
        with session.begin_nested():
            row: Any = write()
    except EditedMeanwhile as error:
        stored: Any = session.get(table, row_id)
        if stored is None:
            raise NotFound(table.__tablename__) from None
        content = {
            "status": 412,
            "error": problem_of(error).sentence(language_of(request)),
            "version": stored.version,
            "fields": {
                name: {"sent": value, "stored": plain(getattr(stored, name))}
                for name, value in edits.items()
                if name in table.__table__.columns
            },
        }
        return JSONResponse(content, 412, {"ETag": f'"{stored.version}"'})
    except ValidationError as error:
        raise RequestValidationError(
            [{**e, "loc": ("body", *e["loc"])} for e in error.errors(include_input=False)]
        ) from None
    return JSONResponse(row_of(row), headers={"ETag": f'"{row.version}"'})
