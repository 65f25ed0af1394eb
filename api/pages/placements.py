"""Steps of placements, contacts after joining, the plan, hand-offs: the forms of a case's page."""

import uuid
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from api.asking import what_was_suggested
from api.dependencies import Program, User, Writing, allowed
from api.pages.case_forms import Code, Codes, Day, Words, back, to_write
from casework.owners import check_owner
from casework.placements import NoReason, done_follow_up, move_placement, start_placement
from casework.plans import add_plan_item, ask_hand_off, done_plan_item, move_hand_off
from casework.roles import WORKS_WITH_PEOPLE
from resources.commands import NotFound
from resources.queries import entries_by_offering

router = APIRouter(include_in_schema=False, dependencies=[allowed(*WORKS_WITH_PEOPLE)])


@router.post("/cases/{case_id}/placements")
def start(
    program: Program,
    session: Writing,
    user: User,
    case_id: uuid.UUID,
    offering: Annotated[uuid.UUID, Form()],
    note: Words = "",
    told: Codes = [],  # noqa: B006 - read by FastAPI, changed by nobody
    not_first: Annotated[bool, Form()] = False,
) -> Response:
    opened = to_write(session, user, case_id, "placement")
    if not_first and not note.strip():
        raise NoReason
    entry = entries_by_offering(session, [offering]).get(offering)
    if entry is None:
        raise NotFound("offering")
    place, words = entry.resource.name, note.strip() or None
    start_placement(
        session, opened, offering_id=offering, place=place, told=told, note=words,
        suggested=what_was_suggested(program, session, opened, offering),
    )  # fmt: skip
    return back(case_id, "placements")


@router.post("/cases/{case_id}/placements/{placement_id}")
def move(
    session: Writing,
    user: User,
    case_id: uuid.UUID,
    placement_id: uuid.UUID,
    version: Annotated[int, Form(ge=1, le=10**9)],
    target: Code,
    note: Words = "",
    reason: Code = "",
    next_on: Annotated[date | None, Form()] = None,
    told: Codes = [],  # noqa: B006
    owner: Annotated[uuid.UUID | None, Form()] = None,
) -> Response:
    opened = to_write(session, user, case_id, "placement")
    if owner is not None:
        check_owner(session, opened, owner)
    move_placement(
        session,
        opened,
        owner_id=owner,
        placement_id=placement_id,
        version=version,
        target=target,
        note=note.strip() or None,
        reason=reason or None,
        next_on=next_on,
        told=told,
    )
    return back(case_id, "placements")


@router.post("/cases/{case_id}/follow-ups/{follow_up_id}")
def followed_up(
    session: Writing,
    user: User,
    case_id: uuid.UUID,
    follow_up_id: uuid.UUID,
    note: Words = "",
    view: Annotated[str, Form(pattern="^(good|mixed|hard|)$")] = "",
) -> Response:
    opened = to_write(session, user, case_id, "follow_up")
    done_follow_up(session, opened, follow_up_id=follow_up_id, note=note.strip(), view=view or None)
    return back(case_id, "placements")


@router.post("/cases/{case_id}/plan")
def plan(
    session: Writing,
    user: User,
    case_id: uuid.UUID,
    what: Annotated[str, Form(min_length=1, max_length=1000)],
    agency: Code,
    due_on: Day,
) -> Response:
    opened = to_write(session, user, case_id, "plan")
    add_plan_item(session, opened, what=what, agency=agency, due_on=due_on)
    return back(case_id, "plan")


@router.post("/cases/{case_id}/plan/{item_id}/done")
def planned_done(session: Writing, user: User, case_id: uuid.UUID, item_id: uuid.UUID) -> Response:
    done_plan_item(session, to_write(session, user, case_id, "plan"), item_id=item_id)
    return back(case_id, "plan")


@router.post("/cases/{case_id}/hand-offs")
def hand_off(
    session: Writing,
    user: User,
    case_id: uuid.UUID,
    receiver: Code,
    what: Annotated[str, Form(min_length=1, max_length=2000)],
) -> Response:
    ask_hand_off(
        session, to_write(session, user, case_id, "hand_off"), receiver=receiver, what=what
    )
    return back(case_id, "handoffs")


@router.post("/cases/{case_id}/hand-offs/{hand_off_id}")
def hand_off_step(
    session: Writing,
    user: User,
    case_id: uuid.UUID,
    hand_off_id: uuid.UUID,
    target: Code,
    answer: Words = "",
) -> Response:
    opened = to_write(session, user, case_id, "hand_off")
    move_hand_off(
        session, opened, hand_off_id=hand_off_id, target=target, answer=answer.strip() or None
    )
    return back(case_id, "handoffs")
