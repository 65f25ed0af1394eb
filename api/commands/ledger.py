"""`ibasho jobs`: what ran, what waits, what is dead and why; run and retry."""

from typing import Annotated, Any

import typer

from api.commands.inputs import BadInput, identifier
from api.commands.opening import opened
from api.commands.output import Format, FormatOption, print_json, print_table
from api.commands.words import language, say
from jobs.states import State

app = typer.Typer(help=say("help.jobs"))


@app.callback(invoke_without_command=True)
def jobs(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help=say("help.jobs_list"))] = 50,
    state: Annotated[State | None, typer.Option(help=say("help.jobs_state"))] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    if context.invoked_subcommand is not None:
        return
    from jobs.listing import count_by_state, dead_then_newest, list_jobs, oldest_due_s

    with opened() as program, program.database.reading() as session:
        if state is None:
            found = dead_then_newest(session, limit)
        else:
            found = list_jobs(session, limit, state=state)
        counts, oldest_s = count_by_state(session), oldest_due_s(session)
    if form is Format.JSON:
        listed = [job.as_json() for job in found]
        print_json({"jobs": listed, "counts": counts, "oldest_due_job_s": oldest_s})
        return
    if sum(counts.values()):
        print(say("table.jobs_counts", **counts))
    if oldest_s is not None:
        print(say("table.jobs_oldest", seconds=round(oldest_s)))
    if not found:
        print(say("table.no_jobs" if state is None else "table.no_jobs_of_state"))
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
