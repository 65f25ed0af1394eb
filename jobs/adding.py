"""Adds a municipality to an installation: its database, folder and keys, and its entry in the file.

All of it or nothing: what the file would refuse is refused before anything is made.
"""

import dataclasses
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from jobs.municipalities import Municipality, read_municipalities
from jobs.program import open_program
from jobs.settings import BadSetting, Settings
from jobs.walls import make_schema


def add_municipality(
    given: Settings, slug: str, *, name: str, hosts: Sequence[str], administer: str | None = None
) -> Municipality:
    """Add a municipality; return it with the settings by which it runs from now on.

    administer : the address of a role of PostgreSQL that may make roles and schemas; it is not
        kept. None: an SQLite file of the municipality's own.

    Raises `BadSetting`, `CannotAdminister`.
    """
    if given.municipalities is None:
        raise BadSetting("IBASHO_MUNICIPALITIES must name the file that lists the municipalities")
    path = given.municipalities
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if path.exists() and slug in read_municipalities(given):
        raise BadSetting(f"there is a municipality {slug} already")
    entry: dict[str, object] = {"name": name, "hosts": [host.lower() for host in hosts]}
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.touch(mode=0o600)  # addresses of databases hold passwords
    if path.exists():
        _give_to_the_owner_of(path, aside)
    beside = dataclasses.replace(given, municipalities=aside)
    try:
        own = {"database_url": f"postgresql:///{slug}", "schema": slug} if administer else {}
        _write(aside, before, slug, entry | own)
        read_municipalities(beside)
        if administer is not None:
            own["database_url"] = make_schema(administer, slug)
            _write(aside, before, slug, entry | own)
        added = read_municipalities(beside)[slug]
        program = open_program(added.settings)
        try:
            program.make_keys()
        finally:
            program.close()
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return added


def _give_to_the_owner_of(path: Path, fresh: Path) -> None:
    """Let whoever could read the file read the new one too: those who serve look at it again."""
    owner = path.stat()
    with suppress(PermissionError):
        os.chown(fresh, owner.st_uid, owner.st_gid)


def _write(path: Path, before: str, slug: str, entry: Mapping[str, object]) -> None:
    # JSON's strings and lists of strings are TOML's too.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items()]
    text = before.rstrip("\n") + "\n\n" if before.strip() else ""
    path.write_text(text + "\n".join([f"[{slug}]", *lines, ""]), encoding="utf-8")
