"""`ibasho vocabulary`: the closed lists, how often each word is used, and keeping them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.inputs import BadInput
from api.commands.opening import opened
from api.commands.output import Format, FormatOption, hint, print_json, print_table
from api.commands.schemes import People, Yes, print_effect, trials_of
from api.commands.words import say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

app = typer.Typer(help=say("help.vocabulary"), invoke_without_command=True, rich_markup_mode=None)
BY = "cli"

Axis = Annotated[str, typer.Argument(help=say("help.axis"))]
Code = Annotated[str, typer.Argument(help=say("help.code"))]
Ja = Annotated[str | None, typer.Option("--ja", help=say("help.label_ja"))]
En = Annotated[str | None, typer.Option("--en", help=say("help.label_en"))]
TermDays = Annotated[int | None, typer.Option("--term-days", help=say("help.term_days"))]

FirstNeeds = Annotated[str | None, typer.Option("--first-needs", help=say("help.first_needs"))]
Audience = Annotated[str | None, typer.Option("--audience", help=say("help.need_audience"))]
MaybeAudience = Annotated[
    str | None, typer.Option("--audience-maybe", help=say("help.need_audience_maybe"))
]
Rides = Annotated[bool | None, typer.Option("--rides/--no-rides", help=say("help.need_rides"))]
FromHome = Annotated[
    bool | None, typer.Option("--from-home/--no-from-home", help=say("help.need_from_home"))
]


@app.callback()
def show(
    context: typer.Context,
    form: FormatOption = Format.TABLE,
    rare: Annotated[bool, typer.Option("--rare", help=say("help.rare"))] = False,
) -> None:
    if context.invoked_subcommand is not None:
        return
    from resources.term_usage import RARE, usage

    with opened() as program, program.database.reading() as session:
        lists, used = program.vocabulary, usage(session, program.vocabulary)
        rows = [
            {"axis": t.axis, "code": t.code, "ja": t.ja, "en": t.en, "active": t.active,
             "used": used[axis][t.code], **t.facts}
            for axis in lists.axes
            for t in lists.terms(axis)
            if not rare or used[axis][t.code] <= RARE
        ]  # fmt: skip
    if form is Format.JSON:
        print_json({"terms": rows})
        return
    retired = say("table.vocabulary_retired")
    print_table(
        None,
        say("table.vocabulary_columns").split("|"),
        [
            [r["axis"], r["code"], r["ja"], r["en"], r["used"], "" if r["active"] else retired]
            for r in rows
        ],
    )


@contextmanager
def _writing(axis: str, code: str) -> Iterator["Session"]:
    from resources.terms import BadTerm

    with opened() as program:
        try:
            with program.database.writing(by=BY) as session:
                yield session
        except BadTerm as bad:
            raise BadInput(say(f"term.{bad.problem}", axis=bad.axis, code=bad.code)) from None
    hint(say("table.vocabulary_done", axis=axis, code=code))


def _facts(term_days: int | None) -> dict[str, Any]:
    return {} if term_days is None else {"term_days": term_days}


def _meaning(
    first_needs: str | None,
    audience: str | None,
    maybe: str | None,
    rides: bool | None,
    from_home: bool | None,
) -> dict[str, Any]:
    """Return what was said of what a need or a kind means; an empty list takes all of it off."""
    given = {"first_needs": _codes(first_needs), "audience": _codes(audience),
             "audience_maybe": _codes(maybe), "rides": rides, "from_home": from_home}  # fmt: skip
    return {name: value for name, value in given.items() if value is not None}


def _codes(words: str | None) -> list[str] | None:
    return None if words is None else [w.strip() for w in words.split(",") if w.strip()]


@app.command("set", help=say("help.vocabulary_set"))
def change(
    axis: Axis,
    code: Code,
    ja: Ja = None,
    en: En = None,
    term_days: TermDays = None,
    first_needs: FirstNeeds = None,
    audience: Audience = None,
    maybe: MaybeAudience = None,
    rides: Rides = None,
    from_home: FromHome = None,
    people: People = None,
    yes: Yes = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Change a word; what another term or meaning does is shown first, and kept with --yes."""
    from resources.terms import edit_term

    meaning = _meaning(first_needs, audience, maybe, rides, from_home)
    facts = {**_facts(term_days), **meaning}
    shown = term_days is not None and _is_shown_first(axis, code, term_days, people, form)
    if meaning:
        shown = _is_meaning_shown_first(axis, code, meaning, people, form) or shown
    if shown and not yes:
        hint(say("table.vocabulary_not_saved"))
        return
    with _writing(axis, code) as session:
        edit_term(session, axis=axis, code=code, ja=ja, en=en, facts=facts, by=BY)


