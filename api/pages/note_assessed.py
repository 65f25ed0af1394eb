"""A worker's note, read into a person's assessment: proposed and shown, saved by staff alone.

What stands in the form already stays as it is; the note fills in what is still empty. It is neither
stored nor logged.
"""

import uuid

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from api.dependencies import Program, User, Writing, allowed
from api.identity import language_of
from api.pages.forms import text
from api.pages.note import LONGEST_NOTE, Field, filled_in, proposed_words
from api.pages.reception import assessment_page
from casework.access import Actor
from casework.cases import case_of_person
from casework.roles import WORKS_WITH_PEOPLE
from jobs.program import Program as OpenProgram
from matching.note import read_note
from matching.note_offered import as_offered

router = APIRouter(include_in_schema=False, dependencies=[allowed(*WORKS_WITH_PEOPLE)])

IMPORTANT = "2"
"""How much a need weighs that a note tells of, until staff say otherwise."""


@router.post("/people/{person_id}/need/note")
async def note(
    request: Request, program: Program, session: Writing, user: User, person_id: uuid.UUID
) -> Response:
    form = await request.form()
    return await run_in_threadpool(_read, request, program, session, user, person_id, form)


def _read(
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
    note = (text(form, "note") or "")[:LONGEST_NOTE]
    proposals = as_offered(read_note(note), program.vocabulary)
    filled, taken = filled_in(form, proposals, _as_asked)
    language = language_of(request)
    read = [
        {"words": proposed_words(p, language, program.vocabulary), "because": p.because}
        for p in taken
    ]
    return assessment_page(request, program, session, opened, form=filled, read=read)


def _as_asked(field: Field) -> Field:
    """Return a field as the assessment asks for it: each need with its weight."""
    name, value = field
    return (f"weight-{value}", IMPORTANT) if name == "needs" else field
