"""The first page, by role; and the switch of the language."""

from collections.abc import Iterator
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

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
from resources.likely import count_likely
from resources.queries import count_in_review
from resources.reported import count_waiting

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

IMPORTS = ("coordinator", "administrator")
"""The roles that bring files into the catalogue."""

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
    waiting: dict[str, object] = {"steps": [], "contacts": [], "hand_offs": []}
    if user.role in WORKS_WITH_PEOPLE:
        soon = clock.today() + SOON
        steps, contacts = waiting_for(session, actor=user, until=soon)
        hand_offs = hand_offs_waiting(session, actor=user)
        waiting = {"steps": steps, "contacts": contacts, "hand_offs": hand_offs}
    return render(
        request,
        "home.html",
        told=notices_of(session, actor=user),
        to_look_at=[(href, key, n) for href, key, n in _to_look_at(session, user.role) if n],
        today=clock.today(),
        notice_pages={"verifications_due": "/verify", "towns_without": "/gaps"},
        **waiting,
    )


def _to_look_at(session: Session, role: str) -> Iterator[tuple[str, str, int]]:
    """Yield where something in the catalogue waits for somebody of a role, and how much."""
    if role in REGISTERS:
        yield "/verify", "home.reports", count_waiting(session)
    if role in PUBLISHES:
        yield "/resources?status=review", "home.in_review", count_in_review(session)
    if role in MERGES:
        yield "/duplicates", "home.likely", count_likely(session)


@router.get("/language/{language}", dependencies=[public])
def switch_language(request: Request, language: str, next: str = "/") -> Response:
    response = RedirectResponse(safe_next(next), 303)
    if language in LANGUAGES:
        identity.set_cookie(
            response, request.app.state.settings, identity.LANGUAGE_COOKIE, language
        )
    return response
