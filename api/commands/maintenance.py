"""`ibasho index`, `migrate` and `demo`: what is made from scratch or brought up to date."""

from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.inputs import BadInput
from api.commands.opening import opened
from api.commands.output import Format, FormatOption, hint, print_json
from api.commands.words import say

if TYPE_CHECKING:
    from jobs.program import Program

index_app = typer.Typer(help=say("help.index"), no_args_is_help=True)
database_app = typer.Typer(help=say("help.database"), no_args_is_help=True)


@index_app.callback()
def index() -> None:
    """Keep `index` a group of its own though it has one command so far."""


@index_app.command("build", help=say("help.index_build"))
def build(form: FormatOption = Format.TABLE) -> None:
    with opened() as program, program.database.reading() as session:
        revision = program.store.build(session)
    if form is Format.JSON:
        print_json({"revision": revision})
    else:
        print(say("table.index_built", revision=revision))


@database_app.callback()
def database() -> None:
    """Keep `database` a group of its own though it has one command so far."""


def migrate(form: FormatOption = Format.TABLE) -> None:
    with opened() as program:  # opening brings the schema up to date
        kind = "sqlite" if program.database.is_sqlite else "postgresql"
    if form is Format.JSON:
        print_json({"database": kind, "up_to_date": True})
    else:
        print(say("table.migrated", kind=kind))


database_app.command("upgrade", help=say("help.migrate"))(migrate)


def demo(
    seed: Annotated[int, typer.Option(min=0, max=2**31, help=say("help.seed"))] = 2026,
    offerings: Annotated[
        int | None, typer.Option(min=1, max=2_000_000, help=say("help.offerings"))
    ] = None,
    if_empty: Annotated[bool, typer.Option("--if-empty", help=say("help.if_empty"))] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    from jobs.demo.load import load_demo
    from matching.warm import warm

    with opened() as program:
        if _holds_real_data(program):
            # The demo's accounts have a password that everybody may know.
            if not if_empty:
                raise BadInput(say("input.real_data"))
            hint(say("hint.not_empty"))
            return
        loaded = load_demo(program, seed=seed, offerings=offerings)
        # Now, and not while the first person waits for a list.
        hint(say("hint.warming"))
        with program.database.reading() as session:
            warm(session, program.store)
    if form is Format.JSON:
        print_json({"holds": loaded.counts, "added": loaded.added})
    elif any(loaded.added.values()):
        print(say("table.demo_loaded"))


def _holds_real_data(program: "Program") -> bool:
    from sqlalchemy import select

    from casework.cases import holds_people
    from casework.models import Account
    from casework.row_security import as_system
    from resources.models import Resource

    with program.database.reading(said=as_system("look for people")) as session:
        real = (
            select(Resource.id).where(~Resource.invented),
            select(Account.id).where(~Account.demo),
        )
        if holds_people(session, invented=False):
            return True
        return any(session.scalars(rows.limit(1)).first() is not None for rows in real)
