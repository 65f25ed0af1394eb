"""Receiving somebody with or without consent; the assessment that makes the question."""

import uuid
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from api.dependencies import Program, Reading, User, Writing, allowed
from api.identity import language_of
from api.pages.case_forms import agency_names, given
from api.pages.forms import BadField, number, present, text, texts, whole
from api.pages.query import need_of
from api.places import at_of, towns
from api.rendering import render
from api.words import say
from casework.access import Actor
from casework.cases import Opened, case_of_person
from casework.consents import FORMS, GIVERS, PURPOSES
from casework.people import add_person, edit_person
from casework.roles import WORKS_WITH_PEOPLE
from geodata.pace import USUAL_SPEED_M_S
from jobs.program import Program as OpenProgram
from matching.need import BadNeed, parse_need
from resources import clock

router = APIRouter(include_in_schema=False, dependencies=[allowed(*WORKS_WITH_PEOPLE)])


ASKED = {
    "noise", "conversation", "group_size", "max_yen", "sessions_per_week", "minutes",
    "staff_present", "step_free", "with_child", "pay_wanted", "transport", "from_home",
    "no_smoking", "no_animals",
}  # fmt: skip
"""All limits that the form shows: one that is left empty there is taken away."""

ABOUT = ("gender", "languages", "holds", "holds_open")
"""So are these, which stand together in a part of the form of their own."""


@router.get("/people/new")
def reception(request: Request, session: Reading, user: User) -> Response:
    return _reception(request, session, user, None, FormData())


def _reception(
    request: Request, session: Session, user: Actor, error: str | None, form: FormData
) -> Response:
    page = render(
        request,
        "person_new.html",
        agencies=agency_names(session, language_of(request)),
        own=user.agency,
        purposes=PURPOSES,
        givers=GIVERS,
        forms=[f for f in FORMS if f != "carried_over"],
        today=clock.today(),
        given=form,
        error=error,
    )
    page.status_code = 422 if error else 200
    return page


@router.post("/people/new")
async def received(request: Request, session: Writing, user: User) -> Response:
    form = await request.form()
    return await run_in_threadpool(_receive, request, session, user, form)


def _receive(request: Request, session: Session, user: Actor, form: FormData) -> Response:
    label, summary = text(form, "label") or "", text(form, "summary") or ""
    if not 1 <= len(label) <= 100 or len(summary) > 4000 or user.agency is None:
        words = say("reception.bad_label", language_of(request))
        return _reception(request, session, user, words, form)
    consent = None
    if text(form, "ground") != "meeting":
        consent = given(
            texts(form, "purposes"),
            list(dict.fromkeys([user.agency, *texts(form, "agencies")])),
            text(form, "given_by") or "",
            _day(text(form, "given_on")),
            text(form, "form") or "",
        )
    person = add_person(
        session,
        label=label,
        summary=summary,
        need={},
        agency=user.agency,
        by=user,
        consent=consent,
        invented=request.app.state.settings.demo,
    )
    return RedirectResponse(f"/people/{person.id}/need", 303)


def _day(words: str | None) -> date:
    """Return the day; one that nobody can have meant where it is none, which is refused."""
    try:
        return date.fromisoformat(words or "")
    except ValueError:
        return date.max


@router.get("/people/{person_id}/need")
def assessment(
    request: Request, program: Program, session: Writing, user: User, person_id: uuid.UUID
) -> Response:
    opened = case_of_person(session, actor=user, person_id=person_id, purpose="assessment")
    return assessment_page(request, program, session, opened)


def assessment_page(
    request: Request,
    program: OpenProgram,
    session: Session,
    opened: Opened,
    error: str | None = None,
    form: FormData | None = None,
    read: list[dict[str, str]] | None = None,
) -> Response:
    """Return the assessment of a case's person.

    form : what stands in its fields; None = what is kept
    read : what was read from a note, in words; None = none was
    """
    page = render(
        request,
        "assessment.html",
        opened=opened,
        person=opened.person,
        need=opened.person.need,
        given=form,
        read=read,
        towns=[t.name for t in towns(program, session)],
        error=error,
    )
    page.status_code = 422 if error else 200
    return page


