"""`ibasho scheme`: priority schemes side by side, and what a change does before it is saved."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.allocation import waiting_of
from api.commands.inputs import BadInput
from api.commands.opening import opened
from api.commands.output import Format, FormatOption, hint, print_json, print_table
from api.commands.words import language, say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from jobs.program import Program
    from matching.scheme_preview import Preview, Trial
    from matching.schemes import Scheme, Weighing

app = typer.Typer(help=say("help.schemes"), no_args_is_help=True, rich_markup_mode=None)
BY = "cli"

Code = Annotated[str, typer.Argument(help=say("help.scheme_code"))]
Pairs = list[str] | None
Weights = Annotated[Pairs, typer.Option("--weight", help=say("help.scheme_weight"))]
Numbers = Annotated[Pairs, typer.Option("--threshold", help=say("help.scheme_threshold"))]
Minimum = Annotated[float | None, typer.Option("--minimum-score", help=say("help.scheme_minimum"))]
PerHost = Annotated[int | None, typer.Option("--per-host", help=say("help.scheme_per_host"))]
PerKind = Annotated[int | None, typer.Option("--per-kind", help=say("help.scheme_per_kind"))]
People = Annotated[str | None, typer.Option("--people", help=say("help.scheme_people"))]
Ja = Annotated[str | None, typer.Option("--ja", help=say("help.label_ja"))]
En = Annotated[str | None, typer.Option("--en", help=say("help.label_en"))]
Yes = Annotated[bool, typer.Option("--yes", help=say("help.scheme_yes"))]


@app.command("list", help=say("help.scheme_list"))
def show_all(form: FormatOption = Format.TABLE) -> None:
    with opened() as program, program.database.reading() as session:
        _show(_weighing(session), None, form)


@app.command("show", help=say("help.scheme_show"))
def show(code: Code, form: FormatOption = Format.TABLE) -> None:
    with opened() as program, program.database.reading() as session:
        _show(_weighing(session), code, form)


def _weighing(session: "Session") -> "Weighing":
    from matching.schemes_kept import read_weighing

    return read_weighing(session)


def _show(weighing: "Weighing", code: str | None, form: Format) -> None:
    from dataclasses import asdict

    from matching.sentences import sentence

    schemes = list(weighing.schemes.values()) if code is None else [weighing.scheme(code)]
    numbers = asdict(weighing.thresholds)
    if form is Format.JSON:
        print_json({"schemes": [s.as_json() for s in schemes], "thresholds": numbers})
        return
    names = [f"{s.ja if language() == 'ja' else s.en} ({s.code})" for s in schemes]
    rows = [
        [f"{sentence(f'criterion.{c}').in_language(language())} ({c})",
         *(f"{s.weights[c]:g}" for s in schemes)]
        for c in schemes[0].weights
    ]  # fmt: skip
    for name in ("minimum_score", "per_host", "per_kind"):
        rows.append([name, *(f"{getattr(s, name):g}" for s in schemes)])
    print_table(None, [say("table.scheme_columns"), *names], rows)
    words = {n: sentence(f"threshold.{n}").in_language(language()) for n in numbers}
    print_table(
        say("table.scheme_thresholds"),
        ["", "", ""],
        [[name, words[name], f"{value:.10g}"] for name, value in numbers.items()],
    )


@app.command("preview", help=say("help.scheme_preview"))
def try_out(
    code: Code,
    weight: Weights = None,
    threshold: Numbers = None,
    minimum: Minimum = None,
    per_host: PerHost = None,
    per_kind: PerKind = None,
    people: People = None,
    form: FormatOption = Format.TABLE,
) -> None:
    with opened() as program:
        before, after = _changed(program, code, weight, threshold, minimum, per_host, per_kind)
        print_effect(_preview(program, (before, code), (after, code), people), form)


@app.command("set", help=say("help.scheme_set"))
def change(
    code: Code,
    weight: Weights = None,
    threshold: Numbers = None,
    minimum: Minimum = None,
    per_host: PerHost = None,
    per_kind: PerKind = None,
    ja: Ja = None,
    en: En = None,
    people: People = None,
    yes: Yes = False,
    form: FormatOption = Format.TABLE,
) -> None:
    with opened() as program:
        shown = _revision(program)
        before, after = _changed(
            program, code, weight, threshold, minimum, per_host, per_kind, ja=ja, en=en
        )
        print_effect(_preview(program, (before, code), (after, code), people), form)
        _save(program, after.scheme(code), _pairs(threshold), yes, shown)


@app.command("add", help=say("help.scheme_add"))
def add(
    code: Code,
    ja: Annotated[str, typer.Option("--ja", help=say("help.label_ja"))],
    en: Annotated[str, typer.Option("--en", help=say("help.label_en"))],
    like: Annotated[str, typer.Option("--like", help=say("help.scheme_like"))] = "standard",
    weight: Weights = None,
    minimum: Minimum = None,
    per_host: PerHost = None,
    per_kind: PerKind = None,
    people: People = None,
    yes: Yes = False,
    form: FormatOption = Format.TABLE,
) -> None:
    with opened() as program:
        shown = _revision(program)
        with program.database.reading() as session:
            known = _weighing(session)
        if code in known.schemes or code in ("new", "thresholds", "undo"):
            raise BadInput(say("input.scheme_usual"))
        before, after = _changed(
            program, like, weight, None, minimum, per_host, per_kind, ja=ja, en=en, called=code
        )
        print_effect(_preview(program, (before, like), (after, code), people), form)
        _save(program, after.scheme(code), {}, yes, shown)


def _revision(program: "Program") -> int:
    """Return what stands before it is read: what others save from then on isn't written over."""
    from matching.schemes_kept import weighing_revision

    with program.database.reading() as session:
        return weighing_revision(session)


