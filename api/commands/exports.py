"""`ibasho export`: the whole catalogue as JSON Lines."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from api.commands.inputs import BadInput
from api.commands.opening import opened
from api.commands.output import hint
from api.commands.words import say

app = typer.Typer(help=say("help.export"), no_args_is_help=True)


@app.callback()
def export() -> None:
    """Keep `export` a group of its own though it has one command so far."""


@app.command("catalogue", help=say("help.export_catalogue"))
def catalogue(
    file: Annotated[Path | None, typer.Argument(help=say("help.export_file"))] = None,
) -> None:
    from resources.exchange import export_catalogue

    with opened() as program, program.database.reading() as session:
        if file is None or str(file) == "-":
            count = export_catalogue(session, sys.stdout)
        else:
            # Beside the target and then renamed: a broken export never looks like a whole one.
            unfinished = file.with_name(f".{file.name}.{os.getpid()}")
            try:
                with unfinished.open("x", encoding="utf-8", newline="\n") as out:
                    count = export_catalogue(session, out)
                unfinished.replace(file)
            except OSError as error:
                raise BadInput(say("input.unwritable", path=file)) from error
            finally:
                unfinished.unlink(missing_ok=True)
    hint(say("hint.exported", count=count))
