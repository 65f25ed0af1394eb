"""`ibasho import`: open data of municipalities, catalogues, the gazetteer, districts, streets."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.inputs import BadInput, checked_file, text_lines
from api.commands.opening import opened
from api.commands.output import Format, FormatOption, hint, print_json, print_table
from api.commands.words import language, say

if TYPE_CHECKING:
    from geodata.gazetteer import Gazetteer
    from jobs.program import Program

app = typer.Typer(help=say("help.import"), no_args_is_help=True)
BY = "cli"
ROWS_BETWEEN_LINES = 1000
REPORTED_SHOWN = 20
"""How many reported rows of a file the table shows; the JSON holds all."""


@app.command("opendata", help=say("help.import_opendata"))
def opendata(
    files: Annotated[list[Path], typer.Argument(help=say("help.import_files"))],
    verified_on: Annotated[
        str | None, typer.Option("--verified-on", help=say("help.verified_on"))
    ] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", help=say("help.encoding"))] = None,
    as_jobs: Annotated[bool, typer.Option("--as-jobs", help=say("help.as_jobs"))] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    from resources.importing import import_opendata
    from resources.sources.encodings import encoding_named

    day = _day(verified_on)
    named = None if encoding is None else encoding_named(encoding)

    with opened() as program:
        for path in files:
            checked_file(path, largest_mb=program.settings.max_file_mb)
        if as_jobs:
            _ask_for_all(program, files, day, named)
            return
        towns = _gazetteer(program)
        reports = []
        # One transaction for the whole call: where one file can't be used, nothing is taken in.
        with program.database.writing(by=BY) as session:
            for path in files:
                with _progress(path.name) as progress:
                    report = import_opendata(
                        session,
                        path,
                        by=BY,
                        gazetteer=towns,
                        progress=progress,
                        max_bytes=program.settings.max_file_mb * 1_000_000,
                        verified_on=day,
                        encoding=named,
                    )
                reports.append(report.as_json(_language(form)))
    _print_reports(reports, form)
    if towns is None:
        hint(say("hint.no_gazetteer"))


def _ask_for_all(
    program: "Program", files: list[Path], verified_on: date | None, encoding: str | None
) -> None:
    """Leave each file to a job: all of them are asked for, or none."""
    from jobs.sent_files import keep_to_import

    with program.database.writing(by=BY) as session:
        for path in files:
            keep_to_import(
                session, name=path.name, content=path.read_bytes(), by=BY, encoding=encoding,
                verified_on=verified_on,
            )  # fmt: skip
    print(say("table.asked_for_import", files=len(files)))


@app.command("catalogue", help=say("help.import_catalogue"))
def catalogue(
    file: Annotated[Path, typer.Argument(help=say("help.catalogue_file"))],
    form: FormatOption = Format.TABLE,
) -> None:
    from resources.exchange import import_catalogue

    checked_file(file)
    with opened() as program, program.database.writing(by=BY) as session:
        report = import_catalogue(session, text_lines(file), by=BY, name=file.name)
    _print_reports([report.as_json(_language(form))], form)


@app.command("hsds", help=say("help.import_hsds"))
def hsds(
    files: Annotated[list[Path], typer.Argument(help=say("help.hsds_files"))],
    form: FormatOption = Format.TABLE,
) -> None:
    from resources.hsds.importing import import_hsds

    with opened() as program:
        for path in files:
            checked_file(path, largest_mb=program.settings.max_file_mb)
        reports = []
        # One transaction for the whole call: where one file can't be used, nothing is taken in.
        with program.database.writing(by=BY) as session:
            for path in files:
                with _progress(path.name) as progress:
                    report = import_hsds(
                        session,
                        path,
                        vocabulary=program.vocabulary,
                        by=BY,
                        progress=progress,
                        max_bytes=program.settings.max_file_mb * 1_000_000,
                    )
                reports.append(report.as_json(_language(form)))
    _print_reports(reports, form)


@app.command("gazetteer", help=say("help.import_gazetteer"))
def gazetteer(
    file: Annotated[Path, typer.Argument(help=say("help.gazetteer_file"))],
    form: FormatOption = Format.TABLE,
) -> None:
    from geodata.gazetteer import import_gazetteer

    checked_file(file)
    with opened() as program:
        rows = import_gazetteer(file, program.settings.gazetteer_folder)
        _ask_for_placing(program, again=True)
    if form is Format.JSON:
        print_json({"file": file.name, "rows": rows})
    else:
        print(say("table.gazetteer_imported", rows=rows))


@app.command("districts", help=say("help.import_districts"))
def districts(
    file: Annotated[Path, typer.Argument(help=say("help.districts_file"))],
    code_column: Annotated[str, typer.Option(help=say("help.code_column"))],
    name_column: Annotated[str, typer.Option(help=say("help.name_column"))],
    layer: Annotated[str, typer.Option(help=say("help.layer"))] = "districts",
    form: FormatOption = Format.TABLE,
) -> None:
    from geodata.areas import read_areas, store_layer

    with opened() as program:
        checked_file(file, largest_mb=program.settings.max_file_mb)
        areas = read_areas(file, code_column=code_column, name_column=name_column)
        store_layer(program.settings.layers_folder, layer, areas)
        _ask_for_placing(program, again=False)
    if form is Format.JSON:
        print_json({"file": file.name, "layer": layer, "districts": len(areas)})
    else:
        print(say("table.districts_imported", layer=layer, count=len(areas)))


@app.command("streets", help=say("help.import_streets"))
def streets(
    file: Annotated[Path, typer.Argument(help=say("help.streets_file"))],
    form: FormatOption = Format.TABLE,
) -> None:
    from geodata.streets_source import import_streets

    checked_file(file)
    with opened() as program:
        graph = import_streets(file, program.settings.streets_folder)
    facts = {
        "crossings": graph.crossings,
        "streets": len(graph.length_m),
        "km": round(float(graph.length_m.sum()) / 1000, 1),
        "steps": int(graph.steps.sum()),
    }
    if form is Format.JSON:
        print_json({"file": file.name, **facts})
    else:
        print(say("table.streets_imported", **facts))


@app.command("stations", help=say("help.import_stations"))
def stations(
    file: Annotated[Path, typer.Argument(help=say("help.stations_file"))],
    name_column: Annotated[str, typer.Option(help=say("help.station_column"))],
    form: FormatOption = Format.TABLE,
) -> None:
    from geodata.stations import read_stations, store_stations

    with opened() as program:
        checked_file(file, largest_mb=program.settings.max_file_mb)
        found = read_stations(file, name_column=name_column)
        store_stations(program.settings.layers_folder, found)
    if form is Format.JSON:
        print_json({"file": file.name, "stations": len(found)})
    else:
        print(say("table.stations_imported", count=len(found)))


@app.command("population", help=say("help.import_population"))
def population(
    file: Annotated[Path, typer.Argument(help=say("help.population_file"))],
    town_column: Annotated[str, typer.Option(help=say("help.town_column"))] = "town",
    people_column: Annotated[str, typer.Option(help=say("help.people_column"))] = "JINKO",
    lon_column: Annotated[str, typer.Option(help=say("help.lon_column"))] = "lng",
    lat_column: Annotated[str, typer.Option(help=say("help.lat_column"))] = "lat",
    form: FormatOption = Format.TABLE,
) -> None:
    from geodata.population import read_population, store_population

    with opened() as program:
        checked_file(file, largest_mb=program.settings.max_file_mb)
        towns = read_population(
            file,
            town_column=town_column,
            people_column=people_column,
            lon_column=lon_column,
            lat_column=lat_column,
        )
        store_population(program.settings.layers_folder, towns)
    facts = {"towns": len(towns), "people": int(towns["people"].sum())}
    if form is Format.JSON:
        print_json({"file": file.name, **facts})
    else:
        print(say("table.population_imported", **facts))


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise BadInput(say("input.bad_day")) from None


def _language(form: Format) -> str:
    """Return the language of reasons: the terminal's for a table, one and the same in JSON."""
    return language() if form is Format.TABLE else "ja"


