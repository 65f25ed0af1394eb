"""What the guides let people type, and the units for systemd, fit the program and each other."""

import re
import shlex
from collections.abc import Iterator
from configparser import ConfigParser
from dataclasses import fields
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from api.cli import app
from api.commands.chosen import with_municipality
from jobs.settings import PREFIX, Settings, read_settings

DOCS = Path(__file__).resolve().parents[2] / "docs"
UNITS = sorted((DOCS / "systemd").glob("*.service"))
GUIDES = [DOCS / name for name in ("many-machines.md", "operation.md", "jobs.md")]
COMMANDS = with_municipality(app)
OF_LIBRARIES = {"FORWARDED_ALLOW_IPS", "NUMBA_CACHE_DIR"}


def unit(path: Path) -> ConfigParser:
    read = ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#", ";"))
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(path.read_text(encoding="utf-8"))
    return read


def typed(page: Path) -> Iterator[str]:
    """Yield the lines of a page's code blocks."""
    for block in re.findall(r"^```\w*\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S):
        yield from block.splitlines()


def calls(line: str) -> list[str] | None:
    """Return what follows `ibasho` where a line calls it; None where it doesn't."""
    found = re.match(r"(?:\S*/)?ibasho (.*)", line.strip())
    return shlex.split(found[1], comments=True) if found else None


def named(page: Path) -> dict[str, str]:
    """Return the variables that a page's code blocks set."""
    found = (re.match(r"(?:export )?([A-Z_]+)=(\S+)", line) for line in typed(page))
    return {m[1]: m[2].strip("'") for m in found if m}


def unknown(words: list[str]) -> str | None:
    """Return what the command line doesn't know of a call; None where all of it exists."""
    command: Any = COMMANDS
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    if hasattr(command, "commands") and (
        not command.invoke_without_command or (words and not words[0].startswith("-"))
    ):
        return words[0] if words else f"{command.name} alone"
    options = {option for p in command.params for option in p.opts + p.secondary_opts} | {"--help"}
    return next((w for w in words if w.startswith("--") and w.split("=")[0] not in options), None)


def writable(path: Path) -> list[PurePosixPath]:
    said = unit(path)["Service"]["ReadWritePaths"].split()
    return [PurePosixPath(folder.lstrip("-")) for folder in said]


@pytest.mark.parametrize("words", ["jobz", "jobs rerun", "serve --adress 0.0.0.0", "municipality"])
def test_a_call_of_what_does_not_exist_is_found(words: str) -> None:
    assert unknown(words.split()) is not None


@pytest.mark.parametrize("page", GUIDES, ids=lambda p: p.name)
def test_a_call_that_a_guide_shows_is_one_of_the_command_line(page: Path) -> None:
    shown = [words for words in map(calls, typed(page)) if words is not None]
    assert shown or page.name == "jobs.md"
    assert [" ".join(words) for words in shown if unknown(words) is not None] == []


@pytest.mark.parametrize("path", UNITS, ids=lambda p: p.name)
def test_a_unit_starts_a_command_that_exists_with_the_environment_of_the_guide(path: Path) -> None:
    service = unit(path)["Service"]
    words = calls(service["ExecStart"])
    assert words
    assert unknown(words) is None
    guide = GUIDES[0].read_text(encoding="utf-8")
    assert path.name in guide
    assert service["EnvironmentFile"] in guide
    assert service["ExecStart"].split()[0] in guide
    assert set(unit(path)) == {"DEFAULT", "Unit", "Service", "Install"}


@pytest.mark.parametrize("path", [*UNITS, *GUIDES], ids=lambda p: p.name)
def test_a_variable_that_a_unit_or_a_guide_names_is_a_setting(path: Path) -> None:
    known = {PREFIX + f.name.upper() for f in fields(Settings)}
    assert set(re.findall(rf"{PREFIX}[A-Z_]+", path.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize("path", UNITS, ids=lambda p: p.name)
def test_a_unit_may_write_wherever_the_guides_let_the_program_write(path: Path) -> None:
    told = [value for value in named(GUIDES[0]).values() if value.startswith("/")]
    told.append(named(DOCS / "operation.md")["IBASHO_BACKUP_FOLDER"])
    assert len(told) > 3
    forbidden = [
        value for value in told
        if not any(PurePosixPath(value).is_relative_to(folder) for folder in writable(path))
    ]  # fmt: skip
    assert forbidden == []


def test_the_environment_of_the_guide_is_one_that_other_machines_reach() -> None:
    shown = named(GUIDES[0])
    assert {name for name in shown if not name.startswith(PREFIX)} == OF_LIBRARIES
    settings = read_settings(shown)
    assert settings.host != Settings.host
    assert settings.runner == "celery"
    assert re.match(r"redis://:[^@]+@", settings.redis_url)  # without a password it refuses others
    guide = GUIDES[0].read_text(encoding="utf-8")
    for needed in ("listen_addresses", "pg_hba.conf", "requirepass", "bind ", "noeviction"):
        assert needed in guide, needed
