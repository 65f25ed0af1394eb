"""Suggestions for a need that is typed in, without a person."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from api.asking import list_for, scheme_named
from api.dependencies import Program, Reading, allowed
from api.identity import language_of
from api.pages.forms import BadField, number, present, text, texts, whole
from api.pages.people import RULE_WORDS
from api.places import at_of, towns
from api.rendering import render
from api.words import say
from casework.outcomes import band_of
from casework.roles import WORKS_WITH_PEOPLE
from jobs.program import Program as OpenProgram
from matching.need import BadNeed, parse_need
from matching.schemes import USUAL
from matching.schemes_kept import read_weighing
from resources import clock
from resources.lists_shown import count_list

router = APIRouter(
    include_in_schema=False, dependencies=[allowed(*WORKS_WITH_PEOPLE, scope="read")]
)

NOTHING = FormData()

USUAL_WALK = "20"
"""Minutes on foot that stand in the form until somebody types others."""


def question_page(
    request: Request, program: OpenProgram, session: Session, form: FormData, **found: Any
) -> Response:
    """Return the page with what was filled in so far and what was found."""
    context = {"answer": None, "at": None, "error": None, "read": None, "known": False, **found}
    page = render(
        request,
        "suggest.html",
        given=form,
        usual_walk=USUAL_WALK,
        towns=[t.name for t in towns(program, session)],
        rule_words=RULE_WORDS,
        why_base=None,
        unmet_action=None,
        unmet_said="",
        schemes=read_weighing(session).offered,
        **context,
    )
    if context["error"]:
        page.status_code = 422
    return page


@router.get("/suggest")
def empty(request: Request, program: Program, session: Reading) -> Response:
    return question_page(request, program, session, NOTHING)


@router.post("/suggest")
async def asked(request: Request, program: Program, session: Reading) -> Response:
    form = await request.form()
    return await run_in_threadpool(_answered, request, program, session, form)


def _answered(request: Request, program: OpenProgram, session: Session, form: FormData) -> Response:
    language = language_of(request)
    try:
        need = parse_need(
            need_of(form), program.vocabulary, lambda words: at_of(program, session, words)
        )
    except BadNeed as error:
        words = error.problem.in_language(language)
        return question_page(request, program, session, form, error=words)
    except BadField as error:
        words = say("form.bad.value", language, field=error.field)
        return question_page(request, program, session, form, error=words)
    weighing, chosen = scheme_named(session, text(form, "scheme") or USUAL)
    answer = list_for(program, session, need, weighing=weighing, scheme=chosen)
    with program.database.writing(by="page") as counting:
        shown = [s.place.offering for s in answer.suggestions]
        count_list(counting, shown, band=band_of(need.age), on=clock.today())
    return question_page(
        request,
        program,
        session,
        form,
        answer=answer.as_json(),
        from_town=answer.from_town,
        at=need.point,
    )


FROM_HOME = {"yes": True, "only": "only", "no": False}
"""Whether somebody would join from home, as the form says it and as a need does."""


def need_of(form: FormData) -> dict[str, Any]:
    """Return the need that the form states, in the JSON of the contract."""
    limits: dict[str, Any] = present(
        [
            ("noise", text(form, "noise")),
            ("conversation", text(form, "conversation")),
            ("group_size", whole(form, "group_size")),
            ("max_yen", whole(form, "max_yen")),
            ("sessions_per_week", whole(form, "sessions_per_week")),
            ("minutes", whole(form, "minutes")),
            ("gender", text(form, "gender")),
            ("languages", texts(form, "languages")),
            ("from_home", _from_home(form)),
            *((name, True) for name in texts(form, "flags")),
        ]
    ) | _held(form)
    hours = {"from": text(form, "from") or "00:00", "to": text(form, "to") or "24:00"}
    windows = [{"day": day, **hours} for day in texts(form, "days")]
    windows += [_window(words) for words in texts(form, "windows")]
    return present(
        [
            ("at", {"address": text(form, "address")}),
            ("age", whole(form, "age")),
            ("walk_minutes", number(form, "walk_minutes")),
            ("step", whole(form, "step")),
            ("needs", dict.fromkeys(texts(form, "needs"), 2) or None),
            (
                "wishes",
                present([("text", text(form, "text")), ("activities", texts(form, "activities"))]),
            ),
            ("windows", windows),
            ("limits", limits or None),
            ("safety", dict.fromkeys(texts(form, "safety"), True) or None),
        ]
    )


def _from_home(form: FormData) -> object:
    said = text(form, "from_home")
    if said is not None and said not in FROM_HOME:
        raise BadField("from_home")
    return None if said is None else FROM_HOME[said]


def _held(form: FormData) -> dict[str, Any]:
    """Return what of the requirements is met; only where all were asked about, the rest isn't."""
    held = texts(form, "holds")
    if "holds_known" in form:
        return {"holds": held}
    return {"holds": held, "holds_open": True} if held else {}


def _window(words: str) -> dict[str, str]:
    """Return hours of one day, as the form names those that differ by the day: mon 09:00-12:00."""
    day, _, hours = words.partition(" ")
    start, dash, end = hours.partition("-")
    if not dash:
        raise BadField("windows")
    return {"day": day, "from": start, "to": end}
