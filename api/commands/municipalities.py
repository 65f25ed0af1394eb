"""`ibasho municipality`: add one to the installation, list them, look at the walls between them."""

from typing import Annotated

import typer

from api.commands.inputs import BadInput
from api.commands.output import Format, FormatOption, hint, print_json, print_table
from api.commands.words import say

app = typer.Typer(help=say("help.municipality_group"), no_args_is_help=True)


@app.command("add", help=say("help.municipality_add"))
def add(
    slug: Annotated[str, typer.Argument(help=say("help.municipality_slug"))],
    name: Annotated[str, typer.Option(help=say("help.municipality_name"))],
    host: Annotated[list[str], typer.Option(help=say("help.municipality_host"))],
    administer: Annotated[
        str | None, typer.Option(help=say("help.municipality_administer"))
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from jobs.adding import add_municipality
    from jobs.settings import DATABASES, read_settings

    if administer is not None and not administer.startswith(DATABASES[:2]):
        raise BadInput(say("input.bad_administer"))
    added = add_municipality(read_settings(), slug, name=name, hosts=host, administer=administer)
    if form is Format.JSON:
        print_json({"municipality": slug, "home": str(added.settings.home)})
    else:
        print(say("table.municipality_added", slug=slug, home=added.settings.home))
        hint(say("hint.municipality_added", slug=slug))


@app.command("list", help=say("help.municipality_list"))
def list_all(form: FormatOption = Format.TABLE) -> None:
    from jobs.municipalities import read_municipalities
    from jobs.settings import read_settings

    rows = [
        {
            "municipality": slug,
            "name": one.name,
            "hosts": list(one.hosts),
            "database": one.settings.schema or "sqlite",
            "home": str(one.settings.home),
        }
        for slug, one in read_municipalities(read_settings()).items()
    ]
    if form is Format.JSON:
        print_json({"municipalities": rows})
    elif not rows:
        print(say("table.no_municipalities"))
    else:
        cells = ([*list(row.values())[:2], " ".join(row["hosts"]), *list(row.values())[3:]]
                 for row in rows)  # fmt: skip
        print_table(None, say("table.municipality_columns").split("|"), cells)


@app.command("check", help=say("help.municipality_check"))
def check(form: FormatOption = Format.TABLE) -> None:
    from jobs.municipalities import read_municipalities
    from jobs.settings import read_settings
    from jobs.walls import look_at_walls

    walls = look_at_walls(read_municipalities(read_settings()))
    holds = all(wall.gap is None for wall in walls)
    if form is Format.JSON:
        rows = [{"municipality": w.slug, "holds": w.gap is None, "gap": w.gap} for w in walls]
        print_json({"holds": holds, "municipalities": rows})
    else:
        print_table(
            None,
            say("table.wall_columns").split("|"),
            ([w.slug, say(f"wall.{w.gap or 'holds'}")] for w in walls),
        )
    if not holds:
        raise typer.Exit(1)
