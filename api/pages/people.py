"""A person, and the places suggested for them, with reasons both ways."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from api.asking import list_for, need_of_case, scheme_named
from api.dependencies import Program, User, Writing, allowed
from api.pins_shown import pin_of, pinned_for
from api.rendering import render
from casework.access import Actor
from casework.cases import Opened, case_of_person, cases_seen
from casework.counted_unmet import keep_counted, was_counted
from casework.outcomes import band_of
from casework.people import person_for
from casework.pins import fails_safety
from casework.placements import TELLABLE
from casework.roles import WORKS_WITH_PEOPLE
from matching.rules import RULES
from matching.schemes import USUAL, Weighing
from matching.sentences import sentence
from matching.suggest import MINIMUM
from matching.unmet import note_unmet
from matching.why import explain
from resources import clock
from resources.hubs import LISTED
from resources.lists_shown import count_list
from resources.queries import list_resources

router = APIRouter(include_in_schema=False, dependencies=[allowed(*WORKS_WITH_PEOPLE)])

MORE = 20
"""So many places are shown to who asks for more than the first handful."""

RULE_WORDS = {
    code: sentence(f"rule.{code}").as_json() for code in (*(rule.code for rule in RULES), MINIMUM)
}

UNMET_SAID = ("noted", "already", "not_empty", "no_consent", "no_needs")
"""What became of a wish to count an unmet need; each has its sentence, `unmet.…`."""


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
    unmet: str = "",
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
    pinned = pinned_for(program, session, opened, need, answer.suggestions, scheme=chosen)
    page = render(
        request,
        "person.html",
        pinned=pinned,
        pinned_ids={str(p.pin.offering_id) for p in pinned},
        pin_action=f"/people/{person_id}/pins" if opened.may_write else None,
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
        unmet_said=unmet if unmet in UNMET_SAID else "",
        more=more,
        more_there=not more and answer.fitting > len(answer.suggestions),
    )
    if opened.counts and not more:  # the first ones were counted when they were shown
        # Last of all: everybody counts into the same few rows, and has them until the end.
        shown = [s.place.offering for s in answer.suggestions]
        count_list(session, shown, band=band_of(need.age), on=clock.today())
    return page


@router.post("/people/{person_id}/unmet")
def note_nothing_found(
    program: Program,
    session: Writing,
    user: User,
    person_id: uuid.UUID,
    scheme: Annotated[str, Form(max_length=40)] = USUAL,
) -> Response:
    """Count that nothing was found; who it was for is recorded with the look, and nowhere else."""
    opened = case_of_person(session, actor=user, person_id=person_id, purpose="suggest", write=True)
    weighing, chosen = scheme_named(session, scheme)
    said = _counted(program, session, user, opened, weighing=weighing, scheme=chosen)
    return RedirectResponse(f"/people/{person_id}?scheme={chosen}&unmet={said}", 303)


def _counted(
    program: Program,
    session: Session,
    user: Actor,
    opened: Opened,
    *,
    weighing: Weighing,
    scheme: str,
) -> str:
    """Count an unmet need where the list that staff see is empty; return one of `UNMET_SAID`."""
    need = need_of_case(program, session, opened)
    if not opened.counts:
        return "no_consent"
    # Asked again: meanwhile a place may have been registered, or one may have become free.
    if list_for(program, session, need, weighing=weighing, scheme=scheme).suggestions:
        return "not_empty"
    if was_counted(session, opened.person.id):
        return "already"
    if not note_unmet(session, need, on=clock.today()):
        return "no_needs"
    keep_counted(session, actor=user, person_id=opened.person.id)
    return "noted"


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
        pin=pin_of(session, opened, offering_id),
        unsafe=fails_safety(explanation.verdicts),
        why=explanation.as_json(),
        from_town=explanation.from_town,
        scheme=chosen,
    )
