"""The closed lists: how often each word is used; adding, renaming, retiring and replacing."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from api.changes_shown import shown_by
from api.dependencies import Program, Reading, User, Writing, allowed
from api.identity import language_of
from api.pages.term_trials import meaning_tried, term_tried
from api.rendering import render
from api.words import say
from casework.access import Actor
from jobs.program import Program as OpenProgram
from resources.commands import NotFound
from resources.models import Change
from resources.reckoned import needed_codes
from resources.term_usage import RARE, resources_with, usage
from resources.terms import (
    DAYS,
    FIXED,
    FLAGS,
    BadTerm,
    add_term,
    edit_term,
    read_vocabulary,
    replace_term,
    restore_term,
    retire_term,
)
from resources.vocabulary import Term, default_vocabulary

KEEPERS = ("coordinator", "administrator")

router = APIRouter(include_in_schema=False, dependencies=[allowed(*KEEPERS)])

SHOWN = ("kind", "need", "activity", "audience", "requirement", "language", "noise",
         "conversation", "availability", "step", "programme", "field")  # fmt: skip
"""The lists in the order in which people look for them."""

LAST_EDITS = 10

Text = Annotated[str, Form(max_length=300)]


@router.get("/vocabulary")
def vocabulary(
    request: Request, program: Program, session: Reading, saved: bool = False
) -> Response:
    return _lists(request, session, program, saved=saved)


def _lists(
    request: Request,
    session: Session,
    program: OpenProgram,
    *,
    saved: bool = False,
    error: str | None = None,
    given: dict[str, str] | None = None,
) -> Response:
    lists = read_vocabulary(session) or default_vocabulary()
    used = usage(session, lists)
    axes = [a for a in SHOWN if a in lists.axes] + [a for a in lists.axes if a not in SHOWN]
    rare = [
        (axis, t, used[axis][t.code])
        for axis in axes
        if axis not in FIXED
        for t in lists.offered(axis)
        if used[axis][t.code] <= RARE and t.code not in needed_codes(axis)
    ]
    page = render(
        request,
        "vocabulary.html",
        vocabulary=lists,
        axes=axes,
        used=used,
        rare=rare,
        fixed=FIXED,
        saved=saved,
        error=error,
        given=given or {},
        times=RARE,
    )
    page.status_code = 422 if error else 200
    return page


def _refused(bad: BadTerm, language: str) -> str:
    return say(f"vocabulary.bad.{bad.problem}", language)


@router.post("/vocabulary/{axis}")
def add(
    request: Request,
    program: Program,
    session: Writing,
    user: User,
    axis: str,
    code: Text,
    ja: Text,
    en: Text,
) -> Response:
    try:
        with session.begin_nested():
            add_term(session, axis=axis, code=code.strip(), ja=ja, en=en, by=user.by)
    except BadTerm as bad:
        given = {"axis": axis, "code": code, "ja": ja, "en": en}
        words = _refused(bad, language_of(request))
        return _lists(request, session, program, error=words, given=given)
    return RedirectResponse(f"/vocabulary/{axis}/{code.strip()}?saved=1", 303)


@router.get("/vocabulary/{axis}/{code}")
def term(request: Request, session: Reading, axis: str, code: str, saved: bool = False) -> Response:
    return _term(request, session, axis, code, saved=saved)


def _term(
    request: Request,
    session: Session,
    axis: str,
    code: str,
    *,
    typed: Mapping[str, Any] | None = None,
    **said: Any,
) -> Response:
    """Show a word; typed : what of it was typed and isn't kept yet."""
    lists = read_vocabulary(session) or default_vocabulary()
    if axis not in lists.axes or code not in lists.codes(axis):
        raise NotFound("term")
    language = language_of(request)
    rows = session.scalars(
        select(Change)
        .where(Change.entity == "taxonomy_term", Change.entity_id == f"{axis}/{code}")
        .order_by(Change.revision.desc())
        .limit(LAST_EDITS)
    )
    page = render(
        request,
        "vocabulary_term.html",
        vocabulary=lists,
        axis=axis,
        term=replace(lists.term(axis, code), **(typed or {})),
        place=lists.codes(axis).index(code) + 1,
        was=_state(lists.term(axis, code)),
        count=usage(session, lists)[axis][code],
        where=resources_with(session, axis, code),
        fixed=axis in FIXED,
        needed=code in needed_codes(axis),
        edits=[(r, shown_by(r.by, language)) for r in rows],
        **{
            "saved": False,
            "error": None,
            "replaced": None,
            "effect": None,
            "meant": None,
            "kept": (),
            **said,
        },
    )
    page.status_code = 422 if said.get("error") else 200
    return page


