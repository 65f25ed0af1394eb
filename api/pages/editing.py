"""The page that edits an entry; what two people changed at once is shown field by field."""

import uuid
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from api.changes_shown import field_name, shown_by, shown_value
from api.dependencies import Program, User, Writing, allowed
from api.identity import language_of
from api.pages.applying import Unusable, applied_offering, apply_edits
from api.pages.edited import HOST, Said, said_of, same
from api.pages.entry_form import shown_host, shown_offering, shown_place, shown_resource
from api.pages.forms import BadField, text
from api.pages.home import EDITS, SEES_HIDDEN
from api.rendering import render
from api.words import say
from casework import audit
from casework.access import Actor
from jobs.program import Program as OpenProgram
from resources import clock
from resources.changes import latest_revision
from resources.commands import MergedAway, NotFound
from resources.editing import ended, others_at
from resources.history import columns_of
from resources.merged import kept_instead
from resources.models import Location
from resources.queries import Entry, entries_of_resource

router = APIRouter(include_in_schema=False, dependencies=[allowed(*EDITS)])

OURS = ("csrf", "base", "seen")


@router.get("/resources/{resource_id}/edit")
def form(request: Request, session: Writing, user: User, resource_id: uuid.UUID) -> Response:
    # Before the rows: what is written in between is then shown as somebody else's.
    base = latest_revision(session)
    entries = _entries(session, resource_id)
    return _page(request, session, user, entries, _filled(entries, user, base))


@router.post("/resources/{resource_id}/edit")
async def save(
    request: Request, program: Program, session: Writing, user: User, resource_id: uuid.UUID
) -> Response:
    given = await request.form()
    return await run_in_threadpool(_save, request, program, session, user, resource_id, given)


@router.get("/resources/{resource_id}/offerings/new")
def another(request: Request, session: Writing, user: User, resource_id: uuid.UUID) -> Response:
    return _another(request, _entries(session, resource_id), FormData())


@router.post("/resources/{resource_id}/offerings/new")
async def add(
    request: Request, program: Program, session: Writing, user: User, resource_id: uuid.UUID
) -> Response:
    given = await request.form()
    return await run_in_threadpool(_add, request, program, session, user, resource_id, given)


def _entries(session: Session, resource_id: uuid.UUID) -> list[Entry]:
    if kept_instead(session, resource_id) is not None:
        raise MergedAway
    entries = entries_of_resource(session, resource_id)
    if not entries:
        raise NotFound("resource")
    return entries


def _save(
    request: Request,
    program: OpenProgram,
    session: Session,
    user: Actor,
    resource_id: uuid.UUID,
    given: FormData,
) -> Response:
    language = language_of(request)
    entries = _entries(session, resource_id)
    _lock(session, entries)
    entries = _entries(session, resource_id)
    base, seen = _revision(given, "base"), _revision(given, "seen")
    try:
        said = said_of(
            session, entries, given, base=base, seen=seen, sees_hidden=user.role in SEES_HIDDEN
        )
    except BadField as error:
        wrong = {error.field: say("form.bad.this", language)}
        return _page(request, session, user, entries, given, wrong)
    if any(s.is_news for s in said) or _undecided(said, given, base, seen):
        return _conflict(request, session, program, entries, said, given, user)
    try:
        with session.begin_nested():
            apply_edits(program, session, said, given, by=user.by, language=language)
    except Unusable as refused:
        return _page(request, session, user, entries, given, refused.problems)
    return RedirectResponse(f"/resources/{resource_id}?saved=1", 303)


def _lock(session: Session, entries: list[Entry]) -> None:
    """Take the rows, so that nothing is written between looking at the log and writing."""
    rows: list[Any] = [entries[0].resource, entries[0].organization]
    for entry in sorted(entries, key=lambda e: e.offering.id.int):
        rows += [entry.offering, entry.location]
    for row in rows:
        if row is not None:
            session.refresh(row, with_for_update=True)


def _revision(given: Mapping[str, Any], name: str) -> int:
    value = str(given.get(name, ""))
    return int(value) if value.isdecimal() and len(value) < 15 else 0


def _undecided(said: list[Said], given: FormData, base: int, seen: int) -> bool:
    """Tell whether the person was shown two values of a field and has chosen none."""
    return seen != base and any(
        text(given, f"take-{s.field(n)}") is None for s in said for n in _both(s)
    )


def _both(said: Said) -> list[str]:
    """Return the columns that were typed anew and that somebody else changed to something else."""
    return [
        n for n, v in said.edits.items() if not _untouched(said, n) and not same(said.now[n], v)
    ]


def _untouched(said: Said, column: str) -> bool:
    return same(said.now[column], said.before[column])


