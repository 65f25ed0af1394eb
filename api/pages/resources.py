"""The catalogue as staff look things up in it, and keep its free places true."""

import uuid
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from api.changes_shown import edits_shown, shown_by
from api.dependencies import Program, Reading, User, Writing, allowed
from api.identity import language_of
from api.pages.entry_form import FACTS
from api.pages.home import EDITS, HOLDS, MERGES, PROPOSES, PUBLISHES, REGISTERS, SEES_HIDDEN
from api.rendering import render, shown_availability, shown_moment
from api.words import say
from casework.access import Actor
from casework.outside import DECIDES
from jobs.program import Program as OpenProgram
from resources import clock
from resources.calendar_export import calendar_of
from resources.commands import (
    EditedMeanwhile,
    NotFound,
    set_availability,
    verify_offering,
)
from resources.editing import ended
from resources.history import edits_of, ever_hidden
from resources.lifecycle import STATUSES, moves_from, steps_of
from resources.merged import kept_instead, merges_into
from resources.models import Resource
from resources.outside.problems import problem_sentence
from resources.outside.seen import called_off, confirmed, source_of_resource
from resources.queries import Entry, entries_of_resource, list_resources
from resources.reported import said_of
from resources.schedules import BadSchedule, from_json, next_sessions
from resources.track_record import track_records
from resources.verify_next import USUAL_TERM_DAYS, terms_of
from resources.vocabulary import Vocabulary
from resources.witnessed import SessionSeen
from resources.witnessing import days_to_ask, sessions_seen

STAFF = (
    "support_worker", "coordinator", "csw", "inclusion_officer", "agency_manager", "secretariat",
    "auditor", "administrator",
)  # fmt: skip

router = APIRouter(include_in_schema=False)

PAGE = 50


@router.get("/resources", dependencies=[allowed(*STAFF)])
def resources(
    request: Request,
    session: Reading,
    user: User,
    q: str = "",
    kind: str = "",
    status: str = "",
    offset: int = 0,
) -> Response:
    status = status if status in STATUSES else ""
    page = list_resources(
        session,
        text=q or None,
        kind=kind or None,
        status=status or None,
        offset=max(0, min(offset, 10**9)),
        limit=PAGE,
    )
    return render(
        request,
        "resources.html",
        page=page,
        q=q,
        kind=kind,
        status=status,
        statuses=STATUSES,
        offset=max(0, offset),
        may_register=user.role in EDITS,
        may_merge=user.role in MERGES,
    )


@router.get("/resources/{resource_id}", dependencies=[allowed(*STAFF)])
def resource(
    request: Request,
    program: Program,
    session: Reading,
    user: User,
    resource_id: uuid.UUID,
    saved: bool = False,
) -> Response:
    kept = kept_instead(session, resource_id)
    if kept is not None:  # links to what was merged away stay good
        return RedirectResponse(f"/resources/{kept}", 303)
    return entry_page(request, program, session, user, resource_id, saved=saved)


def entry_page(
    request: Request,
    program: OpenProgram,
    session: Session,
    user: Actor,
    resource_id: uuid.UUID,
    **said: Any,
) -> Response:
    entries = entries_of_resource(session, resource_id)
    if not entries:
        raise NotFound("resource")
    language, hidden_too = language_of(request), user.role in SEES_HIDDEN
    seen = sessions_seen(session, [e.offering.id for e in entries])
    page = render(
        request,
        "resource.html",
        entries=entries,
        point=_point(entries),
        nexts={e.offering.id: _next(e, language) for e in entries},
        rooms={
            e.offering.id: shown_availability(_availability(e), language, program.vocabulary)
            for e in entries
        },
        history=edits_shown(
            edits_of(session, with_history(session, entries, hidden_too=hidden_too)),
            language,
            program.vocabulary,
            secret=ever_hidden(session, {e.location.id for e in entries if e.location is not None}),
        ),
        left={e.offering.id: _days_left(e, program.vocabulary) for e in entries},
        steps=[(s, shown_by(s.by, language)) for s in steps_of(session, resource_id)],
        moves=moves_from(entries[0].resource.status, may_publish=user.role in PUBLISHES),
        facts=FACTS,
        sessions={
            e.offering.id: _sessions(e, seen.get(e.offering.id, {}), language) for e in entries
        },
        known=track_records(session, [e.offering.id for e in entries]),
        ended={e.offering.id for e in entries if ended(e.offering.ends_on, clock.today())},
        may_edit=user.role in EDITS,
        may_hold=user.role in HOLDS,
        merges=[
            (m, session.get_one(Resource, m.merged_id).name)
            for m in merges_into(session, resource_id)
        ],
        may_merge=user.role in MERGES,
        waiting=said_of(session, [e.offering.id for e in entries]),
        **_outside(session, user, entries, language),
        **{"saved": False, "error": None, "reason": "", "wanted": "", **said},
    )
    if said.get("error"):
        page.status_code = 409
    return page


