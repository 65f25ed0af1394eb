"""A worker's note, read into the form of a question: proposed and shown, asked by staff alone.

The note is neither stored nor logged.
"""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from api.dependencies import Program, Reading, allowed
from api.identity import language_of
from api.pages.forms import text
from api.pages.query import question_page
from api.words import say
from casework.roles import WORKS_WITH_PEOPLE
from matching.note import read_note
from matching.note_proposals import Proposal
from resources.vocabulary import Vocabulary

router = APIRouter(
    include_in_schema=False, dependencies=[allowed(*WORKS_WITH_PEOPLE, scope="read")]
)

LONGEST_NOTE = 2_000


@router.post("/suggest/note")
async def note(request: Request, program: Program, session: Reading) -> Response:
    form = await request.form()
    written = (text(form, "note") or "")[:LONGEST_NOTE]
    language = language_of(request)
    read: list[dict[str, Any]] = []
    fields: list[tuple[str, str | UploadFile]] = [
        ("note", written), ("address", text(form, "kept_address") or ""),
    ]  # fmt: skip
    proposals = read_note(written)
    fields += fields_of(proposals)
    for proposal in proposals:
        words = proposed_words(proposal, language, program.vocabulary)
        read.append({"words": words, "because": proposal.because})
    return await run_in_threadpool(
        question_page, request, program, session, FormData(fields), read=read
    )


def fields_of(proposals: list[Proposal]) -> list[tuple[str, str]]:
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
    if proposal.value is True:
        return "flags", tail
    return tail or head, str(proposal.value)


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
        days = "・".join(say(f"day.{window['day']}", language) for window in value)
        return f"{days} {value[0]['from']}–{value[0]['to']}"
    if head == "safety":
        return say(f"safety.{tail}", language)
    if tail == "languages":
        return say("limit.languages", language, names=vocabulary.label("language", value, language))
    if tail in ("noise", "conversation", "gender"):
        return say(f"limit.{tail}_{value}", language)
    return say(f"limit.{tail}", language, **({} if value is True else {"n": value}))
