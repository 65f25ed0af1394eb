"""What somebody has been told, and has seen."""

import uuid

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.dependencies import User, Writing, allowed
from casework.notices import mark_seen

router = APIRouter(include_in_schema=False, dependencies=[allowed()])


@router.post("/notices/{notice_id}/seen")
def seen(session: Writing, user: User, notice_id: uuid.UUID) -> Response:
    mark_seen(session, actor=user, notice_id=notice_id)
    return RedirectResponse("/", 303)
