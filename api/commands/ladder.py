"""`ibasho path` and `ibasho week`: the next rungs of the ladder, and a week of several places."""

from typing import TYPE_CHECKING

from api.commands.opening import opened
from api.commands.output import Format, FormatOption, print_json, print_table
from api.commands.questions import ProfileOption, SchemeOption, need_from
from api.commands.words import language, say

if TYPE_CHECKING:
    from matching.path import Stage
    from resources.vocabulary import Vocabulary


def path(
    profile: ProfileOption, scheme: SchemeOption = "standard", form: FormatOption = Format.TABLE
) -> None:
    from matching.path import is_of_one_place, path_of

    with opened() as program:
        need = need_from(program, profile)
        with program.database.reading() as session:
            stages = path_of(session, program.store, need, scheme=scheme)
        vocabulary = program.vocabulary
    if form is Format.JSON:
        print_json({"scheme": scheme, "stages": [s.as_json(vocabulary) for s in stages]})
        return
    if not stages:
        print(say("table.no_path"))
        return
    if is_of_one_place(stages):
        _print_one_place(stages, vocabulary)
        return
    print_table(
        say("table.path"),
        say("table.path_columns").split("|"),
        (
            (
                _rung(s, vocabulary),
                s.suggestion.place.name,
                say("table.yes") if s.stays else None,
                _score(s),
            )
            for s in stages
        ),
    )


def _score(stage: "Stage") -> str:
    from matching.schemes import UNIT

    return f"{stage.suggestion.score / UNIT:.2f}"


def _rung(stage: "Stage", vocabulary: "Vocabulary") -> str:
    term = vocabulary.terms("step")[stage.rung]
    return term.ja if language() == "ja" else term.en


def _print_one_place(stages: "list[Stage]", vocabulary: "Vocabulary") -> None:
    """Say in one line that all rungs are taken at one place."""
    first, *later = stages
    rungs = [say("table.path_rung", step=_rung(stage, vocabulary)) for stage in later]
    print(
        say(
            "table.path_one_place",
            place=first.suggestion.place.name,
            score=_score(first),
            first=_rung(first, vocabulary),
            later=say("table.path_then").join(rungs),
        )
    )


def week(
    profile: ProfileOption, scheme: SchemeOption = "standard", form: FormatOption = Format.TABLE
) -> None:
    from matching.week import week_of

    with opened() as program:
        need = need_from(program, profile)
        with program.database.reading() as session:
            found = week_of(session, program.store, need, scheme=scheme)
        vocabulary = program.vocabulary
    if form is Format.JSON:
        print_json({"scheme": scheme, **found.as_json()})
        return
    if not found.sessions:
        print(say("table.no_week"))
        return
    days = say("table.days").split("|")
    print_table(
        say("table.week"),
        say("table.week_columns").split("|"),
        (
            (
                f"{p.start.month}/{p.start.day}({days[p.start.weekday()]})"
                + (say("table.holiday") if p.uncertain else ""),
                f"{p.start:%H:%M}–{p.end:%H:%M}",
                f"{p.opens:%H:%M}–{p.closes:%H:%M}" if p.is_part else None,
                p.suggestion.place.name,
                p.walk_minutes,
            )
            for p in found.sessions
        ),
    )
    labels = [vocabulary.label("need", code, language()) for code in found.answered]
    print(say("table.week_answers", needs=say("table.comma").join(labels)))
