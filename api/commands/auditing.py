"""`ibasho audit`: was anything changed in the record of who looked at whom?"""

import typer

from api.commands.opening import opened
from api.commands.output import Format, FormatOption, print_json, print_table
from api.commands.words import say

app = typer.Typer(help=say("help.audit"), no_args_is_help=True)


@app.callback()
def audit() -> None:
    """Keep `audit` a group of its own though it has one command so far."""


@app.command("verify", help=say("help.audit_verify"))
def verify(form: FormatOption = Format.TABLE) -> None:
    from casework.audit_seal import verify as verify_chain
    from jobs.sealing import kept_head, seal_key

    with opened() as program, program.database.reading() as session:
        settings = program.settings
        found = verify_chain(session, key=seal_key(settings), head=kept_head(settings))
    if form is Format.JSON:
        findings = [vars(finding) for finding in found.findings]
        counts = {"seals": found.seals, "rows": found.rows, "unsealed": found.unsealed}
        print_json({**counts, "findings": findings})
    else:
        print(
            say("table.audit", seals=found.seals, rows=found.rows, unsealed=found.unsealed)
            + " "
            + say("table.audit_bad" if found.findings else "table.audit_good")
        )
        if found.findings:
            rows = [
                (say(f"audit.{f.kind}"), f.number, f"{f.after + 1}..{f.last}")
                for f in found.findings
            ]
            print_table(None, say("table.audit_columns").split("|"), rows)
    if found.findings:
        raise typer.Exit(1)
