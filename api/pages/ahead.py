"""What lies ahead of a person: the next rungs of the ladder, and a week of several places."""

import uuid

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.asking import need_of_case, scheme_named
from api.dependencies import Program, User, Writing, allowed
from api.rendering import render
from casework.cases import case_of_person
from casework.roles import WORKS_WITH_PEOPLE
from matching.path import is_of_one_place, path_of
from matching.schemes import USUAL
from matching.schemes_kept import read_weighing
from matching.week import week_of

router = APIRouter(include_in_schema=False, dependencies=[allowed(*WORKS_WITH_PEOPLE)])


@router.get("/people/{person_id}/ahead")
def ahead(
    request: Request,
    program: Program,
    session: Writing,
    user: User,
    person_id: uuid.UUID,
    scheme: str = USUAL,
) -> Response:
    opened = case_of_person(session, actor=user, person_id=person_id, purpose="ahead")
    person = opened.person
    if "at" not in person.need:  # received, and not assessed yet: nothing can be asked
        return RedirectResponse(f"/people/{person_id}/need", 303)
    need = need_of_case(program, session, opened)
    _, chosen = scheme_named(session, scheme)
    stages = path_of(session, program.store, need, scheme=chosen)
    week = week_of(session, program.store, need, scheme=chosen)
    return render(
        request,
        "ahead.html",
        person=person,
        need=need,
        stages=stages,
        one_place=is_of_one_place(stages),
        week=week,
        unanswered=[code for code in need.needs if code not in week.answered],
        schemes=read_weighing(session).offered,
        scheme=chosen,
    )
