"""A worker's note, read into a person's assessment: proposed and shown, saved by staff alone.

What stands in the form already stays as it is; the note fills in what is still empty. It is neither
stored nor logged.
"""

import uuid
from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from api.dependencies import Program, User, Writing, allowed
from api.identity import language_of
from api.pages.forms import text, texts
from api.pages.note import LONGEST_NOTE, fields_of, proposed_words
from api.pages.reception import assessment_page
from casework.access import Actor
from casework.cases import case_of_person
from casework.roles import WORKS_WITH_PEOPLE
from jobs.program import Program as OpenProgram
from matching.note import read_note
from matching.note_proposals import Proposal

router = APIRouter(include_in_schema=False, dependencies=[allowed(*WORKS_WITH_PEOPLE)])

SEVERAL = ("activities", "flags", "safety", "languages")
"""Fields of which several are ticked; a note adds to them."""

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
    filled, taken = filled_in(form, read_note((text(form, "note") or "")[:LONGEST_NOTE]))
    language = language_of(request)
    read = [
        {"words": proposed_words(p, language, program.vocabulary), "because": p.because}
        for p in taken
    ]
    return assessment_page(request, program, session, opened, form=filled, read=read)


def filled_in(form: FormData, proposals: Sequence[Proposal]) -> tuple[FormData, list[Proposal]]:
    """Return a form with what is proposed where it is still empty, and the proposals taken."""
    fields: list[tuple[str, str | UploadFile]] = list(form.multi_items())
    hours_said = bool(texts(form, "days") or texts(form, "windows"))
    taken: list[Proposal] = []
    for proposal in proposals:
        if proposal.field == "windows":
            if hours_said:
                continue
            new = fields_of([p for p in proposals if p.field == "windows"])
            fields = [f for f in fields if f[0] not in ("days", "windows", *(n for n, _ in new))]
        else:
            new = [f for f in map(_as_asked, fields_of([proposal])) if _is_empty(form, *f)]
        if new:
            fields += [f for f in new if f not in fields]
            singles = {name for name, _ in new if name not in (*SEVERAL, "days", "windows")}
            fields = _without_empty(fields, singles)
            taken.append(proposal)
    return FormData(fields), taken


def _as_asked(field: tuple[str, str]) -> tuple[str, str]:
    """Return a field as the assessment asks for it: each need with its weight."""
    name, value = field
    return (f"weight-{value}", IMPORTANT) if name == "needs" else field


def _is_empty(form: FormData, name: str, value: str) -> bool:
    return value not in texts(form, name) if name in SEVERAL else not text(form, name)


def _without_empty(
    fields: list[tuple[str, str | UploadFile]], names: set[str]
) -> list[tuple[str, str | UploadFile]]:
    return [(name, value) for name, value in fields if name not in names or value != ""]
