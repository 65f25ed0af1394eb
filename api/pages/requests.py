"""Requests for disclosure, correction and suspension of use: identity, time, papers, decision."""

import io
import tempfile
import uuid
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from api.dependencies import Program, User, Writing, allowed
from api.identity import language_of
from api.kept_shown import Known, Shown, groups, in_words
from api.pages.case_forms import Code, Codes, Day, Words, agency_names, to_write
from api.rendering import render
from casework import requests
from casework.accounts import display_names
from casework.cases import Opened, case_for
from casework.kept import Kept, kept_of, masked_at_first
from casework.meetings import meetings
from casework.record_models import PersonRequest
from casework.roles import WORKS_WITH_PEOPLE
from jobs.program import Program as OpenProgram
from resources import clock
from resources.municipal_export import MunicipalTable, write_xlsx

router = APIRouter(include_in_schema=False, dependencies=[allowed(*WORKS_WITH_PEOPLE)])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Version = Annotated[int, Form()]


@router.get("/requests")
def waiting(request: Request, session: Writing, user: User) -> Response:
    found = requests.open_requests(session, actor=user)
    return render(request, "requests.html", waiting=found, today=clock.today())


@router.get("/cases/{case_id}/requests")
def of_case(request: Request, session: Writing, user: User, case_id: uuid.UUID) -> Response:
    opened = case_for(session, actor=user, case_id=case_id, purpose="request")
    return render(
        request,
        "case_requests.html",
        opened=opened,
        rows=requests.requests_of(session, opened),
        kinds=requests.KINDS,
        asked_by=requests.ASKED_BY,
        today=clock.today(),
    )


@router.post("/cases/{case_id}/requests")
def received(
    session: Writing,
    user: User,
    case_id: uuid.UUID,
    kind: Code,
    received_on: Day,
    asked_by: Code,
    wish: Words = "",
) -> Response:
    opened = to_write(session, user, case_id, "request")
    row = requests.record_request(
        session, opened, kind=kind, received_on=received_on, asked_by=asked_by, wish=wish
    )
    return _back(case_id, row.id)


def _back(case_id: uuid.UUID, request_id: uuid.UUID) -> Response:
    return RedirectResponse(f"/cases/{case_id}/requests/{request_id}", 303)


@router.get("/cases/{case_id}/requests/{request_id}")
def one(
    request: Request,
    program: Program,
    session: Writing,
    user: User,
    case_id: uuid.UUID,
    request_id: uuid.UUID,
) -> Response:
    opened = case_for(session, actor=user, case_id=case_id, purpose="request")
    row = requests.request_of(session, opened, request_id)
    kept = kept_of(session, opened, program.ring())
    masked = _masked(row, kept)
    return render(
        request,
        "case_request.html",
        opened=opened,
        row=row,
        kind=requests.KINDS[row.kind],
        groups=groups(_in_words(request, session, opened, kept)),
        many=len(kept),
        masked=masked,
        papers=requests.PAPERS,
        decisions=requests.DECISIONS,
        today=clock.today(),
    )


def _masked(row: PersonRequest, kept: list[Kept]) -> set[str]:
    return set(masked_at_first(kept) if row.masked is None else row.masked)


def _in_words(request: Request, session: Session, opened: Opened, kept: list[Kept]) -> list[Shown]:
    language = language_of(request)
    called = {
        m.id: f"{m.title}（{m.held_on}）"
        for m in meetings(session, actor=opened.actor, limit=10_000)
    }
    vocabulary = request.app.state.program.vocabulary
    known = Known(
        accounts=display_names(session),
        meetings=called,
        agencies=agency_names(session, language),
        label=lambda axis, code: str(vocabulary.label(axis, code, language)),
        language=language,
    )
    return in_words(kept, known)


@router.post("/cases/{case_id}/requests/{request_id}/identity")
def checked(
    session: Writing, user: User, case_id: uuid.UUID, request_id: uuid.UUID,
    version: Version, paper: Code,
) -> Response:  # fmt: skip
    opened = to_write(session, user, case_id, "request")
    row = requests.request_of(session, opened, request_id, version=version)
    requests.check_identity(session, opened, row, paper=paper)
    return _back(case_id, request_id)


@router.post("/cases/{case_id}/requests/{request_id}/time")
def longer(
    session: Writing, user: User, case_id: uuid.UUID, request_id: uuid.UUID, version: Version,
    completing_days: Annotated[int, Form(ge=0, le=365)] = 0,
    extended_days: Annotated[int, Form(ge=0, le=365)] = 0,
    reason: Words = "",
) -> Response:  # fmt: skip
    opened = to_write(session, user, case_id, "request")
    row = requests.request_of(session, opened, request_id, version=version)
    requests.more_time(
        session, opened, row,
        completing_days=completing_days, extended_days=extended_days, reason=reason,
    )  # fmt: skip
    return _back(case_id, request_id)


@router.post("/cases/{case_id}/requests/{request_id}/masks")
def masks(
    program: Program, session: Writing, user: User, case_id: uuid.UUID, request_id: uuid.UUID,
    version: Version, keys: Codes = [],  # noqa: B006 - FastAPI copies it for each request
) -> Response:  # fmt: skip
    opened = to_write(session, user, case_id, "request")
    row = requests.request_of(session, opened, request_id, version=version)
    there = {k.key for k in kept_of(session, opened, program.ring())}
    requests.mask(session, opened, row, keys=[key for key in keys if key in there])
    return _back(case_id, request_id)


@router.post("/cases/{case_id}/requests/{request_id}/decision")
def decided(
    session: Writing, user: User, case_id: uuid.UUID, request_id: uuid.UUID,
    version: Version, decision: Code, reason: Words = "",
) -> Response:  # fmt: skip
    opened = to_write(session, user, case_id, "request")
    row = requests.request_of(session, opened, request_id, version=version)
    requests.decide(session, opened, row, decision=decision, reason=reason)
    return _back(case_id, request_id)


def _papers(
    request: Request, program: OpenProgram, session: Session, user: Any, case_id: uuid.UUID,
    request_id: uuid.UUID,
) -> tuple[Opened, PersonRequest, list[Shown]]:  # fmt: skip
    """Return what the person is given, and record that it was made."""
    opened = to_write(session, user, case_id, "request")
    row = requests.request_of(session, opened, request_id)
    kept = kept_of(session, opened, program.ring())
    masked = _masked(row, kept)
    told = [one for one in kept if one.key not in masked]
    shown = _in_words(request, session, opened, told)
    requests.handed_out(session, opened, row, classes=sorted({one.table for one in told}))
    return opened, row, shown


@router.post("/cases/{case_id}/requests/{request_id}/papers")
def papers(
    request: Request, program: Program, session: Writing, user: User, case_id: uuid.UUID,
    request_id: uuid.UUID, form: Annotated[str, Query(pattern="^(page|xlsx)$")] = "page",
) -> Response:  # fmt: skip
    opened, row, shown = _papers(request, program, session, user, case_id, request_id)
    if form == "page":
        return render(
            request, "request_papers.html", opened=opened, row=row, groups=groups(shown),
            kind=requests.KINDS[row.kind], today=clock.today(),
        )  # fmt: skip
    rows: list[tuple[str, ...]] = [
        (s.title, label, text) for s in shown for label, text in s.fields
    ]
    headed = MunicipalTable(("区分", "項目", "内容"), rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "papers.xlsx"
        write_xlsx(headed, path)
        content = io.BytesIO(path.read_bytes())
    name = f"disclosure-{opened.case.reference}.xlsx"
    return Response(
        content.getvalue(),
        media_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
