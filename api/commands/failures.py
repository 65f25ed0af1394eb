"""Turns an error into one sentence on standard error and an exit code.

2: somebody typed or gave something that can't be used, and the sentence says what to do.
1: something went wrong that nobody expected; the sentence says where, and never with what data.
"""

import errno
import sys
import traceback
from pathlib import Path

from api.commands.words import known_errors, language, say

BAD_INPUT = 2
UNEXPECTED = 1


def report(error: BaseException) -> int:
    """Print the sentence and return the exit code."""
    sentence = sentence_of(error)
    if sentence is not None:
        print(f"ibasho: {sentence}", file=sys.stderr)
        return BAD_INPUT
    print(f"ibasho: {_unexpected(error)}", file=sys.stderr)
    return UNEXPECTED


def sentence_of(error: BaseException) -> str | None:
    """Return what to tell the person about an error that can be acted on; None for any other."""
    known = known_errors()
    for kind in type(error).__mro__:
        words = known.get(short_name(kind))
        if words is None:
            continue
        if words:
            template = words[0 if language() == "ja" else 1]
            return template.format(**{**vars(error), "message": str(error)})
        return _own_words(error)
    return None


def short_name(kind: type) -> str:
    """Return the name by which words.toml knows an error: its package and class."""
    return f"{kind.__module__.partition('.')[0]}.{kind.__qualname__}"


def _own_words(error: BaseException) -> str:
    """Return the sentence that an error carries, in the right language where it has both."""
    problem = getattr(error, "problem", None)
    if problem is not None and hasattr(problem, "in_language"):
        field = getattr(error, "field", "")
        text: str = problem.in_language(language())
        return f"{field}: {text}" if field else text
    if language() == "ja" and isinstance(getattr(error, "ja", None), str):
        return str(error.ja)  # type: ignore[attr-defined]
    return str(error)


def _unexpected(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return say("failure.disk_full")
    if isinstance(error, PermissionError):
        return say("failure.permission")
    kinds = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__}
    if "sqlalchemy.exc.OperationalError" in kinds:
        return say("failure.database")
    if (
        "sqlalchemy.exc.DatabaseError" in kinds
        and "sqlite3" in type(getattr(error, "orig", None)).__module__
    ):
        return say("failure.damaged")
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    # The error's own message may hold data of a person; its kind and place never do.
    return say("failure.unexpected", kind=type(error).__name__, place=place)
