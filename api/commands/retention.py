"""`ibasho retention`: how long records are kept, what is due, and what was destroyed."""

from typing import Annotated

import typer

from api.commands.opening import opened
from api.commands.output import Format, FormatOption, print_json, print_table
from api.commands.words import say

app = typer.Typer(help=say("help.retention"), no_args_is_help=True)

BY = "cli"


@app.command("terms", help=say("help.retention_terms"))
def terms(form: FormatOption = Format.TABLE) -> None:
    from casework.retention import KINDS
    from casework.retention import terms as set_terms

    with opened() as program, program.database.reading() as session:
        known = set_terms(session)
    found = [(kind, known.get(kind)) for kind in KINDS]
    if form is Format.JSON:
        print_json(
            {"terms": [{"kind": k, "years": t and t.years, "rule": t and t.rule} for k, t in found]}
        )
        return
    rows = [
        (say(f"retention.{k}"), say("retention.none") if t is None else t.years, t and t.rule)
        for k, t in found
    ]
    print_table(None, say("table.retention_columns").split("|"), rows)


@app.command("set", help=say("help.retention_set"))
def set_years(
    kind: Annotated[str, typer.Argument(help=say("help.retention_kind"))],
    years: Annotated[int, typer.Argument(help=say("help.retention_years"))],
    rule: Annotated[str, typer.Option(help=say("help.retention_rule"))],
) -> None:
    from casework.retention import set_term

    with opened() as program, program.database.writing(by=BY) as session:
        set_term(session, kind=kind, years=years, rule=rule, by=BY)


@app.command("due", help=say("help.retention_due"))
def due(form: FormatOption = Format.TABLE) -> None:
    from casework.retention import propose
    from casework.row_security import as_system
    from resources import clock

    said = as_system("retention")
    with opened() as program, program.database.writing(by=BY, said=said) as session:
        waiting = propose(session, today=clock.today())
    if form is Format.JSON:
        print_json({"waiting": waiting})
    else:
        print(say("table.retention_due", waiting=waiting))