def _changed(
    program: "Program",
    code: str,
    weight: Pairs,
    threshold: Pairs,
    minimum: float | None,
    per_host: int | None,
    per_kind: int | None,
    *,
    ja: str | None = None,
    en: str | None = None,
    called: str | None = None,
) -> "tuple[Weighing, Weighing]":
    """Return the weighing as it stands, and with the change; raise `BadScheme`."""
    from matching.schemes import checked

    with program.database.reading() as session:
        before = _weighing(session)
    scheme = before.scheme(code)
    given: dict[str, Any] = {
        "code": called, "ja": ja, "en": en, "minimum_score": minimum, "per_host": per_host,
        "per_kind": per_kind, "weights": {**scheme.weights, **_pairs(weight)},
    }  # fmt: skip
    changed = replace(scheme, **{n: v for n, v in given.items() if v is not None})
    return before, before.with_scheme(checked(changed)).with_thresholds(_pairs(threshold))


def _pairs(given: Pairs) -> dict[str, float]:
    found = {}
    for pair in given or []:
        name, _, value = pair.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            raise BadInput(say("input.scheme_pair")) from None
    return found


def _preview(
    program: "Program",
    before: "tuple[Weighing, str]",
    after: "tuple[Weighing, str]",
    people: str | None,
) -> "Preview":
    from matching.scheme_preview import preview

    with program.database.reading() as session:
        trials = trials_of(program, session, people)
        return preview(session, program.store, trials, before=before, after=after)


def trials_of(program: "Program", session: "Session", people: str | None) -> "list[Trial]":
    """Return the people of a file, else the demo's invented people, else example needs.

    The demo's are those of a database that the demo was put into, however it is served. The people
    of the casework are shown to nobody who isn't signed in.
    """
    from jobs.demo.trials import demo_trials
    from matching.scheme_preview import Trial, example_trials
    from matching.sentences import Sentence

    if people is not None:
        return [Trial(Sentence(w.label, w.label), w.need) for w in waiting_of(program, people)]
    invented = demo_trials(session, program.vocabulary)
    return invented or example_trials(session, program.vocabulary)


def print_effect(found: "Preview", form: Format) -> None:
    if form is Format.JSON:
        print_json(found.as_json())
        return
    print(
        say("table.scheme_effect", lists=len(found.people), changed=found.changed,
            first=found.first_changed, entered=found.count("entered"), left=found.count("left"),
            moved=found.count("rose", "fell"))
    )  # fmt: skip
    rows = [
        [
            c.trial.label.in_language(language()), p.rank_before, p.rank_after, p.name,
            f"{_score(p.score_before)} → {_score(p.score_after)}",
            f"{_percent(p.sure_before)} → {_percent(p.sure_after)}", say(f"moved.{p.how}"),
        ]
        for c in found.people
        if c.changed or c.sure_changed
        for p in c.places
    ]  # fmt: skip
    if rows:
        print_table(None, say("table.scheme_effect_columns").split("|"), rows)


def _score(score: int | None) -> str:
    from matching.schemes import UNIT

    return "—" if score is None else f"{score / UNIT:.2f}"


def _percent(sure: int | None) -> str:
    return "—" if sure is None else f"{sure}%"


def _save(
    program: "Program", scheme: "Scheme", numbers: dict[str, float], yes: bool, shown: int
) -> None:
    from matching.schemes_kept import save_scheme, save_thresholds

    if not yes:
        hint(say("table.scheme_not_saved"))
        return
    with program.database.writing(by=BY) as session:
        save_scheme(session, scheme=scheme, shown=shown, by=BY)
        if numbers:
            save_thresholds(session, given=numbers, shown=None, by=BY)
    hint(say("table.scheme_saved"))


@app.command("retire", help=say("help.scheme_retire"))
def retire(code: Code) -> None:
    _keep(code, active=False)


@app.command("restore", help=say("help.scheme_restore"))
def restore(code: Code) -> None:
    _keep(code, active=True)


def _keep(code: str, *, active: bool) -> None:
    from matching.schemes_kept import save_scheme

    with opened() as program, program.database.writing(by=BY) as session:
        scheme = replace(_weighing(session).scheme(code), active=active)
        save_scheme(session, scheme=scheme, shown=None, by=BY)
    hint(say("table.scheme_saved"))


@app.command("history", help=say("help.scheme_history"))
def history(form: FormatOption = Format.TABLE) -> None:
    from matching.schemes_kept import history_of

    with opened() as program, program.database.reading() as session:
        edits = [
            {"revision": c.revision, "at": c.at.isoformat(timespec="seconds"), "by": c.by,
             "of": c.entity_id, "before": c.before, "after": c.after}
            for c in history_of(session)
        ]  # fmt: skip
    if form is Format.JSON:
        print_json({"edits": edits})
        return
    print_table(
        None, say("table.scheme_history_columns").split("|"), [list(e.values()) for e in edits]
    )


@app.command("undo", help=say("help.scheme_undo"))
def undo(
    revision: Annotated[int, typer.Argument(min=1, help=say("help.scheme_revision"))],
) -> None:
    from matching.schemes_kept import undo_edit

    with opened() as program, program.database.writing(by=BY) as session:
        undo_edit(session, revision=revision, by=BY)
    hint(say("table.scheme_saved"))
