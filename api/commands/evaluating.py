"""`ibasho evaluate`: whether what was learned from outcomes beats the rules, on later outcomes."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.inputs import BadInput, checked_file, text_lines
from api.commands.output import Format, FormatOption, print_json, print_table
from api.commands.words import say

if TYPE_CHECKING:
    from matching.evaluation import Evaluation
    from matching.learning import Outcome


def evaluate(
    file: Annotated[Path, typer.Argument(help=say("help.evaluate_file"))],
    form: FormatOption = Format.TABLE,
) -> None:
    from matching.evaluation import evaluate as judged

    found = judged(_outcomes(file))
    if form is Format.JSON:
        print_json(found.as_json())
    else:
        _print(found)


def _outcomes(file: Path) -> "list[Outcome]":
    from matching.learning import outcome_of

    outcomes = []
    for number, line in enumerate(text_lines(checked_file(file)), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except ValueError:
            raise BadInput(say("input.outcome_line", line=number)) from None
        outcomes.append(outcome_of(data, number))
    return outcomes


def _print(found: "Evaluation") -> None:
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
    if found.groups:
        print_table(
            say("table.groups"),
            say("table.group_columns").split("|"),
            ((g.name, g.shown, f"{g.share:.2f}", f"{g.accepted:.2f}") for g in found.groups),
        )
    if found.groups_too_small:
        print(say("evaluate.too_small", n=found.groups_too_small))
