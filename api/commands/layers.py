"""`ibasho layers`: which releases of towns, districts, population and streets there are."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.inputs import BadInput
from api.commands.opening import opened
from api.commands.output import Format, FormatOption, print_json, print_table
from api.commands.words import say

if TYPE_CHECKING:
    from jobs.settings import Settings

app = typer.Typer(help=say("help.layers"), no_args_is_help=True)


@app.command("list", help=say("help.layers_list"))
def show(form: FormatOption = Format.TABLE) -> None:
    from geodata.releases import current_release, names, releases

    with opened() as program:
        found = [
            {
                "layer": name,
                "release": release.name,
                "in_force": release == current_release(folder, name),
                "bytes": release.stat().st_size,
            }
            for folder in _folders(program.settings)
            for name in names(folder)
            for release in releases(folder, name)
        ]
    if form is Format.JSON:
        print_json({"releases": found})
        return
    print_table(
        None,
        say("table.layers_columns").split("|"),
        (
            (r["layer"], r["release"], say("table.yes") if r["in_force"] else "", r["bytes"])
            for r in found
        ),
    )


@app.command("use", help=say("help.layers_use"))
def use(
    layer: Annotated[str, typer.Argument(help=say("help.layer"))],
    release: Annotated[str, typer.Argument(help=say("help.layers_release"))],
) -> None:
    from geodata.releases import activate, releases

    with opened() as program:
        for folder in _folders(program.settings):
            for known in releases(folder, layer):
                if known.name == release:
                    activate(folder, layer, known)
                    print(say("table.layer_in_force", layer=layer, release=release))
                    return
    raise BadInput(say("input.no_such_release", layer=layer, release=release))


def _folders(settings: "Settings") -> tuple[Path, ...]:
    return settings.gazetteer_folder, settings.layers_folder, settings.streets_folder
