"""A case as its team works on it: need, consent, plan, placements, hand-offs, meetings."""

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from api.dependencies import User, Writing, allowed
from api.identity import language_of
from api.pages.case_forms import Code, Words, agency_names, back, to_write
from api.rendering import render
from casework.accounts import display_names
from casework.case_models import CaseAgency, CaseMember, Exclusion
from casework.cases import Opened, case_for, household_of, rows_of
from casework.consents import FORMS, GIVERS, PURPOSES, consents_of
from casework.decline_reasons import REASONS
from casework.meetings import meetings
from casework.owners import choose_owner, colleagues
from casework.placement_models import (
    Disclosure,
    FollowUp,
    HandOff,
    MeetingCase,
    PlacementStep,
    PlanItem,
)
from casework.placements import TELLABLE, placements_of
from casework.plans import OUTCOMES, move_case
from casework.roles import WORKS_WITH_PEOPLE
from casework.room_questions import questions_of
from casework.stages import CASE, HAND_OFF, PLACEMENT
from resources import clock

router = APIRouter(include_in_schema=False, dependencies=[allowed(*WORKS_WITH_PEOPLE)])


@router.get("/cases/{case_id}")
def case(request: Request, session: Writing, user: User, case_id: uuid.UUID) -> Response:
    opened = case_for(session, actor=user, case_id=case_id, purpose="plan")
    return render(request, "case.html", **_shown(session, opened, language_of(request)))


def _shown(session: Session, opened: Opened, language: str) -> dict[str, Any]:
    household = household_of(session, opened)
    steps = rows_of(session, opened, PlacementStep, PlacementStep.at)
    called = {m.id: m for m in meetings(session, actor=opened.actor)}
    rows = rows_of(session, opened, MeetingCase)
    return {
        "opened": opened,
        "case": opened.case,
        "person": opened.person,
        "may_write": opened.may_write,
        "today": clock.today(),
        "names": display_names(session),
        "agencies": agency_names(session, language),
        "colleagues": colleagues(session, opened) if opened.may_write else [],
        "team": rows_of(session, opened, CaseAgency, CaseAgency.since),
        "members": rows_of(session, opened, CaseMember, CaseMember.since),
        "exclusions": rows_of(session, opened, Exclusion, Exclusion.made_at),
        "consents": consents_of(session, opened),
        "household": household,
        "plan": rows_of(session, opened, PlanItem, PlanItem.due_on),
        "questions": questions_of(session, opened),
        "placements": placements_of(session, opened),
        "steps": steps,
        "follow_ups": rows_of(session, opened, FollowUp, FollowUp.due_on),
        "hand_offs": rows_of(session, opened, HandOff, HandOff.asked_at),
        "disclosures": rows_of(session, opened, Disclosure, Disclosure.at),
        "on_agenda": [(called[r.meeting_id], r) for r in rows if r.meeting_id in called],
        "coming": [m for m in called.values() if m.held_on >= clock.today()],
        "purposes": PURPOSES,
        "givers": GIVERS,
        "forms": [f for f in FORMS if f != "carried_over"],
        "reasons": REASONS,
        "tellable": TELLABLE,
        "outcomes": OUTCOMES,
        "case_stages": CASE,
        "placement_stages": PLACEMENT,
        "hand_off_stages": HAND_OFF,
    }


@router.post("/cases/{case_id}/stage")
def stage(
    session: Writing,
    user: User,
    case_id: uuid.UUID,
    target: Code,
    outcome: Code = "",
    evaluation: Words = "",
) -> Response:
    opened = to_write(session, user, case_id, "stage")
    move_case(
        session,
        opened,
        target=target,
        outcome=outcome or None,
        evaluation=evaluation.strip() or None,
    )
    return back(case_id)


@router.post("/cases/{case_id}/owner")
def owner(
    session: Writing,
    user: User,
    case_id: uuid.UUID,
    account: Annotated[uuid.UUID | None, Form()] = None,
) -> Response:
    opened = to_write(session, user, case_id, "owner")
    choose_owner(session, opened, account_id=account or user.account_id)
    return back(case_id)
