"""Priority schemes side by side; a change is shown on people's lists before it can be saved."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from api.dependencies import Program, Reading, User, Writing, allowed
from api.identity import language_of
from api.pages.forms import BadField, number, text, whole
from api.pages.trials import trials_for
from api.rendering import render
from api.schemes_shown import scheme_edits
from api.words import say
from casework.access import Actor
from casework.roles import WORKS_WITH_PEOPLE
from jobs.program import Program as OpenProgram
from matching.criteria import CRITERIA
from matching.scheme_preview import preview
from matching.schemes import (
    THRESHOLDS,
    USUAL,
    BadScheme,
    Scheme,
    Weighing,
    checked,
    threshold_groups,
    threshold_limits,
)
from matching.schemes_kept import (
    history_of,
    read_weighing,
    save_scheme,
    save_thresholds,
    undo_edit,
    weighing_revision,
)
from matching.sentences import sentence
from resources.history import ChangedSince

DECIDES = ("coordinator", "agency_manager")
"""Who changes what all lists go by: those who carry the work, and see the lists it changes. An
administrator sees no people's lists, and so couldn't judge the change."""

SEES = (*WORKS_WITH_PEOPLE, "administrator")
"""Who sees what lists go by."""

THRESHOLD_PAGE = "thresholds"
NEW = "new"

router = APIRouter(include_in_schema=False, dependencies=[allowed(*SEES)])

CODES = tuple(c.code for c in CRITERIA)


@router.get("/schemes")
def schemes(request: Request, session: Reading, user: User, saved: bool = False) -> Response:
    return _all(request, session, user, saved=saved)


def _all(request: Request, session: Session, user: Actor, **said: Any) -> Response:
    weighing = read_weighing(session)
    page = render(
        request,
        "schemes.html",
        weighing=weighing,
        criteria=CODES,
        shares={c: _shares(s) for c, s in weighing.schemes.items()},
        threshold_words=_threshold_words(),
        threshold_groups=threshold_groups(),
        decides=user.role in DECIDES,
        edits=scheme_edits(history_of(session), weighing, language_of(request)),
        **{"saved": False, "error": None, **said},
    )
    page.status_code = 409 if said.get("error") else 200
    return page


def _shares(scheme: Scheme) -> dict[str, float]:
    whole = sum(scheme.weights.values())
    return {code: 100 * weight / whole for code, weight in scheme.weights.items()}


def _threshold_words() -> dict[str, Any]:
    return {name: sentence(f"threshold.{name}") for name in THRESHOLDS}


@router.post("/schemes/undo", dependencies=[allowed(*DECIDES)])
def take_back(
    request: Request,
    session: Writing,
    user: User,
    revision: Annotated[int, Form(ge=1, le=2**31)],
) -> Response:
    try:
        with session.begin_nested():
            undo_edit(session, revision=revision, by=user.by)
    except ChangedSince:
        words = say("history.changed_since", language_of(request))
        return _all(request, session, user, error=words)
    return RedirectResponse("/schemes?saved=1", 303)


@router.get("/schemes/{code}", dependencies=[allowed(*DECIDES)])
def edit(request: Request, session: Reading, code: str, like: str = USUAL) -> Response:
    """Show the form of a scheme, of the thresholds, or of a new scheme like another one."""
    weighing = read_weighing(session)
    scheme = None if code == THRESHOLD_PAGE else weighing.scheme(like if code == NEW else code)
    if code == NEW and scheme is not None:
        scheme = replace(scheme, code="", ja="", en="")
    return _form(request, session, code, weighing, scheme, like=like)


def _form(
    request: Request,
    session: Session,
    code: str,
    weighing: Weighing,
    scheme: Scheme | None,
    **said: Any,
) -> Response:
    context = {
        "error": None, "field": None, "found": None, "whose": "people", "given": None,
        "shown": weighing_revision(session), "like": USUAL, "try_with": USUAL,
        "before": weighing, **said,
    }  # fmt: skip
    page = render(
        request,
        "scheme.html",
        code=code,
        scheme=scheme,
        weighing=weighing,
        criteria=CODES,
        threshold_words=_threshold_words(),
        threshold_groups=threshold_groups(),
        limits=threshold_limits(),
        **context,
    )
    page.status_code = 422 if context["error"] else 200
    return page


@router.post("/schemes/{code}", dependencies=[allowed(*DECIDES)])
async def change(
    request: Request, program: Program, session: Writing, user: User, code: str
) -> Response:
    form = await request.form()
    return await run_in_threadpool(_changed, request, program, session, user, code, form)


def _changed(
    request: Request,
    program: OpenProgram,
    session: Session,
    user: Actor,
    code: str,
    form: FormData,
) -> Response:
    """Preview what was typed; save it only where it was previewed as it stands."""
    before = read_weighing(session)
    like = text(form, "like") or USUAL
    told: dict[str, Any] = {"given": form, "like": like}
    try:
        if code == THRESHOLD_PAGE:
            tried = text(form, "try_with") or USUAL
            after = before.with_thresholds({n: _number(form, n) for n in THRESHOLDS})
            scheme, compared = None, (before.scheme(tried).code, tried)
            told["try_with"] = tried
        else:
            scheme = checked(_scheme_of(form, before.scheme(like if code == NEW else code), code))
            if code == NEW and (scheme.code in before.schemes or scheme.code in RESERVED):
                raise BadScheme("code", sentence("scheme_bad.taken"))
            after = before.with_scheme(scheme)
            compared = (like if code == NEW else code, scheme.code)
        if form.get("do") == "save":
            return _saved(session, user, scheme, after, whole(form, "shown") or 0)
        if form.get("do") in ("retire", "restore") and scheme is not None and code != NEW:
            return _kept(session, user, before.scheme(code), active=form.get("do") == "restore")
    except BadField as bad:
        words = sentence("scheme_bad.number").in_language(language_of(request))
        return _form(request, session, code, before, _plain(before, code, like),
                     error=words, field=bad.field, **told)  # fmt: skip
    except BadScheme as bad:
        words = bad.problem.in_language(language_of(request))
        return _form(request, session, code, before, _plain(before, code, like),
                     error=words, field=bad.field, **told)  # fmt: skip
    trials, whose = trials_for(session, program, user)
    found = preview(
        session, program.store, trials, before=(before, compared[0]), after=(after, compared[1])
    )
    return _form(request, session, code, after, scheme, found=found, whose=whose,
                 before=before, **told)  # fmt: skip


RESERVED = (NEW, THRESHOLD_PAGE, "undo")
"""Words of our own addresses."""


def _plain(weighing: Weighing, code: str, like: str) -> Scheme | None:
    return None if code == THRESHOLD_PAGE else weighing.scheme(like if code == NEW else code)


def _number(form: FormData, name: str) -> float:
    found = number(form, name)
    if found is None:
        raise BadField(name)
    return found


def _scheme_of(form: FormData, scheme: Scheme, code: str) -> Scheme:
    return replace(
        scheme,
        code=text(form, "code") or "" if code == NEW else scheme.code,
        ja=text(form, "ja") or "",
        en=text(form, "en") or "",
        weights={c: _number(form, c) for c in CODES},
        minimum_score=_number(form, "minimum_score"),
        per_host=_whole(form, "per_host"),
        per_kind=_whole(form, "per_kind"),
    )


def _whole(form: FormData, name: str) -> int:
    found = _number(form, name)
    if found != found or abs(found) > 1e6 or found != int(found):
        raise BadField(name)
    return int(found)


def _saved(
    session: Session, user: Actor, scheme: Scheme | None, after: Weighing, shown: int
) -> Response:
    if scheme is not None:
        save_scheme(session, scheme=scheme, shown=shown, by=user.by)
    else:
        given = {name: getattr(after.thresholds, name) for name in THRESHOLDS}
        save_thresholds(session, given=given, shown=shown, by=user.by)
    return RedirectResponse("/schemes?saved=1", 303)


def _kept(session: Session, user: Actor, scheme: Scheme, *, active: bool) -> Response:
    save_scheme(session, scheme=replace(scheme, active=active), shown=None, by=user.by)
    return RedirectResponse("/schemes?saved=1", 303)
