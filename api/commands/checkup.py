"""`ibasho doctor`: what the program needs, what is there, and what to do about the rest."""

import platform
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from api.commands.opening import opened
from api.commands.output import Format, FormatOption, print_json, print_table
from api.commands.words import language, say

if TYPE_CHECKING:
    from jobs.program import Program

LEAST_FREE_MB = 200
OVERDUE_MINUTES = 10


@dataclass(frozen=True)
class Check:
    """One thing looked at; what is optional doesn't fail the whole."""

    name: str
    state: str  # ok / missing / optional
    detail: str
    remedy: str | None


def doctor(form: FormatOption = Format.TABLE) -> None:
    with opened() as program:
        checks = list(_checks(program))
    healthy = all(c.state != "missing" for c in checks)
    if form is Format.JSON:
        print_json({"healthy": healthy, "checks": [asdict(c) for c in checks]})
    else:
        print_table(
            None,
            say("table.doctor_columns").split("|"),
            ((say(f"doctor.{c.name}"), say(f"doctor.{c.state}"), c.detail, c.remedy)
             for c in checks),
        )  # fmt: skip
    if not healthy:
        raise typer.Exit(1)


def _check(name: str, detail: object, *, good: bool, needed: bool = True) -> Check:
    state = "ok" if good else "missing" if needed else "optional"
    return Check(name, state, str(detail), None if good else say(f"doctor.{name}_remedy"))


def _checks(program: "Program") -> Iterator[Check]:
    settings = program.settings
    yield _check("python", platform.python_version(), good=True)
    yield _check("home", settings.home, good=_can_write(settings.home))
    free_mb = shutil.disk_usage(settings.home).free // 1_000_000
    yield _check("disk", f"{free_mb} MB", good=free_mb >= LEAST_FREE_MB)
    kind = "SQLite" if program.database.is_sqlite else "PostgreSQL"
    yield _check("database", kind, good=program.database.answers())
    if not program.database.is_sqlite:
        held = not program.database.passes_over_row_security()
        yield _check("row_security", "", good=held)
    yield _accounts(program)
    yield from _catalogue(program)
    yield _gazetteer(program)
    yield _streets(program)
    yield _population(program)
    yield _assets()
    if settings.runner == "celery":
        yield _redis(settings.redis_url)
    yield _overdue(program)
    yield _sources(program)
    if settings.municipality:
        yield _municipalities()


def _can_write(folder: Path) -> bool:
    probe = folder / ".doctor"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError:
        return False
    return True


def _catalogue(program: "Program") -> Iterator[Check]:
    from sqlalchemy import func, select

    from resources.changes import latest_revision
    from resources.models import Resource

    with program.database.reading() as session:
        resources = session.scalar(select(func.count()).select_from(Resource)) or 0
        revision = latest_revision(session)
        yield _check("catalogue", resources, good=resources > 0, needed=False)
        index = program.store.current(session)
        yield _check("index", f"{index.revision} / {revision}", good=index.revision == revision)


def _accounts(program: "Program") -> Check:
    from sqlalchemy import func, select

    from casework.models import Account

    with program.database.reading() as session:
        count = session.scalar(select(func.count()).where(Account.active)) or 0
    return _check("accounts", count, good=count > 0, needed=False)


def _gazetteer(program: "Program") -> Check:
    from geodata.gazetteer import NoGazetteer

    try:
        return _check("gazetteer", len(program.gazetteer().lon), good=True)
    except NoGazetteer:
        return _check("gazetteer", "", good=False, needed=False)


def _streets(program: "Program") -> Check:
    streets = program.store.streets()
    found = "" if streets is None else f"{streets.length_m.sum() / 1000:,.0f} km"
    return _check("streets", found, good=streets is not None, needed=False)


def _population(program: "Program") -> Check:
    from geodata.population import NoPopulation, load_population

    try:
        people = int(load_population(program.settings.layers_folder)["people"].sum())
    except NoPopulation:
        return _check("population", "", good=False, needed=False)
    return _check("population", f"{people:,}", good=True)


def _assets() -> Check:
    from importlib.resources import files

    folder = Path(str(files("api"))) / "static" / "vendor"
    count = sum(1 for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else 0
    return _check("assets", count, good=count > 0)


def _redis(url: str) -> Check:
    """Ask what a worker asks before it starts."""
    from jobs.celery_runner import UnfitBroker, check_broker

    try:
        check_broker(url)
    except UnfitBroker as unfit:
        words = unfit.ja if language() == "ja" else str(unfit)
        return Check("redis", "missing", "", words)
    return _check("redis", "noeviction", good=True)


def _overdue(program: "Program") -> Check:
    from jobs.listing import oldest_due_s

    with program.database.reading() as session:
        seconds = oldest_due_s(session)
    minutes = 0 if seconds is None else int(seconds // 60)
    return _check("jobs", f"{minutes} min", good=minutes < OVERDUE_MINUTES, needed=False)


def _sources(program: "Program") -> Check:
    from resources.outside.seen import count_failing

    with program.database.reading() as session:
        failing, allowed = count_failing(session)
    return _check("sources", f"{failing} / {allowed}", good=not failing, needed=False)


def _municipalities() -> Check:
    """Tell whether a process can hold all that are listed open at once."""
    from jobs.municipalities import read_municipalities
    from jobs.settings import read_settings

    given = read_settings()
    listed, at_most = len(read_municipalities(given)), given.open_municipalities
    good = listed <= at_most
    return _check("municipalities", f"{listed} / {at_most}", good=good, needed=False)
