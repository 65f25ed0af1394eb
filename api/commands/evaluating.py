"""`ibasho evaluate`: whether what was learned from outcomes beats the rules, on later outcomes."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.inputs import BadInput, checked_file, text_lines
from api.commands.opening import opened
from api.commands.output import Format, FormatOption, print_json, print_table
from api.commands.words import language, say
from resources import clock

if TYPE_CHECKING:
    from api.learning_shown import Beside
    from matching.evaluation import Evaluation
    from matching.learning import Outcome
    from resources.lists_shown import Exposure

    Shown = tuple[list[Exposure], int]


def evaluate(
    file: Annotated[Path | None, typer.Argument(help=say("help.evaluate_file"))] = None,
    form: FormatOption = Format.TABLE,
    plot: Annotated[Path | None, typer.Option(help=say("help.evaluate_plot"))] = None,
) -> None:
    from matching.evaluation import evaluate as judged

    if plot is not None and (plot.suffix.lower() != ".svg" or not plot.parent.is_dir()):
        raise BadInput(say("input.plot", path=plot))
    # What was shown is known of this installation only, not of a file.
    outcomes, shown = _recorded() if file is None else (_outcomes(file), None)
    found = judged(outcomes)
    rows = _beside(found, shown)
    if plot is not None:
        plot.write_text(_picture(found), encoding="utf-8")
        if rows:
            next_to = plot.with_stem(f"{plot.stem}-groups")
            next_to.write_text(_groups_picture(rows), encoding="utf-8")
    if form is Format.JSON:
        print_json(found.as_json() | _shown_json(shown))
        return
    _print(found, rows)
    if shown is not None:
        _print_too_few_lists(shown)
        print(_in_force())


def _recorded() -> "tuple[Sequence[Outcome], Shown]":
    from casework.outcomes import recorded
    from casework.row_security import as_system
    from resources.lists_shown import exposure

    with opened() as program:
        said = as_system("evaluate")
        with program.database.writing(by="cli", said=said) as session:
            today = clock.today()
            outcomes = recorded(session, today=today, by="cli").outcomes
            return outcomes, exposure(session, today=today)


def _shown_json(shown: "Shown | None") -> dict[str, Any]:
    if shown is None:
        return {"exposure": None, "exposure_too_small": None}
    return {"exposure": [e.as_json() for e in shown[0]], "exposure_too_small": shown[1]}


def _beside(found: "Evaluation", shown: "Shown | None") -> "list[Beside]":
    from api.learning_shown import beside

    groups = [vars(g) for g in found.groups]
    return beside(groups, [] if shown is None else shown[0], no_age=say("evaluate.no_age"))


def _in_force() -> str:
    """Return whether the lists of this installation go by what was learned."""
    from matching.learned_kept import in_force

    with opened() as program, program.database.reading() as session:
        learned = in_force(session)
    return say("evaluate.off") if learned is None else learned.words.in_language(language())


def _picture(found: "Evaluation") -> str:
    from api.learning_shown import calibration_picture

    return calibration_picture(
        [vars(c) for c in found.calibration],
        title=say("table.calibration"),
        across=say("evaluate.expected"),
        up=say("evaluate.stayed"),
    )


def _groups_picture(rows: "Sequence[Beside]") -> str:
    from api.learning_shown import groups_picture

    _, _, _, nothing, _, share, accepted = say("table.group_columns").split("|")
    words = {"share": share, "accepted": accepted, "with_nothing": nothing}
    return groups_picture(rows, title=say("table.groups"), words=words)


def _outcomes(file: Path) -> "list[Outcome]":
    from matching.learning import BadOutcome, outcome_of
    from resources import clock

    outcomes = []
    for number, line in enumerate(text_lines(checked_file(file)), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except ValueError:
            raise BadInput(say("input.outcome_line", line=number)) from None
        outcome = outcome_of(data, number)
        if outcome.on > clock.today():
            raise BadOutcome(number, "on hasn't come yet")
        outcomes.append(outcome)
    return outcomes


def _print_too_few_lists(shown: "Shown") -> None:
    from resources.lists_shown import FEWEST_LISTS

    if shown[1]:
        print(say("evaluate.lists_too_small", n=shown[1], lists=FEWEST_LISTS))


def _print(found: "Evaluation", rows: "Sequence[Beside]") -> None:
    print(say(f"evaluate.{found.reason}", earlier=found.learned_from, later=found.judged_by))
    if found.ndcg_rules is not None:
        print_table(
            say("table.evaluation"),
            say("table.evaluation_columns").split("|"),
            (
                ("nDCG@10", f"{found.ndcg_rules:.3f}", f"{found.ndcg_learned:.3f}"),
                ("Brier", f"{found.brier_share:.3f}", f"{found.brier_learned:.3f}"),
            ),
        )
    if found.calibration:
        print_table(
            say("table.calibration"),
            say("table.calibration_columns").split("|"),
            (
                (f"{c.low:.1f}–{c.high:.1f}", c.count, f"{c.expected:.2f}", f"{c.stayed:.2f}")
                for c in found.calibration
            ),
        )
    if rows:
        print_table(
            say("table.groups"),
            say("table.group_columns").split("|"),
            (
                (
                    r.name, r.lists, _figure(r.places_per_list, 1), _figure(r.with_nothing, 2),
                    r.shown, _figure(r.share, 2), _figure(r.accepted, 2),
                )
                for r in rows
            ),
        )  # fmt: skip
    judged = [g for g in found.groups if g.judged is not None]
    if judged:
        print_table(
            say("table.groups_judged"),
            say("table.groups_judged_columns").split("|"),
            (
                (
                    g.name, g.judged, _figure(g.ndcg_rules), _figure(g.ndcg_learned),
                    _figure(g.brier_share), _figure(g.brier_learned),
                )
                for g in judged
            ),
        )  # fmt: skip
    if judged and len(judged) < len(found.groups):
        print(say("evaluate.too_few_later", n=len(found.groups) - len(judged)))
    if found.groups_too_small:
        print(say("evaluate.too_small", n=found.groups_too_small))


def _figure(value: float | None, digits: int = 3) -> str:
    return "—" if value is None else f"{value:.{digits}f}"