@router.post("/vocabulary/{axis}/{code}")
async def save(
    request: Request, program: Program, session: Writing, user: User, axis: str, code: str
) -> Response:
    form = await request.form()
    return await run_in_threadpool(_saved, request, program, session, user, axis, code, form)


def _saved(
    request: Request,
    program: OpenProgram,
    session: Session,
    user: Actor,
    axis: str,
    code: str,
    form: FormData,
) -> Response:
    """Do what was pressed; another term of a kind is shown first, and kept when it was shown."""
    given = {k: str(v) for k, v in form.items()}
    if _changed_meanwhile(session, axis, code, given):
        words = say("vocabulary.changed_meanwhile", language_of(request))
        return _term(request, session, axis, code, error=words)
    meaning = _meaning(form) if axis == "need" and given.get("do") == "edit" else {}
    tried = _meaning_to_try(session, code, meaning, given)
    if tried is not None:
        return _term(
            request, session, axis, code,
            typed={"ja": given.get("ja", ""), "en": given.get("en", ""), "facts": tried},
            kept=[(k, str(v)) for k, v in form.multi_items() if k not in ("csrf", "tried")],
            meant=_signature(meaning),
            **meaning_tried(session, program, user, axis, code, meaning),
        )  # fmt: skip
    facts = _facts(form) if axis == "kind" else meaning
    new = _kind_to_try(session, axis, code, facts, given)
    if new is not None:
        lists = read_vocabulary(session) or default_vocabulary()
        known = lists.term(axis, code).facts
        told = (
            meaning_tried(session, program, user, axis, code, new)
            if new["term_days"] == known["term_days"]
            else term_tried(session, program, user, lists, code, new)
        )
        return _term(
            request, session, axis, code,
            typed={"ja": given.get("ja", ""), "en": given.get("en", ""),
                   "facts": {**known, **facts}},
            kept=[(k, str(v)) for k, v in form.multi_items() if k not in ("csrf", "tried")],
            meant=_seen(new), **told,
        )  # fmt: skip
    try:
        with session.begin_nested():
            count = _apply(session, user, axis, code, given, facts)
    except BadTerm as bad:
        return _term(request, session, axis, code, error=_refused(bad, language_of(request)))
    if count is not None:
        return _term(request, session, axis, code, replaced=count)
    return RedirectResponse(f"/vocabulary/{axis}/{code}?saved=1", 303)


def _changed_meanwhile(session: Session, axis: str, code: str, given: Mapping[str, str]) -> bool:
    """Tell whether somebody else changed a word after the page was made that sends another."""
    lists = read_vocabulary(session) or default_vocabulary()
    was = given.get("was")
    return was is not None and lists.holds(axis, code) and was != _state(lists.term(axis, code))


def _state(term: Term) -> str:
    """Return a word as it stands, in short."""
    whole = (term.ja, term.en, term.active, sorted(term.facts.items(), key=str))
    return hashlib.sha256(repr(whole).encode()).hexdigest()[:16]


