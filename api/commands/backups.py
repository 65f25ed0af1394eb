"""`ibasho backup`, `restore` and `verify`: copies of everything worth keeping, and their proof."""

import os
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.chosen import chosen_settings
from api.commands.inputs import BadInput, checked_file
from api.commands.opening import opened
from api.commands.output import Format, FormatOption, hint, print_json, print_table
from api.commands.words import language, say

KeyOption = Annotated[Path | None, typer.Option("--key", help=say("help.backup_key_file"))]


def backup(
    target: Annotated[Path, typer.Argument(help=say("help.backup_target"))],
    recipient: Annotated[str | None, typer.Option(help=say("help.backup_recipient"))] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from jobs.backup.making import make_backup
    from jobs.backup.nightly import name_of
    from resources import clock

    began = time.monotonic()
    with opened() as program:
        settings = program.settings
        if target.is_dir():
            # Each municipality's copies lie in a folder of their own, as those of the night do.
            folder = target / settings.municipality
            folder.mkdir(mode=0o700, exist_ok=True)
            target = folder / name_of(clock.now())
        wanted = settings.backup_recipient if recipient is None else recipient
        try:
            made = make_backup(program.database, settings, target.absolute(), recipient=wanted)
        except OSError as error:
            raise BadInput(say("input.unwritable", path=target)) from error
    facts = {
        "file": str(made.path),
        "bytes": made.path.stat().st_size,
        "schema": made.manifest.schema,
        "tables": {t.name: t.rows for t in made.manifest.tables},
        "rows": made.manifest.rows,
        "encrypted": made.encrypted,
        "proved": True,
        "seconds": round(time.monotonic() - began, 1),
    }
    if not made.encrypted:
        hint(say("hint.backup_plain"))
    if form is Format.JSON:
        print_json(facts)
    else:
        print(say("table.backed_up", **facts))


def backup_key(
    file: Annotated[Path, typer.Argument(help=say("help.backup_key_new"))],
    form: FormatOption = Format.TABLE,
) -> None:
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadInput(say("input.exists", path=file)) from None
    except OSError as error:
        raise BadInput(say("input.unwritable", path=file)) from error
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(f"# public key: {public}\n{identity}\n")
    if form is Format.JSON:
        print_json({"file": str(file), "recipient": public})
    else:
        print(public)
        hint(say("hint.backup_key", path=file))


def restore(
    file: Annotated[Path, typer.Argument(help=say("help.restore_file"))],
    key: KeyOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from jobs.backup.nightly import newest
    from jobs.backup.opening import open_backup
    from jobs.backup.restoring import restore_backup

    settings = chosen_settings()
    if file.is_dir():
        file = newest(file / settings.municipality) or file
    if key is not None:
        checked_file(key)
    began = time.monotonic()
    with open_backup(checked_file(file), key=key) as found:
        restore_backup(found, settings)
        said = found.manifest
    facts = {
        "rows": said.rows,
        "files": len(said.files),
        "made_at": said.made_at,
        "keys": any(name.endswith(".key") for name in said.files),
        "seconds": round(time.monotonic() - began, 1),
    }
    if not facts["keys"]:
        hint(say("hint.restored_without_keys"))
    if form is Format.JSON:
        print_json(facts)
    else:
        print(say("table.restored", **facts))


def verify(
    against: Annotated[Path | None, typer.Option(help=say("help.verify_against"))] = None,
    key: KeyOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from casework.row_security import as_system
    from jobs.backup.checking import findings
    from jobs.backup.nightly import newest
    from jobs.backup.opening import open_backup
    from jobs.backup.tombstones import tombstone_findings
    from jobs.belonging import closed_values
    from jobs.sealing import broken_seals

    said = None
    if against is not None and against.is_dir():
        against = newest(against / chosen_settings().municipality) or against
    if key is not None:
        checked_file(key)
    if against is not None:
        with open_backup(checked_file(against), key=key) as backup:
            for table in backup.manifest.tables:
                for _block in backup.rows(table):
                    pass  # reading it checks it
            said = backup.manifest
    with opened() as program:
        with program.database.snapshot(said=as_system("verify")) as connection:
            wrong = findings(connection, said)
            if not any(f.what == "file" for f in wrong):
                wrong += tombstone_findings(connection)
        wrong += broken_seals(program)
        wrong += closed_values(program.database, program.settings)
    rows: list[dict[str, Any]] = [
        {"what": f.what, "count": f.count, "words": f.ja if language() == "ja" else f.en}
        for f in wrong
    ]
    if form is Format.JSON:
        print_json({"whole": not wrong, "findings": rows})
    elif wrong:
        print_table(None, say("table.verify_columns").split("|"), (list(r.values()) for r in rows))
    else:
        print(say("table.whole"))
    if wrong:
        raise typer.Exit(1)
