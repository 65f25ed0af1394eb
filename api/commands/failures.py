"""Turns an error into one sentence on standard error and an exit code.

2: somebody typed or gave something that can't be used, or a file of the installation is lost or
damaged, and the sentence says what to do.
1: something went wrong that nobody expected; the sentence says where, and never with what data.
"""

import errno
import sqlite3
import sys
import traceback
from pathlib import Path

from api.commands.words import known_errors, language, say

BAD_INPUT = 2
UNEXPECTED = 1


def report(error: BaseException) -> int:
    """Print the sentence and return the exit code."""
    sentence = say("failure.damaged") if _is_damaged_file(error) else sentence_of(error)
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


def _kinds(error: BaseException) -> set[str]:
    return {f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__}


def _is_damaged_file(error: BaseException) -> bool:
    """Tell whether SQLite says that its file is damaged or none of its own."""
    code = getattr(getattr(error, "orig", error), "sqlite_errorcode", None)
    # The lowest byte is the kind, what is above it says more of it.
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _unexpected(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return say("failure.disk_full")
    if isinstance(error, PermissionError):
        return say("failure.permission")
    if "sqlalchemy.exc.OperationalError" in _kinds(error):
        return say("failure.database")
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    # The error's own message may hold data of a person; its kind and place never do.
    return say("failure.unexpected", kind=type(error).__name__, place=place)
