"""`ibasho accounts first` and `ibasho keys rotate`: what only the keeper of the machine does."""

from typing import Annotated

import typer

from api.commands.opening import opened
from api.commands.output import Format, FormatOption, print_json
from api.commands.words import say

accounts_app = typer.Typer(help=say("help.accounts"), no_args_is_help=True)
keys_app = typer.Typer(help=say("help.keys"), no_args_is_help=True)


@accounts_app.callback()
def accounts() -> None:
    """Keep `accounts` a group of its own though it has one command so far."""


@keys_app.callback()
def keys() -> None:
    """Keep `keys` a group of its own though it has one command so far."""


@accounts_app.command("first", help=say("help.accounts_first"))
def first(
    name: Annotated[str, typer.Argument(help=say("help.account_name"))],
    form: FormatOption = Format.TABLE,
) -> None:
    from casework.invitations import invite_first_administrator

    with opened() as program, program.database.writing(by="cli") as session:
        code = invite_first_administrator(session, name=name, by="cli")
    if form is Format.JSON:
        print_json({"code": code})
    else:
        print(say("table.first_code", code=code))


@keys_app.command("rotate", help=say("help.keys_rotate"))
def rotate(form: FormatOption = Format.TABLE) -> None:
    from jobs.rotation import rotate_keys

    with opened() as program:
        done = rotate_keys(program)
    if form is Format.JSON:
        print_json({"key": done.key, "sealed_again": done.sealed, "fresh": done.fresh})
    else:
        words = "table.keys_rotated" if done.fresh else "table.keys_finished"
        print(say(words, number=done.key, sealed=done.sealed))
