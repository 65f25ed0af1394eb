"""The words of the command line, in the language of the terminal's locale."""

import tomllib
from functools import cache
from importlib.resources import files

from jobs.settings import terminal_language


@cache
def _catalogue() -> dict[str, dict[str, list[str]]]:
    text = files("api.commands").joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def language() -> str:
    """Return "ja" or "en", once per process."""
    return terminal_language()


def say(key: str, **values: object) -> str:
    """Return a sentence of words.toml, e.g. "help.suggest", with its values filled in."""
    group, name = key.split(".", 1)
    ja, en = _catalogue()[group][name]
    return (ja if language() == "ja" else en).format(**values)


def known_errors() -> dict[str, list[str]]:
    """Return the errors that somebody can act on: package and class → words (may be empty)."""
    return _catalogue()["error"]
