"""The catalogue as JSON: register a resource, read it, keep its free places true."""

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import Program, Reading, User, Writing, allowed
from api.identity import LANGUAGES
from api.pages.home import PUBLISHES, REGISTERS
from api.pages.resources import STAFF
from api.v1.rows import row_of
from jobs.listing import list_jobs
from jobs.states import State
from resources import clock
from resources.commands import NotFound, register_resource, set_availability
from resources.duplicates import duplicates_of, facts_of
from resources.lifecycle import NEW, check_move
from resources.merged import kept_instead
from resources.models import Resource
from resources.queries import Entry, entries_of_resource
from resources.registration import Registration

router = APIRouter(prefix="/api/v1", tags=["catalogue"])


def _shown(entry: Entry) -> dict[str, Any]:
    place = entry.location
    hidden = place is not None and place.visibility == "hidden"
    return {"offering": row_of(entry.offering), "location": row_of(place, hidden)}


@router.post(
    "/resources",
    status_code=201,
    summary="Register a resource with its host, place and schedule; says what it may already be",
    dependencies=[allowed(*REGISTERS)],
)
def register(
    program: Program, session: Writing, user: User, registration: Registration
) -> dict[str, Any]:
    check_move(NEW, registration.resource.status, may_publish=user.role in PUBLISHES)
    similar = duplicates_of(session, facts_of(registration))
    offering = register_resource(
        session, registration=registration, vocabulary=program.vocabulary, by=user.by
    )
    return {
        "resource": str(offering.resource_id),
        "offering": str(offering.id),
        "similar": [
            {"resource": str(p.other.resource), "name": p.other.facts.name, **p.likeness.as_json()}
            for p in similar
        ],
    }


@router.get(
    "/resources/{resource_id}",
    summary="A resource with its host and offerings",
    dependencies=[allowed(*STAFF)],
)
def resource(session: Reading, response: Response, resource_id: uuid.UUID) -> dict[str, Any]:
    entries = entries_of_resource(session, resource_id)
    kept = kept_instead(session, resource_id)
    if not entries and kept is not None:  # all that it offered is offered by the kept one now
        merged = session.get_one(Resource, resource_id)
        return {
            "resource": row_of(merged),
            "merged_into": str(kept),
            "organization": None,
            "offerings": [],
        }
    if not entries:
        raise NotFound("resource")
    # The version to send back in If-Match with an edit; those of its offerings stand in their rows.
    response.headers["ETag"] = f'"{entries[0].resource.version}"'
    return {
        "resource": row_of(entries[0].resource),
        "merged_into": None if kept is None else str(kept),
        "organization": row_of(entries[0].organization),
        "offerings": [_shown(e) for e in entries],
    }


class Availability(BaseModel):
    """What was said about free places, by whom and when."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["capacity", "waitlist", "assess-first", "none", "unknown"]
    places: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    said_by: Literal["host", "staff", "source"] = "staff"
    said_on: date | None = None
    version: Annotated[int, Field(ge=1, le=2**31)] | None = None


@router.put(
    "/offerings/{offering_id}/availability",
    summary="Say how many places an offering has left",
    dependencies=[allowed(*REGISTERS)],
)
def availability(
    session: Writing, user: User, offering_id: uuid.UUID, said: Availability
) -> dict[str, Any]:
    offering = set_availability(
        session,
        offering_id=offering_id,
        status=said.status,
        places=said.places,
        said_by=said.said_by,
        said_on=said.said_on or clock.today(),
        by=user.by,
        version=said.version,
    )
    return {"offering": str(offering.id), "version": offering.version}


@router.get("/vocabulary", summary="The closed lists with their labels", dependencies=[allowed()])
def vocabulary(program: Program) -> dict[str, Any]:
    lists = program.vocabulary
    return {
        axis: [
            {"code": t.code, "ja": t.ja, "en": t.en, "active": t.active, **t.facts}
            for t in lists.terms(axis)
        ]
        for axis in lists.axes
    }


@router.get(
    "/jobs",
    summary="What ran, what waits, what is dead and why",
    dependencies=[allowed("coordinator", "administrator")],
)
def jobs(
    session: Reading,
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
    state: State | None = None,
    language: str = "ja",
) -> list[dict[str, Any]]:
    chosen = language if language in LANGUAGES else "ja"
    return [job.as_json(chosen) for job in list_jobs(session, limit, state=state)]
