"""Entries that may be one place: the evidence, and a person who merges them or keeps them apart."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.dependencies import Program, Reading, User, Writing, allowed
from api.duplicates_shown import choices_shown, evidence_shown, place_shown
from api.identity import language_of
from api.pages.home import MERGES
from api.rendering import render
from api.words import say
from jobs.comparing import is_comparing
from jobs.program import Program as OpenProgram
from resources.commands import EditedMeanwhile
from resources.history import ChangedSince
from resources.likely import count_likely, likely_pairs
from resources.merged import MERGED, merges_that_hold, newest_not_same
from resources.merging import (
    CannotMerge,
    merge_resources,
    say_not_same,
    take_back_not_same,
    undo_merge,
)
from resources.models import Resource
from resources.side_by_side import side_by_side

router = APIRouter(include_in_schema=False, dependencies=[allowed(*MERGES)])

PAGE = 20
"""Pairs on one page."""

DECIDED = 10
"""How many of the newest decisions are shown, each with a way back."""


@router.get("/duplicates")
def pairs(
    request: Request, program: Program, session: Reading, noted: str = "", offset: int = 0
) -> Response:
    return _page(request, program, session, noted=noted, offset=max(0, min(offset, 10**9)))


def _page(
    request: Request,
    program: OpenProgram,
    session: Session,
    noted: str = "",
    error: str | None = None,
    offset: int = 0,
) -> Response:
    language = language_of(request)
    found = likely_pairs(session, offset=offset, limit=PAGE)
    merges, apart = (
        merges_that_hold(session, limit=DECIDED),
        newest_not_same(session, limit=DECIDED),
    )
    named = {i for m in merges for i in (m.kept_id, m.merged_id)}
    named |= {i for pair in apart for i in (pair.one_id, pair.other_id)}
    page = render(
        request,
        "duplicates.html",
        pairs=[(p, evidence_shown(p, language, program.vocabulary)) for p in found],
        total=count_likely(session),
        comparing=is_comparing(session),
        offset=offset,
        per_page=PAGE,
        merges=merges,
        apart=apart,
        names=_names(session, named),
        noted=noted if noted in ("merged", "apart", "undone") else "",
        error=error,
    )
    if error:
        page.status_code = 409
    return page


def _names(session: Session, ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = session.execute(select(Resource.id, Resource.name).where(Resource.id.in_(ids)))
    return {row.id: row.name for row in rows}


@router.get("/duplicates/compare")
def compare(
    request: Request, program: Program, session: Reading, kept: uuid.UUID, other: uuid.UUID
) -> Response:
    return _compare(request, program, session, kept, other)


def _compare(
    request: Request,
    program: OpenProgram,
    session: Session,
    kept: uuid.UUID,
    other: uuid.UUID,
    error: str | None = None,
    status: int = 200,
) -> Response:
    language = language_of(request)
    found = side_by_side(session, kept_id=kept, other_id=other)
    if MERGED in (found.kept.status, found.other.status):
        return RedirectResponse(f"/resources/{found.kept.id}", 303)
    page = render(
        request,
        "duplicates_compare.html",
        kept=found.kept,
        other=found.other,
        choices=choices_shown(found, language, program.vocabulary),
        same=[n.removeprefix("offering.") for n in found.same],
        offered=[(o, place_shown(o.location, language)) for o in found.offered],
        evidence=[]
        if found.likeness is None
        else evidence_shown(found.likeness, language, program.vocabulary),
        error=error,
    )
    page.status_code = status
    return page


@router.post("/duplicates/merge")
def merge(
    request: Request,
    program: Program,
    session: Writing,
    user: User,
    kept: Annotated[uuid.UUID, Form()],
    other: Annotated[uuid.UUID, Form()],
    kept_version: Annotated[int, Form()],
    other_version: Annotated[int, Form()],
    taken: Annotated[list[str] | None, Form(max_length=100)] = None,
    moved: Annotated[list[uuid.UUID] | None, Form(max_length=1000)] = None,
) -> Response:
    try:
        with session.begin_nested():  # what is refused leaves nothing, and the page is shown again
            merge_resources(
                session,
                kept_id=kept,
                merged_id=other,
                taken=taken or (),
                moved=moved or (),
                versions=(kept_version, other_version),
                by=user.by,
            )
    except EditedMeanwhile:
        error = say("resource.edited_meanwhile", language_of(request))
        return _compare(request, program, session, kept, other, error, 409)
    except CannotMerge as refused:
        error = say(f"merge.cannot.{refused.problem}", language_of(request))
        return _compare(request, program, session, kept, other, error, 422)
    return RedirectResponse("/duplicates?noted=merged", 303)


@router.post("/duplicates/merges/{merge_id}/undo")
def take_back(
    request: Request, program: Program, session: Writing, user: User, merge_id: uuid.UUID
) -> Response:
    try:
        with session.begin_nested():
            undo_merge(session, merge_id=merge_id, by=user.by)
    except ChangedSince:
        error = say("merge.changed_since", language_of(request))
        return _page(request, program, session, error=error)
    return RedirectResponse("/duplicates?noted=undone", 303)


@router.post("/duplicates/apart")
def apart(
    session: Writing,
    user: User,
    one: Annotated[uuid.UUID, Form()],
    other: Annotated[uuid.UUID, Form()],
) -> Response:
    say_not_same(session, one=one, other=other, by=user.by)
    return RedirectResponse("/duplicates?noted=apart", 303)


@router.post("/duplicates/apart/undo")
def maybe_one_after_all(
    session: Writing,
    user: User,
    one: Annotated[uuid.UUID, Form()],
    other: Annotated[uuid.UUID, Form()],
) -> Response:
    take_back_not_same(session, one=one, other=other, by=user.by)
    return RedirectResponse("/duplicates?noted=undone", 303)
