"""The coordinator's form: a new place, in the catalogue and suggestible in the next request."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from api.dependencies import Program, Reading, User, Writing, allowed
from api.identity import language_of
from api.pages.forms import BadField, codes, number, present, text, texts, whole, yes_no
from api.pages.home import REGISTERS
from api.places import located
from api.rendering import render
from api.words import say
from casework.access import Actor
from geodata.areas import NoLayer, district_of, load_layer
from geodata.gazetteer import NoGazetteer
from jobs.program import Program as OpenProgram
from resources import clock
from resources.commands import register_resource
from resources.duplicates import Proposal, duplicates_of, facts_of
from resources.queries import organizations_like
from resources.registration import BadRegistration, Registration, check_registration
from resources.schedule_print import print_schedule
from resources.schedule_text import parse_schedule
from resources.schedules import to_json

router = APIRouter(include_in_schema=False, dependencies=[allowed(*REGISTERS)])

FACTS = (
    "staff_present", "visit_first", "accompaniment", "with_child", "transport", "pays", "alcohol",
    "smoking", "animals", "children_present", "child_safe", "confirms_participants",
    "publishes_members",
)  # fmt: skip
"""What is asked as yes, no or not known; the columns of the same names."""

DISTRICTS = "districts"


class AddressUnknown(ValueError):
    """An address that the gazetteer doesn't know, without a point on the map."""


@router.get("/resources/new")
def form(request: Request) -> Response:
    return _page(request, FormData())


def _page(
    request: Request,
    given: FormData,
    error: str | None = None,
    similar: Sequence[Proposal] = (),
) -> Response:
    page = render(
        request, "resource_new.html", given=given, facts=FACTS, error=error, similar=similar
    )
    if error or similar:
        page.status_code = 422 if error else 409
    return page


@router.post("/resources/new")
async def register(request: Request, program: Program, session: Writing, user: User) -> Response:
    given = await request.form()
    return await run_in_threadpool(_register, request, program, session, user, given)


def _register(
    request: Request, program: OpenProgram, session: Session, user: Actor, given: FormData
) -> Response:
    language = language_of(request)
    try:
        registration = Registration.model_validate(_parts(program, session, given))
        check_registration(registration, program.vocabulary)
        similar = [] if text(given, "another") else duplicates_of(session, facts_of(registration))
        if similar:
            session.rollback()
            return _page(request, given, similar=similar)
        offering = register_resource(
            session, registration=registration, vocabulary=program.vocabulary, by=user.by
        )
    except BadField as error:
        session.rollback()
        return _page(request, given, say("form.bad.value", language, field=error.field))
    except BadRegistration as error:
        session.rollback()
        return _page(request, given, say(f"form.bad.{error.problem}", language))
    except AddressUnknown:
        session.rollback()
        return _page(request, given, say("form.bad.address", language))
    except ValidationError as error:
        session.rollback()
        field = str(error.errors(include_input=False)[0]["loc"][-1])
        return _page(request, given, say("form.bad.value", language, field=field))
    return RedirectResponse(f"/resources/{offering.resource_id}?saved=1", 303)


def _parts(program: OpenProgram, session: Session, given: FormData) -> dict[str, Any]:
    """Return the parts of a registration that the form states; nothing else is filled in."""
    required = texts(given, "requirements")
    resource = present(
        [
            *((n, text(given, n)) for n in ("name", "kind", "description", "gender", "noise",
                                            "conversation", "phone", "contact_note",
                                            "host_support")),
            *((n, codes(given, n)) for n in ("audience", "accepted_audience", "languages",
                                             "needs", "activities")),
            *((n, whole(given, n)) for n in ("age_min", "age_max", "group_size", "fee_yen")),
            *((n, yes_no(given, n)) for n in FACTS),
            ("steps", [int(s) for s in texts(given, "steps") if s in "012345"]),
        ]
    )  # fmt: skip
    if required:
        resource["requirements"] = [] if "nothing" in required else required
    parts: dict[str, Any] = {"resource": {"name": None, "kind": None, **resource}}
    host = text(given, "host")
    if host:
        known = [o for o in organizations_like(session, host) if o.name == host]
        parts["organization"] = {"id": known[0].id} if known else {"name": host}
    place = _place(program, session, given)
    if place:
        parts["location"] = place
    parts["offering"] = _offering(given)
    return parts


def _place(program: OpenProgram, session: Session, given: FormData) -> dict[str, Any]:
    address, lon, lat = text(given, "address"), number(given, "lon"), number(given, "lat")
    place: dict[str, Any] = present(
        [
            ("address", address),
            ("building", text(given, "place_name")),
            ("step_free", yes_no(given, "step_free")),
        ]
    )
    if lon is not None and lat is not None:
        place |= {"lon": lon, "lat": lat, "accuracy_m": 20.0}
        place |= {"point_level": "point", "point_source": "pin"}
    if address:
        try:
            found = located(program, session, address)
        except NoGazetteer:
            found = None
        if found is not None:
            place |= present(
                (n, getattr(found, n)) for n in ("prefecture", "city", "town", "number")
            )
        known = found is not None and found.town is not None and found.lon is not None
        if found is not None and known and lon is None:
            place |= {"lon": found.lon, "lat": found.lat, "accuracy_m": found.accuracy_m}
            place |= {"point_level": found.level, "point_source": "gazetteer"}
        elif lon is None:
            raise AddressUnknown
    if place:
        place["visibility"] = text(given, "visibility") or "public"
    return place


def _offering(given: FormData) -> dict[str, Any]:
    today: date = clock.today()
    offering: dict[str, Any] = present(
        [
            ("schedule_text", text(given, "schedule")),
            ("attendance", text(given, "attendance")),
            ("places", whole(given, "places")),
        ]
    )
    offering["availability"] = text(given, "availability") or "unknown"
    if offering["availability"] != "unknown":
        offering |= {"availability_said_on": today, "availability_said_by": "staff"}
    offering |= {"verified_on": today, "verified_by": "staff"}
    schedule = text(given, "schedule")
    if schedule:
        parsed = parse_schedule(schedule).schedule
        if parsed is not None:
            offering["schedule"] = to_json(parsed)
    return offering


@router.post("/map/geocode")
async def geocode_while_typing(request: Request, program: Program, session: Reading) -> Response:
    address = text(await request.form(), "address")
    found = None
    if address:
        try:
            found = await run_in_threadpool(located, program, session, address)
        except NoGazetteer:
            found = None
    known = found if found is not None and found.town and found.lon is not None else None
    return render(request, "geocoded.html", found=known, asked=bool(address))


@router.post("/schedule/read")
async def read_while_typing(request: Request) -> Response:
    said = text(await request.form(), "schedule")
    if not said:
        return render(request, "understood.html", text=None, part=None)
    parsed = parse_schedule(said)
    words = None
    if parsed.schedule is not None:
        words = print_schedule(parsed.schedule, language_of(request))
    return render(request, "understood.html", text=words, part=parsed.unparsed)


def district_code(program: OpenProgram, lon: float, lat: float) -> str | None:
    """Return the district a point lies in, by the layer in use."""
    try:
        areas = load_layer(program.settings.layers_folder, DISTRICTS)
    except NoLayer:
        return None
    code = district_of(areas, [lon], [lat])[0]
    return None if code is None else str(code)
