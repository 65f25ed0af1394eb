"""A person, and the places suggested for them, with reasons both ways."""

import uuid

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.asking import list_for, need_of_case, scheme_named
from api.dependencies import Program, User, Writing, allowed
from api.rendering import render
from casework.cases import case_of_person, cases_seen
from casework.people import person_for
from casework.placements import TELLABLE
from casework.roles import WORKS_WITH_PEOPLE
from matching.rules import RULES
from matching.schemes import USUAL
from matching.sentences import sentence
from matching.suggest import MINIMUM, suggest_placements
from matching.unmet import note_unmet
from matching.why import explain
from resources import clock
from resources.hubs import LISTED
from resources.queries import list_resources
from resources.verify_next import count_suggested

router = APIRouter(include_in_schema=False, dependencies=[allowed(*WORKS_WITH_PEOPLE)])

MORE = 20
"""So many places are shown to who asks for more than the first handful."""

RULE_WORDS = {
    code: sentence(f"rule.{code}").as_json() for code in (*(rule.code for rule in RULES), MINIMUM)
}


@router.get("/people")
def people(request: Request, session: Writing, user: User) -> Response:
    found = cases_seen(session, actor=user)
    found.sort(key=lambda o: (o.case.state == "closed", len(o.person.label), o.person.label))
    return render(request, "people.html", cases=found, searched=False)


@router.get("/people/{person_id}")
def person(
    request: Request,
    program: Program,
    session: Writing,
    user: User,
    person_id: uuid.UUID,
    scheme: str = USUAL,
    noted: bool = False,
    more: bool = False,
) -> Response:
    opened = case_of_person(session, actor=user, person_id=person_id, purpose="suggest")
    found = opened.person
    if "at" not in found.need:  # received, and not assessed yet: nothing can be asked
        return RedirectResponse(f"/people/{person_id}/need", 303)
    need = need_of_case(program, session, opened)
    weighing, chosen = scheme_named(session, scheme)
    limit = MORE if more else LISTED
    answer = list_for(program, session, need, weighing=weighing, scheme=chosen, limit=limit)
    if opened.counts and not more:  # the first ones were counted when they were shown
        count_suggested(session, [s.place.offering for s in answer.suggestions], on=clock.today())
    return render(
        request,
        "person.html",
        person=found,
        opened=opened,
        tellable=TELLABLE,
        answer=answer.as_json(),
        from_town=answer.from_town,
        at=need.point,
        schemes=weighing.offered,
        rule_words=RULE_WORDS,
        why_base=f"/people/{person_id}/why",
        why_query="" if chosen == USUAL else f"?scheme={chosen}",
        unmet_action=f"/people/{person_id}/unmet",
        unmet_noted=noted,
        more=more,
        more_there=not more and answer.fitting > len(answer.suggestions),
    )


@router.post("/people/{person_id}/unmet")
def unmet(program: Program, session: Writing, user: User, person_id: uuid.UUID) -> Response:
    """Count that nothing was found; who it was for is recorded with the look, and nowhere else."""
    opened = case_of_person(session, actor=user, person_id=person_id, purpose="suggest", write=True)
    need = need_of_case(program, session, opened)
    if opened.counts and not suggest_placements(session, program.store, need, limit=1).suggestions:
        note_unmet(session, need, on=clock.today())
    return RedirectResponse(f"/people/{person_id}?noted=1", 303)


@router.get("/people/{person_id}/find")
def find(
    request: Request, session: Writing, user: User, person_id: uuid.UUID, q: str = ""
) -> Response:
    person_for(session, actor=user, person_id=person_id, purpose="why")
    entries = list_resources(session, text=q, limit=30).entries if q.strip() else []
    return render(request, "found.html", person_id=person_id, entries=entries)


@router.get("/people/{person_id}/why/{offering_id}")
def why(
    request: Request,
    program: Program,
    session: Writing,
    user: User,
    person_id: uuid.UUID,
    offering_id: uuid.UUID,
    scheme: str = USUAL,
) -> Response:
    opened = case_of_person(session, actor=user, person_id=person_id, purpose="why")
    need = need_of_case(program, session, opened)
    _, chosen = scheme_named(session, scheme)
    explanation = explain(session, program.store, need, offering_id, scheme=chosen)
    return render(
        request,
        "why.html",
        person_id=person_id,
        opened=opened,
        tellable=TELLABLE,
        why=explanation.as_json(),
        from_town=explanation.from_town,
        scheme=chosen,
    )
