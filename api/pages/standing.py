"""Where an entry stands: moving it along, and taking an edit back."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.dependencies import NotAllowed, Program, User, Writing, allowed
from api.identity import language_of
from api.pages.home import EDITS, PUBLISHES, SEES_HIDDEN
from api.pages.resources import entry_page, with_history
from api.problems import problem_of
from api.words import say
from resources.commands import EditedMeanwhile, NotFound, set_status
from resources.history import ChangedSince, edit_at, undo
from resources.lifecycle import STATUSES, MoveRefused, ReasonMissing
from resources.queries import entries_of_resource
from resources.vocabulary import UnknownCode

router = APIRouter(include_in_schema=False)


@router.post("/resources/{resource_id}/status", dependencies=[allowed(*EDITS)])
def status(
    request: Request,
    program: Program,
    session: Writing,
    user: User,
    resource_id: uuid.UUID,
    status: Annotated[str, Form(max_length=20)],
    reason: Annotated[str, Form(max_length=1000)] = "",
    version: Annotated[int | None, Form(ge=1, le=2**31)] = None,
) -> Response:
    if status not in STATUSES:
        raise UnknownCode("status", status)
    may_publish = user.role in PUBLISHES
    try:
        set_status(
            session, resource_id=resource_id, status=status, reason=reason, by=user.by,
            may_publish=may_publish, version=version,
        )  # fmt: skip
    except (MoveRefused, ReasonMissing, EditedMeanwhile) as refused:
        problem = problem_of(refused)
        page = entry_page(
            request, program, session, user, resource_id,
            error=problem.sentence(language_of(request)), reason=reason, wanted=status,
        )  # fmt: skip
        page.status_code = problem.status
        return page
    return RedirectResponse(f"/resources/{resource_id}?saved=1", 303)


@router.post("/resources/{resource_id}/undo", dependencies=[allowed(*EDITS)])
def take_back(
    request: Request,
    program: Program,
    session: Writing,
    user: User,
    resource_id: uuid.UUID,
    revision: Annotated[int, Form(ge=1, le=2**31)],
) -> Response:
    entries = entries_of_resource(session, resource_id)
    if not entries:
        raise NotFound("resource")
    edit = edit_at(session, revision)
    if edit is not None and not _may_take_back(user.role, user.by, edit.by, edit.fields):
        raise NotAllowed
    among = with_history(session, entries, hidden_too=user.role in SEES_HIDDEN)
    try:
        undo(session, revision=revision, by=user.by, among=among)
    except ChangedSince:
        error = say("history.changed_since", language_of(request))
        return entry_page(request, program, session, user, resource_id, error=error)
    return RedirectResponse(f"/resources/{resource_id}?saved=1", 303)


def _may_take_back(
    role: str, by: str, edited_by: str, fields: tuple[tuple[str, object, object], ...]
) -> bool:
    """Tell whether taking an edit back is no way around the right to publish."""
    publishes = any(name == "status" and before == "published" for name, before, _ in fields)
    return not publishes or role in PUBLISHES or by == edited_by
