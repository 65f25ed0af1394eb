"""Those who wait share the free places: who goes where, who stays without a place, and why."""

import uuid
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy import and_
from sqlalchemy.orm import Session

from api.asking import need_of_case, scheme_named
from api.dependencies import Program, User, Writing, allowed
from api.identity import language_of
from api.rendering import render
from api.told_apart import told_apart
from api.words import say
from casework.access import Actor
from casework.case_models import Case
from casework.cases import Opened, cases_where, looking_for_place
from casework.roles import WORKS_WITH_PEOPLE
from jobs.program import Program as OpenProgram
from matching.need import BadNeed
from matching.schemes import USUAL
from matching.schemes_kept import read_weighing
from matching.shared_places import NotAmongPlaces
from matching.waiting_list import Waiting, share_places

router = APIRouter(include_in_schema=False, dependencies=[allowed(*WORKS_WITH_PEOPLE)])

MOST = 200
"""How many people share the places at once on the page; the command takes more."""


@router.get("/allocation")
def choose(request: Request, session: Writing, user: User) -> Response:
    return _page(request, session, user)


def _page(request: Request, session: Session, user: Actor, **found: Any) -> Response:
    """Show who waits, to choose from, and what was found for those who were chosen."""
    waiting = cases_where(session, looking_for_place(), actor=user, purpose="allocate")
    context: dict[str, Any] = {
        "shared": None, "chosen": None, "people": {}, "error": None, "scheme": USUAL, "fair": True,
        "together": True, "unasked": [], "told": {}, **found,
    }  # fmt: skip
    page = render(
        request,
        "allocation.html",
        waiting=[o for o in waiting if "at" in o.person.need],
        unassessed=sum("at" not in o.person.need for o in waiting),
        schemes=read_weighing(session).offered,
        **context,
    )
    page.status_code = 422 if context["error"] else 200
    return page


@router.post("/allocation")
def share(
    request: Request,
    program: Program,
    session: Writing,
    user: User,
    case: Annotated[list[uuid.UUID] | None, Form()] = None,
    scheme: Annotated[str, Form(max_length=40)] = USUAL,
    fair: Annotated[bool, Form()] = False,
    together: Annotated[bool, Form()] = False,
    one_more: Annotated[uuid.UUID | Literal[""], Form()] = "",
) -> Response:
    """Share the places among those who were chosen; nothing is stored, and nobody is placed."""
    chosen = set(case or ())
    if not 1 <= len(chosen) <= MOST:
        words = say("allocation.choose", language_of(request), most=MOST)
        asked = {"chosen": chosen, "fair": fair, "together": together}
        return _page(request, session, user, error=words, **asked)
    cases = cases_where(
        session,
        and_(looking_for_place(), Case.id.in_(chosen)),
        actor=user,
        purpose="allocate",
        fields=("label", "need"),
    )
    _, named = scheme_named(session, scheme)
    people, waiting, unasked = _waiting(program, session, cases)
    tried = [one_more] if one_more else []
    given = {
        "chosen": chosen, "scheme": named, "fair": fair, "together": together, "unasked": unasked,
    }  # fmt: skip
    try:
        shared = share_places(
            session, program.store, waiting, scheme=named, fair=fair, together=together,
            one_more=tried,
        )  # fmt: skip
    except NotAmongPlaces as error:  # those who were chosen, or the places, are others by now
        words = error.problem.in_language(language_of(request))
        return _page(request, session, user, error=words, **given)
    told = told_apart(session, {p.offering: p.name for p in shared.places})
    return _page(request, session, user, shared=shared, people=people, told=told, **given)


def _waiting(
    program: OpenProgram, session: Session, cases: list[Opened]
) -> tuple[dict[str, Opened], list[Waiting], list[Opened]]:
    """Return the cases by label, who waits, and those whose need can't be asked."""
    people: dict[str, Opened] = {}
    waiting, unasked = [], []
    for opened in cases:
        person = opened.person
        try:
            need = need_of_case(program, session, opened)
        except BadNeed:  # not assessed, or from an address that the gazetteer doesn't know
            unasked.append(opened)
            continue
        people[str(person.id)] = opened
        home = None if person.household_id is None else str(person.household_id)
        waiting.append(Waiting(str(person.id), need, home))
    return people, waiting, unasked
