"""Keeping a place first on a person's list, with a reason, and taking it off again."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from api.asking import need_of_case, scheme_named
from api.dependencies import Program, User, Writing, allowed
from casework.cases import case_of_person
from casework.pins import pin_place, unpin
from casework.roles import WORKS_WITH_PEOPLE
from matching.schemes import USUAL
from matching.why import explain

router = APIRouter(include_in_schema=False, dependencies=[allowed(*WORKS_WITH_PEOPLE)])

Reason = Annotated[str, Form(max_length=1000)]
Scheme = Annotated[str, Form(max_length=40)]


@router.post("/people/{person_id}/pins")
def pinned(
    program: Program,
    session: Writing,
    user: User,
    person_id: uuid.UUID,
    offering: Annotated[uuid.UUID, Form()],
    reason: Reason = "",
    scheme: Scheme = USUAL,
) -> Response:
    opened = case_of_person(session, actor=user, person_id=person_id, purpose="pin", write=True)
    need = need_of_case(program, session, opened)
    _, chosen = scheme_named(session, scheme)
    told = explain(session, program.store, need, offering, scheme=chosen)
    place = told.suggestion.place.name
    pin_place(
        session, opened, offering_id=offering, place=place, reason=reason, verdicts=told.verdicts
    )
    return _back(person_id, chosen)


@router.post("/people/{person_id}/pins/{pin_id}/remove")
def taken_off(
    session: Writing,
    user: User,
    person_id: uuid.UUID,
    pin_id: uuid.UUID,
    scheme: Scheme = USUAL,
) -> Response:
    opened = case_of_person(session, actor=user, person_id=person_id, purpose="pin", write=True)
    _, chosen = scheme_named(session, scheme)
    unpin(session, opened, pin_id=pin_id)
    return _back(person_id, chosen)


def _back(person_id: uuid.UUID, scheme: str) -> Response:
    asked = "" if scheme == USUAL else f"?scheme={scheme}"
    return RedirectResponse(f"/people/{person_id}{asked}#pins", 303)
