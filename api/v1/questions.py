"""The three questions as JSON: suggestions, nearby, why; and looking an address up."""

import uuid
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import allowed
from api.one_turn import InTurn, OneTurn, Turn
from api.pages.resources import STAFF
from api.places import at_of, located
from api.security import write_checked
from api.v1.asked import asked, described
from api.v1.schemas import schema
from api.v1.told import as_sent, told
from casework.roles import WORKS_WITH_PEOPLE
from geodata.coordinates import position
from matching.answers_written import written
from matching.nearby import NearbyQuestion, nearby_places
from matching.need import Need, parse_need
from matching.schemes_kept import read_weighing
from matching.suggest import suggest_placements
from matching.why import explain, offering_to_explain
from resources.clock import JAPAN

router = APIRouter(
    prefix="/api/v1", tags=["questions"], route_class=OneTurn,
    dependencies=[write_checked],  # said here too: `OneTurn` knows of no other router
)  # fmt: skip


NEED, ANSWER, WHY, NEARBY = map(schema, ("need", "answer", "why", "nearby"))

Facts = dict[str, Any]


class Listed(BaseModel):
    """How many places are wanted, and in the order of which scheme."""

    limit: Annotated[int, Field(ge=1, le=50)] = 10
    scheme: str = "standard"


def _need(turn: Turn, question: Facts) -> Need:
    program, session = turn.program, turn.session
    return parse_need(question, program.vocabulary, lambda text: at_of(program, session, text))


@router.post(
    "/suggestions",
    summary="Places of participation for a need, with reasons",
    dependencies=[allowed(*WORKS_WITH_PEOPLE, scope="read")],
    openapi_extra={
        "parameters": described(Listed),
        "requestBody": {"required": True, "content": {"application/json": {"schema": NEED}}},
    },
    responses={200: {"content": {"application/json": {"schema": ANSWER}}}},
    response_model=Facts,
)
def suggestions(turn: InTurn, request: Request) -> Response:
    question, listed = asked(turn, request, Listed)
    found = suggest_placements(
        turn.session,
        turn.program.store,
        _need(turn, question),
        limit=listed.limit,
        scheme=listed.scheme,
    )
    return as_sent(written(found))


@router.get(
    "/schemes",
    summary="Priority schemes by which a list can be put in order, and the numbers for all of them",
    dependencies=[allowed(*WORKS_WITH_PEOPLE, scope="read")],
)
def schemes(turn: InTurn) -> dict[str, Any]:
    weighing = read_weighing(turn.session)
    return {
        "schemes": [s.as_json() for s in weighing.schemes.values()],
        "thresholds": asdict(weighing.thresholds),
    }


class Point(BaseModel):
    model_config = ConfigDict(extra="forbid")

    lon: Annotated[float, Field(allow_inf_nan=False)]
    lat: Annotated[float, Field(allow_inf_nan=False)]


class Nearby(BaseModel):
    """From where, how far, and when."""

    model_config = ConfigDict(extra="forbid")

    at: Point
    walk_minutes: Annotated[float, Field(gt=0, le=120)] = NearbyQuestion.walk_minutes
    speed_m_s: Annotated[float, Field(gt=0, le=5)] = NearbyQuestion.speed_m_s
    radius_m: Annotated[float, Field(gt=0, le=20_000)] | None = None
    when: datetime | None = None
    minutes_left: Annotated[int, Field(ge=0, le=1440)] = NearbyQuestion.minutes_left
    kinds: Annotated[list[str], Field(max_length=60)] | None = None
    without_steps: bool = False
    limit: Annotated[int, Field(ge=1, le=100)] = NearbyQuestion.limit


@router.post(
    "/nearby",
    summary="Gathering places within walking distance that are open on arrival",
    dependencies=[allowed(*STAFF, scope="read")],
    responses={200: {"content": {"application/json": {"schema": NEARBY}}}},
    response_model=Facts,
)
def nearby(turn: InTurn, question: Nearby) -> Response:
    when = question.when
    if when is not None and when.tzinfo is None:
        when = when.replace(tzinfo=JAPAN)
    for kind in question.kinds or []:
        turn.program.vocabulary.term("kind", kind)
    facts = question.model_dump(exclude={"at", "when"})
    near = NearbyQuestion(at=position(question.at.lon, question.at.lat), when=when, **facts)
    found = nearby_places(turn.session, turn.program.store, near)
    return told(found.as_json())


class Why(BaseModel):
    """A need, and the offering (or resource) it is put to."""

    model_config = ConfigDict(extra="forbid")

    need: dict[str, Any]
    offering: uuid.UUID
    scheme: str = "standard"


@router.post(
    "/why",
    summary="Every rule's verdict on one place for a need, and what would have to change",
    dependencies=[allowed(*WORKS_WITH_PEOPLE, scope="read")],
    responses={200: {"content": {"application/json": {"schema": WHY}}}},
    response_model=Facts,
)
def why(turn: InTurn, question: Why) -> Response:
    session, store = turn.session, turn.program.store
    need = _need(turn, question.need)
    offering = offering_to_explain(session, question.offering)
    return told(explain(session, store, need, offering, scheme=question.scheme).as_json())


class Words(BaseModel):
    model_config = ConfigDict(extra="forbid")

    address: Annotated[str, Field(min_length=1, max_length=300)]


@router.post(
    "/geocode",
    summary="An address taken apart, with the point of its town and how far off it may be",
    dependencies=[allowed(*STAFF, scope="read")],
)
def geocode(turn: InTurn, words: Words) -> dict[str, Any]:
    return located(turn.program, turn.session, words.address).as_json()
