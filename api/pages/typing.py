"""What the forms answer while somebody types: the town found, the schedule as it was read."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from api.dependencies import Program, Reading, allowed
from api.identity import language_of
from api.pages.forms import text
from api.pages.home import EDITS
from api.places import located
from api.rendering import render
from geodata.gazetteer import NoGazetteer
from resources.queries import organizations_like, places_like
from resources.schedule_print import print_said
from resources.schedule_said import missing
from resources.schedule_text import parse_schedule

router = APIRouter(include_in_schema=False, dependencies=[allowed(*EDITS)])

PREFIX = frozenset(("", *(f"o{n}-" for n in range(100))))


def _prefix(value: str | None) -> str:
    return value if value in PREFIX else ""


@router.post("/map/geocode")
async def geocode_while_typing(request: Request, program: Program, session: Reading) -> Response:
    form = await request.form()
    address = text(form, f"{_prefix(text(form, 'prefix'))}address")
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
    form = await request.form()
    said = text(form, f"{_prefix(text(form, 'prefix'))}schedule")
    if not said:
        return render(request, "understood.html", text=None, part=None, unsaid=[])
    parsed = parse_schedule(said)
    words = None if parsed.said is None else print_said(parsed.said, language_of(request))
    unsaid = [] if parsed.said is None else missing(parsed.said)
    return render(request, "understood.html", text=words, part=parsed.unparsed, unsaid=unsaid)


@router.post("/places/like")
async def places_while_typing(request: Request, session: Reading) -> Response:
    form = await request.form()
    prefix = _prefix(text(form, "prefix"))
    words = text(form, f"{prefix}place_words")
    found = await run_in_threadpool(places_like, session, words) if words else []
    return render(request, "places_like.html", places=found, prefix=prefix, chosen_place="")


@router.post("/hosts/like")
async def hosts_while_typing(request: Request, session: Reading) -> Response:
    words = text(await request.form(), "host")
    found = await run_in_threadpool(organizations_like, session, words) if words else []
    return render(request, "hosts_like.html", hosts=found)
