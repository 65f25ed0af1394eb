"""Why a source outside, or what it says, isn't used: each reason in both languages."""

import tomllib
from functools import cache
from importlib.resources import files

HARMLESS = ("own_places", "older_word")
"""Reasons for which nothing is wrong with the source."""


@cache
def problems() -> dict[str, tuple[str, str]]:
    """Return (Japanese, English) of every reason by its code."""
    text = files("resources.outside").joinpath("problems.toml").read_text(encoding="utf-8")
    return {code: (ja, en) for code, (ja, en) in tomllib.loads(text).items()}


def problem_sentence(problem: str | None, language: str = "ja") -> str:
    """Return the sentence of a reason; nothing for none, the code for one that isn't known."""
    if problem is None:
        return ""
    words = problems().get(problem)
    return problem if words is None else words[0 if language == "ja" else 1]
