"""The first page, by role; and the switch of the language."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api import identity
from api.dependencies import User, Writing, allowed, public
from api.rendering import render
from api.signin import safe_next
from api.words import LANGUAGES
from casework.notices import notices_of
from casework.placements import waiting_for
from casework.plans import hand_offs_waiting
from casework.roles import WORKS_WITH_PEOPLE
from resources import clock

router = APIRouter(include_in_schema=False)

REGISTERS = ("coordinator", "support_worker", "csw")
"""The roles that keep the catalogue."""

EDITS = (*REGISTERS, "administrator")
"""The roles that correct what stands in it."""

PUBLISHES = ("coordinator", "support_worker", "administrator")
"""The roles that may make an entry public; who else registers sends it to be looked at."""

SEES_HIDDEN = ("coordinator", "administrator")
"""The roles that see where a hidden place is, on the page that edits it; each look is recorded."""

MERGES = ("coordinator", "administrator")
"""The roles that decide whether two entries are one."""

PROPOSES = ("coordinator",)
"""The roles that propose where a resource's free places are read from."""

PLANS = ("coordinator", "inclusion_officer", "agency_manager")
"""The roles that plan where places are missing."""
SOON = timedelta(days=3)
"""How far ahead the first page looks for what is to be done."""

HOLDS = WORKS_WITH_PEOPLE
"""The roles that take places for somebody."""


@router.get("/", dependencies=[allowed()])
def home(request: Request, session: Writing, user: User) -> Response:
    tiles = []
    waiting: dict[str, object] = {"steps": [], "contacts": [], "hand_offs": []}
    if user.role in WORKS_WITH_PEOPLE:
        soon = clock.today() + SOON
        steps, contacts = waiting_for(session, actor=user, until=soon)
        hand_offs = hand_offs_waiting(session, actor=user)
        waiting = {"steps": steps, "contacts": contacts, "hand_offs": hand_offs}
        tiles.append(("/people", "nav.people", "home.people"))
        tiles.append(("/suggest", "nav.suggest", "home.suggest"))
    tiles.append(("/nearby", "nav.nearby", "home.nearby"))
    if user.role in REGISTERS:
        tiles.append(("/resources/new", "resources.new", "home.new"))
    tiles.append(("/resources", "nav.resources", "home.resources"))
    if user.role in PLANS:
        tiles.append(("/gaps", "nav.gaps", "home.gaps"))
        tiles.append(("/unmet", "unmet.title", "home.unmet"))
    tiles.append(("/agencies", "nav.agencies", "home.agencies"))
    if user.role in MERGES:
        tiles.append(("/duplicates", "nav.duplicates", "home.duplicates"))
    if user.role in ("coordinator", "administrator"):
        tiles.append(("/vocabulary", "nav.vocabulary", "home.vocabulary"))
        tiles.append(("/jobs", "nav.jobs", "home.jobs"))
        tiles.append(("/sources", "source.title", "home.sources"))
    if user.role in WORKS_WITH_PEOPLE:
        tiles.append(("/meetings", "nav.meetings", "home.meetings"))
        tiles.append(("/break-glass", "glass.title", "home.glass"))
    if user.role == "administrator":
        tiles.append(("/accounts", "accounts.title", "home.accounts"))
    tiles.append(("/second-factor", "factor.title", "home.factor"))
    if user.role == "auditor":
        tiles.append(("/audit", "nav.audit", "home.audit"))
    tiles.append(("/account", "account.title", "home.account"))
    told = notices_of(session, actor=user)
    return render(request, "home.html", tiles=tiles, told=told, today=clock.today(), **waiting)


@router.get("/language/{language}", dependencies=[public])
def switch_language(request: Request, language: str, next: str = "/") -> Response:
    response = RedirectResponse(safe_next(next), 303)
    if language in LANGUAGES:
        identity.set_cookie(
            response, request.app.state.settings, identity.LANGUAGE_COOKIE, language
        )
    return response
