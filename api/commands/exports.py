"""`ibasho export`: the whole catalogue as JSON Lines, and its open part in public formats."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.commands.inputs import BadInput
from api.commands.opening import opened
from api.commands.output import hint
from api.commands.whole_files import whole_file
from api.commands.words import say

app = typer.Typer(help=say("help.export"), no_args_is_help=True)

FileArgument = Annotated[Path | None, typer.Argument(help=say("help.export_file"))]


@app.command("catalogue", help=say("help.export_catalogue"))
def catalogue(file: FileArgument = None) -> None:
    from resources.exchange import export_catalogue

    with opened() as program, program.database.reading() as session:
        target = _target(file)
        if target is None:
            count = export_catalogue(session, sys.stdout)
        else:
            with whole_file(target) as path, path.open("x", encoding="utf-8", newline="\n") as out:
                count = export_catalogue(session, out)
    hint(say("hint.exported", count=count))


@app.command("hsds", help=say("help.export_hsds"))
def hsds(file: FileArgument = None) -> None:
    from jobs.open_data import catch_up
    from resources.clock import today
    from resources.hsds.objects import Words
    from resources.hsds.writing import export_hsds

    with opened() as program:
        catch_up(program.database)
        words = Words(program.vocabulary, today())
        target = _target(file)
        with program.database.reading() as session:
            if target is None:
                count = export_hsds(session, sys.stdout, words=words, lines=True)
            else:
                lines = target.suffix != ".json"
                with (
                    whole_file(target) as path,
                    path.open("x", encoding="utf-8", newline="\n") as out,
                ):
                    count = export_hsds(session, out, words=words, lines=lines)
    hint(say("hint.exported", count=count))


@app.command("opendata", help=say("help.export_opendata"))
def opendata(
    layout: Annotated[str, typer.Option(help=say("help.export_layout"))],
    file: Annotated[Path, typer.Argument(help=say("help.opendata_file"))],
) -> None:
    from resources.municipal_export import open_table, write_csv, write_xlsx

    if file.suffix.lower() not in (".csv", ".xlsx"):
        raise BadInput(say("input.csv_or_xlsx", path=file))
    with opened() as program, program.database.reading() as session:
        table = open_table(session, layout)
    with whole_file(file) as path:
        if file.suffix.lower() == ".xlsx":
            write_xlsx(table, path)
        else:
            with path.open("x", encoding="utf-8-sig", newline="") as out:
                write_csv(table, out)
    hint(say("hint.exported", count=len(table.rows)))


@app.command("geojson", help=say("help.export_geojson"))
def geojson(file: FileArgument = None) -> None:
    from resources.geo_export import open_points, write_geojson

    with opened() as program, program.database.reading() as session:
        points, without = open_points(session)
    target = _target(file)
    if target is None:
        write_geojson(points, sys.stdout)
    else:
        with whole_file(target) as path, path.open("x", encoding="utf-8", newline="\n") as out:
            write_geojson(points, out)
    hint(say("hint.exported_points", count=len(points), without=without))


@app.command("geopackage", help=say("help.export_geopackage"))
def geopackage(
    file: Annotated[Path, typer.Argument(help=say("help.geopackage_file"))],
) -> None:
    from resources.geo_export import open_points, write_geopackage

    with opened() as program, program.database.reading() as session:
        points, without = open_points(session)
    with whole_file(file) as path:
        write_geopackage(points, path)
    hint(say("hint.exported_points", count=len(points), without=without))


@app.command("geoparquet", help=say("help.export_geoparquet"))
def geoparquet(
    file: Annotated[Path, typer.Argument(help=say("help.geoparquet_file"))],
) -> None:
    from resources.geo_export import open_points, write_geoparquet

    with opened() as program, program.database.reading() as session:
        points, without = open_points(session)
    with whole_file(file) as path:
        write_geoparquet(points, path)
    hint(say("hint.exported_points", count=len(points), without=without))


def _target(file: Path | None) -> Path | None:
    """Return where to write; None = standard output."""
    return None if file is None or str(file) == "-" else file