def _is_meaning_shown_first(
    axis: str, code: str, meaning: dict[str, Any], people: str | None, form: Format
) -> bool:
    """Show what another meaning of a need or a kind does; False where it couldn't be kept."""
    from matching.scheme_preview import preview_lists
    from resources.vocabulary import MEANT

    with opened() as program, program.database.reading() as session:
        lists = program.vocabulary
        codes = {*meaning.get("audience", ()), *meaning.get("audience_maybe", ())}
        known = set(lists.codes("audience")) - {"anyone"}
        needs = set(meaning.get("first_needs", ()))
        has = {"need": set(MEANT), "kind": {"audience", "first_needs"}}.get(axis, set())
        if not set(meaning) <= has or code not in lists.codes(axis) or not codes <= known:
            return False
        if not needs <= set(lists.codes("need")):
            return False
        after = lists.with_facts(axis, code, meaning)
        trials = trials_of(program, session, people)
        found = preview_lists(session, program.store, trials, lists_after=after)
    print_effect(found, form)
    return True


def _is_shown_first(axis: str, code: str, days: int, people: str | None, form: Format) -> bool:
    """Show what another term does; False where none was given that could be kept."""
    from matching.scheme_preview import preview_lists
    from resources import clock
    from resources.term_effect import effect_of_term
    from resources.terms import DAYS

    with opened() as program, program.database.reading() as session:
        lists = program.vocabulary
        if axis != "kind" or code not in lists.codes(axis) or not DAYS[0] <= days <= DAYS[1]:
            return False
        effect = effect_of_term(
            session,
            kind=code,
            days_before=int(lists.term(axis, code).facts["term_days"]),
            days_after=days,
            today=clock.today(),
        )
        after = lists.with_facts(axis, code, {"term_days": days})
        trials = trials_of(program, session, people)
        found = preview_lists(session, program.store, trials, lists_after=after)
    if form is Format.JSON:
        print_json({"verifying": effect.as_json(), "lists": found.as_json()})
        return True
    print(say("table.term_effect", **effect.as_json()))
    print(say("table.term_sure", surer=found.surer, less_sure=found.less_sure))
    print_effect(found, form)
    return True


@app.command("add", help=say("help.vocabulary_add"))
def add(
    axis: Axis,
    code: Code,
    ja: Annotated[str, typer.Option("--ja", help=say("help.label_ja"))],
    en: Annotated[str, typer.Option("--en", help=say("help.label_en"))],
    term_days: TermDays = None,
) -> None:
    from resources.terms import add_term

    with _writing(axis, code) as session:
        add_term(session, axis=axis, code=code, ja=ja, en=en, facts=_facts(term_days), by=BY)


@app.command("retire", help=say("help.vocabulary_retire"))
def retire(axis: Axis, code: Code) -> None:
    from resources.terms import retire_term

    with _writing(axis, code) as session:
        retire_term(session, axis=axis, code=code, by=BY)


@app.command("restore", help=say("help.vocabulary_restore"))
def restore(axis: Axis, code: Code) -> None:
    from resources.terms import restore_term

    with _writing(axis, code) as session:
        restore_term(session, axis=axis, code=code, by=BY)


@app.command("replace", help=say("help.vocabulary_replace"))
def replace(
    axis: Axis, code: Code, new: Annotated[str, typer.Argument(help=say("help.new_code"))]
) -> None:
    from resources.terms import replace_term

    with _writing(axis, code) as session:
        count = replace_term(session, axis=axis, old=code, new=new, by=BY)
    hint(say("table.vocabulary_replaced", count=count, new=new))