def _filled(entries: list[Entry], user: Actor, base: int) -> FormData:
    """Return the form as it shows what is stored."""
    sees_hidden = user.role in SEES_HIDDEN
    first = entries[0]
    fields: list[tuple[str, str]] = [("base", str(base)), ("seen", str(base))]
    fields += shown_resource(columns_of(first.resource))
    if first.organization is not None:
        fields += shown_host(columns_of(first.organization))
    for n, entry in enumerate(entries):
        prefix = f"o{n}-"
        fields.append((f"{prefix}id", str(entry.offering.id)))
        fields += shown_offering(columns_of(entry.offering), prefix)
        place = entry.location
        if place is not None and (place.visibility != "hidden" or sees_hidden):
            fields += shown_place(columns_of(place), prefix)
    return FormData(list[tuple[str, Any]](fields))


def _page(
    request: Request,
    session: Session,
    user: Actor,
    entries: list[Entry],
    given: FormData,
    problems: Mapping[str, str] | None = None,
) -> Response:
    own = {e.offering.id for e in entries}
    sections, shown = [], set[uuid.UUID]()
    for n, entry in enumerate(entries):
        place = entry.location
        hidden = place is not None and place.visibility == "hidden"
        if hidden and user.role in SEES_HIDDEN:
            _record_look(session, user, place)
        again = place is not None and place.id in shown
        if place is not None:
            shown.add(place.id)
        sections.append(
            {
                "prefix": f"o{n}-",
                "entry": entry,
                "place": place,
                "out_of_sight": hidden and user.role not in SEES_HIDDEN,
                "again": again,
                "others": 0 if place is None else others_at(session, place.id, besides=own),
                "ended": ended(entry.offering.ends_on, clock.today()),
            }
        )
    page = render(
        request,
        "resource_edit.html",
        given=given,
        r=entries[0].resource,
        sections=sections,
        problems=problems or {},
        first_problem=next(iter(problems or {}), None),
        error=None,
        chosen_place="",
    )
    page.status_code = 422 if problems else 200
    return page


def _record_look(session: Session, user: Actor, place: Location | None) -> None:
    assert place is not None
    audit.record(
        session,
        audit.Attempt(
            user.by, user, "read", "location", str(place.id), ("address",), purpose="edit"
        ),
    )


def _conflict(
    request: Request,
    session: Session,
    program: OpenProgram,
    entries: list[Entry],
    said: list[Said],
    given: FormData,
    user: Actor,
) -> Response:
    language = language_of(request)
    both: list[Any] = []
    theirs: list[Any] = []
    mine: list[Any] = []
    for s in said:
        if s.entity == "location" and s.row.visibility == "hidden":
            _record_look(session, user, s.row)
        clashing = _both(s)
        for name, typed in s.edits.items():
            (both if name in clashing else mine).append(_line(s, name, typed, language, program))
        theirs += [
            _line(s, n, None, language, program)
            for n in s.now
            if n not in s.edits and not _untouched(s, n)
        ]
    kept = [
        (name, value)
        for name, value in given.multi_items()
        if name not in OURS and not name.startswith("take-") and isinstance(value, str)
    ]
    page = render(
        request,
        "resource_conflict.html",
        r=entries[0].resource,
        both=both,
        theirs=theirs,
        mine=mine,
        kept=kept,
        base=_revision(given, "base"),
        seen=latest_revision(session),
        given=given,
    )
    page.status_code = 409
    return page


def _line(
    said: Said, name: str, typed: Any, language: str, program: OpenProgram
) -> dict[str, str | None]:
    by = said.written_by(name)

    def words(value: Any) -> str:
        if name == HOST:
            return value or say("history.none", language)
        return shown_value(name, value, language, program.vocabulary)

    return {
        "field": said.field(name),
        "label": field_name(said.entity, name, language),
        "before": words(said.before[name]),
        "theirs": words(said.now[name]),
        "mine": words(typed),
        "by": None if by is None else shown_by(by, language),
    }


def _another(
    request: Request,
    entries: list[Entry],
    given: FormData,
    problems: Mapping[str, str] | None = None,
) -> Response:
    page = render(
        request,
        "offering_new.html",
        r=entries[0].resource,
        place=next((e.location for e in entries if e.location is not None), None),
        given=given,
        problems=problems or {},
        first_problem=next(iter(problems or {}), None),
        error=None,
        chosen_place="",
    )
    page.status_code = 422 if problems else 200
    return page


def _add(
    request: Request,
    program: OpenProgram,
    session: Session,
    user: Actor,
    resource_id: uuid.UUID,
    given: FormData,
) -> Response:
    entries = _entries(session, resource_id)
    try:
        with session.begin_nested():
            applied_offering(
                program, session, entries, given, by=user.by, language=language_of(request)
            )
    except Unusable as refused:
        return _another(request, entries, given, refused.problems)
    return RedirectResponse(f"/resources/{resource_id}?saved=1", 303)