def _outside(session: Session, user: Actor, entries: list[Entry], language: str) -> dict[str, Any]:
    """Return what the page shows of the source outside; its address only to who may propose one."""
    now = clock.now()
    offerings = [e.offering for e in entries]
    return {
        "outside": source_of_resource(session, entries[0].resource.id),
        "seen_outside": confirmed(session, offerings, now=now),
        "called_off": called_off(session, offerings, now=now),
        "problem_said": lambda code: problem_sentence(code, language),
        "may_propose": user.role in PROPOSES,
        "may_see_source": user.role in (*PROPOSES, DECIDES),
    }


def _point(entries: list[Entry]) -> Any:
    for e in entries:
        place = e.location
        if place is not None and place.visibility != "hidden" and place.lon is not None:
            return place
    return None


def _days_left(entry: Entry, vocabulary: Vocabulary) -> tuple[int, int] | None:
    """Return how many days the verification still holds, and how many it does in all."""
    on = entry.offering.verified_on
    if on is None:
        return None
    term = terms_of(vocabulary).get(entry.resource.kind, USUAL_TERM_DAYS)
    return term - (clock.today() - on).days, term


def _next(entry: Entry, language: str) -> str:
    if entry.offering.schedule is None:
        return ""
    try:
        sessions = next_sessions(from_json(entry.offering.schedule), clock.now(), days=120, limit=3)
    except BadSchedule:
        return ""
    return "、".join(shown_moment(s.start, language) for s in sessions)


def _sessions(
    entry: Entry, seen: dict[date, SessionSeen], language: str
) -> list[tuple[date, SessionSeen | None, str]]:
    """Return the latest days of sessions with the word that counts, and whose word that is."""
    days = days_to_ask(entry.offering, clock.now())
    words = [seen.get(day) for day in days]
    by = ["" if word is None else shown_by(word.by, language) for word in words]
    return list(zip(days, words, by, strict=True))


def _availability(entry: Entry) -> dict[str, Any]:
    o = entry.offering
    said = o.availability_said_on
    return {
        "status": o.availability,
        "places": o.places,
        "said_at": None if said is None else said.isoformat(),
        "said_by": o.availability_said_by,
    }


def with_history(
    session: Session, entries: list[Entry], *, hidden_too: bool
) -> list[tuple[str, uuid.UUID]]:
    """Return the rows whose edits may be taken back.

    hidden_too : also the places that are hidden, or were; their history shows no value that tells
        where they are
    """
    places = {e.location.id for e in entries if e.location is not None}
    if not hidden_too:
        places -= ever_hidden(session, places)
    host = entries[0].organization
    return [
        ("resource", entries[0].resource.id),
        *(("offering", e.offering.id) for e in entries),
        *(("location", place) for place in sorted(places)),
        *([] if host is None else [("organization", host.id)]),
    ]


@router.get("/resources/{resource_id}/calendar.ics", dependencies=[allowed(*STAFF)])
def calendar(session: Reading, resource_id: uuid.UUID) -> Response:
    entries = entries_of_resource(session, resource_id)
    if not entries:
        raise NotFound("resource")
    return Response(
        calendar_of(entries, clock.now()),
        media_type="text/calendar",
        headers={"content-disposition": f'attachment; filename="{resource_id}.ics"'},
    )


@router.post("/resources/{resource_id}/availability", dependencies=[allowed(*REGISTERS)])
def availability(
    request: Request,
    program: Program,
    session: Writing,
    user: User,
    resource_id: uuid.UUID,
    offering: Annotated[uuid.UUID, Form()],
    version: Annotated[int, Form()],
    status: Annotated[str, Form(max_length=20)],
    said_by: Annotated[str, Form(max_length=10)] = "staff",
    places: Annotated[str, Form(max_length=9)] = "",
    verified: Annotated[str, Form(max_length=1)] = "",
) -> Response:
    program.vocabulary.term("availability", status)
    today = clock.today()
    try:
        set_availability(
            session,
            offering_id=offering,
            status=status,
            places=int(places) if places.isdecimal() else None,
            said_by=said_by if said_by in ("host", "staff") else "staff",
            said_on=today,
            by=user.by,
            version=version,
        )
    except EditedMeanwhile:
        error = say("resource.edited_meanwhile", language_of(request))
        return entry_page(request, program, session, user, resource_id, error=error)
    if verified:
        verify_offering(session, offering_id=offering, verified_by="staff", on=today, by=user.by)
    return RedirectResponse(f"/resources/{resource_id}?saved=1", 303)
