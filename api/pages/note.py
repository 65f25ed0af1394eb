"""A worker's note, read into the form of a question: proposed and shown, asked by staff alone.

What stands in the form already stays as it is; the note fills in what is still empty. It is neither
stored nor logged.
"""

from collections.abc import Callable, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from api.dependencies import Program, Reading, allowed
from api.identity import language_of
from api.pages.forms import text, texts
from api.pages.query import FROM_HOME, USUAL_WALK, question_page
from api.words import say
from casework.roles import WORKS_WITH_PEOPLE
from matching.note import read_note
from matching.note_offered import as_offered
from matching.note_proposals import Proposal
from resources.vocabulary import Vocabulary

router = APIRouter(
    include_in_schema=False, dependencies=[allowed(*WORKS_WITH_PEOPLE, scope="read")]
)

LONGEST_NOTE = 2_000


USUAL_HOURS = ("10:00", "17:00")
"""What the form of the assessment begins with."""

SEVERAL = ("needs", "activities", "flags", "safety", "languages", "holds")
"""Fields of which several are ticked; a note adds to them."""

Field = tuple[str, str]


@router.post("/suggest/note")
async def note(request: Request, program: Program, session: Reading) -> Response:
    form = await request.form()
    language = language_of(request)
    note = (text(form, "note") or "")[:LONGEST_NOTE]
    proposals = as_offered(read_note(note), program.vocabulary)
    filled, taken = filled_in(_as_typed(form), proposals)
    read = [
        {"words": proposed_words(p, language, program.vocabulary), "because": p.because}
        for p in taken
    ]
    return await run_in_threadpool(
        question_page, request, program, session, filled, read=read, known=bool(proposals)
    )


def _as_typed(form: FormData) -> FormData:
    """Return a form without the minutes on foot that stood in it before anybody typed."""
    untouched = text(form, "preset") and text(form, "walk_minutes") == USUAL_WALK
    left = ("preset", "walk_minutes") if untouched else ("preset",)
    return FormData([f for f in form.multi_items() if f[0] not in left])


def filled_in(
    form: FormData,
    proposals: Sequence[Proposal],
    asked_as: Callable[[Field], Field] = lambda field: field,
) -> tuple[FormData, list[Proposal]]:
    """Return a form with what is proposed where it is still empty, and the proposals taken.

    asked_as : a field as the form at hand asks for it
    """
    fields: list[tuple[str, str | UploadFile]] = list(form.multi_items())
    hours_said = bool(texts(form, "days") or texts(form, "windows"))
    taken: list[Proposal] = []
    for proposal in proposals:
        if proposal.field == "windows":
            if hours_said:
                continue
            new = fields_of([p for p in proposals if p.field == "windows"])
            if _hours_typed(form) and all(name != "windows" for name, _ in new):
                new = [f for f in new if f[0] == "days"]  # with the hours that stand there
            fields = [f for f in fields if f[0] not in ("days", "windows", *(n for n, _ in new))]
        else:
            new = [f for f in map(asked_as, fields_of([proposal])) if _is_empty(form, *f)]
        if new:
            fields += [f for f in new if f not in fields]
            singles = {name for name, _ in new if name not in (*SEVERAL, "days", "windows")}
            fields = _without_empty(fields, singles)
            taken.append(proposal)
    return FormData(fields), taken


def _hours_typed(form: FormData) -> bool:
    """Tell whether hours stand in a form that weren't there before anybody typed."""
    hours = (text(form, "from"), text(form, "to"))
    return any(hours) and hours != USUAL_HOURS


def _is_empty(form: FormData, name: str, value: str) -> bool:
    return value not in texts(form, name) if name in SEVERAL else not text(form, name)


def _without_empty(
    fields: list[tuple[str, str | UploadFile]], names: set[str]
) -> list[tuple[str, str | UploadFile]]:
    return [(name, value) for name, value in fields if name not in names or value != ""]


def fields_of(proposals: Sequence[Proposal]) -> list[tuple[str, str]]:
    """Return the fields of the form that say all that is proposed, as names and values."""
    said = [_field(p) for p in proposals if p.field != "windows"]
    windows = [w for p in proposals if p.field == "windows" for w in p.value]
    return list(dict.fromkeys([*said, *_hours(windows)]))


def _hours(windows: list[dict[str, str]]) -> list[tuple[str, str]]:
    """Return days with the hours of all of them, or each day with its own where they differ."""
    hours = {(w["from"], w["to"]) for w in windows}
    if len(hours) != 1:
        return [("windows", f"{w['day']} {w['from']}-{w['to']}") for w in windows]
    ((start, end),) = hours
    return [*(("days", w["day"]) for w in windows), ("from", start), ("to", end)]


def _field(proposal: Proposal) -> tuple[str, str]:
    head, _, tail = proposal.field.partition(".")
    if head in ("needs", "safety"):
        return head, tail
    if tail == "from_home":
        return tail, next(said for said, value in FROM_HOME.items() if value == proposal.value)
    if proposal.value is True:
        return "flags", tail
    return tail or head, str(proposal.value)


def _hours_in_words(windows: list[dict[str, str]], language: str) -> str:
    """Return the days of each pair of hours, in the order in which these are first said."""
    days: dict[tuple[str, str], list[str]] = {}
    for w in windows:
        days.setdefault((w["from"], w["to"]), []).append(say(f"day.{w['day']}", language))
    comma = "、" if language == "ja" else ", "
    return comma.join(f"{'・'.join(on)} {start}–{end}" for (start, end), on in days.items())


def proposed_words(proposal: Proposal, language: str, vocabulary: Vocabulary) -> str:
    """Return what is proposed in words."""
    head, _, tail = proposal.field.partition(".")
    value: Any = proposal.value
    if head == "needs":
        return vocabulary.label("need", tail, language)
    if proposal.field == "wishes.text":
        return say("note.wished", language, words=value)
    if head == "wishes":
        return vocabulary.label("activity", value, language)
    if head == "age":
        return say("person.age", language, age=value)
    if head == "walk_minutes":
        return say("person.walk", language, minutes=value)
    if head == "windows":
        return _hours_in_words(value, language)
    if head == "safety":
        return say(f"safety.{tail}", language)
    if tail == "languages":
        return say("limit.languages", language, names=vocabulary.label("language", value, language))
    if tail == "holds":
        return say("limit.holds", language, names=vocabulary.label("requirement", value, language))
    if tail == "from_home":
        return say(f"limit.from_home_{_field(proposal)[1]}", language)
    if tail in ("noise", "conversation", "gender"):
        return say(f"limit.{tail}_{value}", language)
    return say(f"limit.{tail}", language, **({} if value is True else {"n": value}))