def _kind_to_try(
    session: Session, axis: str, code: str, typed: Mapping[str, Any], given: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return what is typed of a kind that lists rest on, where new, to be kept, and not shown."""
    lists = read_vocabulary(session) or default_vocabulary()
    if axis != "kind" or given.get("do") != "edit" or code not in lists.codes(axis):
        return None
    days = typed["term_days"]
    if days is None or not DAYS[0] <= days <= DAYS[1]:
        return None
    if not set(typed["audience"]) <= set(lists.codes("audience")) - {"anyone"}:
        return None
    if not {*typed["first_needs"], *typed["needs"]} <= set(lists.codes("need")):
        return None
    known = lists.term(axis, code).facts
    new = {name: typed[name] for name in ("term_days", *CODES_SHOWN, *FLAGS_SHOWN)}
    return None if _seen(new) in (_seen(known), given.get("tried")) else new


CODES_SHOWN = ("needs", "first_needs", "audience")
FLAGS_SHOWN = ("participation", "accompanies")
"""Facts of a kind whose change is shown on lists: some codes of a list, or yes and no."""


def _seen(facts: Mapping[str, Any]) -> str:
    """Return what was shown of a kind, to be told from what was typed anew since."""
    chosen = (",".join(sorted(facts.get(name) or ())) for name in CODES_SHOWN)
    # Hosts of a kind accompany people where nothing else is said, see `Codebook`.
    flags = (str(bool(facts.get(name, name == "accompanies"))) for name in FLAGS_SHOWN)
    return "|".join([str(facts["term_days"]), *chosen, *flags])


def _meaning(form: FormData) -> dict[str, Any]:
    """Return what was typed of what a need means for the person who has it."""
    sure = [str(v) for v in form.getlist("audience")]
    return {
        "audience": sure,
        "audience_maybe": [str(v) for v in form.getlist("audience_maybe") if v not in sure],
        "rides": form.get("rides") == "1",
        "from_home": form.get("from_home") == "1",
    }


def _signature(meaning: Mapping[str, Any]) -> str:
    """Return what was shown, to be told from what was typed anew since."""
    codes = [",".join(sorted(meaning.get(n) or ())) for n in ("audience", "audience_maybe")]
    return "|".join([*codes, *(str(bool(meaning.get(n))) for n in ("rides", "from_home"))])


def _meaning_to_try(
    session: Session, code: str, meaning: Mapping[str, Any], given: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return a need's facts as typed, where they are new, could be kept, and weren't shown yet."""
    lists = read_vocabulary(session) or default_vocabulary()
    if not meaning or code not in lists.codes("need"):
        return None
    known = lists.term("need", code).facts
    codes = {*meaning["audience"], *meaning["audience_maybe"]}
    if not codes <= set(lists.codes("audience")) - {"anyone"}:
        return None
    seen = (_signature(known), given.get("tried"))
    return None if _signature(meaning) in seen else {**known, **meaning}


def _days(days: str) -> int | None:
    return int(days) if days.isdecimal() and len(days) < 6 else None


def _facts(form: FormData) -> dict[str, Any]:
    return {
        "term_days": _days(str(form.get("term_days", ""))),
        **{name: form.get(name) == "1" for name in FLAGS},
        **{name: [str(v) for v in form.getlist(name)] for name in CODES_SHOWN},
    }


def _apply(
    session: Session,
    user: Actor,
    axis: str,
    code: str,
    given: dict[str, str],
    facts: Mapping[str, Any],
) -> int | None:
    """Do what the button that was pressed says; return how many entries a replacement edited."""
    what = given.get("do")
    if what == "retire":
        retire_term(session, axis=axis, code=code, by=user.by)
    elif what == "restore":
        restore_term(session, axis=axis, code=code, by=user.by)
    elif what == "replace":
        return replace_term(session, axis=axis, old=code, new=given.get("new", ""), by=user.by)
    else:
        place = given.get("place", "")
        edit_term(
            session, axis=axis, code=code, ja=given.get("ja", ""), en=given.get("en", ""),
            facts=facts, place=int(place) if place.isdecimal() and len(place) < 5 else None,
            by=user.by,
        )  # fmt: skip
    return None
