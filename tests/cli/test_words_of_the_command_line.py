"""Every sentence of the command line exists in both languages, and is used."""

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

from api.commands.failures import short_name
from api.commands.words import _catalogue, known_errors
from jobs.settings import terminal_language

PACKAGES = ("geodata", "resources", "matching", "casework", "jobs", "api")
# Faults of the program itself, or facts that no command of the terminal can meet.
NEVER_MET = {
    "matching.BadTable",
    "matching.Impossible",
    "resources.BadRecord",
    "resources.BadRow",
    "resources.NoZone",  # the command line gives each moment its zone
    "resources.NobodyActing",
    "resources.NotHeld",
    "resources.NotUnderstood",
    "resources.TooManySchedules",
    "resources.Unclear",
    "resources.UnknownPostcode",
    "resources.UnknownInGraph",
    "resources.Unreadable",
    "resources._SaidTwice",
}
API = Path(__file__).resolve().parents[2] / "api"


def sentences() -> dict[str, list[str]]:
    return {
        f"{group}.{key}": words
        for group, entries in _catalogue().items()
        if group != "error"
        for key, words in entries.items()
    }


def test_every_sentence_is_in_both_languages_with_the_same_values() -> None:
    for key, (ja, en) in sentences().items():
        assert ja, key
        assert en, key
        assert set(re.findall(r"{(\w+)}", ja)) == set(re.findall(r"{(\w+)}", en)), key
        assert ja.count("|") == en.count("|"), key


def test_every_sentence_that_is_said_is_in_the_list() -> None:
    files = [API / "cli.py", *(API / "commands").glob("*.py")]
    code = "\n".join(p.read_text(encoding="utf-8") for p in files)
    said = set(re.findall(r'say\(\s*"([a-z_.]+[a-z])"', code))
    assert said - set(sentences()) == set()


def test_no_sentence_lies_about_unused() -> None:
    files = [API / "cli.py", *(API / "commands").glob("*.py")]
    code = "\n".join(p.read_text(encoding="utf-8") for p in files)
    by_code = (
        "audit.",
        "availability.",
        "open.",
        "part.",
        "verdict.",
        "doctor.",
        "sources.",
        "term.",
        "part.",
        "evaluate.",
        "moved.",
        "retention.",
        "wall.",
        "table.way_",
    )  # the key holds a code
    unused = [k for k in sentences() if f'"{k}"' not in code and not k.startswith(by_code)]
    assert unused == []


def errors_of(*packages: str) -> set[str]:
    found = set()
    for package in packages:
        for module in pkgutil.walk_packages(
            importlib.import_module(package).__path__, f"{package}."
        ):
            if ".versions." in module.name or module.name.endswith(".env"):
                continue  # migrations run inside Alembic only
            for _, kind in inspect.getmembers(
                importlib.import_module(module.name), inspect.isclass
            ):
                if issubclass(kind, Exception) and kind.__module__ == module.name:
                    found.add(kind)
    return {short_name(kind) for kind in found}


def test_every_error_that_is_turned_into_a_sentence_exists() -> None:
    assert set(known_errors()) - errors_of(*PACKAGES) == set()


def test_every_error_of_the_library_is_turned_into_a_sentence() -> None:
    assert errors_of("geodata", "resources", "matching") - set(known_errors()) - NEVER_MET == set()


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ja_JP.UTF-8"}, "ja"),
        ({}, "en"),
    ],
)
def test_the_terminal_speaks_the_language_of_its_locale(
    environment: dict[str, str], language: str
) -> None:
    assert terminal_language(environment) == language


def test_asking_for_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; import api.cli; "
        "print([m for m in ('sqlalchemy', 'numpy', 'pandas', 'sklearn', 'fastapi', 'rich')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