def _gazetteer(program: "Program") -> "Gazetteer | None":
    from geodata.gazetteer import NoGazetteer

    try:
        return program.gazetteer()
    except NoGazetteer:
        return None


def _ask_for_placing(program: "Program", *, again: bool) -> None:
    """Ask for the job that gives places their points and districts, now that more is known."""
    from jobs.ledger import enqueue

    with program.database.writing(by=BY) as session:
        enqueue(
            session,
            "place_locations",
            subject="again" if again else None,
            dedupe_key="place_locations",
        )


@contextmanager
def _progress(name: str) -> Iterator[Callable[[int, int], None]]:
    """Show how far a file has been read: a bar on a terminal, a line now and then elsewhere."""
    if not sys.stderr.isatty():
        shown = 0

        def line(done: int, total: int) -> None:
            nonlocal shown
            if done >= total or done - shown >= ROWS_BETWEEN_LINES:
                shown = done
                hint(f"{name}: {done} / {total}")

        yield line
        return

    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _print_reports(reports: list[dict[str, Any]], form: Format) -> None:
    if form is Format.JSON:
        print_json({"files": reports})
        return
    counts = ("file", "rows", "added", "changed", "unchanged")
    print_table(
        say("table.imported"),
        say("table.import_columns").split("|"),
        ([r[c] for c in counts] + [len(r["reported"])] for r in reports),
    )
    for report in reports:
        _print_similar(report)
        _print_rows(say("table.reported", file=report["file"]), report["reported"])
        _print_rows(say("table.warned", file=report["file"]), report.get("warned", []))


def _print_rows(title: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    print_table(
        title,
        say("table.reported_columns").split("|"),
        ((r["line"], r["reason"]) for r in rows[:REPORTED_SHOWN]),
    )
    if len(rows) > REPORTED_SHOWN:
        print(say("table.reported_more", count=len(rows) - REPORTED_SHOWN))


def _print_similar(report: dict[str, Any]) -> None:
    """Show which added rows may be entries that were there already; nothing was merged."""
    found = report.get("similar") or []
    if not found:
        return
    print_table(
        say("table.similar", file=report["file"]),
        say("table.similar_columns").split("|"),
        (
            [
                s["line"],
                s["name"],
                f"{s['other']['name']}\n{s['other']['resource']}",
                f"{s['weight']:.1f}",
                "\n".join(f"{e['field']} {e['likeness']:.0f}" for e in s["evidence"]),
            ]
            for s in found[:REPORTED_SHOWN]
        ),
    )
    hint(say("hint.similar", file=report["file"], count=len(found)))
