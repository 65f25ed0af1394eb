"""Files that are brought into the catalogue: sent, tried, looked at row by row, then taken in."""

import uuid
from datetime import date
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from api.dependencies import Program, Reading, User, Writing, allowed
from api.identity import language_of
from api.imports_shown import report_shown
from api.pages.home import IMPORTS
from api.rendering import render
from api.words import say
from casework.accounts import recorded
from jobs.models import SentFile
from jobs.program import Program as OpenProgram
from jobs.sent_files import (
    FORMATS,
    NotChecked,
    ask_for_import,
    bytes_waiting,
    drop_file,
    form_of,
    keep_file,
    list_files,
    parts_in,
    sent_file,
    work_on,
)
from resources import clock
from resources.commands import NotFound
from resources.sources.encodings import ENCODINGS

router = APIRouter(include_in_schema=False, dependencies=[allowed(*IMPORTS)])

SHOWN = 20
MOST_WAITING = 10
"""So many times the largest file may wait at once for somebody's word."""

WORKING = ("sent", "asked")


@router.get("/imports")
def imports(request: Request, program: Program, session: Reading) -> Response:
    return _page(request, program, session)


def _page(
    request: Request, program: OpenProgram, session: Session, problem: str | None = None
) -> Response:
    language = language_of(request)
    most_mb = program.settings.max_upload_mb
    page = render(
        request,
        "imports.html",
        files=list_files(session, SHOWN),
        formats=FORMATS,
        encodings=ENCODINGS,
        most_mb=most_mb,
        today=clock.today(),
        error=problem and say(f"import.problem.{problem}", language, mb=most_mb),
    )
    page.status_code = 422 if problem else 200
    return page


@router.post("/imports")
def send(
    request: Request,
    program: Program,
    session: Writing,
    user: User,
    file: Annotated[UploadFile | None, File()] = None,
    form: Annotated[str, Form(max_length=10)] = "",
    encoding: Annotated[str, Form(max_length=20)] = "",
    verified_on: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    most = program.settings.max_upload_mb * 1_000_000
    content = b"" if file is None else file.file.read(most + 1)
    day = _day(verified_on)
    problem = (
        "no_file" if not content
        else "too_large" if len(content) > most
        else "bad_day" if verified_on and (day is None or day > clock.today())
        else "bad_choice" if form not in ("", *FORMATS) or encoding not in ("", *ENCODINGS)
        else "too_many" if bytes_waiting(session) + len(content) > MOST_WAITING * most
        else None
    )  # fmt: skip
    if problem is not None:
        return _page(request, program, session, problem)
    chosen = form or form_of(content)
    sent = keep_file(
        session,
        name=(file.filename if file else None) or "",
        content=content,
        form=chosen,
        encoding=encoding or None,
        verified_on=day if chosen == "opendata" else None,
        by=user.by,
    )
    recorded(session, user, "add", "sent_file", str(sent.id), ("content",))
    return RedirectResponse(f"/imports/{sent.id}", 303)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@router.get("/imports/{file_id}")
def one(request: Request, session: Reading, file_id: uuid.UUID) -> Response:
    return _one(request, session, file_id)


def _one(
    request: Request, session: Session, file_id: uuid.UUID, *, refused: bool = False
) -> Response:
    language = language_of(request)
    sent = _found(session, file_id)
    page = render(
        request,
        "import_file.html",
        sent=sent,
        job=work_on(session, sent),
        working=sent.state in WORKING,
        parts=parts_in(session, sent.id),
        report=report_shown(sent.report, language),
        language=language,
        error=say("import.problem.decided", language) if refused else None,
    )
    page.status_code = 409 if refused else 200
    return page


def _found(session: Session, file_id: uuid.UUID) -> SentFile:
    sent = sent_file(session, file_id)
    if sent is None:
        raise NotFound("file")
    return sent


@router.get("/imports/{file_id}/progress")
def progress(request: Request, session: Reading, file_id: uuid.UUID) -> Response:
    """Answer with how far it is; once there is more to see, the page opens itself anew."""
    sent = _found(session, file_id)
    job = work_on(session, sent)
    page = render(
        request, "import_progress.html", sent=sent, job=job, language=language_of(request)
    )
    if sent.state not in WORKING or job is None or job.state == "dead":
        page.headers["HX-Refresh"] = "true"
    return page


@router.post("/imports/{file_id}/take-in")
def take_in(request: Request, session: Writing, user: User, file_id: uuid.UUID) -> Response:
    try:
        ask_for_import(session, file_id, by=user.by)
    except NotChecked:
        return _one(request, session, file_id, refused=True)
    recorded(session, user, "permit", "sent_file", str(file_id), ("state",))
    return RedirectResponse(f"/imports/{file_id}", 303)


@router.post("/imports/{file_id}/drop")
def drop(request: Request, session: Writing, user: User, file_id: uuid.UUID) -> Response:
    try:
        drop_file(session, file_id, by=user.by)
    except NotChecked:
        return _one(request, session, file_id, refused=True)
    recorded(session, user, "revoke", "sent_file", str(file_id), ("state",))
    return RedirectResponse("/imports", 303)
