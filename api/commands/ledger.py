"""`ibasho jobs`: what ran, what waits, what is dead and why; run and retry."""

from typing import Annotated, Any

import typer

from api.commands.inputs import BadInput, identifier
from api.commands.opening import opened
from api.commands.output import Format, FormatOption, print_json, print_table
from api.commands.words import language, say

app = typer.Typer(help=say("help.jobs"))


@app.callback(invoke_without_command=True)
def jobs(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help=say("help.jobs_list"))] = 50,
    form: FormatOption = Format.TABLE,
) -> None:
    if context.invoked_subcommand is not None:
        return
    from jobs.listing import list_jobs

    with opened() as program, program.database.reading() as session:
        found = list_jobs(session, limit)
    if form is Format.JSON:
        print_json({"jobs": [job.as_json() for job in found]})
    elif not found:
        print(say("table.no_jobs"))
    else:
        keys = ("id", "name", "subject", "state", "attempts", "run_after", "progress", "note")
        rows = [job.as_json(language()) for job in found]
        print_table(
            say("table.jobs"),
            say("table.job_columns").split("|"),
            ([_cell(row, key) for key in keys] for row in rows),
        )


def _cell(row: dict[str, Any], key: str) -> object:
    value = row[key]
    return value[:16].replace("T", " ") if key == "run_after" else value


@app.command("run", help=say("help.jobs_run"))
def run(
    limit: Annotated[int, typer.Option(min=1, help=say("help.jobs_run_limit"))] = 1000,
    form: FormatOption = Format.TABLE,
) -> None:
    from jobs.runtime import run_pending

    with opened() as program:
        count = run_pending(program, limit)
    if form is Format.JSON:
        print_json({"run": count})
    else:
        print(say("table.jobs_run", count=count))


@app.command("retry", help=say("help.jobs_retry"))
def retry(
    job: Annotated[str, typer.Argument(help=say("help.jobs_id"))],
    form: FormatOption = Format.TABLE,
) -> None:
    from jobs.ledger import retry as put_back

    wanted = identifier(job)
    with opened() as program, program.database.writing(by="cli") as session:
        done = put_back(session, wanted)
    if not done:
        raise BadInput(say("input.no_such_job"))
    if form is Format.JSON:
        print_json({"id": str(wanted), "state": "ready"})
    else:
        print(say("table.job_retried"))
