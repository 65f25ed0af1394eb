"""What is near and open: for one thumb, a phone, and somebody who may come along now."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from api.dependencies import Program, Reading, allowed
from api.identity import language_of
from api.pages.forms import BadField, number, text
from api.pages.home import HOLDS
from api.pages.resources import STAFF
from api.places import NamedPoint, stations, towns
from api.rendering import render
from api.words import say
from geodata.coordinates import BadPosition, LonLat, position
from geodata.pace import USUAL_SPEED_M_S, USUAL_WALK_MINUTES
from jobs.program import Program as OpenProgram
from matching.nearby import NearbyQuestion, nearby_places
from matching.need import BadNeed
from resources import clock
from resources.clock import JAPAN

router = APIRouter(include_in_schema=False, dependencies=[allowed(*STAFF, scope="read")])


def _page(
    request: Request, program: OpenProgram, session: Session, given: FormData, **found: Any
) -> Response:
    from_town = (text(given, "place") or "").startswith("town:")
    context = {"answer": None, "error": None, "from_town": from_town, **found}
    page = render(
        request,
        "nearby.html",
        given=given,
        may_report=HOLDS,
        today=clock.today().isoformat(),
        stations=stations(program),
        towns=[t.name for t in towns(program, session)],
        **context,
    )
    if context["error"]:
        page.status_code = 422
    return page


@router.get("/nearby")
def empty(request: Request, program: Program, session: Reading) -> Response:
    return _page(request, program, session, FormData())


# By POST: where somebody stands must not be in an address, a log or a browser's history.
@router.post("/nearby")
async def asked(request: Request, program: Program, session: Reading) -> Response:
    given = await request.form()
    return await run_in_threadpool(_answered, request, program, session, given)


def _answered(
    request: Request, program: OpenProgram, session: Session, given: FormData
) -> Response:
    language = language_of(request)
    try:
        question = _question(program, session, given)
    except (BadField, BadPosition) as error:
        field = getattr(error, "field", "")
        words = say("form.bad.value", language, field=field or say("nearby.from", language))
        return _page(request, program, session, given, error=words)
    if question is None:
        words = say("nearby.no_position", language)
        return _page(request, program, session, given, error=words)
    try:
        answer = nearby_places(session, program.store, question).as_json()
    except BadNeed as error:
        words = error.problem.in_language(language)
        return _page(request, program, session, given, error=words)
    return _page(request, program, session, given, answer=answer)


def _question(program: OpenProgram, session: Session, given: FormData) -> NearbyQuestion | None:
    at = _origin(program, session, given)
    if at is None:
        return None
    minutes = number(given, "minutes") or USUAL_WALK_MINUTES
    speed = number(given, "speed") or USUAL_SPEED_M_S
    if not 0 < minutes <= 120:
        raise BadField("minutes")
    if not 0 < speed <= 5:
        raise BadField("speed")
    kind = text(given, "kind")
    return NearbyQuestion(
        at=at,
        walk_minutes=minutes,
        speed_m_s=speed,
        when=_moment(given),
        kinds=[kind] if kind else None,
        without_steps=text(given, "without_steps") is not None,
    )


def _origin(program: OpenProgram, session: Session, given: FormData) -> LonLat | None:
    lon, lat = number(given, "lon"), number(given, "lat")
    if lon is not None and lat is not None:
        return position(lon, lat)
    kind, _, name = (text(given, "place") or "").partition(":")
    known: list[NamedPoint] = []
    if kind == "station":
        known = stations(program)
    elif kind == "town":
        known = towns(program, session)
    found = next((p for p in known if p.name == name), None)
    return None if found is None else LonLat(found.lon, found.lat)


def _moment(given: FormData) -> datetime | None:
    value = text(given, "when")
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise BadField("when") from None
    return moment.replace(tzinfo=JAPAN) if moment.tzinfo is None else moment
