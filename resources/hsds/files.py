"""Reads a file of HSDS JSON into records: one object, an array, a page, or one object a line.

What no JSON may hold (NaN, infinity, numbers beyond 64 bit, halves of surrogate pairs) spoils the
record in which it stands, and no other.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from resources.sources.rows import BadFile
from resources.strict_json import DECODER, HALF, NotJson, checked, parsed

MOST_BROKEN = 50
"""A file of which every fiftieth sign or more is broken isn't UTF-8 at all."""

_BLANK = re.compile(r"[ \t\r\n]*")


def read_records(path: Path, *, max_bytes: int) -> list[tuple[int, Any]]:
    """Return (number from 1, record) of everything in a file; a number is a line's in ndjson.

    A record that is no JSON is a `NotJson`. Raises `BadFile`.
    """
    if path.stat().st_size > max_bytes:
        most = max_bytes // 1_000_000
        raise BadFile(
            f"ファイルが {most} MB を超えています。分割してください。",
            f"The file is larger than {most} MB; split it.",
        )
    text = _text(path.read_bytes())
    if not text.strip():
        raise BadFile("ファイルが空です。", "The file is empty.")
    if text.lstrip()[0] == "[":
        records = list(_array(text))
    else:
        whole = parsed(text)
        if isinstance(whole, NotJson):
            return _lines(text)
        contents = whole.get("contents") if isinstance(whole, dict) else None
        records = contents if isinstance(contents, list) else [whole]
    return [(number, checked(record)) for number, record in enumerate(records, start=1)]


def _text(content: bytes) -> str:
    """Return the text of a file; a byte that is no UTF-8 stays as a mark, told with its record."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        first = error.start
    text = content.decode("utf-8", "surrogateescape")
    if len(HALF.findall(text)) * MOST_BROKEN > len(text):
        line = content.count(b"\n", 0, first) + 1
        raise BadFile(
            f"{line} 行目から UTF-8 ではありません。UTF-8 の JSON にしてください。",
            f"From line {line} on it is not UTF-8; give JSON in UTF-8.",
        )
    return text


def _array(text: str) -> Iterator[Any]:
    """Give the records of an array one by one, so that what breaks it off can be named."""
    at = text.index("[") + 1
    number = 0
    while True:
        at = _past_blank(text, at)
        if not number and text[at : at + 1] == "]":
            break
        number += 1
        try:
            record, at = DECODER.raw_decode(text, at)
        except json.JSONDecodeError as error:
            raise _broken(number, error.lineno) from None
        except RecursionError:
            raise _too_deep(number) from None
        yield record
        at = _past_blank(text, at)
        if text[at : at + 1] == "]":
            break
        if text[at : at + 1] != ",":
            raise _broken(number, text.count("\n", 0, at) + 1)
        at += 1
    if _past_blank(text, at + 1) < len(text):
        raise _broken(number + 1, text.count("\n", 0, at) + 1)


def _past_blank(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _broken(number: int, line: int) -> BadFile:
    return BadFile(
        f"{number} 件目（{line} 行目）を JSON として読めません。直してください。",
        f"Record {number} (line {line}) can't be read as JSON; correct it and import again.",
    )


def _too_deep(number: int) -> BadFile:
    return BadFile(
        f"{number} 件目の入れ子が深すぎます。直してからもう一度読み込んでください。",
        f"Record {number} is nested too deeply; correct it and import again.",
    )


def _lines(text: str) -> list[tuple[int, Any]]:
    lines = text.split("\n")  # not splitlines: U+2028 may stand inside a JSON text
    found = [(n, checked(parsed(line))) for n, line in enumerate(lines, start=1) if line.strip()]
    if not any(isinstance(record, dict) for _, record in found):
        raise BadFile(
            "JSON ではありません。HSDS の JSON か、1 行 1 件の ndjson を指定してください。",
            "It is not JSON; give HSDS as JSON, or one object a line.",
        )
    return found