@router.post("/people/{person_id}/need")
async def assessed(
    request: Request, program: Program, session: Writing, user: User, person_id: uuid.UUID
) -> Response:
    form = await request.form()
    return await run_in_threadpool(_assess, request, program, session, user, person_id, form)


def _assess(
    request: Request,
    program: OpenProgram,
    session: Session,
    user: Actor,
    person_id: uuid.UUID,
    form: FormData,
) -> Response:
    opened = case_of_person(
        session, actor=user, person_id=person_id, purpose="assessment", write=True
    )
    language = language_of(request)
    try:
        need = assessed_need(form, opened.person.need)
        parse_need(need, program.vocabulary, lambda words: at_of(program, session, words))
        version = whole(form, "version") or 0
        if "protected" in texts(form, "safety") and need["at"].get("address"):
            # Of a protected person the address is not kept: only about where one starts from.
            found = at_of(program, session, need["at"]["address"])
            need["at"] = {"lon": found.lon, "lat": found.lat} if found else {}
    except BadNeed as error:
        words = error.problem.in_language(language)
        return assessment_page(request, program, session, opened, words, form)
    except BadField as error:
        words = say("form.bad.value", language, field=error.field)
        return assessment_page(request, program, session, opened, words, form)
    edit_person(
        session,
        person_id=person_id,
        version=version,
        by=user,
        summary=(text(form, "summary") or "")[:4000],
        need=need,
        protected="protected" in texts(form, "safety"),
    )
    return RedirectResponse(f"/people/{person_id}", 303)


def assessed_need(form: FormData, before: dict[str, Any]) -> dict[str, Any]:
    """Return the need that the assessment states, in the JSON of the contract.

    What the form doesn't ask for (excluded hosts, places and areas, which have a page of their own,
    and hours that differ by the day) stays as it was.
    """
    need = need_of(form)
    weights = {
        name.removeprefix("weight-"): int(value)
        for name, value in form.multi_items()
        if name.startswith("weight-") and value in ("1", "2", "3")
    }
    need.pop("needs", None)
    need.pop("safety", None)
    # A choice is always sent, an empty one too; a list of boxes isn't where none is ticked.
    asked = {*ASKED, *ABOUT} if "gender" in form else ASKED
    limits = {k: v for k, v in before.get("limits", {}).items() if k not in asked}
    limits |= need.get("limits", {})
    speed = number(form, "speed_m_s") if "speed_m_s" in form else before.get("speed_m_s")
    if speed is not None and speed != USUAL_SPEED_M_S:
        need["speed_m_s"] = speed
    kept = {k: before[k] for k in ("radius_m",) if k in before}
    flags = ("protected", "no_children_present", "no_alcohol")
    safety = {k: v for k, v in before.get("safety", {}).items() if k not in flags}
    safety |= dict.fromkeys((f for f in flags if f in texts(form, "safety")), True)
    if need["at"] == {"address": None} and "at" in before:
        need["at"] = before["at"]
    if _same_hours(need.get("windows", []), before.get("windows", [])):
        need["windows"] = before["windows"]
    return present(
        [
            *need.items(),
            *kept.items(),
            ("needs", weights or None),
            ("limits", limits or None),
            ("safety", safety or None),
        ]
    )


def _same_hours(shown: list[dict[str, str]], before: list[dict[str, str]]) -> bool:
    """Tell whether the form says of the hours what it showed: the days, and the first one's."""
    if not shown or not before:
        return False
    days = {w["day"] for w in shown} == {w["day"] for w in before}
    return days and all(shown[0][end] == before[0][end] for end in ("from", "to"))
