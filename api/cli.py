"""The command `ibasho`: every question and every chore from a terminal."""

import io
import sys
import warnings

import typer

from api.commands import (
    addresses,
    allocation,
    auditing,
    backups,
    capacity,
    checkup,
    duplicates,
    evaluating,
    exports,
    imports,
    keeping,
    ladder,
    layers,
    ledger,
    maintenance,
    municipalities,
    note,
    planning,
    questions,
    retention,
    schedules,
    schemes,
    serving,
    sources,
    unmet,
    vocabulary,
)
from api.commands.chosen import with_municipality
from api.commands.words import say
from jobs.garbage import look_seldom

app = typer.Typer(
    help=say("help.ibasho"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("suggest", help=say("help.suggest"))(questions.suggest)
app.command("nearby", help=say("help.nearby"))(questions.nearby)
app.command("why", help=say("help.why"))(questions.why)
app.command("note", help=say("help.read_note"))(note.read_note)
app.command("path", help=say("help.path"))(ladder.path)
app.command("week", help=say("help.week"))(ladder.week)
app.command("unmet", help=say("help.unmet"))(unmet.unmet)
app.command("evaluate", help=say("help.evaluate"))(evaluating.evaluate)
app.command("allocate", help=say("help.allocate"))(allocation.allocate)
app.command("geocode", help=say("help.geocode"))(addresses.geocode)
app.command("gaps", help=say("help.gaps"))(planning.gaps)
app.command("siting", help=say("help.siting"))(planning.siting)
app.command("map", help=say("help.map"))(planning.draw)
app.add_typer(schedules.app, name="schedule")
app.add_typer(imports.app, name="import")
app.add_typer(exports.app, name="export")
app.add_typer(layers.app, name="layers")
app.add_typer(ledger.app, name="jobs")
app.add_typer(municipalities.app, name="municipality")
app.command("capacity", help=say("help.capacity"))(capacity.capacity)
app.command("serve", help=say("help.serve"))(serving.serve)
app.command("worker", help=say("help.worker"))(serving.worker)
app.command("duplicates", help=say("help.duplicates"))(duplicates.duplicates)
app.command("sources", help=say("help.sources"))(sources.sources)
app.add_typer(vocabulary.app, name="vocabulary")
app.add_typer(schemes.app, name="scheme")
app.command("doctor", help=say("help.doctor"))(checkup.doctor)
app.command("backup", help=say("help.backup"))(backups.backup)
app.command("backup-key", help=say("help.backup_key"))(backups.backup_key)
app.command("restore", help=say("help.restore"))(backups.restore)
app.command("verify", help=say("help.verify"))(backups.verify)
app.command("demo", help=say("help.demo"))(maintenance.demo)
app.add_typer(auditing.app, name="audit")
app.add_typer(retention.app, name="retention")
app.add_typer(keeping.accounts_app, name="accounts")
app.add_typer(keeping.keys_app, name="keys")
app.add_typer(maintenance.index_app, name="index")
app.add_typer(maintenance.database_app, name="database")
app.command("migrate", help=say("help.migrate"))(maintenance.migrate)


def _say_nothing(*_: object, **__: object) -> None:
    pass


def main() -> None:
    """Run the command; end with 0, 2 for input that can't be used, 1 for what nobody expected."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Japanese must come out whatever the locale; an odd character must not end a command.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    # A library's remark to programmers is no answer to whoever typed the command.
    warnings.showwarning = _say_nothing
    look_seldom()
    try:
        with_municipality(app)()
    except Exception as error:
        from api.commands.failures import report

        raise SystemExit(report(error)) from None


if __name__ == "__main__":
    main()
