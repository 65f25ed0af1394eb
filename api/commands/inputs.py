"""What people type and the files they name, checked before anything is done with them."""

import json
import sys
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from api.commands.words import say
from resources.clock import JAPAN

LARGEST_PROFILE_BYTES = 1_000_000
LONGEST_LINE_BYTES = 4_000_000


class BadInput(ValueError):
    """Something typed, or a file named, that can't be used; one sentence with the remedy."""


def checked_file(path: Path, *, largest_mb: int | None = None) -> Path:
    """Return a file that can be read and isn't too large; raise `BadInput`."""
    if not path.exists():
        raise BadInput(say("input.no_file", path=path))
    if not path.is_file():
        raise BadInput(say("input.not_a_file", path=path))
    try:
        with path.open("rb"):
            size = path.stat().st_size
    except OSError:
        raise BadInput(say("input.unreadable", path=path)) from None
    if size == 0:
        raise BadInput(say("input.empty", path=path))
    if largest_mb is not None and size > largest_mb * 1_000_000:
        raise BadInput(
            say("input.too_large", path=path, megabytes=size // 1_000_000, limit=largest_mb)
        )
    return path


def read_profile(source: str) -> Any:
    """Read the JSON of a profile from a file, or from standard input for "-"."""
    if source == "-":
        data = sys.stdin.buffer.read(LARGEST_PROFILE_BYTES + 1)
    else:
        path = checked_file(Path(source), largest_mb=LARGEST_PROFILE_BYTES // 1_000_000)
        data = path.read_bytes()
    if len(data) > LARGEST_PROFILE_BYTES:
        raise BadInput(say("input.profile_too_large"))
    try:
        return json.loads(
            data.decode("utf-8-sig"), parse_constant=_no_such_number, object_pairs_hook=_once
        )
    except _RepeatedError as error:
        raise BadInput(say("input.repeated", path=source)) from error
    except UnicodeDecodeError:
        raise BadInput(say("input.not_utf8", path=source)) from None
    except json.JSONDecodeError as error:
        raise BadInput(
            say("input.not_json", path=source, line=error.lineno, column=error.colno)
        ) from None
    except (ValueError, RecursionError):
        raise BadInput(say("input.odd_json", path=source)) from None


class _RepeatedError(ValueError):
    """A field is written twice in one object."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _RepeatedError
    return found


def _no_such_number(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are no JSON


def text_lines(path: Path) -> Iterator[str]:
    """Give the lines of a UTF-8 file; raise `BadInput` for one that is no text or has no end."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE_BYTES + 1):
            number += 1
            if len(line) > LONGEST_LINE_BYTES:
                raise BadInput(say("input.line_too_long", path=path, line=number))
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                raise BadInput(say("input.line_not_utf8", path=path, line=number)) from None


def moment(text: str) -> datetime:
    """Read a moment as ISO 8601; without an offset it is Japan's time. Raises `BadInput`."""
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(say("input.bad_moment")) from None
    when = when.replace(tzinfo=JAPAN) if when.tzinfo is None else when
    if not 1900 <= when.year <= 2200:
        raise BadInput(say("input.bad_moment"))
    return when


def identifier(text: str) -> uuid.UUID:
    """Read the id of an entry; raise `BadInput`."""
    try:
        return uuid.UUID(text.strip())
    except ValueError:
        raise BadInput(say("input.bad_id")) from None
